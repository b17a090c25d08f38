// What is due, over clocks that jump and stores that are slow: it is woken all the same. And what may be called back.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readMessageById, type MessageRow } from '#store/messages.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import { handClock, systemClock, type Clock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { fakeCarrier } from '../../test/fakes/fake-carrier.ts'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { FlightLog } from './flight-log.ts'
import { Messaging } from './messaging.ts'

const dir = mkdtempSync(join(tmpdir(), 'offhook-messaging-'))
after(() => rmSync(dir, { recursive: true, force: true }))
/** Longer than any of it takes. */
const giveUpMs = 120_000
let ids = 5_000
let carriers = 500
const otherNodesCarrier = 400

function messagingOver(store: Store) {
  const hand = handClock()
  let jumpedMs = 0
  const clock: Clock = { ...hand, nowMs: () => hand.nowMs() + jumpedMs }
  carriers += 1
  const carrier = fakeCarrier(carriers)
  const messaging = new Messaging({
    store,
    clock,
    nextId: idSource(clock, 1),
    journal: { loopFailed: (_, error) => assert.fail(String(error)), receiptsUnmatched: () => {} },
    flights: new FlightLog(join(dir, `flights${carriers}`)),
    admission: undefined as never,
    carrier: (id) => (id === carrier.id ? carrier : undefined),
    isGone: () => Promise.resolve(false),
    nodeOf: (id) => Promise.resolve(id === otherNodesCarrier ? 'other' : undefined),
    carriersHere: () => null,
    statusOf: () => 'active',
    receiptTimeoutMs: () => 60_000,
    mediaOf: () => Promise.resolve([]),
    inbound: () => Promise.resolve({ taken: true }),
    wire: () => {},
  })
  const until = async (fine: () => MaybePromise<boolean>): Promise<void> => {
    const endMs = systemClock.elapsedMs() + giveUpMs
    while (!(await fine())) {
      assert.ok(systemClock.elapsedMs() < endMs, 'it never came to be so')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    messaging,
    carrier,
    clock,
    hand,
    until,
    jump: (ms: number) => void (jumpedMs += ms),
    /** Scheduled or queued, in the store. */
    put: (more: Partial<MessageRow>) =>
      insertedMessage(store, {
        id: (ids += 1),
        account_id: 7,
        carrier_id: carrier.id,
        deadline_ms: clock.nowMs() + 86_400_000,
        ...more,
      }),
    stateOf: async ({ id }: MessageRow) => (await readMessageById(store, id))!.state,
    /** Time passes by little steps, as it does, until it is so. */
    async pass(fine: () => MaybePromise<boolean>): Promise<void> {
      await until(async () => {
        hand.advance(100)
        return fine()
      })
    },
  }
}

onBothEngines('messaging', ({ open }) => {
  let shared: Promise<Store> | undefined
  const opened = (): Promise<Store> => (shared ??= open())

  test('what falls due while others are woken is woken too, and so is what comes after it', async () => {
    const bench = messagingOver(await opened())
    const { messaging, clock } = bench
    await messaging.recover()
    messaging.start()
    const rows: MessageRow[] = []
    for (let n = 0; n < 20; n += 1) {
      const at = clock.nowMs() + n * 10
      const row = await bench.put({ state: 'scheduled', due_ms: at, wake_ms: at })
      rows.push(row)
      messaging.accepted([row])
      bench.hand.advance(10)
    }
    await bench.pass(() => bench.carrier.given.length === 10)
    for (const one of bench.carrier.given.slice()) one.taken()
    messaging.news.room(bench.carrier.id)
    await bench.pass(() => bench.carrier.given.length === 10)
    const last = clock.nowMs() + 3_000
    const row = await bench.put({ state: 'scheduled', due_ms: last, wake_ms: last })
    messaging.accepted([row])
    for (const one of bench.carrier.given.slice()) one.taken()
    await bench.pass(() => bench.carrier.given.length === 1)
    bench.carrier.given[0]!.taken()
    await bench.pass(async () => (await bench.stateOf(row)) === 'sent')
    await messaging.stop()
  })

  test('a clock that jumps ahead makes due what is due by it; one that jumps back stops nothing', async () => {
    const bench = messagingOver(await opened())
    const { messaging, clock } = bench
    await messaging.recover()
    messaging.start()
    const hour = 3_600_000
    const [later, expiring] = [
      await bench.put({ state: 'scheduled', due_ms: clock.nowMs() + hour, wake_ms: clock.nowMs() + hour }),
      await bench.put({
        state: 'scheduled',
        due_ms: clock.nowMs() + hour,
        wake_ms: clock.nowMs() + hour / 2,
        deadline_ms: clock.nowMs() + hour / 2,
      }),
    ]
    messaging.accepted([later, expiring])
    bench.jump(hour)
    await bench.pass(() => bench.carrier.given.length === 1)
    assert.equal(bench.carrier.given[0]!.job.messageId, later.id)
    await bench.pass(async () => (await bench.stateOf(expiring)) === 'expired')
    bench.jump(-2 * hour)
    bench.carrier.given[0]!.taken()
    await bench.pass(async () => (await bench.stateOf(later)) === 'sent')
    const soon = clock.nowMs() + 500
    const row = await bench.put({ state: 'scheduled', due_ms: soon, wake_ms: soon })
    messaging.accepted([row])
    await bench.pass(() => bench.carrier.given.length === 1)
    bench.carrier.given[0]!.taken()
    await bench.pass(async () => (await bench.stateOf(row)) === 'sent')
    await messaging.stop()
  })

  test('called back while it waits, and not while it is on the wire', async () => {
    const store = await opened()
    const bench = messagingOver(store)
    const { messaging, clock } = bench
    await messaging.recover()
    messaging.start()
    bench.carrier.window = 1
    const [first, second, third] = [await bench.put({}), await bench.put({}), await bench.put({})]
    messaging.accepted([first, second, third])
    await bench.until(() => bench.carrier.given.length === 1)
    const cancel = (row: MessageRow) => messaging.cancel(row, { account: 7, actor: { face: 'test' }, now: clock.nowMs() })
    assert.equal(await cancel(first), undefined)
    // Its turn comes while the store is being asked.
    const canceling = cancel(second)
    bench.carrier.given[0]!.taken()
    messaging.news.room(bench.carrier.id)
    assert.equal(((await canceling) as { row: MessageRow }).row.state, 'canceled')
    messaging.news.room(bench.carrier.id)
    await bench.until(() => bench.carrier.given.length === 1)
    assert.equal(bench.carrier.given[0]!.job.messageId, third.id)
    bench.carrier.given[0]!.taken()
    await bench.until(async () => (await bench.stateOf(third)) === 'sent')
    assert.equal(await bench.stateOf(second), 'canceled')
    // The other node may be sending it at this moment.
    const theirs = await bench.put({ carrier_id: otherNodesCarrier })
    assert.equal(await cancel(theirs), undefined)
    assert.equal(await bench.stateOf(theirs), 'queued')
    await messaging.stop()
  })

  test('started anew, what was on the wire says so', async () => {
    const store = await opened()
    const bench = messagingOver(store)
    await bench.messaging.recover()
    bench.messaging.start()
    const row = await bench.put({})
    bench.messaging.accepted([row])
    await bench.until(() => bench.carrier.given.length === 1)
    carriers -= 1
    const next = messagingOver(store)
    assert.equal(await next.messaging.recover(), 1)
    assert.deepEqual(JSON.parse((await readMessageById(store, row.id))!.detail), { perhapsTwice: true })
    await next.messaging.carrierOpened(next.carrier.id)
    await next.until(() => next.carrier.given.length === 1)
    assert.equal(next.carrier.given[0]!.job.attempt, 2)
  })
})
