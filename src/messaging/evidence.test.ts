// Evidence comes back as it was kept, for one message among many, after flushes by size and by time; it is capped and erased.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { eraseEvidence, evidenceBytes, evidenceOf, evidenceRowsOf } from '#store/evidence.ts'
import type { Store } from '#store/store.ts'
import { handClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Evidence } from './evidence.ts'
import { evidenceLoop } from './purge-evidence.ts'
import type { WireRecord } from './sms-carrier.ts'

const start = 1_760_000_000_000
const record = (messageId: number, atMs: number, bytes: number[], direction: 'out' | 'in' = 'out'): WireRecord => ({
  messageId,
  direction,
  protocol: 'smpp',
  bytes: Uint8Array.from(bytes),
  atMs,
})

function keeper(store: Store) {
  const clock = handClock(start)
  return { clock, evidence: new Evidence({ store, clock, nextId: idSource(clock) }) }
}

onBothEngines('evidence', ({ open }) => {
  test('one message among many is found by its moments, oldest first', async () => {
    const store = await open()
    const { clock, evidence } = keeper(store)
    const mine = 2 ** 52 + 12_345
    for (let n = 0; n < 2000; n += 1)
      evidence.wire(
        record(
          n,
          start + n,
          Array.from({ length: 100 }, () => n % 256),
        ),
      )
    evidence.wire(record(mine, start + 2000, [1, 2, 3]))
    evidence.wire(record(mine, start + 2001, [], 'in'))
    clock.advance(600)
    evidence.wire(record(mine, start + 3_600_000, [9], 'in'))
    evidence.flush()
    await store.noted()
    const found = await evidenceOf(store.notes, mine, [start + 3_600_000, start + 1500])
    assert.deepEqual(found, [
      record(mine, start + 2000, [1, 2, 3]),
      record(mine, start + 2001, [], 'in'),
      record(mine, start + 3_600_000, [9], 'in'),
    ])
    assert.deepEqual(await evidenceOf(store.notes, mine, [start + 3_600_000]), [record(mine, start + 3_600_000, [9], 'in')])
    assert.deepEqual(await evidenceOf(store.notes, 77, [start]), [
      record(
        77,
        start + 77,
        Array.from({ length: 100 }, () => 77),
      ),
    ])
    assert.deepEqual(await evidenceOf(store.notes, mine, [start + 50_000]), [])
  })

  test('of a record too long its beginning is kept', async () => {
    const store = await open()
    const { evidence } = keeper(store)
    evidence.wire({ ...record(1, start, []), bytes: new Uint8Array(70_000).fill(5) })
    evidence.flush()
    await store.noted()
    const [found] = await evidenceOf(store.notes, 1, [start])
    assert.equal(found?.bytes.length, 16 * 1024)
    assert.ok(found.bytes.every((byte) => byte === 5))
  })

  test('what belongs to one message is erased, the rest stays', async () => {
    const store = await open()
    const { evidence } = keeper(store)
    for (const id of [1, 2, 1, 3]) evidence.wire(record(id, start, [id]))
    evidence.flush()
    await store.noted()
    const rows = await evidenceRowsOf(store.notes, [1, 9], [start])
    assert.equal(rows.length, 1)
    for (const id of rows) store.note(eraseEvidence, { id, messageIds: [1, 9] })
    await store.noted()
    assert.deepEqual(await evidenceOf(store.notes, 1, [start]), [])
    assert.deepEqual(await evidenceOf(store.notes, 3, [start]), [record(3, start, [3])])
    assert.deepEqual(await evidenceRowsOf(store.notes, [1], [start]), [])
  })

  test('beyond the cap the oldest go', async () => {
    const store = await open()
    const { clock, evidence } = keeper(store)
    for (let n = 0; n < 40; n += 1) {
      evidence.wire({ ...record(n, start + n * 10_000, []), bytes: new Uint8Array(10_000) })
      evidence.flush()
    }
    await store.noted()
    const parts = { store, clock, evidenceBytes: () => 100_000 }
    assert.ok((await evidenceLoop.do(parts)) > 0)
    const kept = await evidenceBytes(store.notes)
    assert.ok(kept <= 100_000 && kept > 80_000, String(kept))
    assert.equal((await evidenceOf(store.notes, 0, [start])).length, 0)
    assert.equal((await evidenceOf(store.notes, 39, [start + 390_000])).length, 1)
    assert.equal(await evidenceLoop.do(parts), 0)
  })
})
