import type { Scenario } from '../scenario.ts'
import { ask, makeUser, password, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1407',
  title: 'Change a VoIP user whose time is over',
  async run(world) {
    const path = await makeUser(world, 'expired-user', 'alice', { expiry_time: '2020-01-01 00:00:00' })
    const answer = await ask(world, 'PUT', path, { password })
    refused(answer, {
      status: 403,
      reason: 'voip_user.expired',
      body: { result: -1407, result_desc: 'voip user expired', user_name: 'alice' },
    })
  },
}
