import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { happeningsOf } from './happenings.ts'
import {
  changeMasking,
  createMasking,
  endMasking,
  eraseMaskings,
  listMaskings,
  maskingOf,
  otherParty,
  personsMaskings,
  purgeMaskings,
  readMasking,
  type MaskingRow,
} from './maskings.ts'
import type { Store } from './store.ts'

const actor = { face: 'test' }
const account = 1
const now = 1_700_000_000_000

onBothEngines('maskings', (bench) => {
  let store: Store
  let lastId = 100
  before(async () => {
    store = await bench.open()
  })

  const row = (a: string, b: string, more: Partial<MaskingRow> = {}): MaskingRow => ({
    id: (lastId += 1),
    account_id: account,
    face: 'test',
    number_id: 0,
    number: '',
    party_a: a,
    party_b: b,
    record: 0,
    callback: null,
    client_ref: '',
    expires_ms: null,
    ended_ms: null,
    created_ms: now,
    updated_ms: now,
    ...more,
  })
  const over = (...ids: number[]) => ids.map((id) => ({ id, number: `+4420${id}` }))
  const make = (one: MaskingRow, ...ids: number[]) =>
    store.write(createMasking, { row: one, numbers: over(...ids), asked: null, actor })
  const reached = (number: number, party: string, nowMs = now, of = account) =>
    maskingOf(store, { account: of, number, party, nowMs })

  test('each reaches the other, and nobody else does', async () => {
    const made = await make(row('+1', '+2'), 10)
    assert.deepEqual([made.row?.number_id, made.row?.number], [10, '+442010'])
    assert.equal(otherParty((await reached(10, '+1'))!, '+1'), '+2')
    assert.equal(otherParty((await reached(10, '+2'))!, '+2'), '+1')
    assert.deepEqual(
      [await reached(10, '+3'), await reached(11, '+1'), await reached(10, '+1', now, 2)],
      [undefined, undefined, undefined],
    )
  })

  test('a number binds a party once; the next one that is free is taken, of many at once too', async () => {
    assert.equal((await make(row('+21', '+22'), 20, 21)).row?.number_id, 20)
    assert.equal((await make(row('+22', '+23'), 20, 21)).row?.number_id, 21)
    assert.equal((await make(row('+24', '+22'), 20, 21)).row, null)
    const wishes = Array.from({ length: 8 }, (_, index) => make(row('+25', `+26${index}`), 22))
    const done = await Promise.all(wishes)
    assert.equal(done.filter((one) => one.row !== null).length, 1)
  })

  test('one whose time is over gives its place up, and says when that was', async () => {
    const first = (await make(row('+31', '+32', { expires_ms: now + 1000 }), 30)).row!
    assert.equal((await make(row('+31', '+33', { created_ms: now + 999 }), 30)).row, null)
    assert.equal(await reached(30, '+31', now + 1000), undefined)
    assert.notEqual((await make(row('+31', '+33', { created_ms: now + 1000 }), 30)).row, null)
    assert.equal((await readMasking(store, account, first.id))!.ended_ms, now + 1000)
    const log = await happeningsOf(store, 'maskings', first.id)
    assert.deepEqual(
      log.map(({ kind }) => kind),
      ['created', 'expired'],
    )
  })

  test('an open one is changed and ended once; of another account it is none', async () => {
    const { id } = (await make(row('+41', '+42'), 40)).row!
    const ask = { id, account, actor, now: now + 5 }
    const longer = await store.write(changeMasking, { ...ask, change: { expires_ms: now + 50, record: 1 } })
    assert.deepEqual([longer.over, longer.row?.expires_ms, longer.row?.record], [false, now + 50, 1])
    assert.equal((await store.write(endMasking, { ...ask, account: 2 })).row, null)
    assert.equal((await store.write(endMasking, ask)).over, false)
    assert.equal((await store.write(endMasking, ask)).over, true)
    assert.equal((await store.write(changeMasking, { ...ask, change: { record: 0 } })).over, true)
    assert.equal(await reached(40, '+41'), undefined)
  })

  test('what is long over is purged, and a person is taken out', async () => {
    const { id } = (await make(row('+51', '+52', { expires_ms: now + 10 }), 50)).row!
    const standing = (await make(row('+53', '+54'), 50)).row!
    await store.write(purgeMaskings, { beforeMs: now + 11, limit: 100 })
    assert.equal(await readMasking(store, account, id), undefined)
    assert.notEqual(await readMasking(store, account, standing.id), undefined)
    const { rows, next } = await personsMaskings(store, account, '+54', 0)
    assert.deepEqual([rows.map((one) => one.id), next], [[standing.id], null])
    assert.equal(await store.write(eraseMaskings, { account, ids: [standing.id] }), 1)
    assert.equal(await reached(50, '+53'), undefined)
    const left = await listMaskings(store, { scope: account, limit: 100 })
    assert.ok(left.every((one) => one.id !== standing.id))
  })
})
