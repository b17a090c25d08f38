// The contract of the store, on both engines: grouped and atomic writes, claims, notes, long reads, changes told.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { onBothEngines } from '../../test/both-engines.ts'
import { addAndThrow, addMeta, addTwice, changeBoth, selectMeta } from '../../test/fakes/store-writes.ts'
import { counted } from './counters.ts'
import { purgeIdempotency, readKept } from './idempotency.ts'
import { readMeta, setMeta, setMetaOnce } from './meta.ts'
import { findRefusal, listRefusals, noteRefusal, purgeRefusals, refusalsToPurge, type RefusalRow } from './refusals.ts'
import { statement } from './statement.ts'
import { QueryFailed, QueryTooSlow } from './store-errors.ts'
import type { Claim } from './store.ts'

const outcomeKinds = (settled: PromiseSettledResult<unknown>[]) => settled.map(({ status }) => status)

function refusalRow(n: number, more: Partial<RefusalRow> = {}): RefusalRow {
  const base = { face: 'native', reason: 'number.not_owned', params: '{}', method: 'GET', path: '/v1', status: 404, code: '' }
  return { ...base, error_id: `error-${n}`, account_id: 1, source: '127.0.0.1', trace_id: '', at_ms: n, ...more }
}

onBothEngines('store', ({ engine, open }) => {
  test('a write sees its own rows, and its answer comes after its commit', async () => {
    const store = await open()
    assert.deepEqual(await store.write(addMeta, { name: 'a', value: '1' }), { seen: '1' })
    assert.equal(await readMeta(store, 'a'), '1')
    assert.equal(await counted(store, 1, 'meta'), 1)
  })

  test('of many writes of one turn, the one that throws fails alone and leaves nothing', async () => {
    const store = await open()
    const changes: string[][] = []
    store.onChange((nouns) => changes.push([...nouns]))
    const settled = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => store.write(n === 17 ? addAndThrow : addMeta, { name: `n${n}`, value: 'v' })),
    )
    assert.deepEqual(
      outcomeKinds(settled),
      Array.from({ length: 30 }, (_, n) => (n === 17 ? 'rejected' : 'fulfilled')),
    )
    assert.match(String((settled[17] as PromiseRejectedResult).reason), /thrown by n17/)
    assert.equal(await readMeta(store, 'n17'), undefined)
    assert.equal(await readMeta(store, 'n29'), 'v')
    assert.equal(await counted(store, 1, 'meta'), 29)
    // On SQLite all of a turn share one commit; on PostgreSQL each has its own.
    assert.equal(changes.length, engine === 'sqlite' ? 1 : 29)
    assert.deepEqual(changes[0], ['meta created'])
  })

  test('a write whose second statement fails undoes its first', async () => {
    const store = await open()
    await assert.rejects(store.write(addTwice, { name: 'twice', value: 'v' }), QueryFailed)
    assert.equal(await readMeta(store, 'twice'), undefined)
  })

  test('writes that lock rows in opposite orders all succeed', async () => {
    const store = await open()
    await store.write(setMeta, { name: 'a', value: '0' })
    await store.write(setMeta, { name: 'b', value: '0' })
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.write(changeBoth, { names: n % 2 ? ['a', 'b'] : ['b', 'a'], value: String(n) })),
    )
    assert.equal(await readMeta(store, 'a'), await readMeta(store, 'b'))
  })

  test('what is set once keeps its first value', async () => {
    const store = await open()
    const given = await Promise.all(['x', 'y', 'z'].map((value) => store.write(setMetaOnce, { name: 'once', value })))
    assert.equal(new Set(given).size, 1)
  })

  const claim: Claim = { accountId: 1, keyHash: 'key', fingerprint: 'print', nowMs: 1000 }

  test('a key claimed again gives the kept outcome and runs nothing', async () => {
    const store = await open()
    const first = await store.claim(addMeta, { name: 'c', value: '1' }, { ...claim, reveal: 'sealed text' })
    assert.deepEqual(first, { result: { seen: '1' } })
    const again = await store.claim(addMeta, { name: 'other', value: '2' }, { ...claim, fingerprint: 'another' })
    assert.ok('kept' in again)
    assert.equal(again.kept.fingerprint, 'print')
    assert.deepEqual(JSON.parse(again.kept.outcome), { result: { seen: '1' }, reveal: 'sealed text' })
    assert.equal(await readMeta(store, 'other'), undefined)
    assert.equal(await counted(store, 1, 'meta'), 1)
  })

  test('of claims of one key under way together one writes and the others are given its outcome', async () => {
    const store = await open()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => store.claim(addMeta, { name: `r${n}`, value: 'v' }, claim)),
    )
    assert.equal(answers.filter((answer) => 'result' in answer).length, 1)
    for (const answer of answers)
      if ('kept' in answer) assert.deepEqual(JSON.parse(answer.kept.outcome), { result: { seen: 'v' } })
    assert.equal(await counted(store, 1, 'meta'), 1)
  })

  test('the same key of another account is another key', async () => {
    const store = await open()
    await store.claim(addMeta, { name: 'one', value: 'v' }, claim)
    assert.ok('result' in (await store.claim(addMeta, { name: 'two', value: 'v' }, { ...claim, accountId: 2 })))
    assert.equal(await readKept(store, 3, 'key'), undefined)
  })

  test('a claimed write that throws keeps no outcome, so that the key may be used again', async () => {
    const store = await open()
    await assert.rejects(store.claim(addAndThrow, { name: 'f', value: 'v' }, claim), /thrown by f/)
    assert.equal(await readKept(store, 1, 'key'), undefined)
    assert.ok('result' in (await store.claim(addMeta, { name: 'f', value: 'v' }, claim)))
  })

  test('old keys are purged in bounded steps', async () => {
    const store = await open()
    for (let n = 0; n < 5; n += 1) await store.claim(setMeta, { name: 'p', value: 'v' }, { ...claim, keyHash: `k${n}`, nowMs: n })
    assert.equal(await store.write(purgeIdempotency, { beforeMs: 4, limit: 3 }), 3)
    assert.equal(await store.write(purgeIdempotency, { beforeMs: 4, limit: 3 }), 1)
    assert.ok(await readKept(store, 1, 'k4'))
  })

  test('refusals are noted, found by error id for their own account only, listed newest first and purged', async () => {
    const store = await open()
    for (let n = 0; n < 10; n += 1) store.note(noteRefusal, refusalRow(n))
    store.note(noteRefusal, refusalRow(99, { account_id: 2 }))
    // A note that fails hurts no other.
    store.note(noteRefusal, { ...refusalRow(50), face: null })
    await store.noted()
    store.note(noteRefusal, refusalRow(10))
    await store.noted()
    assert.equal((await findRefusal(store.notes, 1, 'error-3'))?.at_ms, 3)
    assert.equal(await findRefusal(store.notes, 1, 'error-99'), undefined)
    assert.equal((await findRefusal(store.notes, null, 'error-99'))?.account_id, 2)
    const page = await listRefusals(store.notes, 1, 3)
    assert.deepEqual(
      page.map(({ at_ms }) => at_ms),
      [10, 9, 8],
    )
    const next = await listRefusals(store.notes, 1, 3, page.at(-1))
    assert.deepEqual(
      next.map(({ at_ms }) => at_ms),
      [7, 6, 5],
    )
    const beforeMs = await refusalsToPurge(store.notes, 3, 500)
    assert.equal(beforeMs, 3)
    store.note(purgeRefusals, { beforeMs, limit: 100 })
    await store.noted()
    assert.equal(await refusalsToPurge(store.notes, 3, 500), undefined)
    assert.equal(await findRefusal(store.notes, 1, 'error-2'), undefined)
    // Keeping four at most: what is older than the fifth newest goes, and the fifth with it.
    assert.equal(await refusalsToPurge(store.notes, 3, 4), 8)
  })

  test('notes beyond the bound are dropped and counted, and writes go on', async () => {
    const store = await open()
    for (let n = 0; n < 21_000; n += 1) store.note(noteRefusal, refusalRow(n))
    assert.ok(store.droppedNotes >= 900, `${store.droppedNotes} dropped`)
    await store.write(setMeta, { name: 'meanwhile', value: 'v' })
    assert.equal(await readMeta(store, 'meanwhile'), 'v')
    await store.noted()
  })

  test('long reads are stopped at their limit and others go on', async () => {
    const store = await open(undefined, { slowLimitMs: 150 })
    const counting = sql`(with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) select i from n)`
    const heavy = statement<{}, { n: number }>((db) =>
      db.selectNoFrom(sql<number>`(select count(*) from ${counting} as x)`.as('n')),
    )
    await store.write(setMeta, { name: 'light', value: 'v' })
    await assert.rejects(
      async () => await store.slow.one(heavy, {}),
      (error) => error instanceof QueryTooSlow && error.limitMs === 150,
    )
    const light = await open(undefined, { slowLimitMs: 20_000 })
    await light.write(setMeta, { name: 'light', value: 'v' })
    assert.equal((await light.slow.one(selectMeta, { name: 'light' }))?.value, 'v')
  })

  test('a statement that fails is told apart, on the main and the slow path', async () => {
    const store = await open()
    const wrong = statement<{}, unknown>((db) => db.selectFrom('no_such_table' as 'meta').selectAll())
    await assert.rejects(async () => await store.all(wrong, {}), QueryFailed)
    await assert.rejects(async () => await store.slow.all(wrong, {}), QueryFailed)
  })

  test('a closed store refuses writes', async () => {
    const store = await open()
    await store.close()
    await assert.rejects(store.write(setMeta, { name: 'late', value: 'v' }), { name: 'StoreUnavailable' })
  })
})
