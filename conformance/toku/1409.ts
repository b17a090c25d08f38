import type { Scenario } from '../scenario.ts'
import { accepted, ask, makeUser, password, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1409',
  title: 'Change a VoIP user that is suspended',
  async run(world) {
    const path = await makeUser(world, 'suspended-user', 'alice')
    accepted(await ask(world, 'PUT', path, { state: 'suspended' }))
    const answer = await ask(world, 'PUT', path, { password })
    refused(answer, {
      status: 403,
      reason: 'voip_user.not_active',
      body: { result: -1409, result_desc: 'voip user not active', user_name: 'alice' },
    })
  },
}
