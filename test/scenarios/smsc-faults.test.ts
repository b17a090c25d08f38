// What an SMSC can do wrong, each with its own SMSC and carrier around one running program. By the SMSC's own log nothing is lost, and
// nothing is submitted twice unless the message says so; each message comes to one end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertOnce, openMessagingPlace, type Message, type PlaceCarrier } from '../messaging-place.ts'
import { until } from '../until.ts'

const twenty = Array.from({ length: 20 }, (_, n) => n)

test('an SMSC that misbehaves', { timeout: 300_000, concurrency: 5 }, async (t) => {
  const place = await openMessagingPlace(t)
  const sendAll = (carrier: PlaceCarrier, many: readonly number[], more?: object): Promise<Message[]> =>
    Promise.all(many.map((n) => place.send(carrier.to(n), more)))
  const ends = (messages: readonly Message[]): Promise<Message[]> => Promise.all(messages.map(({ id }) => place.end(id)))
  const stateOf = async (carrier: PlaceCarrier): Promise<any> => (await place.operate('GET', `/carriers/${carrier.id}`)).status
  const slugs = (messages: readonly Message[]): string[] => [
    ...new Set(messages.map(({ state, reason }) => `${state} ${reason?.slug}`)),
  ]

  /** Side by side: most of the time is spent waiting. */
  const scenarios: [name: string, run: () => Promise<void>][] = []
  const scenario = (name: string, run: () => Promise<void>): void => void scenarios.push([name, run])

  scenario('silent: each fails once it has waited, and is not sent again', async () => {
    const carrier = await place.carrier({ behaviour: { silent: true }, detail: { responseTimeoutMs: 300, window: 5 } })
    const ended = await ends(await sendAll(carrier, twenty))
    assert.deepEqual(slugs(ended), ['failed message.gateway_no_response'])
    assert.ok(ended.every(({ perhapsTwice }) => !perhapsTwice))
    assert.equal((await carrier.smsc.lines()).length, 20)
    await assertOnce(carrier.smsc)
  })

  scenario('silent, where sending again is wished for: the record says that it may be there twice', async () => {
    const carrier = await place.carrier({
      behaviour: { silent: true },
      detail: { responseTimeoutMs: 1_000, resendUnanswered: true },
    })
    const sent = await place.send(carrier.to(1))
    await place.until(sent.id, ({ attempts }) => attempts >= 1)
    await carrier.smsc.behave({ silent: false })
    const ended = await place.end(sent.id)
    assert.deepEqual([ended.state, ended.perhapsTwice], ['delivered', true])
    assert.ok((await carrier.smsc.lines()).length > 1)
  })

  scenario('slow: the window is never passed, and all is delivered', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 150 }, detail: { window: 5 } })
    const sent = await sendAll(carrier, twenty)
    const seen = await stateOf(carrier)
    assert.ok(seen.outstanding <= 5, `${seen.outstanding} unanswered`)
    assert.deepEqual(slugs(await ends(sent)), ['delivered undefined'])
    await assertOnce(carrier.smsc)
  })

  scenario('refusing for good, for its own reasons, and for a while', async () => {
    const carrier = await place.carrier()
    const to = (n: number): string => carrier.to(n).slice(1)
    await carrier.smsc.behave({
      refuse: [
        { status: 0x0b, destinations: [to(1)] },
        { status: 0x45, destinations: [to(2)], times: 1 },
        { status: 0x400, destinations: [to(3)] },
        { status: 0x58, destinations: [to(4)], times: 2 },
        { status: 0x14, destinations: [to(5)], times: 1 },
      ],
    })
    const [never, again, elsewhere, throttled, full] = await ends(await sendAll(carrier, [1, 2, 3, 4, 5]))
    assert.deepEqual([never!.state, never!.reason!.slug, never!.attempts], ['failed', 'message.recipient_invalid', 1])
    assert.deepEqual([again!.state, again!.attempts], ['delivered', 2])
    assert.deepEqual([elsewhere!.state, elsewhere!.reason!.slug, elsewhere!.attempts], ['failed', 'message.unknown_error', 1])
    assert.match(elsewhere!.reason!.cause!, /0x00000400/)
    assert.deepEqual([throttled!.state, throttled!.attempts], ['delivered', 3])
    assert.deepEqual([full!.state, full!.attempts], ['delivered', 2])
    const seen = await carrier.smsc.byDestination()
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((n) => seen.get(to(n))!.map(({ status }) => status)),
      [[0x0b], [0x45, 0], [0x400], [0x58, 0x58, 0], [0x14, 0]],
    )
  })

  scenario('throttling: everything goes in the end, slower', async () => {
    const carrier = await place.carrier({ behaviour: { throttlePerSecond: 6 } })
    // All at once: one by one they may be accepted no faster than the SMSC takes them.
    await place.operate('PATCH', `/carriers/${carrier.id}`, { enabled: false })
    await until(async () => (await stateOf(carrier)) === null)
    const sent = await sendAll(carrier, twenty)
    await place.operate('PATCH', `/carriers/${carrier.id}`, { enabled: true })
    const ended = await ends(sent)
    assert.deepEqual(slugs(ended), ['delivered undefined'])
    const taken = (await carrier.smsc.lines()).filter(({ status }) => status === 0)
    assert.equal(new Set(taken.map(({ destination }) => destination)).size, 20)
    assert.equal(taken.length, 20, 'none was taken twice')
    assert.ok((await carrier.smsc.counters()).throttled > 0, 'it did throttle')
  })

  scenario('closing in the middle of a window: what was on the wire fails, what was not goes later', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 60_000, closeAfter: 8 }, detail: { window: 10 } })
    const sent = await sendAll(carrier, twenty)
    await until(async () => (await carrier.smsc.counters()).closedByFault === 1)
    await carrier.smsc.behave({ slowMs: 0 })
    const ended = await ends(sent)
    const failed = ended.filter(({ state }) => state === 'failed')
    assert.ok(failed.length >= 8 && failed.length <= 10, `${failed.length} failed`)
    assert.deepEqual(slugs(failed), ['failed message.gateway_no_response'])
    assert.equal(ended.filter(({ state }) => state === 'delivered').length, 20 - failed.length)
    await assertOnce(carrier.smsc)
  })

  scenario('the bind lost with a full window, and bound again', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 60_000 }, detail: { window: 5 } })
    const sent = await sendAll(carrier, twenty)
    await until(async () => (await carrier.smsc.lines()).length === 5)
    await carrier.smsc.down()
    await carrier.smsc.behave({ slowMs: 0 })
    await until(async () => (await stateOf(carrier)).state === 'down')
    await carrier.smsc.up()
    const ended = await ends(sent)
    assert.equal(ended.filter(({ reason }) => reason?.slug === 'message.gateway_no_response').length, 5)
    assert.equal(ended.filter(({ state }) => state === 'delivered').length, 15)
    await assertOnce(carrier.smsc)
  })

  scenario('unbound by the SMSC: everything is delivered, over the next bind', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 30 }, detail: { window: 4 } })
    const sent = await sendAll(carrier, twenty)
    await carrier.smsc.unbind()
    const ended = await ends(sent)
    assert.ok(ended.every(({ state, reason }) => state === 'delivered' || reason?.slug === 'message.gateway_no_response'))
    await assertOnce(carrier.smsc)
  })

  scenario('answering out of order: each message gets its own answer', async () => {
    const carrier = await place.carrier({ behaviour: { outOfOrder: 5, receipts: { stat: 'DELIVRD' } } })
    const undelivered = carrier.to(3).slice(1)
    await carrier.smsc.behave({ receipts: { ends: [{ destination: undelivered, stat: 'UNDELIV', err: '001' }] } })
    const ended = await ends(await sendAll(carrier, twenty))
    assert.deepEqual(
      ended.map(({ state }) => state),
      twenty.map((n) => (n === 3 ? 'undelivered' : 'delivered')),
    )
    await assertOnce(carrier.smsc)
  })

  scenario('wrong sequence numbers: who was not answered fails, nobody gets the answer of another', async () => {
    const carrier = await place.carrier({ behaviour: { wrongSequenceEvery: 4 }, detail: { responseTimeoutMs: 6_000 } })
    const ended = await ends(await sendAll(carrier, twenty))
    const failed = ended.filter(({ state }) => state === 'failed')
    assert.equal(failed.length, 5)
    assert.deepEqual(slugs(failed), ['failed message.gateway_no_response'])
    await assertOnce(carrier.smsc)
  })

  scenario('garbage: the bind is made anew, and what was not on the wire is delivered', async () => {
    const carrier = await place.carrier({ behaviour: { garbageEvery: 7, slowMs: 10 }, detail: { window: 2 } })
    const ended = await ends(await sendAll(carrier, twenty))
    const failed = ended.filter(({ state }) => state === 'failed')
    assert.ok(failed.length > 0 && failed.length <= 8, `${failed.length} failed`)
    assert.deepEqual(slugs(failed), ['failed message.gateway_no_response'])
    assert.ok(ended.every(({ state }) => state === 'failed' || state === 'delivered'))
    assert.ok((await carrier.smsc.counters()).binds > 1)
    await assertOnce(carrier.smsc)
  })

  scenario('a deadline passes while nothing can be sent', async () => {
    const carrier = await place.carrier()
    await carrier.smsc.down()
    await until(async () => (await stateOf(carrier)).state === 'down')
    // So long may it take until all three are accepted.
    const validUntil = new Date(Date.now() + 8_000).toISOString()
    const ended = await ends(await sendAll(carrier, [1, 2, 3], { validUntil }))
    assert.deepEqual(slugs(ended), ['expired message.validity_expired'])
    await carrier.smsc.up()
    await place.isUp(carrier.id)
    const later = await place.end((await place.send(carrier.to(4))).id)
    assert.equal(later.state, 'delivered')
    assert.equal((await carrier.smsc.lines()).length, 1, 'what had expired was not sent')
  })

  scenario('canceled while it is queued; not while it is on the wire', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 60_000 }, detail: { window: 1 } })
    const [first, second] = await sendAll(carrier, [1, 2])
    await until(async () => (await carrier.smsc.lines()).length === 1)
    const onWire = (await carrier.smsc.lines())[0]!.destination === first!.to.slice(1) ? first! : second!
    const queued = onWire === first ? second! : first!
    const tooLate = await place.ask('POST', `/messages/${onWire.id}/cancel`)
    assert.equal(tooLate.json.reason, 'message.state_invalid')
    const canceled = await place.good('POST', `/messages/${queued.id}/cancel`)
    assert.deepEqual([canceled.state, canceled.reason.slug], ['canceled', 'message.canceled_by_request'])
    await carrier.smsc.behave({ slowMs: 0 })
    assert.equal((await place.end(onWire.id)).state, 'delivered')
    const third = await place.end((await place.send(carrier.to(3))).id)
    assert.equal(third.state, 'delivered')
    assert.equal((await carrier.smsc.byDestination()).has(queued.to.slice(1)), false)
    assert.equal((await place.read(queued.id)).state, 'canceled')
  })

  scenario('a throughput that was agreed is kept', async () => {
    const carrier = await place.carrier({ detail: { throughput: 5 } })
    await ends(await sendAll(carrier, twenty))
    const { firstSubmitAtMs, lastSubmitAtMs, submits } = await carrier.smsc.counters()
    assert.equal(submits, 20)
    // One each 200 ms: not sooner, but an SMSC that was not on a core when the first came notes it late.
    assert.ok(lastSubmitAtMs - firstSubmitAtMs >= 700, `${lastSubmitAtMs - firstSubmitAtMs} ms`)
    assert.equal((await stateOf(carrier)).limitPerSecond, 5)
    await assertOnce(carrier.smsc)
  })

  await Promise.all(scenarios.map(([name, run]) => t.test(name, run)))
})
