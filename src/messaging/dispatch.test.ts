// The way of queued messages to a carrier, over a real store on both engines, with a carrier that answers by hand.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { AccountStatus } from '#accounts/account.ts'
import { readMessageById, type MessageRow } from '#store/messages.ts'
import { StoreUnavailable } from '#store/store-errors.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import { handClock, systemClock } from '#values/clock.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { fakeCarrier, type FakeCarrier } from '../../test/fakes/fake-carrier.ts'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { Dispatch, type DispatchParts } from './dispatch.ts'
import { FlightLog } from './flight-log.ts'
import type { Cause } from './sms-carrier.ts'

const dir = mkdtempSync(join(tmpdir(), 'offhook-dispatch-'))
after(() => rmSync(dir, { recursive: true, force: true }))
/** Longer than any of it takes. */
const giveUpMs = 120_000
let ids = 1_000
let carriers = 0

interface Bench {
  readonly dispatch: Dispatch
  readonly carrier: FakeCarrier
  readonly clock: ReturnType<typeof handClock>
  readonly flights: FlightLog
  readonly faults: unknown[]
  readonly elsewhere: number[]
  /** A queued message, in the store and not offered. */
  queued(more?: Partial<MessageRow>): Promise<MessageRow>
  read(row: MessageRow): Promise<MessageRow>
  /** Lets everything that was begun come to rest, until it is so. */
  until(fine: () => MaybePromise<boolean>): Promise<void>
}

/** `broken` makes writes fail while it is set. */
function benchOver(store: Store, more: Partial<DispatchParts> = {}): Bench & { broken: boolean } {
  const clock = handClock()
  carriers += 1
  const carrier = fakeCarrier(carriers)
  const flights = new FlightLog(join(dir, `flights${carriers}`))
  flights.begin()
  const faults: unknown[] = []
  const elsewhere: number[] = []
  const breakable: Store = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (name === 'write')
        return (write: any, input: any) =>
          bench.broken ? Promise.reject(new StoreUnavailable('database', 'away')) : target.write(write, input)
      return typeof value === 'function' ? (value as Function).bind(target) : value
    },
  })
  const dispatch = new Dispatch({
    store: breakable,
    clock,
    journal: { loopFailed: (_, error) => void faults.push(error) },
    flights,
    carrier: (id) => (id === carrier.id ? carrier : undefined),
    isGone: (id) => Promise.resolve(id > 900),
    elsewhere: (id) => void elsewhere.push(id),
    statusOf: () => 'active',
    receiptTimeoutMs: () => 60_000,
    mediaOf: () => Promise.resolve([]),
    settled: () => {},
    ...more,
  })
  const bench: Bench & { broken: boolean } = {
    broken: false,
    dispatch,
    carrier,
    clock,
    flights,
    faults,
    elsewhere,
    queued: (row = {}) =>
      insertedMessage(store, {
        id: (ids += 1),
        account_id: 7,
        carrier_id: carrier.id,
        deadline_ms: clock.nowMs() + 3_600_000,
        ...row,
      }),
    read: async (row) => (await readMessageById(store, row.id))!,
    async until(fine) {
      const endMs = systemClock.elapsedMs() + giveUpMs
      while (!(await fine())) {
        assert.ok(systemClock.elapsedMs() < endMs, 'it never came to be so')
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
  return bench
}

const cause = (next: Cause['next'], more: Partial<Cause> = {}): Cause => ({
  reason: 'message.send_failed',
  raw: 'raw',
  next,
  ...more,
})

onBothEngines('dispatch', ({ open }) => {
  let shared: Promise<Store> | undefined
  const opened = (): Promise<Store> => (shared ??= open())

  test('what is offered is sent, and what became of it stands in the store', async () => {
    const bench = benchOver(await opened())
    const rows = [await bench.queued(), await bench.queued()]
    for (const row of rows) bench.dispatch.offer(row)
    for (const row of rows) bench.dispatch.offer(row)
    await bench.until(() => bench.carrier.given.length === 2)
    assert.equal(bench.dispatch.onWire, 2)
    assert.deepEqual(
      bench.flights.found().map(({ id }) => id),
      rows.map(({ id }) => id),
    )
    bench.carrier.given[0]!.taken('abc')
    bench.carrier.given[0]!.refused(cause('never'))
    await bench.until(() => bench.dispatch.onWire === 0)
    assert.deepEqual([(await bench.read(rows[0]!)).state, (await bench.read(rows[1]!)).state], ['sent', 'failed'])
    assert.equal((await bench.read(rows[0]!)).wake_ms, bench.clock.nowMs() + 60_000)
  })

  test('no more than the carrier has room for, and the rest as it answers', async () => {
    const bench = benchOver(await opened())
    bench.carrier.window = 2
    for (let n = 0; n < 5; n += 1) bench.dispatch.offer(await bench.queued())
    await bench.until(() => bench.carrier.given.length === 2)
    assert.equal(bench.dispatch.waiting, 3)
    for (let n = 0; n < 5; n += 1) {
      bench.carrier.given[0]!.taken()
      bench.dispatch.room(bench.carrier.id)
      await bench.until(() => bench.carrier.given.length === Math.min(2, 4 - n))
    }
    await bench.until(() => bench.dispatch.onWire === 0)
  })

  test('what waits in the store is taken up with the carrier, each message once', async () => {
    const bench = benchOver(await opened())
    const rows = [await bench.queued({ priority: 2 }), await bench.queued({ account_id: 8 }), await bench.queued({ priority: 0 })]
    bench.dispatch.offer(rows[1]!)
    await bench.dispatch.takeUp(bench.carrier.id)
    await bench.dispatch.takeUp(bench.carrier.id)
    await bench.until(() => bench.carrier.given.length === 3)
    assert.deepEqual(
      bench.carrier.given.map(({ job }) => job.messageId).toSorted((a, b) => a - b),
      rows.map(({ id }) => id),
    )
    for (const one of bench.carrier.given.slice()) one.taken()
    await bench.until(() => bench.dispatch.onWire === 0)
    await bench.dispatch.takeUp(bench.carrier.id)
    assert.equal(bench.carrier.given.length, 0)
  })

  test('past its deadline, or of a suspended account, it does not leave', async () => {
    const bench = benchOver(await opened(), { statusOf: (id) => (id === 8 ? 'suspended' : 'active') })
    const late = await bench.queued({ deadline_ms: bench.clock.nowMs() })
    const suspended = await bench.queued({ account_id: 8 })
    bench.dispatch.offer(late)
    bench.dispatch.offer(suspended)
    await bench.until(async () => (await bench.read(suspended)).ended_ms !== null)
    assert.deepEqual([(await bench.read(late)).state, (await bench.read(late)).reason], ['expired', 'message.validity_expired'])
    assert.equal((await bench.read(suspended)).reason, 'account.suspended')
    assert.equal(bench.carrier.given.length, 0)
  })

  test('with the store away outcomes are kept, nothing more leaves, and all goes on afterwards', async () => {
    const bench = benchOver(await opened())
    bench.carrier.window = 1
    const rows = [await bench.queued(), await bench.queued(), await bench.queued()]
    for (const row of rows) bench.dispatch.offer(row)
    await bench.until(() => bench.carrier.given.length === 1)
    bench.broken = true
    bench.carrier.given[0]!.taken('kept')
    await bench.until(() => bench.faults.length === 1)
    bench.dispatch.room(bench.carrier.id)
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    assert.equal(bench.carrier.given.length, 0)
    assert.equal(bench.dispatch.isOnWire(rows[0]!.id), true)
    bench.broken = false
    bench.clock.advance(1_000)
    await bench.until(async () => (await bench.read(rows[0]!)).state === 'sent')
    await bench.until(() => bench.carrier.given.length === 1)
    assert.equal(bench.carrier.given[0]!.job.messageId, rows[1]!.id)
  })

  test('what cannot be read on the way is put back, and sent once it can be', async () => {
    let away = true
    const status = (): Promise<AccountStatus> =>
      away ? Promise.reject(new StoreUnavailable('database', 'away')) : Promise.resolve('active')
    const bench = benchOver(await opened(), { statusOf: status })
    const row = await bench.queued()
    bench.dispatch.offer(row)
    await bench.until(() => bench.faults.length === 1)
    away = false
    bench.clock.advance(1_000)
    await bench.until(() => bench.carrier.given.length === 1)
    assert.equal(bench.carrier.given[0]!.job.messageId, row.id)
  })

  test('what cannot be written to the flight log does not leave until it can', async () => {
    const bench = benchOver(await opened())
    bench.flights.close()
    const row = await bench.queued()
    bench.dispatch.offer(row)
    await bench.until(() => bench.faults.length === 1)
    assert.equal(bench.carrier.given.length, 0)
    bench.flights.begin()
    bench.clock.advance(1_000)
    await bench.until(() => bench.carrier.given.length === 1)
  })

  test('a fault with one message ends that one, and the next is sent', async () => {
    const bench = benchOver(await opened())
    bench.carrier.fault = new TypeError('a bug')
    const [bad, good] = [await bench.queued(), await bench.queued()]
    bench.dispatch.offer(bad)
    await bench.until(async () => (await bench.read(bad)).state === 'failed')
    assert.equal((await bench.read(bad)).reason, 'platform.internal_error')
    bench.carrier.fault = undefined
    bench.dispatch.offer(good)
    await bench.until(() => bench.carrier.given.length === 1)
  })

  test('held back it is not sent; it goes on when it has not ended, and is forgotten when it has', async () => {
    const bench = benchOver(await opened())
    bench.carrier.window = 1
    const rows = [await bench.queued(), await bench.queued(), await bench.queued(), await bench.queued()]
    for (const row of rows) bench.dispatch.offer(row)
    const [first, second, third, fourth] = rows as [MessageRow, MessageRow, MessageRow, MessageRow]
    await bench.until(() => bench.carrier.given.length === 1)
    assert.equal(bench.dispatch.hold(first.id), false, 'it is on the wire')
    assert.equal(bench.dispatch.hold(second.id), true)
    assert.equal(bench.dispatch.hold(third.id), true)
    bench.dispatch.release(third.id, true)
    bench.carrier.given[0]!.taken()
    bench.dispatch.room(bench.carrier.id)
    await bench.until(() => bench.carrier.given.length === 1)
    assert.equal(bench.carrier.given[0]!.job.messageId, fourth.id)
    bench.dispatch.release(second.id, false)
    bench.carrier.given[0]!.taken()
    bench.dispatch.room(bench.carrier.id)
    await bench.until(() => bench.carrier.given.length === 1 && bench.carrier.given[0]!.job.messageId === second.id)
  })

  test('a carrier that is not open here is told of to others; one that was removed is gone past', async () => {
    const bench = benchOver(await opened())
    bench.dispatch.offer(await bench.queued({ carrier_id: 800 }))
    await bench.until(() => bench.elsewhere.length === 1)
    assert.deepEqual(bench.elsewhere, [800])
    const routes = { routes: [901, bench.carrier.id], elsewhere: [bench.carrier.id] }
    const [rerouted, stranded] = [
      await bench.queued({ carrier_id: 901, detail: JSON.stringify(routes) }),
      await bench.queued({ carrier_id: 902 }),
    ]
    bench.dispatch.offer(rerouted)
    bench.dispatch.offer(stranded)
    await bench.until(() => bench.carrier.given.length === 1)
    assert.equal(bench.carrier.given[0]!.job.messageId, rerouted.id)
    await bench.until(async () => (await bench.read(stranded)).state === 'failed')
    assert.equal((await bench.read(stranded)).reason, 'message.gateway_not_found')
  })

  test('let go while the store is read, and taken up again: each message is sent once', async () => {
    const bench = benchOver(await opened())
    const rows = [await bench.queued(), await bench.queued()]
    await bench.dispatch.takeUp(bench.carrier.id)
    await new Promise((resolve) => setImmediate(resolve))
    bench.dispatch.letGo(bench.carrier.id)
    await bench.dispatch.takeUp(bench.carrier.id)
    await bench.until(() => bench.carrier.given.length === 2)
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    assert.deepEqual(
      bench.carrier.given.map(({ job }) => job.messageId).toSorted((a, b) => a - b),
      rows.map(({ id }) => id),
    )
  })

  test('stopped, it keeps what landed and takes nothing more', async () => {
    const bench = benchOver(await opened())
    const [row, later] = [await bench.queued(), await bench.queued()]
    bench.dispatch.offer(row)
    await bench.until(() => bench.carrier.given.length === 1)
    bench.carrier.given[0]!.taken()
    await new Promise((resolve) => setImmediate(resolve))
    await bench.dispatch.stop()
    assert.equal((await bench.read(row)).state, 'sent')
    bench.dispatch.offer(later)
    assert.equal(bench.dispatch.waiting, 0)
  })
})
