import type { Scenario } from '../scenario.ts'
import { ask, makeUser, password, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1404',
  title: 'Make a VoIP user a second time',
  async run(world) {
    await makeUser(world, 'same-user', 'alice')
    const answer = await ask(world, 'POST', '/voip/v1/groups/same-user/users', { user_name: 'alice', password })
    refused(answer, {
      status: 409,
      reason: 'voip_user.exists',
      body: { result: -1404, result_desc: 'voip user existed', user_name: 'alice' },
    })
  },
}
