// Rows of carriers kept open: opened, opened anew when they change, closed when they go, and on one node at a time where their owner asks
// for the lease.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { createCarrier, deleteCarrier, updateCarrier, type CarrierRow } from '#store/carriers.ts'
import type { Store } from '#store/store.ts'
import { handClock } from '#values/clock.ts'
import { Key } from '#values/secrets.ts'
import { leaseMs } from './lease.ts'
import { OpenCarriers, type OpenCarriersParts } from './open-carriers.ts'

const by = { accountId: 1, actor: { face: 'test' } }
const key = new Key('ab'.repeat(32))

async function addCarrier(store: Store, id: number, more: Partial<CarrierRow> = {}): Promise<CarrierRow> {
  const row = {
    id,
    name: `carrier ${id}`,
    kind: 'known',
    enabled: 1,
    detail: '{"host":"a"}',
    secret_sealed: key.seal('secret'),
    created_ms: 1,
    updated_ms: 1,
    version: 1,
    ...more,
  }
  await store.write(createCarrier, { row, ...by })
  return row
}

const change = (
  store: Store,
  { id, version, detail, secret_sealed: secret }: CarrierRow,
  to: { enabled: number; detail?: string },
) => store.write(updateCarrier, { id, version, detail, secret, changed: [], now: 2, ...by, ...to })

interface Place {
  readonly carriers: OpenCarriers<string>
  /** What happened, in order. */
  readonly log: string[]
  readonly clock: ReturnType<typeof handClock>
}

/** Opens carriers of kind `known`, by their host; `leased` ones on one node at a time. */
function placeOn(
  store: Store,
  clock = handClock(),
  { node = 'a', leased = false, ...more }: Partial<OpenCarriersParts<string>> & { leased?: boolean } = {},
): Place {
  const log: string[] = []
  const carriers = new OpenCarriers<string>({
    store,
    clock,
    key,
    node,
    journal: { loopFailed: (loop, cause) => log.push(`${loop}: ${String(cause)}`) },
    noun: 'carrier',
    async open(kind, { name, detail, secret }, lease) {
      if (kind !== 'known' || (leased && !(await lease.hold()))) return undefined
      if (detail['host'] === 'broken') throw new Error('cannot be opened')
      assert.equal(secret, 'secret')
      return `${name} at ${String(detail['host'])}`
    },
    opened: (one) => void log.push(`opened ${one}`),
    keep: async (_, lease) => !leased || lease.keep(),
    close: async (one) => void log.push(`closed ${one}`),
    ...more,
  })
  return { carriers, log, clock }
}

onBothEngines('open carriers', ({ engine, newPlace, open }) => {
  const shared = { skip: engine === 'sqlite' && 'one process has a SQLite store' }

  test('what is enabled and of a known kind is opened, and closed at the end', async () => {
    const store = await open()
    await addCarrier(store, 1)
    await addCarrier(store, 2, { enabled: 0 })
    await addCarrier(store, 3, { kind: 'unknown' })
    const { carriers, log } = placeOn(store)
    assert.deepEqual(carriers.ids, [])
    await carriers.look()
    assert.deepEqual(
      carriers.all().map(({ name, one }) => [name, one]),
      [['carrier 1', 'carrier 1 at a']],
    )
    assert.equal(carriers.get(1), 'carrier 1 at a')
    assert.equal(carriers.get(3), undefined)
    assert.equal(carriers.hasRow(3), true)
    assert.equal(carriers.hasRow(4), false)
    await carriers.stop()
    assert.deepEqual(log, ['opened carrier 1 at a', 'closed carrier 1 at a'])
    assert.deepEqual(carriers.ids, [])
  })

  test('one that changed is another, and one that goes is closed', async () => {
    const store = await open()
    const row = await addCarrier(store, 1)
    const { carriers, log } = placeOn(store)
    await carriers.look()
    const changed = await change(store, row, { enabled: 1, detail: '{"host":"b"}' })
    await carriers.look()
    const off = await change(store, changed!, { enabled: 0 })
    await carriers.look()
    assert.deepEqual(carriers.ids, [])
    await change(store, off!, { enabled: 1 })
    await carriers.look()
    await store.write(deleteCarrier, { id: 1, now: 3, ...by })
    await carriers.look()
    await carriers.stop()
    assert.deepEqual(log, [
      'opened carrier 1 at a',
      'closed carrier 1 at a',
      'opened carrier 1 at b',
      'closed carrier 1 at b',
      'opened carrier 1 at b',
      'closed carrier 1 at b',
    ])
  })

  test('a change is heard, but only once somebody has looked', async () => {
    const store = await open()
    const heard = Promise.withResolvers<void>()
    const { carriers, log } = placeOn(store, undefined, { opened: (_, id) => (id === 2 ? heard.resolve() : undefined) })
    await addCarrier(store, 1)
    assert.deepEqual(carriers.ids, [])
    await carriers.look()
    await addCarrier(store, 2)
    await heard.promise
    assert.deepEqual(carriers.ids, [1, 2])
    await carriers.stop()
    assert.deepEqual(log, ['closed carrier 1 at a', 'closed carrier 2 at a'])
  })

  test('one that cannot be opened hinders no other', async () => {
    const store = await open()
    await addCarrier(store, 1, { detail: '{"host":"broken"}' })
    await addCarrier(store, 2, { detail: 'not JSON' })
    await addCarrier(store, 3)
    const { carriers, log } = placeOn(store)
    await carriers.look()
    assert.equal(log[0], 'carrier carrier 1: Error: cannot be opened')
    assert.match(log[1] ?? '', /^carrier carrier 2: SyntaxError/)
    assert.deepEqual(log.slice(2), ['opened carrier 3 at a'])
    await carriers.stop()
  })

  test('what is open stays so while the store does not answer', async () => {
    const store = await open()
    await addCarrier(store, 1)
    const { carriers, log } = placeOn(store)
    await carriers.look()
    await store.close()
    await carriers.look()
    assert.deepEqual(carriers.ids, [1])
    assert.match(log.at(-1) ?? '', /^carriers: /)
    await carriers.stop()
  })

  test('a leased one is open on one node at a time', shared, async () => {
    const place = await newPlace()
    const clock = handClock()
    const [storeA, storeB] = [await open(place), await open(place)]
    const a = placeOn(storeA, clock, { node: 'a', leased: true })
    const b = placeOn(storeB, clock, { node: 'b', leased: true })
    await addCarrier(storeA, 1)
    await a.carriers.look()
    await b.carriers.look()
    assert.deepEqual([a.carriers.ids, b.carriers.ids], [[1], []])
    assert.equal(b.carriers.hasRow(1), true)
    await a.carriers.stop()
    await b.carriers.look()
    assert.deepEqual(b.carriers.ids, [1])
    await b.carriers.stop()
  })

  test('a change does not move a leased one to another node', shared, async () => {
    const place = await newPlace()
    const clock = handClock()
    const storeA = await open(place)
    const b = placeOn(await open(place), clock, { node: 'b', leased: true })
    const a = placeOn(storeA, clock, {
      node: 'a',
      async open(_kind, { detail }, lease) {
        // Between the closing and the opening at a, b looks.
        if (detail['host'] === 'b') await b.carriers.look()
        return (await lease.hold()) ? String(detail['host']) : undefined
      },
    })
    const row = await addCarrier(storeA, 1)
    await a.carriers.look()
    await change(storeA, row, { enabled: 1, detail: '{"host":"b"}' })
    await a.carriers.look()
    assert.deepEqual([a.carriers.ids, b.carriers.ids], [[1], []])
    assert.equal(a.carriers.get(1), 'b')
    await a.carriers.stop()
    await b.carriers.look()
    assert.deepEqual(b.carriers.ids, [1])
    await b.carriers.stop()
  })

  test('one whose lease was lost is closed here', shared, async () => {
    const place = await newPlace()
    const [clockA, clockB] = [handClock(), handClock()]
    const a = placeOn(await open(place), clockA, { node: 'a', leased: true })
    const store = await open(place)
    const b = placeOn(store, clockB, { node: 'b', leased: true })
    await addCarrier(store, 1)
    await a.carriers.look()
    // Node a sleeps.
    clockB.advance(leaseMs)
    await b.carriers.look()
    assert.deepEqual(b.carriers.ids, [1])
    await a.carriers.look()
    assert.deepEqual(a.carriers.ids, [])
    assert.deepEqual(a.log, ['opened carrier 1 at a', 'closed carrier 1 at a'])
    await Promise.all([a.carriers.stop(), b.carriers.stop()])
  })

  test('who cannot open one leaves it to another node', shared, async () => {
    const place = await newPlace()
    const clock = handClock()
    const store = await open(place)
    const a = placeOn(store, clock, {
      node: 'a',
      async open(_kind, _config, lease) {
        await lease.take()
        throw new Error('not on this machine')
      },
    })
    const b = placeOn(await open(place), clock, { node: 'b', leased: true })
    await addCarrier(store, 1)
    await a.carriers.look()
    await b.carriers.look()
    assert.deepEqual([a.carriers.ids, b.carriers.ids], [[], [1]])
    await Promise.all([a.carriers.stop(), b.carriers.stop()])
  })
})
