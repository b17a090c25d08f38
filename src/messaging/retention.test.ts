// What is no longer kept goes, account by account; what is still open or young stays.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insertedMessage, putSegment } from '../../test/fakes/messages.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { createAccount } from '#store/accounts.ts'
import { settleCalls } from '#store/call-life.ts'
import { freshCall, listCalls } from '#store/calls.ts'
import { counted } from '#store/counters.ts'
import { listMessages, readMessage, redactMessage } from '#store/messages.ts'
import { happeningsOf } from '#store/happenings.ts'
import { readMeta } from '#store/meta.ts'
import { purgeSegments, textsMark } from '#store/retention.ts'
import type { Store } from '#store/store.ts'
import { handClock } from '#values/clock.ts'
import { firstIdAt } from '#values/ids.ts'
import { retentionLoop, segmentsLoop } from './retention.ts'

const dayMs = 24 * 3_600_000
const actor = { face: 'test' }
const start = Date.UTC(2026, 5, 1)
const daysAgo = (days: number, n = 0) => firstIdAt(start - days * dayMs) + n

async function account(store: Store, id: number, retentionDays: object, parent = 0): Promise<void> {
  const path = parent === 0 ? `/${id}/` : `/${parent}/${id}/`
  await store.write(createAccount, {
    row: {
      id,
      parent_id: parent === 0 ? null : parent,
      path,
      depth: parent === 0 ? 0 : 1,
      name: `a${id}`,
      status: 'active',
      kind: 'full',
      settings: JSON.stringify({ retentionDays }),
      created_ms: 1,
      updated_ms: 1,
      version: 1,
    },
    actor,
  } as never)
}

/** One that ended a day after it was made. */
const ended = (store: Store, account_id: number, days: number, n = 0, more: object = {}) =>
  insertedMessage(store, {
    id: daysAgo(days, n),
    account_id,
    state: 'delivered',
    created_ms: start - days * dayMs,
    ended_ms: start - (days - 1) * dayMs,
    ...more,
  })

onBothEngines('retention', ({ open }) => {
  test('calls go by the days of their account, with their log; those that are up stay', async () => {
    const store = await open()
    await account(store, 1, {})
    await account(store, 2, { calls: 30 }, 1)
    const call = async (days: number, isUp = false): Promise<void> => {
      const id = daysAgo(days)
      const at = start - days * dayMs
      const who = { account_id: 2, session_id: id, direction: 'in', origin: 'inbound', face: 'v1', caller: '+1', called: '+2' }
      const row = { ...freshCall, ...who, id, state: 'ringing', node: 'n', created_ms: at, updated_ms: at }
      await store.write(settleCalls, { steps: [{ to: 'created', row, actor }] })
      if (isUp) return
      await store.write(settleCalls, {
        steps: [{ to: 'ended', row: { ...row, state: 'completed', ended_ms: at, duration_ms: 0 } }],
      })
    }
    await call(60)
    await call(50, true)
    await call(10)
    assert.equal(await retentionLoop.do({ store, clock: handClock(start) }), 1)
    assert.deepEqual(
      (await listCalls(store, { scope: 2, limit: 9 })).map(({ id }) => id),
      [daysAgo(10), daysAgo(50)],
    )
    assert.deepEqual([await counted(store, 2, 'calls'), (await happeningsOf(store, 'calls', daysAgo(60))).length], [2, 0])
  })

  test('messages go by the days of their account, with their log; open ones stay', async () => {
    const store = await open()
    const clock = handClock(start)
    await account(store, 1, {})
    await account(store, 2, { messages: 30 }, 1)
    await account(store, 3, {}, 1)
    for (let n = 0; n < 450; n += 1) await ended(store, 2, 60, n)
    await ended(store, 2, 60, 900, { state: 'scheduled', ended_ms: null })
    await ended(store, 2, 30.5)
    await ended(store, 2, 10)
    await ended(store, 3, 60, 5000)
    await store.write(redactMessage, { account: 2, id: daysAgo(60, 7), actor, now: 5 })
    assert.equal((await happeningsOf(store, 'messages', daysAgo(60, 7))).length, 1)
    assert.equal(await retentionLoop.do({ store, clock }), 450)
    assert.deepEqual(
      (await listMessages(store, { scope: 2, limit: 9 })).map(({ id }) => id),
      [daysAgo(10), daysAgo(30.5), daysAgo(60, 900)],
      'what ended later than thirty days ago is kept',
    )
    assert.equal((await listMessages(store, { scope: 3, limit: 9 })).length, 1)
    assert.equal((await happeningsOf(store, 'messages', daysAgo(60, 7))).length, 0)
    assert.equal(await counted(store, 2, 'messages'), -450)
    assert.equal(await retentionLoop.do({ store, clock }), 0)
  })

  test('texts go and messages stay; the mark waits for what is open', async () => {
    const store = await open()
    const clock = handClock(start)
    await account(store, 1, { texts: 30 })
    for (let n = 0; n < 250; n += 1) await ended(store, 1, 60, n, { detail: '{"subject":"s","carrier":9}' })
    await ended(store, 1, 50, 0, { state: 'sent', ended_ms: null })
    await ended(store, 1, 40)
    await ended(store, 1, 10)
    const body = async (id: number) => (await readMessage(store, 1, id))!.body
    assert.equal(await retentionLoop.do({ store, clock }), 251)
    assert.deepEqual(
      [await body(daysAgo(60, 249)), await body(daysAgo(50)), await body(daysAgo(40)), await body(daysAgo(10))],
      ['', 'hello', '', 'hello'],
    )
    const detail = JSON.parse((await readMessage(store, 1, daysAgo(60)))!.detail) as Record<string, unknown>
    assert.deepEqual([detail['subject'], detail['carrier'], typeof detail['redactedMs']], [undefined, 9, 'number'])
    assert.equal(await readMeta(store, textsMark(1)), String(daysAgo(60, 249)))
    assert.equal(await retentionLoop.do({ store, clock }), 0)
  })

  test('ids of segments go once they are old, wherever the walk stands', async () => {
    const store = await open()
    const clock = handClock(start)
    for (let n = 0; n < 30; n += 1)
      await putSegment(store, { carrier: 1 + (n % 3), ref: String(n), at_ms: n % 2 === 0 ? start - 20 * dayMs : start })
    const first = await store.write(purgeSegments, { after: { carrier: -1, ref: '' }, span: 4, beforeMs: start - dayMs })
    assert.ok(first.next !== null && first.done > 0 && first.done <= 5)
    assert.equal(first.done + (await segmentsLoop.do({ store, clock })), 15)
    assert.equal(await segmentsLoop.do({ store, clock }), 0)
  })
})
