import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { callIn, inbound, logged, loggedAs, putOnHold, rest, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2018',
  title: 'Call a number of an account that is on hold',
  server: {},
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Held', rest(pages))
      const lift = await putOnHold(world)
      const call = await callIn(world, peer, number)
      assert.match((await call.final()).first, /^SIP\/2\.0 [456]\d\d /)
      assert.equal(
        pages.asked.some(({ path }) => path === '/first'),
        false,
      )
      await lift()
      loggedAs(await logged(world, '2018'), { text: /hold/, ddi: number })
    }),
}
