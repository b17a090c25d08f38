import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, setUp } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1220',
  title: 'Say that a call rings before its route is confirmed',
  async run(world) {
    await addTrunk(world, called('-1220', ''))
    const { id: session_id, path } = await setUp(world, called('-1220'))
    for (const deed of ['connect', 'alert']) {
      const answer = await ask(world, 'POST', `${path}/${deed}`, {})
      refused(answer, {
        status: 409,
        reason: 'routing.route_not_confirmed',
        body: { result: -1220, result_desc: 'route not confirm', session_id },
      })
    }
  },
}
