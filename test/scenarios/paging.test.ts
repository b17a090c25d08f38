// Lists by cursor while rows come and go: none twice, none of those that were there all along missed. And totals that are
// counters say what there is.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'

onBothEngines('paging', (bench) => {
  let house: House
  test('a house', async () => {
    house = await openHouse(await bench.open())
  })
  const ask = (method: string, path: string, body?: object) =>
    house.ask(method, path, { key: house.sandbox.key, ...(body && { body }) })
  const create = async (name: string): Promise<string> => {
    const told = await ask('POST', '/applications', { name })
    assert.equal(told.status, 201, told.text)
    return told.json.id
  }

  test('pages while rows are added and taken away', async () => {
    const before: string[] = []
    for (let n = 0; n < 60; n += 1) before.push(await create(`before ${n}`))
    const gone = new Set(before.filter((_, n) => n % 7 === 3))
    const state = { going: true }
    let added = 0
    const adding = (async () => {
      for (; state.going; added += 1) await create(`meanwhile ${added}`)
    })()
    const leaving = [...gone]
    const seen: string[] = []
    for (let after: string | null = null; ;) {
      const page: { items: { id: string }[]; next: string | null } = (
        await ask('GET', `/applications?limit=7${after === null ? '' : `&after=${after}`}`)
      ).json
      seen.push(...page.items.map((item) => item.id))
      assert.ok(page.items.length <= 7)
      const leaves = leaving.pop()
      if (leaves !== undefined) assert.equal((await ask('DELETE', `/applications/${leaves}`)).status, 200)
      if (page.next === null) break
      assert.equal(page.items.length, 7, 'a page before the last is full')
      after = page.next
    }
    state.going = false
    await adding
    assert.ok(added > 0)
    assert.equal(new Set(seen).size, seen.length, 'none twice')
    for (const id of before) if (!gone.has(id)) assert.ok(seen.includes(id), 'none missed')
    for (const id of leaving) await ask('DELETE', `/applications/${id}`)

    const { total, items } = (await ask('GET', '/applications?limit=1000')).json
    assert.equal(total, 60 - gone.size + added)
    assert.equal(items.length, total)
  })

  test('the same for what is created and deleted at once, many at a time', async () => {
    const counted = async (path: string): Promise<[number, number]> => {
      const { total, items } = (await ask('GET', `${path}?limit=1000`)).json
      return [total, items.length]
    }
    const ids = await Promise.all(Array.from({ length: 40 }, (_, n) => create(`many ${n}`)))
    await Promise.all(
      ids.slice(0, 25).flatMap((id) => [ask('DELETE', `/applications/${id}`), ask('DELETE', `/applications/${id}`)]),
    )
    const [total, listed] = await counted('/applications')
    assert.equal(total, listed)

    const [users] = await counted('/users')
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ask('POST', '/users', { login: `u${n % 10}@example.com` })),
    )
    const there = made.filter((one) => one.status === 201).map((one) => one.json.id as string)
    assert.equal(there.length, 10)
    assert.deepEqual(await counted('/users'), [users + 10, users + 10])
    await Promise.all(there.slice(0, 4).map((id) => ask('DELETE', `/users/${id}`)))
    assert.deepEqual(await counted('/users'), [users + 6, users + 6])

    const bought = await ask('POST', '/numbers', { country: 'SG', type: 'local', quantity: 5 })
    assert.deepEqual(await counted('/numbers'), [5, 5])
    await Promise.all(bought.json.items.slice(0, 2).map(({ id }: { id: string }) => ask('DELETE', `/numbers/${id}`)))
    assert.deepEqual(await counted('/numbers'), [3, 3])
  })

  test('a cursor that is none is told', async () => {
    for (const cursor of ['x', '0', 'f'.repeat(32), ''])
      assert.equal((await ask('GET', `/applications?after=${cursor}`)).json.reason, 'request.cursor_invalid', cursor)
    assert.equal((await ask('GET', '/applications?limit=0')).status, 400)
    assert.equal((await ask('GET', '/applications?limit=1001')).json.reason, 'request.number_out_of_range')
    assert.equal(
      (await ask('GET', '/applications?skip=1')).json.reason,
      'request.parameter_unknown',
      'other faces skip; this one does not',
    )
  })

  test('wildcards and quotes in filters are text to every engine', async () => {
    const id = await create('back\\slash 100%')
    for (const name of ['\\', 'a\\', '%\\', "'", '_', '%', 'back%', '\\%', 'x'.repeat(200)]) {
      const told = await ask('GET', `/applications?name=${encodeURIComponent(name)}`)
      assert.equal(told.status, 200, `${name}: ${told.text}`)
    }
    const found = await ask('GET', `/applications?name=${encodeURIComponent('back\\slash%')}`)
    assert.deepEqual(
      found.json.items.map((item: { id: string }) => item.id),
      [id],
      'a backslash is a backslash',
    )
  })

  test('nothing of all this was a fault of ours', () => assert.deepEqual(house.faults, []))
})
