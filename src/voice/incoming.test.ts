// What a phone dials by itself: who is shown to whom it calls.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountFrom } from '#accounts/account.ts'
import { Refusal } from '#reasons/refusal.ts'
import { createClient } from '#store/clients.ts'
import { handClock } from '#values/clock.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { FakeLeg } from '../../test/fakes/fake-leg.ts'
import { FakePlace } from '../../test/fakes/fake-media.ts'
import { CallLimits } from './call-limits.ts'
import { Incoming } from './incoming.ts'
import type { Dial } from './verbs/verb.ts'

const account = accountFrom([
  {
    id: 5,
    parent_id: null,
    path: '/5/',
    depth: 0,
    name: '',
    status: 'active',
    kind: 'full',
    settings: '{}',
    created_ms: 0,
    updated_ms: 0,
    version: 1,
  },
])

onBothEngines('calls of phones', ({ open }) => {
  test('who asks not to be shown is not shown', async () => {
    const store = await open()
    const clock = handClock()
    const row = { id: 9, account_id: 5, realm_id: 5, login: 'ann', name: 'Ann', password_sealed: '', enabled: 1, detail: '{}' }
    await store.write(createClient, { row: { ...row, created_ms: 1, updated_ms: 1, version: 1 }, actor: { face: 'test' } })
    const incoming = new Incoming({
      read: store,
      clock,
      node: 'n',
      prices: { rateOf: () => 'no_rate', payerOf: () => null },
      limits: new CallLimits(store, clock, 'n'),
      accountOf: () => account,
      numberOf: () => undefined,
      scriptFace: () => 'test',
    })
    for (const isPrivate of [true, false]) {
      const leg = new FakeLeg(1, 'in', new FakePlace())
      const found = await incoming.look({
        id: 1,
        leg,
        listen() {},
        to: '+12125550199',
        toHost: 'here',
        from: 'ann',
        fromName: '',
        isPrivate,
        via: { kind: 'phone', clientId: 9, accountId: 5, login: 'ann' },
        headers: {},
        source: '192.0.2.1:5060',
        raw: 'sip INVITE',
      })
      assert.ok(!(found instanceof Refusal))
      const [dial] = found.script.verbs as readonly [Dial]
      assert.equal(dial.anonymous ?? false, isPrivate)
    }
  })
})
