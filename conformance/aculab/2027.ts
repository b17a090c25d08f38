import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { callIn, changeAccount, inbound, logged, loggedAs, outside, rest, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2027',
  title: 'Connect a caller to a number that the account may not call',
  server: {},
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Confined', rest(pages))
      await changeAccount(world, { settings: { voice: { called: ['+4420'] } } })
      pages.answers.set('/first', {
        actions: [{ connect: { destinations: [`tel:${outside}103`], next_page: { url: '/next' } } }],
      })
      pages.answers.set('/next', { actions: [] })
      const call = await callIn(world, peer, number)
      await call.final()
      const { action_result } = await pages.seen('/next')
      assert.deepEqual(action_result, { action: 'connect', result: { seconds_connected_duration: 0 } })
      await call.ended()
      loggedAs(await logged(world, '2027'), { text: new RegExp(outside), ddi: `${outside}103`, instance: /^/ })
    }),
}
