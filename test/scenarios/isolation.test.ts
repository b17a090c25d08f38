// Nobody reads or changes what is another's. Walks every operation with another account's ids, in the path, in each
// field that can carry one and as the account acted for: the answer is that of an id that never was, and no row changes.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { contactBatchesLoop } from '#loops/contact-batches.ts'
import { allOperations } from '#operations/all.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House, type Told } from '../house.ts'
import {
  askOperation,
  ghosts,
  openAccount,
  pointed,
  pointersOf,
  questionOf,
  requireAllKnown,
  type Nouns,
  type Owner,
} from '../nouns.ts'

test('every operation is known to the walks', requireAllKnown)

/** Without what differs from one request to the next: ids, times, and the names that were asked for. */
function comparable(told: Told, asked: Nouns): unknown {
  let text = told.text
  for (const name of Object.values(asked)) text = text.replaceAll(String(name), 'NAME')
  text = text
    .replaceAll(/[a-z]{3}_[0-9a-f]{32}/g, 'ID')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/"(secret|key|publicId|number|region)":"[^"]*"/g, '"$1":"..."')
  return { status: told.status, reason: told.headers['offhook-reason'], body: JSON.parse(text) as unknown }
}

/** These answer item by item: what is not there is told in its place. */
const itemByItem = new Set(['contact_batches.create', 'messages.send_batch', 'mailbox.change'])

/** Where pointing at nothing of one's own is no fault: a filter finds nothing, a batch counts what it did not find. */
const mayPass = (operation: string, method: string): boolean => method === 'GET' || itemByItem.has(operation)

/** What is for sale is everybody's to see. */
const shopWindows = new Set(['numbers.available', 'packages.list'])

/** The rows of a list; of comma-separated values those after the names of the columns. */
const shownIn = (json: { items?: unknown[]; csv?: string }): unknown[] => json.items ?? json.csv!.trim().split('\r\n').slice(1)

onBothEngines('isolation', (bench) => {
  let house: House
  let a: Owner
  let b: Owner

  test('two accounts with one of every noun', async () => {
    house = await openHouse(await bench.open())
    a = await openAccount(house, 'antelope', 'San Francisco')
    b = await openAccount(house, 'zebra', 'New York City')
    await contactBatchesLoop.do({ store: house.store, clock: house.clock, nextId: house.parts.nextId } as never)
    // What was refused meanwhile is in the lists, too.
    await house.store.noted()
  })

  const rowsOfB = () => house.rowsOf([b.accountId, b.subAccountId])

  test('lists hold nothing of another account', async () => {
    const lists = allOperations.filter(
      ({ name, route, output, permission }) =>
        route.method === 'GET' &&
        !route.path.includes('{') &&
        permission !== 'operator' &&
        ['items', 'csv'].some((member) => member in ((output as { properties?: object }).properties ?? {})) &&
        !shopWindows.has(name),
    )
    assert.ok(lists.length > 10)
    for (const operation of lists) {
      const own = await askOperation(house, operation, {}, { key: b.key })
      const told = await askOperation(house, operation, {}, { key: a.key })
      assert.equal(told.status, 200, told.text)
      assert.doesNotMatch(told.text, /zebra/, operation.name)
      for (const id of Object.values(b.nouns)) assert.ok(!told.text.includes(id), operation.name)
      if (!['numbers.places', 'calls.changes'].includes(operation.name))
        assert.ok(shownIn(own.json).length > 0, `${operation.name} shows its owner something`)
    }
  })

  test('ids of another account are ids of nothing, in every field of every operation', async () => {
    const before = await rowsOfB()
    let pointers = 0
    for (const operation of allOperations) {
      for (const place of pointersOf(operation)) {
        pointers += 1
        const what = `${operation.name} ${place.path}`
        const nobodys = ghosts(house)
        const [theirs, nothing] = [b.nouns, nobodys].map((nouns) =>
          askOperation(house, operation, pointed(operation, place, a.nouns, nouns), { key: a.key }),
        )
        const [found, missed] = [await theirs!, await nothing!]
        assert.deepEqual(comparable(found, b.nouns), comparable(missed, nobodys), what)
        assert.ok(found.status < 500, `${what}: ${found.text}`)
        if (operation.permission !== 'operator' && !mayPass(operation.name, operation.route.method))
          assert.ok(found.status >= 400, `${what}: ${found.text}`)
        assert.doesNotMatch(found.text.replaceAll(String(b.nouns[place.noun]), ''), /zebra/, what)
        assert.deepEqual(await rowsOfB(), before, what)
      }
    }
    assert.ok(pointers > 50, `${pointers} places`)
    await contactBatchesLoop.do({ store: house.store, clock: house.clock, nextId: house.parts.nextId } as never)
    assert.deepEqual(await rowsOfB(), before, 'after the batches')
  })

  test('nobody acts for an account that is not below', async () => {
    const before = await rowsOfB()
    const sub = house.ids.show('account', b.subAccountId)
    for (const operation of allOperations) {
      for (const account of [b.account, sub, house.ids.show('account', house.operator.caller.account.id)]) {
        const found = await askOperation(house, operation, questionOf(operation, b.nouns), { key: a.key, account })
        const missed = await askOperation(house, operation, questionOf(operation, b.nouns), {
          key: a.key,
          account: ghosts(house).account,
        })
        assert.deepEqual(comparable(found, b.nouns), comparable(missed, b.nouns), operation.name)
        assert.equal(found.status, 404, `${operation.name}: ${found.text}`)
      }
    }
    assert.deepEqual(await rowsOfB(), before)
  })

  test('a number of another account is told apart from none, as it can be rung; nothing else is told of it', async () => {
    const told = await house.ask('GET', `/numbers/by-number/${encodeURIComponent(b.nouns.numberText)}`, { key: a.key })
    assert.equal(told.json.reason, 'number.not_owned')
    assert.deepEqual(told.json.params, { number: b.nouns.numberText })
    const bought = await house.ask('POST', '/numbers', { key: a.key, body: { number: b.nouns.numberText } })
    assert.equal(bought.json.reason, 'number.occupied')
  })

  test('whoever stands above reaches what is below; nobody reaches up or across', async () => {
    const below = async (name: string) => {
      const { id } = (await house.ask('POST', '/accounts', { key: a.key, body: { name } })).json
      const { key } = (await house.ask('POST', '/keys', { key: a.key, account: id, body: { name } })).json
      const user = (await house.ask('POST', '/users', { key: a.key, account: id, body: { login: `${name}@example.com` } })).json
      assert.ok(key && user.id, name)
      return { id: id as string, key: key as string, user: user.id as string }
    }
    const [left, right] = [await below('left'), await below('right')]
    const reads = async (key: string, account: string | undefined, user: string) =>
      (await house.ask('GET', `/users/${user}`, { key, account })).status
    assert.equal(await reads(a.key, left.id, left.user), 200, 'the parent, acting for it')
    assert.equal(await reads(house.operator.key, left.id, left.user), 200, 'the operator, two above')
    assert.equal(await reads(left.key, undefined, left.user), 200, 'itself')
    assert.equal(await reads(left.key, left.id, left.user), 200, 'itself by name')
    assert.equal(await reads(a.key, undefined, left.user), 404, 'the parent, acting for itself')
    assert.equal(await reads(left.key, a.account, a.nouns.user), 404, 'the parent')
    assert.equal(await reads(left.key, undefined, a.nouns.user), 404)
    assert.equal(await reads(left.key, right.id, right.user), 404, 'its sibling')
    assert.equal(await reads(left.key, undefined, right.user), 404)
    for (const account of [a.account, right.id, house.ids.show('account', house.operator.caller.account.id)]) {
      for (const [method, body] of [['GET'], ['PATCH', { name: 'mine now' }], ['DELETE']] as const) {
        const told = await house.ask(method, `/accounts/${account}`, { key: left.key, ...(body && { body }) })
        assert.equal(told.json.reason, 'resource.not_found', `${method} ${account}`)
      }
    }
  })

  test('an error id is found by the account it was told to, and by the operator', async () => {
    const path = `/refusals/${b.nouns.errorId}`
    assert.equal((await house.ask('GET', path, { key: b.key })).status, 200)
    assert.equal((await house.ask('GET', path, { key: house.operator.key })).status, 200)
    assert.equal((await house.ask('GET', path, { key: a.key })).json.reason, 'resource.not_found')
  })

  test('nothing of all this was a fault of ours', () => assert.deepEqual(house.faults, []))
})
