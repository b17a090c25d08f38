// The store locked, gone and full, nodes that share one, and the program stopped and killed, with messages on their way: nothing that
// was accepted is lost, nothing is submitted twice unless the message says so.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { startSmscProgram } from '../fakes/smsc-program.ts'
import { assertOnce, openMessagingPlace, type Message } from '../messaging-place.ts'
import { startCluster } from '../postgres-cluster.ts'
import { newFolder, startProgram } from '../program.ts'
import { survive } from '../reconcile/survive.ts'
import { pause, until } from '../until.ts'

const forty = Array.from({ length: 40 }, (_, n) => n)
const states = (messages: readonly Message[]): Set<string> => new Set(messages.map(({ state }) => state))

test('a database that another holds locked: what was accepted goes on when it is free', { timeout: 300_000 }, async (t) => {
  const place = await openMessagingPlace(t)
  const carrier = await place.carrier({ behaviour: { slowMs: 100 }, detail: { window: 4 } })
  const before = await Promise.all(forty.map((n) => place.send(carrier.to(n))))
  const lock = new DatabaseSync(join(place.data, 'offhook.db'), { timeout: 10_000 })
  lock.exec('begin immediate')
  const refused = await place.ask('POST', '/messages', { from: place.from, to: carrier.to(99), text: 'Hello' })
  assert.equal(refused.status, 503)
  await place.program.line('loop failed')
  const { submits } = await carrier.smsc.counters()
  await pause(1_000)
  const later = (await carrier.smsc.counters()).submits
  // What had been taken from the store went out; nothing more whose outcome cannot be kept.
  assert.equal(later, submits)
  lock.exec('rollback')
  lock.close()
  const ended = await Promise.all(before.map(({ id }) => place.end(id)))
  assert.deepEqual(states(ended), new Set(['delivered']))
  await assertOnce(carrier.smsc)
  assert.equal((await place.end((await place.send(carrier.to(100))).id)).state, 'delivered')
})

test('the database gone for thirty seconds, and back', { timeout: 300_000 }, async (t) => {
  const cluster = await startCluster()
  t.after(() => cluster.stop())
  const place = await openMessagingPlace(t, { OFFHOOK_DATABASE: await cluster.newDatabase() })
  const carrier = await place.carrier({ behaviour: { slowMs: 50, receipts: { delayMs: 100 } }, detail: { window: 4 } })
  const before = await Promise.all(forty.map((n) => place.send(carrier.to(n))))
  await cluster.halt()
  const ask = (n: number) => place.ask('POST', '/messages', { from: place.from, to: carrier.to(n), text: 'Hello' })
  assert.equal((await ask(98)).status, 503)
  await pause(30_000)
  assert.equal((await ask(99)).status, 503)
  await cluster.resume()
  const after = await until(
    () => ask(100),
    ({ status }) => status === 201,
  )
  const ended = await Promise.all([...before, after.json as Message].map(({ id }) => place.end(id)))
  assert.deepEqual(states(ended), new Set(['delivered']))
  await assertOnce(carrier.smsc)
})

test('a disk nearly full: nothing more is accepted, and what was goes on', { timeout: 300_000 }, async (t) => {
  const place = await openMessagingPlace(t)
  const carrier = await place.carrier({ behaviour: { slowMs: 100 }, detail: { window: 4 } })
  const before = await Promise.all(forty.map((n) => place.send(carrier.to(n))))
  await place.restart('SIGTERM', { OFFHOOK_DISK_RESERVE: '512T' })
  const refused = await place.ask('POST', '/messages', { from: place.from, to: carrier.to(99), text: 'Hello' })
  assert.deepEqual([refused.status, refused.json.reason], [507, 'platform.disk_nearly_full'])
  const ended = await Promise.all(before.map(({ id }) => place.end(id)))
  assert.deepEqual(states(ended), new Set(['delivered']))
  await assertOnce(carrier.smsc)
})

test('stopped well with messages on the wire: each answer is kept, and nothing goes twice', { timeout: 300_000 }, async (t) => {
  const place = await openMessagingPlace(t)
  const smsc = await startSmscProgram({ behaviour: { slowMs: 300 } })
  t.after(() => smsc.stop())
  const carrier = await place.carrier({ smsc, detail: { window: 8 } })
  const sent = await Promise.all(forty.map((n) => place.send(carrier.to(n))))
  await until(async () => (await smsc.counters()).submits >= 8)
  await place.restart('SIGTERM')
  const ended = await Promise.all(sent.map(({ id }) => place.end(id)))
  assert.deepEqual(states(ended), new Set(['delivered']))
  assert.ok(ended.every(({ perhapsTwice }) => !perhapsTwice))
  await assertOnce(smsc)
})

test('killed with messages on the wire: sent again, and the record says so', { timeout: 300_000 }, async (t) => {
  const place = await openMessagingPlace(t)
  const carrier = await place.carrier({ behaviour: { slowMs: 60_000 }, detail: { window: 8 } })
  const sent = await Promise.all(forty.map((n) => place.send(carrier.to(n))))
  await until(async () => (await carrier.smsc.lines()).length === 8)
  await place.restart('SIGKILL')
  await carrier.smsc.behave({ slowMs: 0 })
  const ended = await Promise.all(sent.map(({ id }) => place.end(id)))
  assert.deepEqual(states(ended), new Set(['delivered']))
  const seen = await carrier.smsc.byDestination()
  for (const { to, perhapsTwice } of ended) assert.equal(seen.get(to.slice(1))!.length, perhapsTwice ? 2 : 1, to)
  assert.equal(ended.filter(({ perhapsTwice }) => perhapsTwice).length, 8)
})

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`killed five times under load, and reconciled (${engine})`, { timeout: 300_000 }, async () => {
    const { faults, counts } = await survive({ kills: engine === 'sqlite' ? 5 : 3, seed: 5, engine, clients: 3 })
    assert.deepEqual(faults, [], JSON.stringify(counts))
  })
}

test(
  'two nodes share a store: what one accepts goes over the binds of the other, and may be called back',
  { timeout: 300_000 },
  async (t) => {
    const cluster = await startCluster()
    t.after(() => cluster.stop())
    const settings = { OFFHOOK_DATABASE: await cluster.newDatabase() }
    const data = newFolder()
    const place = await openMessagingPlace(t, settings, data)
    const carrier = await place.carrier({ behaviour: { slowMs: 20 } })
    // The same key, as nodes have that share a store.
    const other = await startProgram(t, newFolder(), {
      ...settings,
      OFFHOOK_KEY: readFileSync(join(data, 'key'), 'utf8').trim(),
      OFFHOOK_SMPP: 'off',
      OFFHOOK_LOG: 'warn',
    })
    const key = place.credentials.api.key as string
    const there = (method: string, path: string, body?: object): Promise<any> =>
      until(
        async () => {
          const answer = await fetch(`${other.url}/v1${path}`, {
            method,
            headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
            ...(body && { body: JSON.stringify(body) }),
          })
          return await answer.json()
        },
        (told: any) => told.reason !== 'rate.limit_exceeded',
      )
    const sendThere = (n: number, more: object = {}): Promise<Message> =>
      there('POST', '/messages', { from: place.from, to: carrier.to(n), text: 'Hello', ...more })
    const sent = await Promise.all(forty.map((n) => sendThere(n)))
    const ended = await Promise.all(sent.map(({ id }) => place.end(id)))
    assert.deepEqual(states(ended), new Set(['delivered']))

    await carrier.smsc.behave({ slowMs: 60_000 })
    await place.operate('PATCH', `/carriers/${carrier.id}`, { detail: { window: 1 } })
    // As it is now: up before is not up with its new window.
    await until(async () => {
      const { status } = await place.operate('GET', `/carriers/${carrier.id}`)
      return status?.state === 'up' && status.window === 1
    })
    const [first, second] = [await sendThere(90), await sendThere(91)]
    await until(async () => (await carrier.smsc.byDestination()).has(first.to.slice(1)))
    const tooLate = await there('POST', `/messages/${first.id}/cancel`)
    assert.equal(tooLate.reason, 'message.state_invalid')
    const canceled = await there('POST', `/messages/${second.id}/cancel`)
    assert.equal(canceled.state, 'canceled')
    const { batch } = await there('POST', '/message-batches', {
      messages: [93, 94, 95].map((n) => ({ from: place.from, to: carrier.to(n), text: 'Hello' })),
    })
    assert.deepEqual(await there('POST', `/message-batches/${batch.id}/cancel`), { canceled: 3 })
    await carrier.smsc.behave({ slowMs: 0 })
    await place.end(first.id)
    await place.end((await sendThere(92)).id)
    const sentTo = await carrier.smsc.byDestination()
    for (const n of [91, 93, 94, 95]) assert.equal(sentTo.has(carrier.to(n).slice(1)), false)
    await assertOnce(carrier.smsc)
    other.child.kill('SIGTERM')
    await once(other.child, 'exit')
  },
)
