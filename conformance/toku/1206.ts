import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { serving } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1206',
  title: 'Set a call flow whose calls may last no second',
  async run(world) {
    const number = await serving(world, '441134960115', 'PROGRAMMABLE_CALL')
    const flow = { callback_url: 'https://example.com/handle' }
    for (const max_call_duration of ['long', 1.5, 100_000_000, 0]) {
      const answer = await ask(world, 'PUT', `/call/v1/flows/${number}`, { ...flow, max_call_duration })
      refused(answer, {
        status: 400,
        reason: 'call.max_duration_invalid',
        body: { result: -1206, result_desc: 'invalid max call duration', param: 'max_call_duration' },
      })
      world.keep(answer)
    }
  },
}
