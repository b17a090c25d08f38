// Several ways out: fail-over on a refused submit and on a failed receipt, carriers switched off and removed while messages wait for
// them, priority, fairness between accounts, and the bound on what one sender may queue.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertOnce, openMessagingPlace, type Message, type PlaceCarrier } from '../messaging-place.ts'
import { until } from '../until.ts'

const long = 'It goes on and on. '.repeat(20)

test('several carriers, several accounts', { timeout: 300_000, concurrency: 4 }, async (t) => {
  const place = await openMessagingPlace(t)
  const ends = (messages: readonly Message[]): Promise<Message[]> => Promise.all(messages.map(({ id }) => place.end(id)))
  const two = async (first: object, second: object = {}): Promise<[PlaceCarrier, PlaceCarrier]> => {
    const one = await place.carrier(first)
    return [one, await place.carrier({ ...second, prefix: one.prefix, rank: 2 })]
  }
  const stateOf = async (id: string): Promise<string> => (await place.operate('GET', `/carriers/${id}`)).status?.state
  const statuses = async ({ smsc }: PlaceCarrier) => (await smsc.lines()).map(({ status }) => status)

  const scenarios: [name: string, run: () => Promise<void>][] = []
  const scenario = (name: string, run: () => Promise<void>): void => void scenarios.push([name, run])

  scenario('a submit refused by one carrier goes over the next at once', async () => {
    const [first, second] = await two({ behaviour: { refuse: [{ status: 0x400 }] } })
    const ended = await place.end((await place.send(first.to(1))).id)
    assert.deepEqual([ended.state, ended.attempts, ended.perhapsTwice], ['delivered', 2, false])
    assert.equal(ended.carrierId, second.id)
    assert.deepEqual([await statuses(first), await statuses(second)], [[0x400], [0]])
  })

  scenario('refused for good it goes nowhere else', async () => {
    const [first, second] = await two({ behaviour: { refuse: [{ status: 0x0b }] } })
    const ended = await place.end((await place.send(first.to(1))).id)
    assert.deepEqual([ended.state, ended.reason!.slug], ['failed', 'message.recipient_invalid'])
    assert.deepEqual(await statuses(second), [])
  })

  scenario('refused by all it fails, with the last word', async () => {
    const [first, second] = await two(
      { behaviour: { refuse: [{ status: 0x400 }] } },
      { behaviour: { refuse: [{ status: 0x65 }] } },
    )
    const ended = await place.end((await place.send(first.to(1))).id)
    assert.deepEqual([ended.state, ended.reason!.slug, ended.attempts], ['failed', 'message.carrier_violation', 2])
    assert.deepEqual([await statuses(first), await statuses(second)], [[0x400], [0x65]])
  })

  scenario('a failed receipt sends it over the next, and what the first still says changes nothing', async () => {
    const failing = { receipts: { stat: 'REJECTD', err: '099', duplicates: 2 } }
    const [first, second] = await two({ behaviour: failing }, { behaviour: { slowMs: 100, receipts: { delayMs: 100 } } })
    const messages = await Promise.all([1, 2, 3, 4, 5].map((n) => place.send(first.to(n))))
    const ended = await ends(messages)
    assert.deepEqual(new Set(ended.map(({ state, carrierId }) => `${state} ${carrierId}`)), new Set([`delivered ${second.id}`]))
    await assertOnce(first.smsc)
    await assertOnce(second.smsc)
  })

  scenario('one in segments goes over the next whole, and is delivered when that one says so of each', async () => {
    const [first, second] = await two({ behaviour: { receipts: { stat: 'REJECTD', err: '099' } } })
    const ended = await place.end((await place.send(first.to(1), { text: long })).id)
    assert.deepEqual([ended.state, ended.carrierId, ended.segments], ['delivered', second.id, 3])
    assert.deepEqual([(await statuses(first)).length, (await statuses(second)).length], [3, 3])
  })

  scenario('a carrier that is down comes last', async () => {
    const [first, second] = await two({})
    await first.smsc.down()
    await until(async () => (await stateOf(first.id)) === 'down')
    const ended = await place.end((await place.send(first.to(1))).id)
    assert.deepEqual([ended.state, ended.carrierId], ['delivered', second.id])
  })

  scenario('switched off with messages waiting: they wait, and go when it is on again', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 60_000 }, detail: { window: 1 } })
    const messages = await Promise.all([1, 2, 3].map((n) => place.send(carrier.to(n))))
    await until(async () => (await carrier.smsc.lines()).length === 1)
    await place.operate('PATCH', `/carriers/${carrier.id}`, { enabled: false })
    // Before it is closed, what waits may follow the one on the wire.
    await until(async () => (await place.operate('GET', `/carriers/${carrier.id}`)).status === null)
    await carrier.smsc.behave({ slowMs: 0 })
    const states = await Promise.all(messages.map(({ id }) => place.read(id)))
    assert.ok(states.some(({ state }) => state === 'queued'))
    const removal = await place.ask('DELETE', `/carriers/${carrier.id}`, undefined, place.credentials.operator.key)
    assert.equal(removal.json.reason, 'resource.in_use')
    await place.operate('PATCH', `/carriers/${carrier.id}`, { enabled: true })
    assert.deepEqual(new Set((await ends(messages)).map(({ state }) => state)), new Set(['delivered']))
    await assertOnce(carrier.smsc)
  })

  scenario('changed with messages waiting: they go over it as it is now', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 100 }, detail: { window: 2 } })
    const messages = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => place.send(carrier.to(n))))
    await place.operate('PATCH', `/carriers/${carrier.id}`, { detail: { window: 20 } })
    assert.deepEqual(new Set((await ends(messages)).map(({ state }) => state)), new Set(['delivered']))
    await assertOnce(carrier.smsc)
  })

  scenario('removed while messages are scheduled for it: they go over the next route, or fail and say why', async () => {
    // Again with more time where the machine took longer than that to remove them.
    for (let aheadMs = 2_000; ; aheadMs *= 3) {
      const [first, second] = await two({})
      const alone = await place.carrier()
      const atMs = Date.now() + aheadMs
      const sendAt = new Date(atMs).toISOString()
      const [rerouted, stranded] = [await place.send(first.to(1), { sendAt }), await place.send(alone.to(1), { sendAt })]
      const removed = []
      for (const carrier of [first, alone]) {
        for (const { id, carrierId } of (await place.operate('GET', '/routes?limit=100')).items)
          if (carrierId === carrier.id) await place.operate('DELETE', `/routes/${id}`)
        removed.push(await place.ask('DELETE', `/carriers/${carrier.id}`, undefined, place.credentials.operator.key))
      }
      if (Date.now() >= atMs) continue
      for (const { status, json } of removed) assert.equal(status, 200, JSON.stringify(json))
      const [went, failed] = await ends([rerouted, stranded])
      assert.deepEqual([went!.state, went!.carrierId], ['delivered', second.id])
      assert.deepEqual([failed!.state, failed!.reason!.slug], ['failed', 'message.gateway_not_found'])
      return
    }
  })

  scenario('the urgent one overtakes', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 50 }, detail: { window: 1 } })
    await place.operate('PATCH', `/carriers/${carrier.id}`, { enabled: false })
    await until(async () => (await place.operate('GET', `/carriers/${carrier.id}`)).status === null)
    const messages: Message[] = []
    for (const n of [1, 2, 3, 4]) messages.push(await place.send(carrier.to(n), { priority: 'low' }))
    messages.push(await place.send(carrier.to(5), { priority: 'high' }))
    await place.operate('PATCH', `/carriers/${carrier.id}`, { enabled: true })
    await ends(messages)
    const order = (await carrier.smsc.lines()).map(({ destination }) => Number(destination.slice(-1)))
    assert.ok(order.indexOf(5) <= 1, order.join())
    assert.deepEqual(
      order.filter((n) => n !== 5),
      [1, 2, 3, 4],
    )
  })

  scenario('two accounts take turns at a slow SMSC, however much one of them has', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 60_000 }, detail: { window: 1 } })
    const other = await place.good('POST', '/accounts', { name: 'other' })
    const theirs = (method: string, path: string, body?: object) => place.good(method, path, body, undefined, other.id)
    const { items } = await theirs('POST', '/numbers', { country: 'US', type: 'local' })
    const many = await Promise.all(Array.from({ length: 30 }, (_, n) => place.send(carrier.to(n))))
    const few = await Promise.all(
      [90, 91, 92].map((n) => theirs('POST', '/messages', { from: items[0].number, to: carrier.to(n), text: 'Hello' })),
    )
    await carrier.smsc.behave({ slowMs: 40 })
    for (const { id } of few) await until(async () => (await theirs('GET', `/messages/${id}`)).final)
    await ends(many)
    const order = (await carrier.smsc.lines()).map(({ destination }) => Number(destination.slice(-2)))
    // Behind the one on the wire and those that were taken before the others came.
    assert.ok(order.indexOf(92) < 15, order.join())
    await assertOnce(carrier.smsc)
  })

  scenario('a sender may queue so many and no more; when some have gone, again', async () => {
    const carrier = await place.carrier({ behaviour: { slowMs: 60_000 }, detail: { window: 1 } })
    // Of an account of its own: the other scenarios queue at the same time.
    const { id: account } = await place.good('POST', '/accounts', { name: 'limited' })
    const key = place.credentials.api.key
    const theirs = (method: string, path: string, body?: object) => place.good(method, path, body, key, account)
    const from = (await theirs('POST', '/numbers', { country: 'US', type: 'local' })).items[0].number
    const message = (n: number) => ({ from, to: carrier.to(n), text: 'x' })
    const end = (id: string): Promise<Message> =>
      until(
        () => theirs('GET', `/messages/${id}`),
        ({ final }) => final,
      )
    const limit = async (queuedPerSender: number) =>
      place.operate('PATCH', `/accounts/${account}`, { settings: { limits: { queuedPerSender } } })
    await limit(100_000)
    const accepted: Message[] = []
    for (const n of [1, 2, 3, 4, 5]) accepted.push(await theirs('POST', '/messages', message(n)))
    await limit(5)
    const refused = []
    for (const n of [6, 7, 8, 9, 10]) refused.push(await place.ask('POST', '/messages', message(n), key, account))
    await limit(100_000)
    await carrier.smsc.behave({ slowMs: 0 })
    assert.ok(
      refused.some(({ status, json }) => status === 429 && json.reason === 'message.queue_full'),
      JSON.stringify(refused.map(({ json }) => json.reason)),
    )
    accepted.push(...refused.filter(({ status }) => status === 201).map(({ json }) => json as Message))
    accepted.push(await theirs('POST', '/messages', message(11)))
    for (const { id } of accepted) assert.equal((await end(id)).state, 'delivered')
    await assertOnce(carrier.smsc)
  })

  await Promise.all(scenarios.map(([name, run]) => t.test(name, run)))
})
