import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { callIn, changeAccount, inbound, logged, loggedAs, rest, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2026',
  title: 'Call a number of an account that takes calls from a list only',
  server: {},
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Listed', rest(pages))
      await changeAccount(world, { settings: { voice: { callers: ['+4420'] } } })
      const call = await callIn(world, peer, number, '16465550177')
      assert.match((await call.final()).first, /^SIP\/2\.0 [456]\d\d /)
      loggedAs(await logged(world, '2026'), { text: /16465550177/, ddi: number, cli: '16465550177' })
    }),
}
