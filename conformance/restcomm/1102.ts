import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { methodOf } from '../sip-text.ts'
import { assertTold, modify, openPhone, ownNumber, place, recordOf, withApplication } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1102',
  title: 'Cancel a call that still rings by a request',
  async run(world) {
    await withApplication({}, async ({ url }) => {
      const { peer, login } = await openPhone(world)
      const { phone } = await ownNumber(world)
      const invited = peer.invited()
      const placed = await place(world, { From: phone, To: `client:${login}`, Url: `${url}/voice` })
      assert.equal(placed.status, 200, placed.text)
      const { sid } = placed.json
      const call = await invited
      call.ring()
      await recordOf(world, { To: `%${login}` }, ({ status }) => status === 'ringing')
      const answer = await modify(world, sid, { Status: 'canceled' })
      assert.equal(answer.status, 200, answer.text)
      const cancel = await call.ended()
      assert.equal(methodOf(cancel), 'CANCEL')
      assertTold(world, cancel, { code: 1102, text: 'Call Canceled' }, call.asked)
      await recordOf(world, { To: `%${login}` }, ({ status }) => status === 'canceled')
    })
  },
}
