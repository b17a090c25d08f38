import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, confirmed } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1225',
  title: 'Say that a call rang before it was set up',
  async run(world) {
    await addTrunk(world, called('-1225', ''))
    const { id: session_id, path } = await confirmed(world, called('-1225'))
    const answer = await ask(world, 'POST', `${path}/alert`, { alert_time: '2020-01-01 00:00:00' })
    refused(answer, {
      status: 400,
      reason: 'call.alert_timing_invalid',
      body: { result: -1225, result_desc: 'invalid alert timing', session_id },
    })
  },
}
