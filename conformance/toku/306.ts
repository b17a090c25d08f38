import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-306',
  title: 'Make a VoIP group with a name of two characters',
  async run(world) {
    const answer = await ask(world, 'POST', '/voip/v1/groups', { group: 'ab' })
    refused(answer, {
      status: 400,
      reason: 'request.length_invalid',
      body: { result: -306, result_desc: 'invalid length', param: 'group' },
    })
  },
}
