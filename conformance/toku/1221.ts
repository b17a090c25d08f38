import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, confirmed, step } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1221',
  title: 'Say of a call that is over that it rings',
  async run(world) {
    await addTrunk(world, called('-1221', ''))
    const session = await confirmed(world, called('-1221'))
    await step(world, session, 'disconnect', { call_cause: 487 })
    for (const deed of ['disconnect', 'alert']) {
      const answer = await ask(world, 'POST', `${session.path}/${deed}`, {})
      refused(answer, {
        status: 410,
        reason: 'session.closed',
        body: { result: -1221, result_desc: 'session closed', session_id: session.id },
      })
    }
  },
}
