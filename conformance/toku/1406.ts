import type { Scenario } from '../scenario.ts'
import { accepted, ask, password, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1406',
  title: 'Make a VoIP user with a name that is kept for the platform',
  async run(world) {
    accepted(await ask(world, 'POST', '/voip/v1/groups', { group: 'reserved-name' }))
    const answer = await ask(world, 'POST', '/voip/v1/groups/reserved-name/users', { user_name: 'anonymous', password })
    refused(answer, {
      status: 400,
      reason: 'voip_user.invalid',
      body: { result: -1406, result_desc: 'invalid voip user', user_name: 'anonymous' },
    })
  },
}
