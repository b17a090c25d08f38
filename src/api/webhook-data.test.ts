// No id leaves as the number it is inside, and moments are told as everywhere in this API.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Key } from '#values/secrets.ts'
import { nativeForm } from '#webhooks/native-form.ts'
import { verifyStandard } from '#webhooks/verify.ts'
import type { Target } from '#webhooks/webhook-form.ts'
import { NativeIds } from './native-ids.ts'
import { webhookData } from './webhook-data.ts'

const ids = new NativeIds(new Key('7'.repeat(64)))
const data = webhookData(ids)
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const form = nativeForm({ showId: (noun, id) => ids.showOf(noun, id), showData: data, secretsOf: async () => [secret] })

const subject = {
  id: 12,
  account: 34,
  state: 'failed',
  from: '+15005550006',
  reason: 'message.handset_unknown',
  errorId: 'e1',
  createdMs: 1_750_000_000_000,
  sentMs: null,
  batchId: 56,
  numberId: null,
  mysteryId: 78,
  media: [{ id: 90, type: 'image/png' }],
  custom: { inner: true },
}

test('ids and moments of a message', () => {
  const shown = data('messages', 12, subject)
  assert.deepEqual(Object.keys(shown).toSorted(), [
    'accountId',
    'batchId',
    'createdAt',
    'errorId',
    'from',
    'id',
    'media',
    'mysteryId',
    'numberId',
    'reason',
    'sentAt',
    'state',
  ])
  assert.equal(shown['id'], ids.show('message', 12))
  assert.equal(shown['accountId'], ids.show('account', 34))
  assert.equal(shown['createdAt'], '2025-06-15T15:06:40.000Z')
  assert.equal(shown['sentAt'], null)
  const { slug, fault, retry } = shown['reason'] as Record<string, string>
  assert.deepEqual([slug, fault, retry], ['message.handset_unknown', 'recipient', 'never'])
  assert.equal(shown['mysteryId'], undefined)
  assert.deepEqual(shown['media'], [{ id: ids.show('media', 90), type: 'image/png' }])
})

test('accounts that move are told by their ids', () => {
  assert.deepEqual(data('accounts', 12, { from: 34, to: 56 }), {
    id: ids.show('account', 12),
    from: ids.show('account', 34),
    to: ids.show('account', 56),
  })
})

test("a message's own URL is told how it stands, by POST or GET, signed", async () => {
  const target: Target = {
    accountId: 34,
    endpointId: null,
    face: 'api',
    url: 'https://app.example/cb?x=1',
    method: 'POST',
    kind: 'message.status',
    noun: 'messages',
    nounId: 12,
    subject,
    errorId: 'e1',
    loopback: false,
  }
  const means = { deliveryId: 5, happenedMs: 1_750_000_000_000 }
  const posted = await form.render(target, means)
  const body = JSON.parse(posted.body) as { type: string; errorId: string; data: { id: string } }
  assert.deepEqual([body.type, body.errorId, body.data.id], ['message.failed', 'e1', ids.show('message', 12)])
  assert.equal(posted.headers['webhook-id'], ids.show('delivery', 5))
  const got = await form.render({ ...target, method: 'GET' }, means)
  assert.equal(got.url, `https://app.example/cb?x=1&type=message.failed&id=${ids.show('message', 12)}`)
  const nowMs = 1_750_000_100_000
  const delivery = { accountId: 34, endpointId: null } as never
  for (const rendered of [posted, got]) {
    const headers = { ...rendered.headers, ...(await form.sign!(delivery, rendered, nowMs)) }
    assert.deepEqual(verifyStandard({ body: rendered.body, headers, secret, nowMs }), { ok: true })
  }
})
