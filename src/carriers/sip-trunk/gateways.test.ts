import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SipHeaders, type SipRequest, type SipResponse } from '#protocols/sip/message.ts'
import type { ClientTransaction, ClientTransactionEvents, Destination, Flow, SipCause } from '#protocols/sip/stack-parts.ts'
import { handClock } from '#values/clock.ts'
import { Gateways } from './gateways.ts'
import { Registration } from './registration.ts'
import { readGateway } from './settings.ts'

/** A stack that sends nothing: a test answers what was asked. */
function deafStack() {
  const asked: { request: SipRequest; to: Destination; events: ClientTransactionEvents }[] = []
  let random = 0
  const closers = new Set<() => void>()
  const flow = {
    onClosed(act: () => void) {
      closers.add(act)
      return () => void closers.delete(act)
    },
  } as Flow
  return {
    asked,
    /** The connection ends that everything came over. */
    close: (): void => closers.forEach((act) => act()),
    random: () => `r${(random += 1)}`,
    request(request: SipRequest, to: Destination, events: ClientTransactionEvents): ClientTransaction {
      asked.push({ request, to, events })
      events.leaving?.(request, flow)
      return { request, flow: undefined, cancel: () => false, abandon() {} }
    },
    answer(status: number, headers: readonly (readonly [string, string])[] = [], at = asked.length - 1): void {
      const response: SipResponse = {
        kind: 'response',
        status,
        phrase: '',
        headers: SipHeaders.from(headers),
        body: Buffer.alloc(0),
      }
      asked[at]!.events.final(response, flow)
    },
    fail(at = asked.length - 1): void {
      asked[at]!.events.failed({ kind: 'timeout', method: 'OPTIONS', provisional: false, detail: 'timer F' })
    },
  }
}

const settings = (...texts: string[]) => texts.map((text) => readGateway(text)!)

function gateways(texts: string[], chance = () => 0) {
  const clock = handClock()
  const stack = deafStack()
  const all = new Gateways(settings(...texts), { clock, stack, optionsSeconds: 30, downAfter: 2, chance, user: 'us' })
  const order = () => all.order().map(({ setting }) => setting.host)
  return { clock, stack, all, order }
}

test('a gateway that does not answer twice is down, and up again with its next answer', () => {
  const { clock, stack, all, order } = gateways(['10.0.0.1'])
  stack.fail()
  assert.deepEqual(order(), ['10.0.0.1'])
  clock.advance(30_000)
  stack.fail()
  assert.deepEqual([order(), all.anyUsable], [[], false])
  clock.advance(30_000)
  stack.answer(405)
  assert.deepEqual([order(), all.all[0]?.state], [['10.0.0.1'], 'up'])
})

test('priority goes first, weight shares within it', () => {
  const texts = ['10.0.0.1;priority=2', '10.0.0.2;priority=1;weight=1', '10.0.0.3;priority=1;weight=3']
  assert.deepEqual(gateways(texts, () => 0).order(), ['10.0.0.2', '10.0.0.3', '10.0.0.1'])
  assert.deepEqual(gateways(texts, () => 0.3).order(), ['10.0.0.3', '10.0.0.2', '10.0.0.1'])
  assert.deepEqual(gateways(texts, () => 0.999).order(), ['10.0.0.3', '10.0.0.2', '10.0.0.1'])
})

test('a pause that was asked for is kept, within reason', () => {
  const { clock, all, order } = gateways(['10.0.0.1', '10.0.0.2'])
  const busy = (seconds: string): SipCause => ({
    kind: 'response',
    status: 503,
    phrase: '',
    reasons: [],
    headers: SipHeaders.from([['Retry-After', seconds]]),
    method: 'INVITE',
  })
  all.failed(all.all[0]!, busy('120 (maintenance)'))
  assert.deepEqual(order(), ['10.0.0.2'])
  clock.advance(120_000)
  assert.deepEqual(order(), ['10.0.0.1', '10.0.0.2'])
  all.failed(all.all[0]!, busy('999999999'))
  clock.advance(3_600_000)
  assert.equal(order().length, 2)
})

function registration(expiresSeconds = 600) {
  const clock = handClock()
  const stack = deafStack()
  const made = new Registration({
    clock,
    stack,
    registrar: '10.0.0.1',
    to: { host: '10.0.0.1' },
    domain: '10.0.0.1',
    credentials: { username: 'us', password: 'secret' },
    expiresSeconds,
    contact: (_flow, user) => `<sip:${user}@192.0.2.5:5060>`,
  })
  const last = () => stack.asked.at(-1)!.request.headers
  return { clock, stack, made, last }
}

const challenge = ['WWW-Authenticate', 'Digest realm="c", nonce="n", algorithm=MD5, qop="auth"'] as const

test('a registration answers the challenge, is renewed in time, and taken back', async () => {
  const { clock, stack, made, last } = registration()
  stack.answer(401, [challenge])
  assert.match(last().get('Authorization') ?? '', /^Digest username="us"/)
  stack.answer(200, [['Contact', '<sip:us@192.0.2.5:5060>;expires=120, <sip:other@192.0.2.6>;expires=9']])
  assert.deepEqual([made.state, made.expiresMs], ['registered', clock.nowMs() + 120_000])
  clock.advance(60_000)
  assert.equal(stack.asked.length, 3)
  assert.equal(last().get('CSeq'), '3 REGISTER')
  stack.answer(200, [['Expires', '600']])
  const gone = made.stop()
  assert.equal(last().get('Expires'), '0')
  stack.answer(200)
  await gone
})

test('a registration is made anew soon after its connection has ended (RFC 5626 4.5)', async () => {
  const { clock, stack, made } = registration()
  stack.answer(200, [['Expires', '600']])
  stack.close()
  clock.advance(5_000)
  assert.equal(stack.asked.length, 2)
  stack.answer(200, [['Expires', '600']])
  clock.advance(299_999)
  assert.equal(stack.asked.length, 2)
  clock.advance(300_000)
  assert.equal(stack.asked.length, 3)
  // Nor does one that is taken back come again.
  const gone = made.stop()
  stack.answer(200)
  await gone
  stack.close()
  clock.advance(600_000)
  assert.equal(stack.asked.length, 4)
})

test('a longer time that is asked for is taken', () => {
  const { stack, made, last } = registration(60)
  stack.answer(423, [['Min-Expires', '300']])
  assert.equal(last().get('Expires'), '300')
  stack.answer(200, [['Expires', '300']])
  assert.equal(made.state, 'registered')
})

test('a refusal is told, and tried again with growing pauses', () => {
  const { clock, stack, made } = registration()
  stack.answer(403)
  assert.deepEqual([made.state, made.cause], ['refused', 'sip 403 '])
  for (const [after, count] of [
    [4_999, 1],
    [1, 2],
  ] as const) {
    clock.advance(after)
    assert.equal(stack.asked.length, count)
  }
  stack.fail()
  assert.equal(made.state, 'trying')
  clock.advance(9_999)
  assert.equal(stack.asked.length, 2)
  clock.advance(1)
  assert.equal(stack.asked.length, 3)
})

test('a wrong password is asked about no more than twice', () => {
  const { stack, made } = registration()
  stack.answer(401, [challenge])
  stack.answer(401, [challenge])
  assert.deepEqual([made.state, stack.asked.length], ['refused', 2])
})
