import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { statusOf } from '../sip-text.ts'
import { modify, recordOf, withCall } from './calls.ts'
import { assertRefused } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1100',
  title: 'Change a call that nobody has, and one that has ended',
  async run(world) {
    await withCall(world, { '/voice': '<Gather timeout="30"/>' }, async (call, _, { login }) => {
      assert.equal(statusOf(await call.final()), 200)
      await call.hangUp()
      const { sid } = await recordOf(world, { From: login }, ({ status }) => status === 'completed')
      const message = `Call Not Found or Terminated (${sid})`
      const ended = await modify(world, sid, { Status: 'completed' })
      assertRefused(ended, { status: 410, reason: 'call.not_found', code: 1100, message })
      const nobodys = `CA${'0'.repeat(32)}`
      const unknown = await modify(world, nobodys, { Status: 'completed' })
      const says = `Call Not Found or Terminated (${nobodys})`
      assertRefused(unknown, { status: 406, reason: 'call.record_not_found', code: 1100, message: says })
      world.keep(unknown)
    })
  },
}
