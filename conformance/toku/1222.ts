import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, confirmed, step } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1222',
  title: 'Say twice that a call was answered',
  async run(world) {
    await addTrunk(world, called('-1222', ''))
    const session = await confirmed(world, called('-1222'))
    await step(world, session, 'alert')
    const { call_connected_time } = await step(world, session, 'connect')
    assert.match(call_connected_time, /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/)
    const answer = await ask(world, 'POST', `${session.path}/connect`, {})
    refused(answer, {
      status: 409,
      reason: 'call.already_connected',
      body: { result: -1222, result_desc: 'call already connected', session_id: session.id },
    })
  },
}
