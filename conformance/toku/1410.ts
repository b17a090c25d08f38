import type { Scenario } from '../scenario.ts'
import { ask, makeUser, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1410',
  title: 'Delete a VoIP user that was not terminated before',
  async run(world) {
    const path = await makeUser(world, 'still-there', 'alice')
    const answer = await ask(world, 'DELETE', path)
    refused(answer, {
      status: 409,
      reason: 'voip_user.not_terminated',
      body: { result: -1410, result_desc: 'voip user not terminated', user_name: 'alice' },
    })
  },
}
