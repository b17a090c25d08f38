import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { payACentASecond } from './money.ts'
import { callIn, changeAccount, inbound, logged, loggedAs, rest, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2024',
  title: 'Call a number of a developer account that has used up its month',
  server: {},
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Developer', rest(pages))
      pages.answers.set('/first', { actions: [{ sleep: { seconds: 1 } }] })
      await payACentASecond(world)
      await changeAccount(world, { kind: 'developer', settings: { limits: { spendPerMonthMicros: 1 } } })
      const refused = await until(
        async () => {
          const call = await callIn(world, peer, number)
          const { first } = await call.final()
          // What was taken is talked to its end, and counts then.
          if (first.startsWith('SIP/2.0 200 ')) await call.ended()
          return first
        },
        (first) => !first.startsWith('SIP/2.0 200 '),
        'a call is refused',
      )
      assert.match(refused, /^SIP\/2\.0 [456]\d\d /)
      loggedAs(await logged(world, '2024'), { text: /month|usage/i, ddi: number })
    }),
}
