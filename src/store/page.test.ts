// Pages by key stay correct while rows are added; a skip is bounded.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { createApplication } from './applications.ts'
import { pageParams, maximumSkip, readPage, type PageParams } from './page.ts'
import { bind, statement } from './statement.ts'

const list = statement<PageParams & { account: number }, { id: number; name: string }>((db) =>
  db
    .selectFrom('applications')
    .select(['id', 'name'])
    .where('account_id', '=', bind('account'))
    .where('id', '<', bind('after'))
    .orderBy('id', 'desc')
    .limit(bind('limit'))
    .offset(bind('skip')),
)

test('a skip beyond the bound is a mistake of the caller', () => {
  assert.throws(() => pageParams({ limit: 10, skip: maximumSkip + 1 }), RangeError)
})

onBothEngines('pages', ({ open }) => {
  test('every row is seen once while others are added, and none of another account', async () => {
    const store = await open()
    const add = (id: number, account_id: number) =>
      store.write(createApplication, {
        row: { id, account_id, name: `n${id}`, kind: 'voice', detail: '{}', created_ms: 1, updated_ms: 1, version: 1 },
        unique: false,
        actor: { face: 'test' },
      })
    await Promise.all(Array.from({ length: 40 }, (_, n) => add(n + 1, (n % 2) + 1)))
    const seen: number[] = []
    let after: number | undefined
    for (let added = 100; ; added += 1) {
      const page = await readPage(store, list, { account: 1 }, { limit: 6, after })
      seen.push(...page.rows.map(({ id }) => id))
      await add(added, 1)
      if (page.next === undefined) break
      after = page.next
    }
    assert.deepEqual(seen, Array.from({ length: 20 }, (_, n) => 39 - n * 2))
    const second = await readPage(store, list, { account: 2 }, { limit: 5, skip: 5 })
    assert.deepEqual(second.rows.map(({ id }) => id), [30, 28, 26, 24, 22])
  })
})
