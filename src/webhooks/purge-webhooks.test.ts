// Old attempts and forgotten listeners go, nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noteWebhookAttempts, webhookAttemptsOf, type WebhookAttemptRow } from '#store/webhook-attempts.ts'
import { createWebhookEndpoint, webhookEndpointsOf, type WebhookEndpointRow } from '#store/webhook-endpoints.ts'
import { handClock } from '#values/clock.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { purgeAttemptsLoop, purgeListenersLoop } from './purge-webhooks.ts'

onBothEngines('purging webhooks', ({ open }) => {
  test('attempts go after a week', async () => {
    const clock = handClock()
    const store = await open()
    const weekMs = 7 * 86_400_000
    const row = (attempt: number, at_ms: number): WebhookAttemptRow => ({
      delivery_id: 1,
      attempt,
      step: 0,
      account_id: 1,
      at_ms,
      took_ms: 1,
      method: 'POST',
      url: '',
      address: '',
      headers: '{}',
      status: 200,
      answer_headers: '{}',
      answer_body: '',
      reason: null,
      detail: '',
    })
    const now = clock.nowMs()
    const rows = Array.from({ length: 1200 }, (_, n) => row(n, n < 1190 ? now - weekMs - 1 : now - weekMs + 1000))
    store.note(noteWebhookAttempts, { rows: JSON.stringify(rows) })
    await store.noted()
    assert.equal(await purgeAttemptsLoop.do({ store, clock }), 3)
    assert.equal((await webhookAttemptsOf(store.notes, 1, 2000)).length, 10)
    assert.equal(await purgeAttemptsLoop.do({ store, clock }), 0)
  })

  test('a listener goes when its time is over', async () => {
    const clock = handClock()
    const store = await open()
    const endpoint = (id: number, expires_ms: number | null): WebhookEndpointRow => ({
      id,
      account_id: 1,
      face: 'api',
      kind: expires_ms === null ? 'push' : 'listener',
      url: '',
      fallback_url: null,
      events: '["*"]',
      name: '',
      enabled: 1,
      detail: '{}',
      secret_sealed: '',
      previous_sealed: null,
      previous_until_ms: null,
      expires_ms,
      created_ms: 1,
      updated_ms: 1,
      version: 1,
    })
    const now = clock.nowMs()
    for (const row of [endpoint(1, null), endpoint(2, now - 1), endpoint(3, now + 1000)])
      await store.write(createWebhookEndpoint, { row, limit: 3, actor: { face: 'test' } })
    assert.deepEqual(await store.write(createWebhookEndpoint, { row: endpoint(4, null), limit: 3, actor: { face: 'test' } }), {
      full: true,
    })
    assert.equal(await purgeListenersLoop.do({ store, clock }), 1)
    assert.deepEqual(
      (await webhookEndpointsOf(store, 1)).map(({ id }) => id),
      [1, 3],
    )
  })
})
