import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1403',
  title: 'Read a VoIP group that does not exist',
  async run(world) {
    const answer = await ask(world, 'GET', '/voip/v1/groups/nobody')
    refused(answer, {
      status: 404,
      reason: 'voip_user.group_not_found',
      body: { result: -1403, result_desc: 'voip user group not found', group: 'nobody' },
    })
  },
}
