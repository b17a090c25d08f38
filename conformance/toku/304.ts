import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-304',
  title: 'Make a VoIP group with a quote and an angle bracket in its name',
  async run(world) {
    const answer = await ask(world, 'POST', '/voip/v1/groups', { group: '">kkkk<' })
    refused(answer, {
      status: 400,
      reason: 'request.character_forbidden',
      body: { result: -304, result_desc: 'parameter contain restricted character', param: 'group' },
    })
  },
}
