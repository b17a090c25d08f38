import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { programmed } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1011',
  title: 'Call what is no number',
  async run(world) {
    const number = await programmed(world, '441134960110')
    for (const called_party of ['12-34x', 'sip:']) {
      const answer = await ask(world, 'POST', '/call/v1/calls', { number, called_party })
      refused(answer, {
        status: 400,
        reason: 'destination.invalid',
        body: { result: -1011, result_desc: 'invalid destination number', called_party },
      })
    }
  },
}
