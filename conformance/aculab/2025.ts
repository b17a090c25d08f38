import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { payACentASecond, sixSecondsAhead, sixSecondsMicros } from './money.ts'
import { callIn, changeAccount, inbound, logged, loggedAs, rest, sleep, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2025',
  title: 'Talk until a developer account has used up its month',
  server: sixSecondsAhead,
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Developer', rest(pages))
      pages.answers.set('/first', sleep())
      await payACentASecond(world)
      const { items } = (await world.api('GET', '/usage')).json
      const used = items.reduce((sum: number, { priceMicro }: { priceMicro: number }) => sum + priceMicro, 0)
      const limits = { spendPerMonthMicros: used + sixSecondsMicros }
      await changeAccount(world, { kind: 'developer', settings: { limits } })
      const call = await callIn(world, peer, number)
      assert.match((await call.final()).first, /^SIP\/2\.0 200 /)
      await call.ended()
      loggedAs(await logged(world, '2025'), { text: /month|usage/i, ddi: number })
    }),
}
