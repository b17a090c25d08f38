import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { callIn, inbound, logged, loggedAs, rest, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2009',
  title: 'An application ends its call with a failure code of its own',
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Failing', rest(pages))
      pages.answers.set('/first', { actions: [{ hang_up: { return_code: -105 } }] })
      const call = await callIn(world, peer, number)
      assert.match((await call.final()).first, /^SIP\/2\.0 200 /)
      await call.ended()
      const { application_instance_id: instance, this_call } = await pages.seen('/final')
      assert.equal(this_call.call_cause, 'completed')
      const row = await logged(world, '2009', instance)
      loggedAs(row, { text: /-105/, ddi: number })
    }),
}
