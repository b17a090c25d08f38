import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, confirmed } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1223',
  title: 'Report seconds to charge of a call that nobody answered',
  async run(world) {
    await addTrunk(world, called('-1223', ''))
    const { id: session_id, path } = await confirmed(world, called('-1223'))
    const answer = await ask(world, 'POST', `${path}/disconnect`, { call_duration: 61 })
    refused(answer, {
      status: 409,
      reason: 'call.not_connected',
      body: { result: -1223, result_desc: 'call not connected', session_id },
    })
  },
}
