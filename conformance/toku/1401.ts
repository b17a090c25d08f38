import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1401',
  title: 'Make a VoIP group a second time',
  async run(world) {
    accepted(await ask(world, 'POST', '/voip/v1/groups', { group: 'twice' }))
    const answer = await ask(world, 'POST', '/voip/v1/groups', { group: 'twice' })
    refused(answer, {
      status: 409,
      reason: 'voip_user.group_exists',
      body: { result: -1401, result_desc: 'voip user group existed', group: 'twice' },
    })
  },
}
