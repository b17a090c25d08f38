// Which messages nobody is told of, so that the relay need not ask around about them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { setFacet } from './facets.ts'
import { untoldMessages } from './webhook-deliveries.ts'

onBothEngines('webhook deliveries', ({ open }) => {
  test('a message is told of by its own URL, by its number, by a face; one that is gone is asked about', async () => {
    const store = await open()
    const account_id = 9
    await insertedMessage(store, { id: 1, account_id })
    await insertedMessage(store, { id: 2, account_id, callback: '{"url":"https://shop.example"}' })
    await insertedMessage(store, { id: 3, account_id, direction: 'in', state: 'received' })
    await insertedMessage(store, { id: 4, account_id, face: 'smpp' })
    const ids = JSON.stringify([1, 2, 3, 4, 5])
    const found = async (statement: ReturnType<typeof untoldMessages>): Promise<number[]> =>
      (await store.all(statement, { ids })).map(({ id }) => id).toSorted((a, b) => a - b)

    assert.deepEqual(await found(untoldMessages({ faces: [], facets: [] })), [1, 4])
    const wanted = untoldMessages({ faces: ['smpp'], facets: [{ face: 'x', prefix: 'hook ' }] })
    assert.deepEqual(await found(wanted), [1])
    const facet = { face: 'x', id: 1, account_id: 1, data: '{}', updated_ms: 1 }
    await store.write(setFacet, { ...facet, noun: 'hooks' })
    assert.deepEqual(await found(wanted), [1], 'another noun of that face')
    await store.write(setFacet, { ...facet, noun: 'hook one' })
    assert.deepEqual(await found(wanted), [], 'a face that keeps such a facet is asked about all')
  })
})
