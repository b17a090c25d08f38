import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { statusOf } from '../sip-text.ts'
import { accountPath, assertTold, openPhone } from './calls.ts'
import { ask } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1200',
  title: 'Register a client that is switched off',
  async run(world) {
    const { peer, login, password, sid } = await openPhone(world)
    const off = await ask(world, 'POST', `${accountPath(world)}/Clients/${sid}.json`, { Status: '0' })
    assert.equal(off.json.status, '0', off.text)
    const answer = await peer.register({ server: world.sip, login, password })
    assert.equal(statusOf(answer), 403, answer.raw)
    assertTold(world, answer, { code: 1200, text: 'Client Error' }, `REGISTER sip:${world.sip.host} SIP/2.0`)
  },
}
