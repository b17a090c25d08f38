// What can race of endpoints, and what is taken away when it is over.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { happeningsOf } from './happenings.ts'
import type { Store } from './store.ts'
import {
  createWebhookEndpoint,
  endpointsOfOwner,
  giveUpWebhookEndpoint,
  purgeWebhookEndpoints,
  readWebhookEndpoint,
  updateWebhookEndpoint,
  webhookEndpointsOf,
  type WebhookEndpointRow,
} from './webhook-endpoints.ts'

const actor = { face: 'test' }
const account = 1
const face = 'a-face'

const endpoint = (row: Partial<WebhookEndpointRow> & { id: number }): WebhookEndpointRow => ({
  account_id: account,
  face,
  kind: 'push',
  url: 'https://hook.example.test/',
  fallback_url: null,
  events: '["*"]',
  name: '',
  enabled: 1,
  detail: JSON.stringify({ owner: 'ada' }),
  secret_sealed: '',
  previous_sealed: null,
  previous_until_ms: null,
  expires_ms: 5000,
  created_ms: 1000,
  updated_ms: 1000,
  version: 1,
  ...row,
})

const create = (store: Store, row: Partial<WebhookEndpointRow> & { id: number }, owner = 'ada') =>
  store.write(createWebhookEndpoint, {
    row: endpoint({ detail: JSON.stringify({ owner }), ...row }),
    limit: 10,
    share: { owner, limit: 2 },
    actor,
  })

onBothEngines('webhook endpoints', ({ open }) => {
  test('each client has a share of its own, which cannot be passed by asking at once; what is over does not count', async () => {
    const store = await open()
    const made = await Promise.all([1, 2, 3, 4].map((id) => create(store, { id })))
    assert.equal(made.filter(({ full }) => full).length, 2)
    assert.equal((await create(store, { id: 5 }, 'bo')).full, false)
    assert.equal((await create(store, { id: 6, created_ms: 5001, expires_ms: 9000 })).full, false)
    const rows = await webhookEndpointsOf(store, account)
    assert.equal(endpointsOfOwner(rows, face, 'ada', 1000).length, 3)
    assert.equal(endpointsOfOwner(rows, face, 'ada', 5001).length, 1)
    assert.equal(endpointsOfOwner(rows, 'another-face', 'ada', 1000).length, 0)
    // Other faces' are counted for themselves.
    const other = { row: endpoint({ id: 7, face: 'api' }), limit: 1, actor }
    assert.equal((await store.write(createWebhookEndpoint, other)).full, false)
    assert.equal((await store.write(createWebhookEndpoint, { ...other, row: endpoint({ id: 8, face: 'api' }) })).full, true)
  })

  test('one that is given up is off and says why, once; taken up again it lasts longer', async () => {
    const store = await open()
    await create(store, { id: 1 })
    const givenUp = { atMs: 2000, reason: 'webhook.unreachable' }
    assert.equal(await store.write(giveUpWebhookEndpoint, { account, id: 1, givenUp }), true)
    assert.equal(await store.write(giveUpWebhookEndpoint, { account, id: 1, givenUp: { ...givenUp, atMs: 3000 } }), false)
    assert.equal(await store.write(giveUpWebhookEndpoint, { account: 2, id: 1, givenUp }), false)
    const off = (await readWebhookEndpoint(store, account, 1))!
    assert.deepEqual([off.enabled, JSON.parse(off.detail)], [0, { owner: 'ada', givenUp }])
    const change = { enabled: 1, detail: '{"owner":"ada"}', expires_ms: 9000 }
    const on = await store.write(updateWebhookEndpoint, { account, id: 1, change, actor, now: 4000 })
    assert.deepEqual([on!.enabled, on!.expires_ms, on!.detail], [1, 9000, '{"owner":"ada"}'])
    assert.deepEqual(
      (await happeningsOf(store, 'webhook_endpoints', 1)).map(({ kind }) => kind),
      ['created', 'updated', 'updated'],
    )
  })

  test('a listener goes at once, others once nobody asks for them any more', async () => {
    const store = await open()
    await create(store, { id: 1, kind: 'listener' })
    await create(store, { id: 2 })
    const purge = (endedMs: number) => store.write(purgeWebhookEndpoints, { beforeMs: 6000, endedMs, limit: 10 })
    assert.equal(await purge(5000), 1)
    assert.deepEqual(
      (await webhookEndpointsOf(store, account)).map(({ id }) => id),
      [2],
    )
    assert.equal(await purge(5001), 1)
  })
})
