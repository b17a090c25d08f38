// RFC 3261 16 with one next hop, on loopback: a caller over TCP, a proxy of two stacks between, a phone over UDP that is played by hand, so that
// what is lost, repeated and added is what stood on the wire.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import test, { after } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { forward, notPassedOn, onwardCopy } from './forward.ts'
import { SipHeaders, type SipRequest, type SipResponse } from './message.ts'
import { SipStack } from './sip-stack.ts'
import type { ClientTransaction, ServerTransaction } from './stack-parts.ts'

const open: { close(): unknown }[] = []
after(() => Promise.all(open.map((one) => one.close())))

const timers = { t1Ms: 20, t2Ms: 80, t4Ms: 100 }

/** `patience`: how many times as long it waits as the others. */
async function stackOf(transport: 'tcp' | 'udp', patience = 1): Promise<{ stack: SipStack; port: number }> {
  const stack = new SipStack({
    clock: systemClock,
    timers: { ...timers, t1Ms: patience * timers.t1Ms },
    faulted: (error) => assert.fail(String(error)),
  })
  open.push(stack)
  const [at] = await stack.listen([{ transport }])
  return { stack, port: at!.port }
}

/** What comes, one after the other. */
class Queue<T> {
  readonly #there: T[] = []
  readonly #waiting: ((one: T) => void)[] = []

  readonly push = (one: T): void => {
    const waiting = this.#waiting.shift()
    if (waiting) waiting(one)
    else this.#there.push(one)
  }

  next(): Promise<T> {
    return this.#there.length > 0 ? Promise.resolve(this.#there.shift()!) : new Promise((resolve) => this.#waiting.push(resolve))
  }
}

interface Place {
  readonly caller: SipStack
  readonly proxyPort: number
  /** What the phone was sent, and what came again. */
  readonly sent: Queue<string>
  readonly again: Queue<string>
  readonly answers: Queue<SipResponse | string>
  ask(method: string, more?: readonly (readonly [string, string])[]): ClientTransaction
  /** The phone's answer to what it was sent. */
  answer(to: string, status: string, more?: readonly string[]): void
}

async function place(): Promise<Place> {
  const near = await stackOf('tcp')
  const far = await stackOf('udp')
  const caller = await stackOf('tcp', 4)
  const phone = createSocket('udp4')
  open.push(phone)
  await new Promise<void>((resolve) => phone.bind(0, '127.0.0.1', resolve))
  const sent = new Queue<string>()
  const again = new Queue<string>()
  const seen = new Set<string>()
  phone.on('message', (bytes) => {
    const text = bytes.toString()
    if (seen.has(text)) again.push(text)
    else sent.push(text)
    seen.add(text)
  })
  const answers = new Queue<SipResponse | string>()
  const to = { host: '127.0.0.1', port: phone.address().port, transport: 'udp' } as const
  near.stack.onRequest = (transaction: ServerTransaction) => {
    transaction.request.headers.shift('Route')
    forward(transaction, {
      stack: far.stack,
      to,
      recordRoutes: ['<sip:top@proxy;lr>', '<sip:below@proxy;lr>'],
      brokenStatus: 430,
    })
  }
  near.stack.onAck = (ack) => far.stack.forwardAck(onwardCopy(ack, {}), to)
  return {
    caller: caller.stack,
    proxyPort: near.port,
    sent,
    again,
    answers,
    ask: (method, more = []) =>
      caller.stack.request(
        requestOf(method, more),
        { host: '127.0.0.1', port: near.port, transport: 'tcp' },
        {
          provisional: (response) => response.status > 100 && answers.push(response),
          final: answers.push,
          failed: ({ kind }) => answers.push(kind),
        },
      ),
    answer: (message, status, more = []) => {
      const copied = message.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq|Record-Route):/.test(line))
      const tagged = copied.map((line) => (line.startsWith('To:') && !line.includes('tag=') ? `${line};tag=phone` : line))
      const text = [`SIP/2.0 ${status}`, ...tagged, ...more, 'Content-Length: 0', '', ''].join('\r\n')
      phone.send(text, far.port, '127.0.0.1')
    },
  }
}

const requestOf = (method: string, more: readonly (readonly [string, string])[] = []): SipRequest => ({
  kind: 'request',
  method,
  uri: 'sip:phone@192.0.2.1',
  headers: SipHeaders.from([
    ['Route', '<sip:pass@proxy;lr>, <sip:next@elsewhere;lr>'],
    ['Max-Forwards', '7'],
    ['From', '<sip:a@example.com>;tag=1'],
    ['To', '<sip:b@example.com>'],
    ['Call-ID', `${Math.random()}`],
    ['CSeq', `1 ${method}`],
    ...more,
  ]),
  body: Buffer.alloc(0),
})

const linesOf = (message: string, name: string): string[] =>
  message.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))

test('a request is one hop older when it goes on, and its response has the way back alone (16.6, 16.7)', async () => {
  const { ask, sent, answer, answers } = await place()
  ask('INVITE', [
    ['Proxy-Authorization', 'Digest x="y"'],
    ['X-Own', 'kept'],
  ])
  const invite = await sent.next()
  assert.match(invite, /^INVITE sip:phone@192\.0\.2\.1 SIP\/2\.0\r\n/)
  assert.deepEqual(linesOf(invite, 'Max-Forwards'), ['Max-Forwards: 6'])
  assert.deepEqual(linesOf(invite, 'Route'), ['Route: <sip:next@elsewhere;lr>'])
  assert.deepEqual(linesOf(invite, 'Record-Route'), ['Record-Route: <sip:top@proxy;lr>', 'Record-Route: <sip:below@proxy;lr>'])
  assert.deepEqual(linesOf(invite, 'X-Own'), ['X-Own: kept'])
  const vias = linesOf(invite, 'Via')
  assert.match(vias[0]!, /SIP\/2\.0\/UDP/)
  assert.match(vias[1]!, /SIP\/2\.0\/TCP/)
  answer(invite, '100 Trying')
  answer(invite, '183 Session Progress', ['X-Phone: says'])
  const progress = (await answers.next()) as SipResponse
  // 16.7 step 5: the 100 was for this hop.
  assert.equal(progress.status, 183)
  assert.equal(progress.headers.get('X-Phone'), 'says')
  assert.equal(progress.headers.lines('Via').length, 1)
  assert.equal(progress.headers.lines('Record-Route').length, 2)
  answer(invite, '486 Busy Here')
  assert.match(await sent.next(), /^ACK /)
  assert.equal(((await answers.next()) as SipResponse).status, 486)
})

test('what is lost over UDP is sent again from here, though the caller sends over TCP but once (17.1)', async () => {
  const { ask, sent, again, answer, answers } = await place()
  ask('BYE')
  const first = await sent.next()
  assert.equal(await again.next(), first)
  answer(first, '200 OK')
  assert.equal(((await answers.next()) as SipResponse).status, 200)
})

test('every 2xx goes back, and its ACK goes on (16.7 step 5, 16.11)', async () => {
  const { ask, sent, answer, answers, caller, proxyPort } = await place()
  const asked = ask('INVITE')
  const invite = await sent.next()
  for (let times = 0; times < 2; times += 1) {
    answer(invite, '200 OK')
    assert.equal(((await answers.next()) as SipResponse).status, 200)
  }
  const ack = requestOf('ACK')
  ack.headers.set('Call-ID', asked.request.headers.get('Call-ID')!)
  caller.sendAck(ack, { host: '127.0.0.1', port: proxyPort, transport: 'tcp' })
  const got = await sent.next()
  assert.match(got, /^ACK /)
  assert.equal(linesOf(got, 'Via').length, 2)
  assert.deepEqual(linesOf(got, 'Max-Forwards'), ['Max-Forwards: 6'])
})

test('a CANCEL goes on with its reason (16.10)', async () => {
  const { ask, sent, answer, answers } = await place()
  const asked = ask('INVITE')
  const invite = await sent.next()
  answer(invite, '180 Ringing')
  await answers.next()
  asked.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']])
  const cancel = await sent.next()
  assert.match(cancel, /^CANCEL /)
  assert.deepEqual(linesOf(cancel, 'Reason'), ['Reason: SIP;cause=200;text="Call completed elsewhere"'])
  // 9.1: the same branch, and one Via.
  assert.deepEqual(linesOf(cancel, 'Via'), linesOf(invite, 'Via').slice(0, 1))
  answer(cancel, '200 OK')
  answer(invite, '487 Request Terminated')
  assert.match(await sent.next(), /^ACK /)
  assert.equal(((await answers.next()) as SipResponse).status, 487)
})

test('a caller whose connection is gone waits for nothing: the phone stops ringing', async () => {
  const { ask, sent, answer, answers } = await place()
  const asked = ask('INVITE')
  const invite = await sent.next()
  answer(invite, '180 Ringing')
  await answers.next()
  asked.flow!.close()
  assert.match(await sent.next(), /^CANCEL /)
})

test('silence is a 408 (16.8)', async () => {
  const { ask, answers } = await place()
  ask('OPTIONS')
  assert.equal(((await answers.next()) as SipResponse).status, 408)
})

test('what is too old, was here before or wants what nobody here can is not passed on (16.3)', () => {
  const own = new Set(['proxy:5060'])
  const made = (more: readonly (readonly [string, string])[]): SipRequest => requestOf('INVITE', more)
  const via = (host: string): [string, string] => ['Via', `SIP/2.0/TCP ${host};branch=z9hG4bKx`]
  assert.equal(notPassedOn(made([via('other:5060')]), own), undefined)
  assert.equal(notPassedOn(made([via('other'), via('PROXY')]), own)?.status, 482)
  const old = made([])
  old.headers.set('Max-Forwards', '0')
  assert.equal(notPassedOn(old, own)?.status, 483)
  assert.deepEqual(notPassedOn(made([['Proxy-Require', 'magic']]), own), { status: 420, headers: [['Unsupported', 'magic']] })
})
