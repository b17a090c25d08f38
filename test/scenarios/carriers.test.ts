// Carriers of the running platform, managed from the command line while messages go over them to an SMSC that behaves as each test says.

import { test, type TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSmsc, type Smsc, type SmscOptions } from '../fakes/smsc.ts'
import { newFolder, runProgram, startProgram } from '../program.ts'
import { until } from '../until.ts'

interface Place {
  /** A command line of the operator's; gives what it said. */
  command(...args: string[]): string
  send(to: string, more?: object): Promise<string>
  /** When it has come to its end. */
  ended(id: string): Promise<any>
  /** When the carrier says so. */
  carrier(name: string, holds: (status: any) => boolean): Promise<any>
}

async function openPlace(t: TestContext): Promise<Place> {
  const data = newFolder()
  const program = await startProgram(t, data, { OFFHOOK_SMPP: 'off', OFFHOOK_LOG: 'warn' })
  const { api, operator } = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const ask = async (key: string, method: string, path: string, body?: object): Promise<any> => {
    const answer = await fetch(`${program.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const json: any = await answer.json()
    assert.ok(answer.status < 300, JSON.stringify(json))
    return json
  }
  // What is waited for here is asked for again and again.
  const limits = { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000 }
  for (const key of [api.key, operator.key]) {
    const { accountId } = await ask(key, 'GET', '/whoami')
    await ask(operator.key, 'PATCH', `/accounts/${accountId}`, { settings: { limits } })
  }
  const { number } = (await ask(api.key, 'POST', '/numbers', { country: 'GB', type: 'mobile' })).items[0]
  return {
    command(...args) {
      const { status, stdout, stderr } = runProgram(args, data, { OFFHOOK_HTTP: new URL(program.url).host })
      assert.equal(status, 0, stderr)
      return stdout
    },
    send: async (to, more = {}) => (await ask(api.key, 'POST', '/messages', { from: number, to, text: 'Hello', ...more })).id,
    ended: (id) =>
      until(
        () => ask(api.key, 'GET', `/messages/${id}`),
        ({ final }) => final,
      ),
    carrier: (name, holds) =>
      until(
        async () => (await ask(operator.key, 'GET', '/carriers')).items.find((one: any) => one.name === name),
        (found) => found !== undefined && holds(found.status),
      ),
  }
}

async function openSmsc(t: TestContext, options: SmscOptions = {}): Promise<Smsc> {
  const smsc = await startSmsc(options)
  t.after(() => smsc.stop())
  return smsc
}

const isUp = (status: any): boolean => status?.state === 'up'

test('a carrier is added, routed, changed, switched off and removed while the platform runs', async (t) => {
  const smsc = await openSmsc(t, { accounts: { us: 'secret' } })
  const place = await openPlace(t)
  const added = place.command('carrier', 'add', 'one', `smpp://us:secret@127.0.0.1:${smsc.port}?window=20`, 'reconnectMinMs=50')
  assert.match(added, /^one {2}smpp /)
  assert.doesNotMatch(added, /secret@|secret$/m)
  assert.doesNotMatch(added, /another node/, 'there is none')
  await place.carrier('one', isUp)
  const routed = place.command('route', 'add', 'one', '+447911', 'rank=1')
  assert.match(routed, /\+447911 over one, rank 1/)

  const delivered = await place.ended(await place.send('+447911123456'))
  assert.equal(delivered.state, 'delivered')
  assert.equal(smsc.lines.length, 1)

  await t.test('what the table says is what is taken', () => {
    assert.match(place.command('carrier', 'kinds'), /window +1 to 10000 PDUs +default 50/)
    const wrong = runProgram(['carrier', 'frobnicate', 'one'], newFolder())
    assert.equal(wrong.status, 2)
    assert.match(runProgram(['carrier', 'frobnicate'], newFolder()).stderr, /^carrier does not frobnicate\. Usage: /)
  })

  await t.test('a change opens it anew', async () => {
    place.command('carrier', 'update', 'one', 'bind=separate', 'throughput=50')
    const { detail, status } = await place.carrier('one', (now) => isUp(now) && now.binds.length === 2)
    assert.deepEqual([detail.bind, detail.throughput, status.limitPerSecond], ['separate', 50, 50])
    assert.equal((await place.ended(await place.send('+447911123456'))).state, 'delivered')
  })

  await t.test('switched off its messages wait; switched on they go', async () => {
    place.command('carrier', 'disable', 'one')
    await place.carrier('one', (status) => status === null)
    const id = await place.send('+447911123456')
    place.command('carrier', 'enable', 'one')
    assert.equal((await place.ended(id)).state, 'delivered')
  })

  await t.test('the doctor tells how it stands', () => {
    assert.match(place.command('doctor'), /^ok {4}carrier one: up$/m)
  })

  await t.test('it is removed when nothing leads over it', async () => {
    const [routeId] = /rou_[0-9a-f]+(?= {2}\+447911)/.exec(place.command('route', 'list'))!
    place.command('route', 'remove', routeId)
    assert.match(place.command('carrier', 'remove', 'one'), /removed: one/)
    assert.doesNotMatch(place.command('carrier', 'list'), /^one /m)
  })
})

test('an SMSC that misbehaves: every message comes to its one end, and none is sent twice', async (t) => {
  const smsc = await openSmsc(t)
  const place = await openPlace(t)
  const settings = ['reconnectMinMs=50', 'reconnectMaxMs=100', 'window=10']
  const add = async (name: string, { port }: Smsc, prefix: string, ...more: string[]): Promise<void> => {
    place.command('carrier', 'add', name, `smpp://us:secret@127.0.0.1:${port}`, ...settings, ...more)
    place.command('route', 'add', name, prefix)
    await place.carrier(name, isUp)
  }
  await add('bad', smsc, '+447911')
  const endsOf = async (count: number, prefix = '+447911'): Promise<Record<string, number>> => {
    const ids = await Promise.all(Array.from({ length: count }, (_, index) => place.send(`${prefix}0000${10 + index}`)))
    const counted: Record<string, number> = {}
    for (const id of ids) {
      const { state, reason } = await place.ended(id)
      const end = reason ? `${state} ${reason.slug}` : state
      counted[end] = (counted[end] ?? 0) + 1
    }
    return counted
  }

  await t.test('ids in other forms, receipts before the response, twice, shuffled, and out of order', async () => {
    const { receipts } = smsc.behaviour
    smsc.behave({
      ids: 'hex_upper',
      outOfOrder: 3,
      receipts: { ...receipts, ids: 'decimal_padded', duplicates: 1, text: 'shuffled', form: 'text' },
    })
    assert.deepEqual(await endsOf(10), { delivered: 10 })
    smsc.behave({ ids: 'decimal', outOfOrder: 0, receipts: { ...receipts, beforeResponse: true } })
    assert.deepEqual(await endsOf(10), { delivered: 10 })
    smsc.behave({ receipts })
  })

  await t.test('why a message was not delivered', async () => {
    const { receipts } = smsc.behaviour
    smsc.behave({ receipts: { ...receipts, stat: 'UNDELIV', err: '001' } })
    assert.deepEqual(await endsOf(2), { 'undelivered message.handset_unknown': 2 })
    smsc.behave({ receipts })
  })

  await t.test('refused, and throttled until it goes', async () => {
    smsc.behave({ refuse: [{ status: 0x0b }] })
    assert.deepEqual(await endsOf(2), { 'failed message.recipient_invalid': 2 })
    smsc.behave({ refuse: [{ status: 0x58, times: 2 }] })
    assert.deepEqual(await endsOf(3), { delivered: 3 })
    smsc.behave({ refuse: [] })
  })

  await t.test('silent: it is told that nobody knows, and nothing is sent again', async () => {
    // Only here is an answer given up that soon: a busy machine may be as late with one.
    const mute = await openSmsc(t, { behaviour: { silent: true } })
    await add('impatient', mute, '+447912', 'responseTimeoutMs=500')
    assert.deepEqual(await endsOf(3, '+447912'), { 'failed message.gateway_no_response': 3 })
    assert.equal(mute.lines.length, 3)
  })

  await t.test('the connection breaks within the window', async () => {
    const before = smsc.lines.length
    smsc.behave({ closeAfter: 5 })
    const ends = await endsOf(10)
    assert.equal(
      Object.values(ends).reduce((sum, count) => sum + count),
      10,
    )
    assert.deepEqual(Object.keys(ends).toSorted(), ['delivered', 'failed message.gateway_no_response'])
    const sent = smsc.lines.slice(before).map(({ destination }: any) => destination)
    assert.equal(new Set(sent).size, sent.length)
    smsc.behave({ closeAfter: 0 })
  })

  await t.test('away for a while: messages wait for it', async () => {
    await smsc.down()
    await place.carrier('bad', (status) => status?.state === 'down')
    const id = await place.send('+447911000099')
    await smsc.up()
    assert.equal((await place.ended(id)).state, 'delivered')
  })
})
