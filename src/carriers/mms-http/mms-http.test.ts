// The carrier against a gateway that is a program of its own (test/fakes/mms-gateway.ts), over sockets both ways.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { CarrierNews, InboundSms, Receipt, SubmitJob } from '#messaging/sms-carrier.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { startHttpServer, type HttpServer } from '#protocols/http/http-server.ts'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { catalogue } from '#reasons/catalogue.ts'
import type { Refusal } from '#reasons/refusal.ts'
import { handClock, systemClock as clock } from '#values/clock.ts'
import { createCarrier } from '#store/carriers.ts'
import { openStore } from '#store/open-store.ts'
import { Key } from '#values/secrets.ts'
import { causes } from './causes.ts'
import { findGateway } from './find-gateway.ts'
import { mmsHttpKind, type MmsHttp } from './mms-http.ts'
import { mmsMount } from './mms-mount.ts'
import { isSigned, signed } from './signature.ts'

const secret = 'a-secret-of-both'
const outgoing = new Outgoing({ clock, userAgent: 'test', allow: ['127.0.0.1'] })
const kind = mmsHttpKind(clock, outgoing.fetch)

const heard: { receipts: Receipt[]; inbound: InboundSms[]; wire: string[] } = { receipts: [], inbound: [], wire: [] }
let wanted: Awaited<ReturnType<CarrierNews['inbound']>> = { taken: true }
let lost: Error | undefined
let rooms = 0
let whenHeard = (): void => {}
const news: CarrierNews = {
  async receipts(_, receipts) {
    if (lost) throw lost
    heard.receipts.push(...receipts)
    whenHeard()
  },
  async inbound(_, message) {
    if (lost) throw lost
    heard.inbound.push(message)
    return wanted
  },
  room: () => void (rooms += 1),
  wire: ({ direction, bytes }) => void heard.wire.push(`${direction} ${Buffer.from(bytes).toString()}`),
}

const find = async (name: string) => (name === 'pictures' ? { id: 5, name, secret } : undefined)
let server: HttpServer
let gateway: ChildProcess
let gatewayUrl = ''
let carrier: MmsHttp
const refused = (refusal: Refusal): HttpAnswer => ({
  status: catalogue[refusal.reason].http,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ reason: refusal.reason }),
})
const journal = { requestAnswered() {}, connectionRefused() {}, faultFound() {} } as never
const picture = Buffer.from('\x89PNG\r\n\x1a\n picture', 'latin1')

before(async () => {
  server = await startHttpServer({
    listen: [{ host: '127.0.0.1', port: 0 }],
    trustedProxies: [],
    limits: {
      bodyBytes: 100_000,
      headerBytes: 16_384,
      urlBytes: 8192,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 30_000,
    },
    faces: [
      mmsMount({ find, news, kind, clock, refused }),
      {
        name: 'media',
        prefixes: ['/media'],
        answer: async () => ({ status: 200, headers: { 'content-type': 'image/png' }, body: picture }),
        refused,
      },
    ],
    journal,
    clock,
    hosts: {},
  })
  const file = fileURLToPath(new URL('../../../test/fakes/mms-gateway.ts', import.meta.url))
  const mount = `${server.addresses[0]!.url}/carriers/mms/pictures`
  gateway = spawn(process.execPath, [file, secret, mount], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<string>((resolve) => gateway.stdout!.once('data', (text) => resolve(String(text).trim())))
  gatewayUrl = `http://127.0.0.1:${port}`
  carrier = opened({})
})
after(async () => {
  gateway.kill()
  await outgoing.close()
  await server.close(0)
})

const opened = (detail: object, name = 'pictures'): MmsHttp =>
  kind.open({ id: 5, name, secret, detail: { url: `${gatewayUrl}/submit`, ...detail } }, news) as MmsHttp

let ids = 1000
function job(way: string, more: Partial<SubmitJob> = {}): SubmitJob {
  ids += 1
  return {
    messageId: ids,
    accountId: 7,
    kind: 'mms',
    sender: '+15550100001',
    recipient: `+1555010${way}`,
    text: 'Grüße',
    subject: 'a cat',
    coding: 'auto',
    wantsReceipt: true,
    deadlineMs: clock.nowMs() + 60_000,
    priority: 1,
    attempt: 1,
    done: [],
    media: [{ url: `${server.addresses[0]!.url}/media/x`, type: 'image/png', sizeBytes: picture.length, name: 'cat.png' }],
    ...more,
  }
}

const causeAt = async (way: string) => (await carrier.submit(job(way))).outcomes[0]!.cause!
const post = (what: string, body: string, headers: Record<string, string>) =>
  fetch(`${server.addresses[0]!.url}/carriers/mms/${what}`, { method: 'POST', headers, body })
const postSigned = (what: 'receipts' | 'inbound', value: object) => {
  const body = JSON.stringify(value)
  return post(`pictures/${what}`, body, signed(secret, what, body, clock.nowMs()))
}

test('a message is taken with its media, and its receipts come back', async () => {
  const told = new Promise<void>((resolve) => (whenHeard = resolve))
  const one = job('0001')
  const outcome = await carrier.submit(one)
  assert.deepEqual(outcome, { segments: 1, outcomes: [{ index: 0, ref: `MM-${one.messageId}` }], receiptExpected: true })
  await told
  const [, last] = heard.receipts
  assert.deepEqual(
    heard.receipts.map(({ state, final }) => [state, final]),
    [
      ['enroute', false],
      ['delivered', true],
    ],
  )
  assert.deepEqual([last!.ref, last!.cause, last!.doneMs], [`MM-${one.messageId}`, undefined, Date.UTC(2030, 0, 1)])
  const log = (await (await fetch(`${gatewayUrl}/log`)).json()) as any[]
  const { message, media } = log.find(({ id }) => id === String(one.messageId))
  assert.deepEqual(media, [{ type: 'image/png', size: picture.length, status: 200 }])
  assert.deepEqual([message.from, message.to, message.text, message.subject], [one.sender, one.recipient, 'Grüße', 'a cat'])
  assert.match(heard.wire[0]!, /^out \{"id":/)
  assert.match(heard.wire[1]!, /^in 202 \{"ref":/)
})

test('a receipt that tells of a failure has its cause; a gateway that gives none says so', async () => {
  heard.receipts.length = 0
  const told = new Promise<void>((resolve) => (whenHeard = resolve))
  await carrier.submit(job('0010'))
  await told
  const { state, cause } = heard.receipts[1]!
  assert.deepEqual(
    [state, cause?.reason, cause?.raw],
    ['undelivered', 'message.handset_unreachable', 'receipt undelivered recipient_unreachable'],
  )
  assert.equal((await carrier.submit(job('0006'))).receiptExpected, false)
})

test("the gateway's words for a refusal become ours, and say what to do", async () => {
  const rejected = await causeAt('0002')
  assert.deepEqual(
    [rejected.reason, rejected.next, rejected.raw],
    ['message.media_unusable', 'never', 'mms 422 media_rejected: no cats'],
  )
  const throttled = await causeAt('0005')
  assert.deepEqual([throttled.reason, throttled.next, throttled.afterMs], ['message.carrier_throttled', 'again', 2000])
  const strange = await causeAt('0009')
  assert.deepEqual([strange.reason, strange.next], ['message.unknown_error', 'elsewhere'])
  const broken = await causeAt('0008')
  assert.deepEqual([broken.reason, broken.next, broken.mayHaveTaken], ['message.send_failed', 'again', false])
  const garbage = await causeAt('0007')
  assert.deepEqual([garbage.reason, garbage.next, garbage.mayHaveTaken], ['message.unknown_error', 'never', true])
  for (const [word, { reason }] of Object.entries(causes)) assert.ok(Object.hasOwn(catalogue, reason), word)
})

test('an answer that never came costs no second message', async () => {
  for (const [way, reason] of [
    ['0003', 'message.gateway_no_response'],
    ['0004', 'message.gateway_unreachable'],
  ] as const) {
    const own = opened(way === '0003' ? { timeoutMs: 2_000 } : {}, `once ${way}`)
    const one = job(way)
    const { cause } = (await own.submit(one)).outcomes[0]!
    assert.deepEqual([cause!.reason, cause!.next, cause!.mayHaveTaken], [reason, 'again', true], cause!.raw)
    assert.equal(own.state().state, 'down')
    assert.equal(own.room(), 0)
    const again = await own.submit({ ...one, attempt: 2 })
    assert.deepEqual(again.outcomes, [{ index: 0, ref: `MM-${one.messageId}` }])
    assert.deepEqual([own.state().state, own.room()], ['up', 20])
  }
})

test('a gateway that is not there has taken nothing; a stopped carrier settles what it is given', async () => {
  const nowhere = opened({ url: 'http://127.0.0.1:1/submit' }, 'nowhere')
  const { cause } = (await nowhere.submit(job('0001'))).outcomes[0]!
  assert.deepEqual([cause!.reason, cause!.next, cause!.mayHaveTaken], ['message.gateway_unreachable', 'elsewhere', false])
  assert.match(nowhere.state().lastError!.text, /^mms connect/)
  await nowhere.stop(10)
  assert.equal(nowhere.room(), 0)
  assert.equal((await nowhere.submit(job('0001'))).outcomes[0]!.cause!.next, 'again')
  assert.equal(kind.named('nowhere'), undefined)
})

test('a message from the network is told once, and what nobody wants is refused', async () => {
  const deliver = async (value: object) =>
    (await (await fetch(`${gatewayUrl}/inbound`, { method: 'POST', body: JSON.stringify(value) })).json()) as any
  const cat = { url: `${gatewayUrl}/cat.png`, type: 'image/png', name: 'cat.png', size: 26 }
  const message = { id: 'in-1', from: '+15550100200', to: '+15550100001', text: 'look', subject: 'cat', media: [cat] }
  assert.deepEqual(await deliver(message), { status: 200, body: { taken: true } })
  assert.deepEqual(await deliver(message), { status: 200, body: { taken: true } })
  assert.deepEqual(heard.inbound, [
    {
      kind: 'mms',
      sender: '+15550100200',
      recipient: '+15550100001',
      text: 'look',
      coding: 'ucs2',
      subject: 'cat',
      media: [{ url: cat.url, type: 'image/png', name: 'cat.png', sizeBytes: 26 }],
    },
  ])
  wanted = { taken: false, reason: 'message.recipient_invalid' }
  const refusedOne = await deliver({ ...message, id: 'in-2' })
  assert.deepEqual(refusedOne, { status: 404, body: { taken: false, reason: 'message.recipient_invalid' } })
})

test('only its own gateway is believed, and only what it means', async () => {
  const value = { receipts: [{ ref: 'x', state: 'delivered' }] }
  const body = JSON.stringify(value)
  const now = clock.nowMs()
  const good = signed(secret, 'receipts', body, now)
  heard.receipts.length = 0
  assert.equal((await post('pictures/receipts', body, {})).status, 401)
  assert.equal((await post('pictures/receipts', `${body} `, good)).status, 401)
  assert.equal((await post('nobody/receipts', body, good)).status, 401)
  assert.equal((await post('pictures/inbound', body, good)).status, 401)
  assert.equal((await post('pictures/receipts', body, signed(secret, 'receipts', body, now - 600_000))).status, 401)
  assert.equal((await post('pictures/receipts', body, signed('', 'receipts', body, now))).status, 401)
  assert.equal(isSigned('', 'receipts', signed('', 'receipts', body, now), Buffer.from(body), now), false)
  assert.deepEqual(heard.receipts, [])
  assert.equal((await post('pictures/receipts', body, good)).status, 200)
  assert.equal((await post('pictures/else', body, good)).status, 404)
  assert.equal((await postSigned('receipts', { receipts: [{ ref: 'x', state: 'asleep' }] })).status, 400)
  assert.equal((await postSigned('receipts', { receipts: 'x' })).status, 400)
  assert.equal((await postSigned('inbound', { from: '+1', to: '+2' })).status, 400)
  assert.equal((await postSigned('inbound', { id: 'i', from: '+1', to: '+2', media: [{ url: 'file:///etc' }] })).status, 400)
})

test('a gateway is known by the row of its carrier, open here or not', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'offhook-mms-'))
  const store = await openStore({ dataDir, clock })
  t.after(async () => {
    await store.close()
    rmSync(dataDir, { recursive: true })
  })
  const key = new Key('6'.repeat(64))
  const row = {
    id: 1,
    name: 'a',
    kind: 'mms-http',
    enabled: 1,
    detail: '{}',
    secret_sealed: key.seal('s'),
    created_ms: 1,
    updated_ms: 1,
    version: 1,
  }
  const add = (more: Partial<typeof row>) =>
    store.write(createCarrier, { row: { ...row, ...more }, accountId: 1, actor: { face: 'test' } })
  await add({})
  await add({ id: 2, name: 'b', kind: 'smpp' })
  await add({ id: 3, name: 'c', enabled: 0 })
  const found = findGateway(store, key)
  assert.deepEqual(await found('a'), { id: 1, name: 'a', secret: 's' })
  for (const name of ['b', 'c', 'd', '']) assert.equal(await found(name), undefined)
})

test('a receipt that could not be written is not said to be taken', async () => {
  lost = new Error('the store is gone')
  const answers = [
    await postSigned('receipts', { receipts: [] }),
    await postSigned('inbound', { id: 'in-9', from: '+1555', to: '+1556' }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [500, 500],
  )
  lost = undefined
  wanted = { taken: true }
  assert.equal((await postSigned('inbound', { id: 'in-9', from: '+1555', to: '+1556' })).status, 200)
})

test('while the gateway is away one message at a time looks for it, and its return is told', async () => {
  const hand = handClock()
  const detail = { url: 'http://127.0.0.1:1/submit', window: 5, perSecond: 100 }
  const lonely = mmsHttpKind(hand, outgoing.fetch).open({ id: 7, name: 'lonely', secret, detail }, news)
  await lonely.submit(job('0006'))
  assert.equal(lonely.room(), 0)
  rooms = 0
  hand.advance(1000)
  assert.deepEqual([rooms, lonely.room()], [1, 1])
  await lonely.submit(job('0006'))
  rooms = 0
  hand.advance(1000)
  assert.deepEqual([rooms, lonely.room()], [0, 0], 'the pause has doubled')
  hand.advance(1000)
  assert.deepEqual([rooms, lonely.room()], [1, 1])
  await lonely.stop(0)
})

test('a rate is kept, and a configuration says what is wrong with it', async () => {
  const hand = handClock()
  const detail = { url: `${gatewayUrl}/submit`, perSecond: 2, window: 10 }
  const slow = mmsHttpKind(hand, outgoing.fetch).open({ id: 6, name: 'slow', secret, detail }, news)
  assert.equal(slow.room(), 2)
  await Promise.all([slow.submit(job('0006')), slow.submit(job('0006'))])
  assert.equal(slow.room(), 0)
  hand.advance(500)
  assert.equal(slow.room(), 1)
  const faults = kind.faults({ url: 'ftp://x', window: 0, wnidow: 3 }).map(({ field }) => field)
  assert.deepEqual(faults.toSorted(), ['url', 'window', 'wnidow'])
  assert.deepEqual(
    kind.faults({}).map(({ field }) => field),
    ['url'],
  )
})
