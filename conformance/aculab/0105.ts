import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { ask, refused } from './client.ts'
import { callIn, inbound, rest, sleep, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0105',
  title: 'Interrupt an application a second time, when it is over',
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const number = await inbound(world, 'Interrupted', rest(pages))
      pages.answers.set('/first', sleep())
      const call = await callIn(world, peer, number)
      await call.final()
      const { application_instance_id: id } = await pages.seen('/first')
      const interrupt = () => ask(world, 'GET', `/rest_interrupt?application_instance_ids=${id}`)
      const done = await until(interrupt, ({ status }) => status === 200, 'it is interrupted')
      assert.deepEqual(done.json, { [id]: { result: 'interrupted', action: 'sleep' } })
      await call.ended()
      const { this_call } = await pages.seen('/final')
      assert.deepEqual([this_call.call_state, this_call.call_cause], ['idle', 'completed'])
      refused(await interrupt(), {
        code: '0105',
        status: 403,
        reason: 'application.already_completed',
        text: new RegExp(id.replace('.', '\\.')),
        url: '/rest_interrupt',
      })
    }),
}
