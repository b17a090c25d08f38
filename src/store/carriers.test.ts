import { test } from 'node:test'
import assert from 'node:assert/strict'
import { onBothEngines } from '../../test/both-engines.ts'
import { allCarriers, createCarrier, deleteCarrier, readCarrierByName, updateCarrier, type CarrierRow } from './carriers.ts'
import { dropEsmeDeliveries, esmeDeliveriesAfter, storeEsmeDeliveries, type EsmeDeliveryRow } from './esme-deliveries.ts'
import { endEsmeSet, esmePartsBefore, keepEsmePart, type EsmePartRow } from './esme-parts.ts'
import { createRoute, deleteRoute, updateRoute, type RouteRow } from './routes.ts'
import type { Store } from './store.ts'

const by = { accountId: 1, actor: { face: 'test' } }

const carrier = (id: number, name: string): CarrierRow => ({
  id,
  name,
  kind: 'smpp',
  enabled: 1,
  detail: '{}',
  secret_sealed: null,
  created_ms: 1,
  updated_ms: 1,
  version: 1,
})

const route = (id: number, carrierId: number): RouteRow => ({
  id,
  account_id: null,
  prefix: '',
  sender: '',
  kind: '',
  carrier_id: carrierId,
  rank: 1,
  cost_micro: 0,
  created_ms: 1,
  updated_ms: 1,
  version: 1,
})

const delivery = (id: number, credential: number): EsmeDeliveryRow => ({
  id,
  credential_id: credential,
  kind: 'receipt',
  message_id: id,
  shown_id: null,
  state: 'delivered',
  reason: null,
  detail: '{}',
  at_ms: id,
})

const part = (number: number, id: number): EsmePartRow => ({
  credential_id: 7,
  sender: '+1',
  recipient: '+2',
  reference: 9,
  total: 2,
  part: number,
  id,
  body: `part ${number}`,
  detail: '{}',
  at_ms: id,
})

/** The nouns that its listeners are told of, until `end`. */
function nounsTold(store: Store): ReadonlySet<string> {
  const told = new Set<string>()
  store.onChange((nouns) => {
    for (const noun of nouns) told.add(noun)
  })
  return told
}

onBothEngines('carriers and routes', (bench) => {
  test('a name is one carrier, and a change is heard', async () => {
    const store = await bench.open()
    const told = nounsTold(store)
    assert.equal((await store.write(createCarrier, { row: carrier(1, 'one'), ...by })).taken, false)
    assert.equal((await store.write(createCarrier, { row: carrier(2, 'one'), ...by })).taken, true)
    assert.ok(told.has('carriers'))
    assert.equal((await readCarrierByName(store, 'one'))!.id, 1)
    assert.equal((await allCarriers(store)).length, 1)
  })

  test('a change from an old version changes nothing', async () => {
    const store = await bench.open()
    await store.write(createCarrier, { row: carrier(1, 'one'), ...by })
    const change = { id: 1, version: 1, enabled: 0, detail: '{"a":1}', secret: 'sealed', changed: ['enabled'], now: 2, ...by }
    const [first, second] = [await store.write(updateCarrier, change), await store.write(updateCarrier, change)]
    assert.deepEqual([first!.version, first!.enabled, first!.detail, second], [2, 0, '{"a":1}', null])
  })

  test('a carrier that a route leads over stays', async () => {
    const store = await bench.open()
    await store.write(createCarrier, { row: carrier(1, 'one'), ...by })
    assert.equal((await store.write(createRoute, { row: route(5, 1), ...by })).noCarrier, false)
    assert.equal((await store.write(createRoute, { row: route(6, 99), ...by })).noCarrier, true)
    const moved = await store.write(updateRoute, { row: { ...route(5, 1), rank: 7 }, changed: ['rank'], now: 2, ...by })
    assert.deepEqual([moved.row!.rank, moved.row!.version], [7, 2])
    assert.equal((await store.write(updateRoute, { row: route(5, 1), changed: [], now: 3, ...by })).row, null)
    const remove = () => store.write(deleteCarrier, { id: 1, now: 4, ...by })
    assert.equal(await remove(), 'routed')
    assert.equal(await store.write(deleteRoute, { id: 5, now: 4, ...by }), true)
    assert.equal(await remove(), 'deleted')
    assert.equal(await remove(), 'absent')
  })
})

onBothEngines('what binds are told', (bench) => {
  test('deliveries are told of, and go when they are acknowledged', async () => {
    const store = await bench.open()
    const told = nounsTold(store)
    await store.write(storeEsmeDeliveries, { rows: [delivery(1, 7), delivery(2, 7), delivery(3, 8)] })
    assert.ok(told.has('esme_deliveries'))
    const idsOf = async (after: number) => (await esmeDeliveriesAfter(store, 7, after, 10)).map(({ id }) => id)
    assert.deepEqual(await idsOf(0), [1, 2])
    assert.deepEqual(await idsOf(1), [2])
    await store.write(dropEsmeDeliveries, { ids: [1, 2] })
    assert.deepEqual(await idsOf(0), [])
  })

  test('segments are whole when the last one came, whichever it was, and are told when they end in nothing', async () => {
    const store = await bench.open()
    assert.deepEqual(await store.write(keepEsmePart, part(2, 20)), { id: 20, whole: null })
    assert.deepEqual(await store.write(keepEsmePart, part(2, 21)), { id: 20, whole: null })
    const { whole } = await store.write(keepEsmePart, part(1, 22))
    assert.deepEqual(
      whole!.map(({ body }) => body),
      ['part 1', 'part 2'],
    )
    assert.equal((await esmePartsBefore(store, 100, 10)).length, 2)
    const end = { set: whole![0]!, deliveries: [delivery(30, 7)] }
    await store.write(endEsmeSet, end)
    // Somebody else ended it already: nothing is told twice.
    await store.write(endEsmeSet, { ...end, deliveries: [delivery(31, 7)] })
    assert.deepEqual(
      (await esmeDeliveriesAfter(store, 7, 0, 10)).map(({ id }) => id),
      [30],
    )
  })
})
