import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { leave } from './money.ts'
import { callIn, inbound, logged, loggedAs, rest, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2013',
  title: 'Call a number of an account without credit',
  server: {},
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Poor', rest(pages))
      pages.answers.set('/first', { actions: [{ hang_up: {} }] })
      await leave(world, 0)
      const call = await callIn(world, peer, number)
      assert.match((await call.final()).first, /^SIP\/2\.0 [456]\d\d /)
      loggedAs(await logged(world, '2013'), { text: /credit/i, ddi: number })
    }),
}
