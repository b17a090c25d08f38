import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { refused, saysWhen } from './client.ts'
import { numberFor } from './messages.ts'
import { changeAccount, outbound, outside, rest, start, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '1007',
  title: 'Start an outbound service faster than the account may call',
  server: {},
  run: (world) =>
    withPages(async (pages) => {
      await trunk(world)
      const headers = await outbound(world, 'Hasty', rest(pages))
      const { number: from } = await numberFor(world, 'starts')
      await changeAccount(world, { settings: { limits: { callsPerSecond: 1 } } })
      const answers = await Promise.all([1, 2, 3].map(() => start(world, headers, { to: `tel:${outside}102`, from })))
      const found = answers.find(({ json }) => json.error?.code === '1007')
      assert.ok(found, answers.map(({ text }) => text).join('\n'))
      world.keep(found)
      refused(found, { code: '1007', status: 429, reason: 'rate.limit_exceeded', text: /service/, url: '/service_start' })
      saysWhen(found)
    }),
}
