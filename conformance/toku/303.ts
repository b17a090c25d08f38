import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-303',
  title: 'Make a VoIP group with a name of 32 characters',
  async run(world) {
    const answer = await ask(world, 'POST', '/voip/v1/groups', { group: 'a'.repeat(32) })
    refused(answer, {
      status: 400,
      reason: 'request.parameter_too_long',
      body: { result: -303, result_desc: 'parameter over max allowed length', param: 'group' },
    })
  },
}
