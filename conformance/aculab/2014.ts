import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { leave, payACentASecond, sixSecondsAhead, sixSecondsMicros } from './money.ts'
import { callIn, inbound, logged, loggedAs, rest, sleep, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2014',
  title: 'Talk until the account has no credit',
  server: sixSecondsAhead,
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Spender', rest(pages))
      pages.answers.set('/first', sleep())
      await payACentASecond(world)
      // Enough for the first slice, and not for the next.
      await leave(world, sixSecondsMicros)
      const call = await callIn(world, peer, number)
      assert.match((await call.final()).first, /^SIP\/2\.0 200 /)
      const { application_instance_id: instance } = await pages.seen('/first')
      await call.ended()
      const row = await logged(world, '2014')
      loggedAs(row, { text: /credit/i, ddi: number })
      assert.equal(row['Application Instance ID'], instance)
    }),
}
