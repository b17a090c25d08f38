// The log and its cursors: a reader misses nothing that commits late, on both engines.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { onBothEngines } from '../../test/both-engines.ts'
import { addMeta, happenLate } from '../../test/fakes/store-writes.ts'
import { firstCursor, happeningsAfter, happeningsOf, happeningsOfAccount } from './happenings.ts'

onBothEngines('happenings', ({ engine, newPlace, open }) => {
  test(
    'a cursor reader sees every row once while many commit in another order than they began',
    { timeout: 300_000 },
    async () => {
      const store = await open()
      const total = 150
      const ids = Array.from({ length: total }, (_, n) => n + 1)
      // Every third one is slow to commit after it has its place in the log.
      const writes = Promise.all(ids.map((id) => store.write(happenLate, { id, seconds: id % 3 === 0 ? 0.03 : 0 })))
      const seen: number[] = []
      let cursor = firstCursor
      // A transaction of anybody in the cluster holds the newest rows back for a while; none may be missing in the end.
      while (seen.length < total) {
        const read = await happeningsAfter(store, cursor, 7)
        seen.push(...read.rows.map(({ noun_id }) => noun_id))
        cursor = read.cursor
        if (read.rows.length === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      seen.push(...(await happeningsAfter(store, cursor, 7)).rows.map(({ noun_id }) => noun_id))
      await writes
      assert.deepEqual(
        seen.toSorted((a, b) => a - b),
        ids,
      )
    },
  )

  test(
    'the log goes by transaction as a number, also from one of fewer digits to one of more',
    { skip: engine === 'sqlite' },
    async () => {
      const place = await newPlace()
      const store = await open(place)
      const client = new pg.Client({ connectionString: place.url })
      await client.connect()
      const row = `(account_id, noun, noun_id, kind, actor, data, at_ms, tx) values (1, 'tests', $1, 'created', '{}', '{}', 1, $2::text::xid8)`
      for (const [id, tx] of [
        [1, '9'],
        [2, '10'],
        [3, '100'],
      ])
        await client.query(`insert into happenings ${row}`, [id, tx])
      await client.end()
      const seen: number[] = []
      let cursor = firstCursor
      for (let reads = 0; reads < 4; reads += 1) {
        const read = await happeningsAfter(store, cursor, 1)
        seen.push(...read.rows.map(({ noun_id }) => noun_id))
        cursor = read.cursor
      }
      assert.deepEqual(seen, [1, 2, 3])
    },
  )

  test('a timeline is told oldest first, an audit newest first and page by page', async () => {
    const store = await open()
    for (let n = 0; n < 5; n += 1) await store.write(addMeta, { name: `n${n}`, value: String(n) })
    const values = (rows: { data: string }[]) => rows.map(({ data }) => (JSON.parse(data) as { value: string }).value)
    assert.deepEqual(values(await happeningsOf(store, 'meta', 1)), ['0', '1', '2', '3', '4'])
    assert.deepEqual(await happeningsOf(store, 'other', 1), [])
    const page = await happeningsOfAccount(store, 1, 2)
    assert.deepEqual(values(page), ['4', '3'])
    await store.write(addMeta, { name: 'n5', value: '5' })
    assert.deepEqual(values(await happeningsOfAccount(store, 1, 2, page.at(-1)?.seq)), ['2', '1'])
    assert.deepEqual(await happeningsOfAccount(store, 2, 2), [])
  })
})
