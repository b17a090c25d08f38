import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { modify, openPhone, ownNumber, place, withApplication } from './calls.ts'
import { assertRefused } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1103',
  title: 'Give another script to a call that nobody has answered yet',
  async run(world) {
    await withApplication({}, async ({ url }) => {
      const { peer, login } = await openPhone(world)
      const { phone } = await ownNumber(world)
      const invited = peer.invited()
      const placed = await place(world, { From: phone, To: `client:${login}`, Url: `${url}/voice` })
      assert.equal(placed.status, 200, placed.text)
      const call = await invited
      call.ring()
      const refused = await modify(world, placed.json.sid, { Url: `${url}/other` })
      assertRefused(refused, { status: 409, reason: 'call.state_invalid', code: 1103, message: 'Invalid Call State' })
      world.keep(refused)
      call.refuse(486, 'Busy Here')
    })
  },
}
