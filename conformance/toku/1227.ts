import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'
import { addTrunk, called, confirmed, step } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1227',
  title: 'Change the record of a call after it was closed',
  async run(world) {
    await addTrunk(world, called('-1227', ''))
    const session = await confirmed(world, called('-1227'), { reference_id: 'trip-77' })
    await step(world, session, 'connect')
    await step(world, session, 'disconnect', { call_cause: 200, call_duration: 61 })
    const path = `/call/v1/cdrs/${session.id}`
    const open = accepted(await ask(world, 'GET', path))
    assert.deepEqual([open.state, open.call_connected, open.call_duration, open.call_cause], ['open', 1, 61, 200])
    assert.equal(open.reference_id, 'trip-77')
    const closed = accepted(await ask(world, 'PUT', path, { remark: 'checked', state: 'closed' }))
    assert.deepEqual([closed.state, closed.remark], ['closed', 'checked'])
    const answer = await ask(world, 'PUT', path, { remark: 'again' })
    refused(answer, {
      status: 409,
      reason: 'call.record_closed',
      body: { result: -1227, result_desc: 'cdr closed', session_id: session.id },
    })
  },
}
