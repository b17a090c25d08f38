import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { statusOf } from '../sip-text.ts'
import { assertTold, modify, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1101',
  title: 'End a call that is up by a request',
  async run(world) {
    await withCall(world, { '/voice': '<Gather timeout="30"/>' }, async (call, application) => {
      assert.equal(statusOf(await call.final()), 200)
      const sid = (await application.heard('/voice')).get('CallSid')!
      const answer = await modify(world, sid, { Status: 'completed' })
      assert.equal(answer.status, 200, answer.text)
      // The record as it was before.
      assert.deepEqual([answer.json.sid, answer.json.status], [sid, 'in-progress'])
      assertTold(world, await call.ended(), { code: 1101, text: 'Call Terminated' }, call.asked)
    })
  },
}
