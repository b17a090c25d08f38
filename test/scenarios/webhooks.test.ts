// What is told, to servers of every kind: each once where it can be, in order where it must be, and nothing for ever.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../both-engines.ts'
import { startWebhookServer, type Heard } from '../fakes/webhook-server.ts'
import { freePort } from '../ports.ts'
import { fastClock, startWebhooks, textForm } from '../fakes/webhook-bench.ts'
import { until } from '../until.ts'
import { refuse } from '#reasons/refusal.ts'
import {
  listWebhookDeliveries,
  replayWebhook,
  replayWebhooks,
  webhookDeliveriesOf,
  type WebhookDeliveryRow,
} from '#store/webhook-deliveries.ts'
import { webhookAttemptsOf } from '#store/webhook-attempts.ts'
import { StoreUnavailable } from '#store/store-errors.ts'
import type { Store } from '#store/store.ts'
import { systemClock } from '#values/clock.ts'

const said = ({ body }: Heard): { nounId: number; n: number } => JSON.parse(body)

async function all(store: Store): Promise<WebhookDeliveryRow[]> {
  return await listWebhookDeliveries(store, { scope: 7, limit: 5000, oldestFirst: true })
}

/** Polls the store, as a client would. */
const untilIn = (store: Store, fine: (rows: WebhookDeliveryRow[]) => boolean): Promise<WebhookDeliveryRow[]> =>
  until(() => all(store), fine)
const ended = (count: number) => (rows: WebhookDeliveryRow[]) =>
  rows.length === count && rows.every((row) => row.ended_ms !== null)

onBothEngines('webhooks', ({ engine, open, newPlace }) => {
  test('all is told once, and of one thing in order', { timeout: 300_000 }, async () => {
    const store = await open()
    const server = await startWebhookServer()
    const bench = await startWebhooks(store, () => ({ url: `${server.url}/hook` }))
    const ids = Array.from({ length: 40 }, (_, n) => n + 1)
    for (let round = 0; round < 5; round += 1) await bench.happen(...ids)
    await server.until(200)
    const rows = await untilIn(store, ended(200))
    assert.ok(rows.every(({ state, status, attempts }) => state === 'delivered' && status === 200 && attempts === 1))
    assert.equal(server.heard.length, 200)
    const seen = new Map<number, number>()
    for (const { nounId, n } of server.heard.map(said)) {
      assert.equal(n, (seen.get(nounId) ?? 0) + 1, `of ${nounId}`)
      seen.set(nounId, n)
    }
    assert.deepEqual(bench.faults, [])
    const [row] = await webhookDeliveriesOf(store, 'tests', 1)
    await store.noted()
    const [attempt] = await webhookAttemptsOf(store.notes, row!.id)
    assert.equal(attempt?.status, 200)
    assert.equal(attempt?.address, '127.0.0.1')
  })

  test('a failure is repeated to the byte, and what comes after waits for it', { timeout: 300_000 }, async () => {
    const store = await open()
    const server = await startWebhookServer()
    let failures = 0
    server.answer = (response, heard) => {
      response.statusCode = said(heard).n === 1 && ++failures <= 3 ? 500 : 204
      response.end('no')
    }
    const form = textForm()
    const bench = await startWebhooks(store, () => ({ url: server.url }), { form, clock: fastClock(200) })
    await bench.happen(1)
    await bench.happen(1)
    const rows = await untilIn(store, ended(2))
    assert.deepEqual(
      server.heard.map(said).map(({ n }) => n),
      [1, 1, 1, 1, 2],
    )
    assert.equal(form.rendered, 2)
    const [first, ...repeats] = server.heard.slice(0, 4)
    for (const repeat of repeats)
      assert.deepEqual([repeat.body, repeat.headers['x-delivery']], [first!.body, first!.headers['x-delivery']])
    assert.equal(rows[0]?.attempts, 4)
    await store.noted()
    const attempts = await webhookAttemptsOf(store.notes, rows[0]!.id)
    assert.deepEqual(
      attempts.map(({ status, reason, answer_body }) => [status, reason, answer_body]),
      [
        [500, 'webhook.status_unexpected', 'no'],
        [500, 'webhook.status_unexpected', 'no'],
        [500, 'webhook.status_unexpected', 'no'],
        [204, null, ''],
      ],
    )
  })

  test(
    'servers that are dead, redirecting, endless or garbage, and addresses that are not public',
    { timeout: 300_000 },
    async () => {
      const store = await open()
      const server = await startWebhookServer()
      server.answer = (response, { path }) => {
        if (path === '/redirect') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
        else if (path === '/garbage') response.socket!.end('220 smtp ready\r\n')
        else if (path === '/close') response.socket!.destroy()
        else if (path === '/gone') response.writeHead(410).end()
        else {
          const more = (): void => void (response.write('x'.repeat(50_000)) ? setImmediate(more) : response.once('drain', more))
          more()
        }
      }
      const dead = await startWebhookServer(await freePort())
      await dead.close()
      const urls = ['/redirect', '/garbage', '/close', '/gone', '/endless'].map((path) => `${server.url}${path}`)
      urls.push(dead.url, 'http://169.254.169.254/latest', 'http://10.0.0.1/', 'http://[::ffff:10.0.0.1]/')
      const form = textForm({ retryAfterMs: [] })
      const bench = await startWebhooks(store, ({ noun_id }) => ({ url: urls[noun_id]! }), { form })
      await bench.happen(...urls.keys())
      const rows = await untilIn(store, ended(urls.length))
      assert.deepEqual(
        rows.map(({ state, reason }) => `${state} ${reason}`),
        [
          'failed webhook.redirected',
          'failed webhook.answer_unreadable',
          'failed webhook.unreachable',
          'failed webhook.status_unexpected',
          'delivered null',
          'failed webhook.unreachable',
          'failed webhook.address_refused',
          'failed webhook.address_refused',
          'failed webhook.address_refused',
        ],
      )
      assert.deepEqual(JSON.parse(rows[6]!.params!), { kind: 'metadata' })
    },
  )

  test(
    'a dead server is left alone and does not hold others; what it missed comes when it lives',
    { timeout: 300_000 },
    async () => {
      const store = await open()
      const [dead, fine] = [await startWebhookServer(), await startWebhookServer()]
      dead.answer = (response) => void response.writeHead(503).end()
      const circuits: string[] = []
      const bench = await startWebhooks(store, ({ noun_id }) => ({ url: noun_id % 2 ? dead.url : fine.url }), {
        clock: fastClock(50),
        onCircuit: (url) => circuits.push(url),
      })
      const ids = Array.from({ length: 1200 }, (_, n) => n)
      await bench.happen(...ids)
      await fine.until(600)
      // Fifty may be under way when the tenth fails; then it is asked once at a time.
      await untilIn(store, () => circuits.length >= 3)
      assert.ok(dead.heard.length < 120, `${dead.heard.length} requests to the dead one`)
      dead.answer = (response) => void response.end()
      const rows = await untilIn(store, ended(1200))
      assert.ok(rows.every(({ state }) => state === 'delivered'))
      const arrived = new Set(dead.heard.map(said).map(({ nounId }) => nounId))
      assert.equal(arrived.size, 600)
      assert.deepEqual(bench.faults, [])
    },
  )

  test('one that cannot be told for a day is given up, and told when it is replayed', { timeout: 300_000 }, async () => {
    const store = await open()
    const server = await startWebhookServer()
    server.answer = (response) => void response.writeHead(500).end()
    const given: number[] = []
    const form = textForm({ failed: async ({ nounId }) => void given.push(nounId) })
    const bench = await startWebhooks(store, () => ({ url: server.url }), { form, clock: fastClock(8_000) })
    await bench.happen(1, 2)
    const rows = await untilIn(store, ended(2))
    assert.ok(rows.every(({ state, reason }) => state === 'failed' && reason === 'webhook.status_unexpected'))
    assert.ok(
      rows.every(({ attempts }) => attempts > 2 && attempts < 25),
      rows.map(({ attempts }) => attempts).join(),
    )
    // At least once, as everything that is told.
    assert.deepEqual([...new Set(given)].toSorted(), [1, 2])
    server.answer = (response) => void response.end()
    const now = bench.clock.nowMs()
    const ask = { account: 7, now, deadline: now + 86_400_000, actor: { face: 'test' } }
    assert.equal((await store.write(replayWebhook, { ...ask, account: 8, id: rows[0]!.id })).outcome, 'gone')
    assert.equal((await store.write(replayWebhook, { ...ask, id: rows[0]!.id })).outcome, 'replayed')
    await untilIn(store, ([first]) => first?.state === 'delivered')
    assert.deepEqual(await store.write(replayWebhooks, { ...ask, filter: { kind: 'other' }, limit: 10 }), { replayed: 0 })
    assert.deepEqual(await store.write(replayWebhooks, { ...ask, filter: {}, limit: 10 }), { replayed: 1 })
    await untilIn(store, (found) => found.every(({ state }) => state === 'delivered'))
    assert.equal(server.heard.at(-1)!.headers['x-delivery'], String(rows[1]!.id))
  })

  test(
    'the fallback is asked when the first fails, and an answer is acted on before the next is told',
    { timeout: 300_000 },
    async () => {
      const store = await open()
      const [first, second] = [await startWebhookServer(), await startWebhookServer()]
      first.answer = (response) => void response.writeHead(500).end()
      second.answer = (response, { body }) => void response.end(body)
      const acted: string[] = []
      const form = textForm({
        answered: async ({ subject }, { body }) => {
          assert.deepEqual(JSON.parse(body.toString()), subject)
          acted.push(body.toString())
          if (acted.length === 2) refuse('webhook.answer_unreadable', { cause: 'a test' })
        },
      })
      const bench = await startWebhooks(store, () => ({ url: first.url, fallbackUrl: second.url }), { form })
      await bench.happen(1, 1, 1)
      const rows = await untilIn(store, ended(3))
      assert.deepEqual(
        rows.map(({ state, reason, attempts }) => `${state} ${reason} ${attempts}`),
        ['delivered null 1', 'delivered webhook.answer_unreadable 1', 'delivered null 1'],
      )
      assert.deepEqual(
        acted.map((text) => (JSON.parse(text) as { n: number }).n),
        [1, 2, 3],
      )
      assert.equal(first.heard.length, 3)
    },
  )

  test(
    'what was not told when a process ended is told by the next, from where the log was read',
    { timeout: 300_000 },
    async () => {
      const place = await newPlace()
      const server = await startWebhookServer()
      server.answer = () => {}
      const store = await open(place)
      const bench = await startWebhooks(store, () => ({ url: server.url }))
      await bench.happen(1, 2, 3)
      await server.until(3)
      server.answer = (response) => void response.end()
      // Its requests break off: what came of them is a failure to be repeated, or not known at all.
      await bench.outgoing.close()
      await bench.relay.stop()
      await bench.happen(4)
      const next = await startWebhooks(store, () => ({ url: server.url }), { clock: fastClock(100) })
      const rows = await untilIn(store, ended(4))
      assert.ok(rows.every(({ state }) => state === 'delivered'))
      assert.deepEqual(next.faults, [])
      assert.deepEqual([...new Set(server.heard.map(said).map(({ nounId }) => nounId))].toSorted(), [1, 2, 3, 4])
    },
  )

  test('what cannot be rendered has failed by a fault of ours, and all others are told', { timeout: 300_000 }, async () => {
    const store = await open()
    const server = await startWebhookServer()
    const plain = textForm()
    const form = textForm({
      render(target, means) {
        if (target.nounId === 2) throw new TypeError('a form with a bug')
        return plain.render(target, means)
      },
    })
    const unrendered: [unknown, string][] = []
    const bench = await startWebhooks(store, ({ noun_id }) => ({ url: server.url, ...(noun_id === 4 && { face: 'nobody' }) }), {
      form,
      onUnrendered: (cause, errorId) => unrendered.push([cause, errorId]),
    })
    await bench.happen(1, 2, 3, 4, 5)
    const rows = await untilIn(store, ended(5))
    const told = server.heard.map(said).map(({ nounId }) => nounId)
    assert.deepEqual(told.toSorted(), [1, 3, 5])
    for (const nounId of [2, 4]) {
      const row = rows.find((one) => one.noun_id === nounId)!
      assert.deepEqual([row.state, row.reason, row.attempts, row.body], ['failed', 'webhook.not_rendered', 0, ''])
      assert.ok(unrendered.some(([, errorId]) => errorId === row.error_id))
    }
    assert.ok(unrendered[0]![0] instanceof TypeError)
    // The relay has not stood still for it, nor tried it over and over.
    assert.equal(unrendered.length, 2)
    assert.deepEqual(bench.faults, [])
    // There is nothing that could be sent once more.
    const id = rows.find((one) => one.noun_id === 2)!.id
    const again = { account: 7, now: 1, deadline: 2, actor: { face: 'test' } }
    assert.equal((await store.write(replayWebhook, { ...again, id })).outcome, 'unrendered')
    assert.deepEqual(await store.write(replayWebhooks, { ...again, filter: {}, limit: 10 }), { replayed: 0 })
  })

  test(
    'while the store takes nothing, nothing more is sent; what was told is stored when it does',
    { timeout: 300_000 },
    async () => {
      const store = await open()
      const server = await startWebhookServer()
      const gate = { closed: false, refused: 0 }
      // The database is gone for what settles deliveries, and back after a while.
      const flaky = new Proxy(store, {
        get(target, name) {
          const value = Reflect.get(target, name, target) as unknown
          if (name === 'write')
            return (write: { name: string }, input: unknown) => {
              if (gate.closed && write.name === 'webhook_deliveries.settle') {
                gate.refused += 1
                return Promise.reject(new StoreUnavailable('database', 'gone for a test'))
              }
              return target.write(write as never, input)
            }
          return typeof value === 'function' ? (value.bind(target) as unknown) : value
        },
      })
      const bench = await startWebhooks(flaky, () => ({ url: server.url }), { clock: fastClock(20) })
      gate.closed = true
      await bench.happen(...Array.from({ length: 900 }, (_, n) => n))
      await untilIn(store, () => gate.refused >= 3)
      const sent = server.heard.length
      assert.ok(sent > 0 && sent < 600, `${sent} sent`)
      gate.closed = false
      await untilIn(store, ended(900))
      assert.equal(server.heard.length, 900)
    },
  )

  test(
    'of two processes on one store one tells, and the other when the first has ended',
    { skip: engine === 'sqlite', timeout: 300_000 },
    async () => {
      const place = await newPlace()
      const server = await startWebhookServer()
      const [one, two] = [await open(place), await open(place)]
      const first = await startWebhooks(one, () => ({ url: server.url }), { node: 'one' })
      // It looks often; what time it is, and so whether a lease has run out, it knows as the other does.
      const often = { ...fastClock(20), nowMs: systemClock.nowMs }
      const second = await startWebhooks(two, () => ({ url: server.url }), { node: 'two', clock: often })
      assert.deepEqual([first.relay.isHeld, second.relay.isHeld], [true, false])
      await second.happen(...Array.from({ length: 50 }, (_, n) => n))
      await untilIn(one, ended(50))
      assert.equal(server.heard.length, 50)
      await first.relay.stop()
      await first.happen(100)
      await untilIn(two, ended(51))
      assert.equal(second.relay.isHeld, true)
      assert.equal(server.heard.length, 51)
    },
  )

  test('servers that never answer do not take all there is', { timeout: 300_000 }, async () => {
    const store = await open()
    const [silent, fine] = [await startWebhookServer(), await startWebhookServer()]
    silent.answer = () => {}
    const bench = await startWebhooks(store, ({ noun_id }) =>
      noun_id < 800 ? { url: silent.url, accountId: 100 + (noun_id % 12) } : { url: fine.url },
    )
    await bench.happen(...Array.from({ length: 800 }, (_, n) => n))
    await silent.until(300)
    await bench.happen(...Array.from({ length: 60 }, (_, n) => 800 + n))
    await untilIn(store, ended(60))
    assert.equal(fine.heard.length, 60)
    await bench.outgoing.close()
  })

  test('a replay has all the attempts that the first telling had', { timeout: 300_000 }, async () => {
    const store = await open()
    const server = await startWebhookServer()
    server.answer = (response) => void response.writeHead(500).end()
    const form = textForm({ retryAfterMs: [10, 10] })
    const bench = await startWebhooks(store, () => ({ url: server.url }), { form })
    await bench.happen(1)
    const [row] = await untilIn(store, ended(1))
    assert.deepEqual([row?.state, row?.attempts], ['failed', 3])
    const now = bench.clock.nowMs()
    await store.write(replayWebhook, { account: 7, id: row!.id, now, deadline: now + 60_000, actor: { face: 'test' } })
    await server.until(6)
    const [again] = await untilIn(store, ended(1))
    assert.deepEqual([again?.state, again?.attempts], ['failed', 6])
    await store.noted()
    assert.equal((await webhookAttemptsOf(store.notes, row!.id)).length, 6)
  })
})
