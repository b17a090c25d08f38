// Lists by key stay correct while rows are added, keep accounts apart, and filter and turn round.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { createApplication, listApplications } from './applications.ts'
import type { Store } from './store.ts'

const add = (store: Store, id: number, account_id: number) =>
  store.write(createApplication, {
    row: { id, account_id, name: `n${id}`, kind: 'voice', detail: '{}', created_ms: 1, updated_ms: 1, version: 1 },
    unique: false,
    actor: { face: 'test', userId: null, credentialId: null },
  })

onBothEngines('lists', ({ open }) => {
  test('every row is seen once while others are added, and none of another account', async () => {
    const store = await open()
    await Promise.all(Array.from({ length: 40 }, (_, n) => add(store, n + 1, (n % 2) + 1)))
    const seen: number[] = []
    let after: number | undefined
    for (let added = 100; ; added += 1) {
      const rows = await listApplications(store, { scope: 1, limit: 6, after })
      seen.push(...rows.map(({ id }) => id))
      await add(store, added, 1)
      after = rows.at(-1)?.id
      if (after === undefined) break
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, n) => 39 - n * 2),
    )
  })

  test('a skip, a filter and the other direction', async () => {
    const store = await open()
    for (let id = 1; id <= 12; id += 1) await add(store, id, 1)
    const ids = async (request: Parameters<typeof listApplications>[1]) =>
      (await listApplications(store, request)).map(({ id }) => id)
    assert.deepEqual(await ids({ scope: 1, limit: 3, skip: 5 }), [7, 6, 5])
    assert.deepEqual(await ids({ scope: 1, limit: 3, oldestFirst: true, after: 4 }), [5, 6, 7])
    assert.deepEqual(await ids({ scope: 1, limit: 9, where: { name: 'n1%' } }), [12, 11, 10, 1])
    assert.deepEqual(await ids({ scope: 1, limit: 9, where: { kind: 'sms', name: undefined } }), [])
    assert.deepEqual(await ids({ scope: 2, limit: 9 }), [])
  })
})
