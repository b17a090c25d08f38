import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { statusOf } from '../sip-text.ts'
import { assertTold, openPhone } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1001',
  title: 'Talk to a client whose phone loses its connection, and its registration with it',
  async run(world) {
    const caller = await openPhone(world)
    const called = await openPhone(world, undefined, 'tcp')
    const ringing = called.peer.invited()
    const call = await caller.call(called.login)
    await (await ringing).answer()
    assert.equal(statusOf(await call.final()), 200)
    called.peer.close()
    assertTold(world, await call.ended(), { code: 1001, text: 'Client Registration Expired' }, call.asked)
  },
}
