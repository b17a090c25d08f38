import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { numberFor } from './messages.ts'
import { changeAccount, outbound, outside, rest, sleep, start, trunk, withPages } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0904',
  title: 'Start a second outbound service at once on a trial account',
  server: {},
  run: (world) =>
    withPages(async (pages) => {
      const peer = await trunk(world)
      const headers = await outbound(world, 'Dialer', rest(pages))
      pages.answers.set('/first', sleep())
      const { number: from } = await numberFor(world, 'starts')
      await changeAccount(world, { kind: 'trial', settings: { trialEndsAt: '2099-01-01T00:00:00Z' } })
      const trusted = await ask(world, 'GET', `/tel_whitelist_add?number=${outside}101`)
      assert.equal(trusted.status, 200, trusted.text)
      const invited = peer.invited()
      const first = await start(world, headers, { to: `tel:${outside}101`, from })
      assert.equal(first.status, 200, first.text)
      assert.match(first.json[0], /^[0-9a-f]+\.[0-9]+\.[0-9]+$/)
      const call = await invited
      await call.answer()
      const answer = await start(world, headers, { to: `tel:${outside}101`, from })
      refused(answer, { code: '0904', status: 429, reason: 'trial.concurrency_reached', text: /1/, url: '/service_start' })
      await call.hangUp()
    }),
}
