import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { assertHungUp, recordOf, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2002',
  title: 'Let the markup of a call come to its end',
  async run(world) {
    await withCall(world, { '/voice': '<Gather timeout="1"/>' }, async (call, application, { login }) => {
      await assertHungUp(world, call, { code: 2002, text: 'RCML ended successfully' })
      const fields = await application.heard('/voice')
      assert.deepEqual([fields.get('Direction'), fields.get('CallStatus')], ['inbound', 'ringing'])
      const record = await recordOf(world, { From: login }, ({ status }) => status === 'completed')
      assert.equal(record.sid, fields.get('CallSid'))
    })
  },
}
