import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1000',
  title: 'Read a user that does not exist',
  async run(world) {
    const answer = await ask(world, 'GET', '/account/v1/users/1')
    refused(answer, { status: 404, reason: 'account.user_unknown', body: { result: -1000, result_desc: 'invalid user ID' } })
  },
}
