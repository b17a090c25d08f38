// Groups of contacts keep their names apart, also when many want the same one at once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { createGroup, updateGroup, type ContactGroupRow } from './contact-groups.ts'

const actor = { face: 'test' }

onBothEngines('groups of contacts', ({ newPlace, open, engine }) => {
  test('of many that are renamed alike at once one is, and the others are told that the name is taken', async () => {
    const place = await newPlace()
    const first = await open(place)
    const stores = [first, engine === 'postgres' ? await open(place) : first]
    const rows = Array.from({ length: 8 }, (_, at) => ({
      id: at + 1,
      account_id: 7,
      name: `group ${at}`,
      description: '',
      blocked: 0,
      members: 0,
      created_ms: 1,
      updated_ms: 1,
      version: 1,
    })) satisfies ContactGroupRow[]
    for (const row of rows) await first.write(createGroup, { row, actor })
    for (let round = 0; round < 5; round += 1) {
      const asks = rows.map(({ id, description, blocked }, at) =>
        stores[at % 2]!.write(updateGroup, {
          id,
          account: 7,
          name: `wanted ${round}`,
          description,
          blocked,
          changed: ['name'],
          actor,
          now: 2,
        }),
      )
      const outcomes = (await Promise.all(asks)).map(({ outcome }) => outcome)
      assert.deepEqual(outcomes.toSorted(), [...Array.from({ length: 7 }, () => 'taken'), 'updated'])
    }
  })
})
