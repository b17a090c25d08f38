import type { Scenario } from '../scenario.ts'
import { ask, makeUser, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1405',
  title: 'Read a VoIP user that does not exist',
  async run(world) {
    await makeUser(world, 'no-such-user', 'alice')
    const answer = await ask(world, 'GET', '/voip/v1/groups/no-such-user/users/bob')
    refused(answer, {
      status: 404,
      reason: 'voip_user.not_found',
      body: { result: -1405, result_desc: 'voip user not found', user_name: 'bob' },
    })
  },
}
