// Idempotency keys, on both engines: the first outcome under a key is given again, be it a success with a secret that is
// shown once or a refusal with its error id, and work is done once however many ask at once.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { allOperations } from '#operations/all.ts'
import { purgeLoops } from '#loops/purges.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House, type Told } from '../house.ts'

const day = 24 * 3600_000
const password = 'Correct-Horse-7'

test('whatever creates can be shown again', () => {
  for (const { name, creates, shown, route } of allOperations) {
    assert.equal(creates === true, shown !== undefined, name)
    if (creates) assert.equal(route.method, 'POST', name)
  }
})

onBothEngines('idempotency keys', (bench) => {
  let house: House
  let keys = 0
  test('a house', async () => {
    house = await openHouse(await bench.open())
  })

  const post = (path: string, body: object, key: string, by = house.sandbox.key): Promise<Told> =>
    house.ask('POST', path, { key: by, body, headers: { 'idempotency-key': key } })
  const newKey = (): string => `key-${(keys += 1)}`
  const same = (first: Told, again: Told): void => {
    assert.equal(again.status, first.status)
    assert.deepEqual(again.json, first.json)
    assert.equal(again.headers['offhook-reason'], first.headers['offhook-reason'])
    assert.equal(again.headers['offhook-error-id'], first.headers['offhook-error-id'])
  }
  const total = async (path: string): Promise<number> => (await house.ask('GET', path, { key: house.sandbox.key })).json.total

  test('a success is given again, and done once', async () => {
    const key = newKey()
    const before = await total('/applications')
    const first = await post('/applications', { name: 'once' }, key)
    assert.equal(first.status, 201)
    same(first, await post('/applications', { name: 'once' }, key))
    assert.equal(await total('/applications'), before + 1)
  })

  test('a secret that only the first answer shows is shown again under the same key', async () => {
    const key = newKey()
    const first = await post('/keys', { name: 'mine' }, key)
    assert.match(first.json.key, /^ok_/)
    same(first, await post('/keys', { name: 'mine' }, key))
    assert.equal((await house.ask('GET', '/whoami', { key: first.json.key })).status, 200)
    const rows = (await house.rowsOf([house.sandbox.caller.account.id]))['idempotency']!
    assert.ok(rows.length > 0 && rows.every((row) => !row.includes(first.json.secret)), 'kept sealed')
    const rotated = newKey()
    const path = `/keys/${first.json.id}/rotate`
    same(await post(path, {}, rotated), await post(path, {}, rotated))
  })

  test('a refusal by the write is given again, with its error id, also when it would now be allowed', async () => {
    const key = newKey()
    const user = (await post('/users', { login: 'taken@example.com' }, newKey())).json
    const first = await post('/users', { login: 'taken@example.com', password }, key)
    assert.equal(first.json.reason, 'resource.value_not_unique')
    same(first, await post('/users', { login: 'taken@example.com', password }, key))
    await house.ask('DELETE', `/users/${user.id}`, { key: house.sandbox.key })
    same(first, await post('/users', { login: 'taken@example.com', password }, key))
    assert.equal((await post('/users', { login: 'taken@example.com', password }, newKey())).status, 201)
  })

  test('a refusal before the write is given again, with its error id and every fault', async () => {
    const weak = newKey()
    const first = await post('/users', { login: 'weak@example.com', password: 'aaa' }, weak)
    assert.equal(first.json.reason, 'account.password_weak')
    same(first, await post('/users', { login: 'weak@example.com', password: 'aaa' }, weak))
    const several = newKey()
    const numbers = { numbers: ['+1', '+12', '+12125550002'].map((text) => text.padEnd(3, '0')), type: 'local' }
    const wrong = await post('/number-stock', numbers, several, house.operator.key)
    assert.equal(wrong.json.errors.length, 2, wrong.text)
    same(wrong, await post('/number-stock', numbers, several, house.operator.key))
  })

  test('a key that comes again with something else is refused, and what it stands for stays', async () => {
    const key = newKey()
    const first = await post('/applications', { name: 'this' }, key)
    for (const [path, body] of [
      ['/applications', { name: 'that' }],
      ['/applications', { name: 'this', kind: 'sms' }],
      ['/clients', { login: 'this', password }],
    ] as const) {
      assert.equal((await post(path, body, key)).json.reason, 'request.idempotency_key_reused')
    }
    same(first, await post('/applications', { name: 'this' }, key))
  })

  test("a key is an account's own", async () => {
    const key = newKey()
    const mine = await post('/applications', { name: 'shared' }, key)
    const others = await post('/applications', { name: 'shared' }, key, house.operator.key)
    assert.equal(others.status, 201)
    assert.notEqual(others.json.id, mine.json.id)
  })

  test('what is no key is refused', async () => {
    for (const key of ['', ' ', 'a b', 'x'.repeat(256), 'é'])
      assert.equal((await post('/applications', { name: 'x' }, key)).json.reason, 'request.idempotency_key_invalid', key)
  })

  test('fields at fault are an answer like any other: given again, and bound to the key', async () => {
    const key = newKey()
    const first = await post('/applications', {}, key)
    assert.equal(first.status, 400)
    same(first, await post('/applications', {}, key))
    assert.equal((await post('/applications', { name: 'mended' }, key)).json.reason, 'request.idempotency_key_reused')
  })

  test('what could not be tried is not kept: a full disk', async () => {
    const key = newKey()
    house.fillDisk(true)
    assert.equal((await post('/applications', { name: 'later' }, key)).json.reason, 'platform.disk_nearly_full')
    assert.equal((await house.ask('GET', '/applications', { key: house.sandbox.key })).status, 200, 'reads go on')
    house.fillDisk(false)
    assert.equal((await post('/applications', { name: 'later' }, key)).status, 201)
  })

  test('twenty at once under one key: one is done, and all are told of it', async () => {
    const key = newKey()
    const before = await total('/applications')
    const told = await Promise.all(Array.from({ length: 20 }, () => post('/applications', { name: 'rush' }, key)))
    for (const one of told) same(told[0]!, one)
    assert.equal(told[0]!.status, 201)
    assert.equal(await total('/applications'), before + 1)
  })

  test('twenty at once for one number under one key: whoever was late is not refused for what it did itself', async () => {
    const key = newKey()
    const stock = (await house.ask('GET', '/available-numbers?country=GB&limit=1', { key: house.sandbox.key })).json
    const told = await Promise.all(Array.from({ length: 20 }, () => post('/numbers', { number: stock.items[0].number }, key)))
    for (const one of told) same(told[0]!, one)
    assert.equal(told[0]!.status, 201, told[0]!.text)
  })

  test('twenty at once for one login under different keys: one is made', async () => {
    const told = await Promise.all(Array.from({ length: 20 }, () => post('/users', { login: 'one@example.com' }, newKey())))
    assert.equal(told.filter((one) => one.status === 201).length, 1)
    assert.ok(told.every((one) => one.status === 201 || one.json.reason === 'resource.value_not_unique'))
  })

  test('a key is forgotten after a day, not before', async () => {
    const key = newKey()
    const first = await post('/applications', { name: 'old' }, key)
    const purge = purgeLoops.find((loop) => /idempotency/.test(loop.name))!
    house.forward(day - 60_000)
    await purge.do({ store: house.store, clock: house.clock } as never)
    same(first, await post('/applications', { name: 'old' }, key))
    house.forward(120_000)
    await purge.do({ store: house.store, clock: house.clock } as never)
    const anew = await post('/applications', { name: 'old' }, key)
    assert.equal(anew.status, 201)
    assert.notEqual(anew.json.id, first.json.id)
  })

  test('nothing of all this was a fault of ours', () => assert.deepEqual(house.faults, []))
})
