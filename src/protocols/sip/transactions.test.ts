// The four state machines of RFC 3261 17 with a clock moved by hand and a flow that only writes down what is sent.

import assert from 'node:assert/strict'
import test from 'node:test'
import { handClock } from '#values/clock.ts'
import { Absorber, type Remains } from './absorber.ts'
import { parseMessage, serialise } from './message-codec.ts'
import { SipHeaders, type SipMessage, type SipRequest, type SipResponse } from './message.ts'
import { cseqOf } from './message-reads.ts'
import { makeResponse, replyVias } from './response-to.ts'
import type { Flow, SipAddress, SipCause } from './stack-parts.ts'
import { TimerLists } from './timer-lists.ts'
import { PlainClientTransaction } from './transaction-client.ts'
import { InviteClientTransaction } from './transaction-invite-client.ts'
import { InviteServerTransaction } from './transaction-invite-server.ts'
import { serverKey } from './transaction-key.ts'
import type { Arrival, ClientEars, TransactionLayer } from './transaction-parts.ts'
import { PlainServerTransaction } from './transaction-server.ts'

const peer: SipAddress = { transport: 'udp', host: '192.0.2.1', port: 5062 }

function fakeFlow(transport: 'udp' | 'tcp' = 'udp') {
  const sent: SipMessage[] = []
  const closers = new Set<(detail: string) => void>()
  const flow: Flow & { sent: SipMessage[]; take(): string[]; break(): void } = {
    id: 'fake',
    transport,
    local: { ...peer, port: 5060 },
    remote: { ...peer, transport },
    open: true,
    sent,
    send(bytes) {
      sent.push(parseMessage(bytes).message!)
      return true
    },
    close() {},
    onClosed(act) {
      closers.add(act)
      return () => closers.delete(act)
    },
    take: () => sent.splice(0).map((one) => (one.kind === 'request' ? one.method : `${one.status}`)),
    break: () => closers.forEach((act) => act('broken')),
  }
  return flow
}

function bench(transport: 'udp' | 'tcp' = 'udp') {
  const clock = handClock()
  const flow = fakeFlow(transport)
  const over: { key: string; remains: Remains | undefined }[] = []
  const layer: TransactionLayer = {
    timers: new TimerLists(clock),
    times: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000, timerCMs: 180_000 },
    responseTo: (transaction, status, options) =>
      makeResponse(transaction.request, replyVias(transaction.request, peer), transaction.localTag, status, options, undefined),
    transmit: (bytes, to) => to.send(bytes),
    responseFlow: () => undefined,
    serverOver: (key, remains) => void over.push({ key, remains }),
    clientOver: (key) => void over.push({ key, remains: undefined }),
    tag: () => 'tag',
    guarded(act) {
      act()
      return true
    },
  }
  const heard: string[] = []
  const ears: ClientEars = {
    provisional: ({ status }) => heard.push(`${status}`),
    final: ({ status }) => heard.push(`${status}`),
    failed: (cause: SipCause) => heard.push(cause.kind),
    cancelling: (cancel) => {
      heard.push('CANCEL')
      flow.send(serialise(cancel))
    },
  }
  return { clock, flow, over, layer, ears, heard, take: () => flow.take() }
}

function request(method: string): SipRequest {
  const headers = SipHeaders.from([
    ['Via', 'SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKb;rport'],
    ['Max-Forwards', '70'],
    ['From', '<sip:a@example.com>;tag=a'],
    ['To', '<sip:b@example.com>'],
    ['Call-ID', 'c'],
    ['CSeq', `7 ${method}`],
    ['Route', '<sip:192.0.2.9;lr>'],
  ])
  return { kind: 'request', method, uri: 'sip:b@example.com', headers, body: Buffer.alloc(0) }
}

const response = (method: string, status: number): SipResponse =>
  makeResponse(request(method), ['SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKb'], 'b', status, undefined, undefined)

const arrivalOf = (from: SipRequest, flow: Flow): Arrival => ({
  key: 'k',
  request: from,
  flow,
  source: peer,
  vias: replyVias(from, peer),
  replyFlow: flow,
})

function inviteServer(transport: 'udp' | 'tcp' = 'udp', isStranger = false) {
  const made = bench(transport)
  const arrival = { ...arrivalOf(request('INVITE'), made.flow), isStranger }
  return { ...made, transaction: new InviteServerTransaction(made.layer, arrival) }
}

test('INVITE server: 100 after 200 ms when the layer above is silent, and none when it was not', () => {
  const silent = inviteServer()
  silent.clock.advance(199)
  assert.deepEqual(silent.take(), [])
  silent.clock.advance(1)
  assert.deepEqual(silent.take(), ['100'])
  silent.transaction.received(request('INVITE'))
  assert.deepEqual(silent.take(), ['100'])
  const quick = inviteServer()
  quick.transaction.respond(180)
  quick.clock.advance(10_000)
  assert.deepEqual(quick.take(), ['180'])
})

test('INVITE server: a refusal goes out again by timer G, doubling to T2, until the ACK', () => {
  const { transaction, clock, take, over } = inviteServer()
  let acks = 0
  transaction.listen({ acknowledged: () => acks++ })
  transaction.respond(486)
  assert.deepEqual(take(), ['486'])
  for (const wait of [500, 1000, 2000, 4000, 4000]) {
    clock.advance(wait - 1)
    assert.deepEqual(take(), [])
    clock.advance(1)
    assert.deepEqual(take(), ['486'])
  }
  transaction.received(request('INVITE'))
  assert.deepEqual(take(), ['486'])
  transaction.received(request('ACK'))
  clock.advance(60_000)
  assert.deepEqual(take(), [])
  assert.equal(acks, 1)
  // 17.2.1, timer I: further ACKs are swallowed by what remains.
  assert.deepEqual(over, [{ key: 'k', remains: { kind: 'quiet' } }])
})

test('INVITE server: a stranger is refused once, and nothing is held of it; who is vouched for is a peer', () => {
  const stranger = inviteServer('udp', true)
  stranger.transaction.respond(407)
  stranger.clock.advance(40_000)
  assert.deepEqual([stranger.take(), stranger.over], [['407'], [{ key: 'k', remains: undefined }]])
  const known = inviteServer('udp', true)
  known.transaction.vouch()
  known.transaction.respond(486)
  known.clock.advance(500)
  assert.deepEqual([known.take(), known.over], [['486', '486'], []])
})

test('server: no answer to a stranger is kept', () => {
  for (const isStranger of [true, false]) {
    const { layer, flow, over, take } = bench()
    const transaction = new PlainServerTransaction(layer, { ...arrivalOf(request('OPTIONS'), flow), isStranger })
    transaction.respond(200)
    assert.deepEqual([take(), over[0]?.remains?.kind], [['200'], isStranger ? undefined : 'answered'])
  }
})

test('INVITE server: timer H ends a refusal that nobody acknowledges', () => {
  const { transaction, clock, over } = inviteServer()
  const causes: string[] = []
  transaction.listen({ failed: ({ kind }) => causes.push(kind) })
  transaction.respond(404)
  clock.advance(31_999)
  assert.deepEqual(causes, [])
  clock.advance(1)
  assert.deepEqual(causes, ['timeout'])
  assert.equal(over.length, 1)
})

test('INVITE server: over TCP nothing is sent again', () => {
  const { transaction, clock, take } = inviteServer('tcp')
  transaction.respond(404)
  clock.advance(20_000)
  assert.deepEqual(take(), ['404'])
})

test('INVITE server: after a 2xx INVITEs are swallowed and only the layer above sends it again (RFC 6026)', () => {
  const { transaction, clock, take, over } = inviteServer()
  transaction.respond(200)
  assert.deepEqual(over, [{ key: 'k', remains: { kind: 'accepted' } }])
  clock.advance(5_000)
  transaction.received(request('INVITE'))
  assert.deepEqual(take(), ['200'])
  transaction.sendAgain()
  transaction.respond(486)
  assert.deepEqual(take(), ['200'])
  transaction.letGo()
  transaction.sendAgain()
  assert.deepEqual(take(), [])
})

test('INVITE server: a CANCEL after the final response changes nothing', () => {
  const { transaction } = inviteServer()
  let cancelled = 0
  transaction.listen({ cancelled: () => cancelled++ })
  transaction.cancelled(request('CANCEL'))
  transaction.respond(487)
  transaction.cancelled(request('CANCEL'))
  assert.equal(cancelled, 1)
})

test('server: retransmissions are swallowed before, and answered after the provisional; the final one is absorbed', () => {
  const made = bench()
  const info = request('INFO')
  const transaction = new PlainServerTransaction(made.layer, arrivalOf(info, made.flow))
  transaction.received()
  assert.deepEqual(made.take(), [])
  transaction.respond(182)
  transaction.received()
  assert.deepEqual(made.take(), ['182', '182'])
  transaction.respond(200)
  transaction.respond(500)
  assert.deepEqual(made.take(), ['200'])
  assert.equal(made.over[0]?.remains?.kind, 'answered')
})

function inviteClient(transport: 'udp' | 'tcp' = 'udp') {
  const made = bench(transport)
  const transaction = new InviteClientTransaction(made.layer, 'k', request('INVITE'), made.flow, made.ears)
  transaction.start()
  return { ...made, transaction }
}

test('INVITE client: sent again by timer A, doubling, and given up by timer B', () => {
  const { clock, take, heard } = inviteClient()
  assert.deepEqual(take(), ['INVITE'])
  for (const wait of [500, 1000, 2000, 4000, 8000, 16_000]) {
    clock.advance(wait - 1)
    assert.deepEqual(take(), [])
    clock.advance(1)
    assert.deepEqual(take(), ['INVITE'])
  }
  clock.advance(499)
  assert.deepEqual(heard, [])
  clock.advance(1)
  assert.deepEqual(heard, ['timeout'])
})

test('INVITE client: a refusal is acknowledged, each time it comes, until timer D', () => {
  const { transaction, clock, take, heard, flow, over } = inviteClient()
  transaction.received(response('INVITE', 180))
  clock.advance(40_000)
  take()
  transaction.received(response('INVITE', 486))
  const ack = flow.sent[0] as SipRequest
  // 17.1.1.3: the Via and Route of the INVITE, the To of the response, the same CSeq number.
  assert.equal(ack.headers.get('Via'), request('INVITE').headers.get('Via'))
  assert.equal(ack.headers.get('To'), '<sip:b@example.com>;tag=b')
  assert.equal(ack.headers.get('Route'), '<sip:192.0.2.9;lr>')
  assert.deepEqual(cseqOf(ack), { number: 7, method: 'ACK' })
  transaction.received(response('INVITE', 486))
  assert.deepEqual(take(), ['ACK', 'ACK'])
  assert.deepEqual(heard, ['180', '486'])
  clock.advance(31_999)
  assert.equal(over.length, 0)
  clock.advance(1)
  assert.equal(over.length, 1)
})

test('INVITE client: every 2xx goes up for 64*T1 (timer M), and none is acknowledged here', () => {
  const { transaction, clock, take, heard, over } = inviteClient()
  take()
  for (let n = 0; n < 3; n++) transaction.received(response('INVITE', 200))
  assert.deepEqual(heard, ['200', '200', '200'])
  assert.deepEqual(take(), [])
  clock.advance(32_000)
  assert.equal(over.length, 1)
})

test('INVITE client: CANCEL waits for a provisional; silence after it ends the call', () => {
  const { transaction, clock, take, heard } = inviteClient()
  take()
  assert.equal(transaction.cancel(), true)
  assert.deepEqual(take(), [])
  transaction.received(response('INVITE', 100))
  assert.deepEqual(take(), ['CANCEL'])
  transaction.received(response('INVITE', 180))
  transaction.cancel()
  assert.deepEqual(take(), [])
  clock.advance(32_000)
  assert.deepEqual(heard, ['CANCEL', '100', '180', 'timeout'])
  assert.equal(transaction.cancel(), false)
})

test('INVITE client: timer C cancels what rings without end', () => {
  const { transaction, clock, heard } = inviteClient()
  transaction.received(response('INVITE', 180))
  clock.advance(179_000)
  transaction.received(response('INVITE', 180))
  clock.advance(179_999)
  assert.deepEqual(heard, ['180', '180'])
  clock.advance(1)
  assert.deepEqual(heard, ['180', '180', 'CANCEL'])
})

test('a connection that breaks ends what waits over it', () => {
  const { flow, heard, take, clock } = inviteClient('tcp')
  clock.advance(20_000)
  assert.deepEqual(take(), ['INVITE'])
  flow.break()
  assert.deepEqual(heard, ['transport'])
})

test('client: sent again by timer E up to T2, by T2 after a provisional, given up by timer F', () => {
  const { layer, flow, ears, clock, take, heard } = bench()
  const transaction = new PlainClientTransaction(layer, 'k', request('OPTIONS'), flow, ears)
  transaction.start()
  take()
  for (const wait of [500, 1000, 2000, 4000, 4000]) {
    clock.advance(wait - 1)
    assert.deepEqual(take(), [])
    clock.advance(1)
    assert.deepEqual(take(), ['OPTIONS'])
  }
  transaction.received(response('OPTIONS', 100))
  clock.advance(4000)
  assert.deepEqual(take(), ['OPTIONS'])
  clock.advance(32_000)
  assert.deepEqual(heard, ['100', 'timeout'])
})

test('what absorbs retransmissions gives the same bytes for 64*T1 and lets go of the oldest when there is too much', () => {
  const clock = handClock()
  const absorber = new Absorber(clock, 32_000, 80, 1 << 20)
  const big = Buffer.alloc(100_000, 'x')
  absorber.keep('first', { kind: 'answered', bytes: Buffer.from('one') })
  absorber.keep('big', { kind: 'answered', bytes: big })
  absorber.keep('second', { kind: 'answered', bytes: Buffer.from('two') })
  absorber.keep('third', { kind: 'accepted' })
  const bytesOf = (key: string): string => {
    const found = absorber.find(key)
    return found?.kind === 'answered' ? found.bytes.toString() : `${found?.kind}`
  }
  clock.advance(31_999)
  absorber.sweep()
  assert.deepEqual(['first', 'second', 'third', 'other'].map(bytesOf), ['one', 'two', 'accepted', 'undefined'])
  assert.equal(bytesOf('big').length, 100_000)
  clock.advance(10_000)
  absorber.sweep()
  assert.equal(absorber.find('first'), undefined)
  for (let n = 0; n < 1000; n++) absorber.keep(`key ${n}`, { kind: 'quiet' })
  absorber.sweep()
  assert.ok(absorber.size <= 90)
  assert.equal(absorber.find('key 0'), undefined)
  assert.equal(absorber.find('key 999')?.kind, 'quiet')
})

test('what absorbs retransmissions holds so many bytes at most, however few answers they are', () => {
  const clock = handClock()
  const absorber = new Absorber(clock, 32_000, 1_000, 1 << 20)
  for (let n = 0; n < 100; n++) absorber.keep(`key ${n}`, { kind: 'answered', bytes: Buffer.alloc(60_000) })
  absorber.sweep()
  const held = Array.from({ length: 100 }, (_, n) => absorber.find(`key ${n}`)).filter((one) => one?.kind === 'answered')
  assert.ok(held.length > 0 && held.length * 60_000 <= 1.5 * (1 << 20), `${held.length}`)
  assert.ok(absorber.find('key 99'))
})

test('an ACK finds its INVITE, also of a peer of RFC 2543 without branch', () => {
  assert.equal(serverKey(request('ACK'), 'INVITE'), serverKey(request('INVITE')))
  const old = (method: string, to: string): SipRequest => {
    const made = request(method)
    made.headers.set('Via', 'SIP/2.0/UDP 192.0.2.1').set('To', to)
    return made
  }
  assert.equal(serverKey(old('ACK', '<sip:b@x>;tag=1'), 'INVITE'), serverKey(old('INVITE', '<sip:b@x>')))
})

test('timers of one delay run in their order, stopped ones never', () => {
  const clock = handClock()
  const timers = new TimerLists(clock)
  const ran: string[] = []
  timers.start(100, () => ran.push('b'))
  const stopped = timers.start(50, () => ran.push('no'))
  timers.start(50, () => {
    ran.push('a')
    timers.start(50, () => ran.push('c'))
  })
  timers.stop(stopped)
  timers.stop(stopped)
  clock.advance(99)
  assert.deepEqual(ran, ['a'])
  clock.advance(1)
  assert.deepEqual(ran, ['a', 'b', 'c'])
})
