// Session timers: who agrees to what, and what happens when nobody refreshes (RFC 4028).

import assert from 'node:assert/strict'
import test from 'node:test'
import { handClock, systemClock, type Clock } from '#values/clock.ts'
import { SipHeaders } from './headers.ts'
import type { SipRequest } from './message.ts'
import { agree, SessionTimer } from './session-timer.ts'
import { SipStack } from './sip-stack.ts'
import type { SipCause } from './stack-parts.ts'
import { UserAgent } from './user-agent.ts'

const options = { intervalSeconds: 1_800, minSeconds: 90 }

function invite(...lines: [string, string][]): SipRequest {
  return { kind: 'request', method: 'INVITE', uri: 'sip:x', headers: SipHeaders.from(lines), body: Buffer.alloc(0) }
}

const timer: [string, string] = ['Supported', 'timer']

test('what is agreed to: their refresher where they can, the shorter interval, never below either least (9)', () => {
  const agreed = (...lines: [string, string][]): string => {
    const made = agree(invite(...lines), options)
    if (made === undefined || made === 'tooSmall') return `${made}`
    return `${made.headers.map(([, value]) => value).join(' ')} ${made.agreed.weRefresh ? 'we' : 'they'}`
  }
  assert.equal(agreed(timer), '1800;refresher=uac timer they')
  assert.equal(agreed(), '1800;refresher=uas we')
  assert.equal(agreed(timer, ['Session-Expires', '600;refresher=uas']), '600;refresher=uas we')
  assert.equal(agreed(timer, ['x', '7200']), '1800;refresher=uac timer they')
  assert.equal(agreed(timer, ['Min-SE', '3600'], ['Session-Expires', '4000']), '3600;refresher=uac timer they')
  assert.equal(agreed(timer, ['Session-Expires', '89']), 'tooSmall')
  assert.equal(agreed(['Session-Expires', '89']), '90;refresher=uas we')
})

test('refreshed at half, given up 32 s or a third before the end (10)', () => {
  const clock = handClock()
  const heard: string[] = []
  const made = new SessionTimer(
    clock,
    () => heard.push(`refresh ${clock.elapsedMs()}`),
    () => heard.push(`expired ${clock.elapsedMs()}`),
  )
  made.set({ seconds: 600, weRefresh: true })
  clock.advance(600_000)
  made.set({ seconds: 90, weRefresh: false })
  clock.advance(60_000)
  made.set({ seconds: 90, weRefresh: true })
  made.stop()
  clock.advance(600_000)
  assert.deepEqual(heard, ['refresh 300000', 'expired 568000', 'expired 660000'])
})

test('a caller that is told 422 asks for longer, refreshes, and ends the call when the other side is silent', async (t) => {
  // Minutes pass as fast as the sockets answer.
  const fast: Clock = {
    ...systemClock,
    after: (delayMs, act) => systemClock.after(delayMs > 20_000 ? delayMs / 300 : delayMs, act),
  }
  const timers = { t1Ms: 20, t2Ms: 40 }
  const faulted = (error: unknown): void => {
    throw error
  }
  // Once each: on a busy machine it may be sent again.
  const came = new Set<string>()
  const wire = ({ direction, bytes }: { direction: string; bytes: Buffer }): void => {
    if (direction === 'in') came.add(/^CSeq: (.*)$/m.exec(bytes.toString())?.[1] ?? '')
  }
  const callee = new SipStack({ clock: systemClock, timers, faulted, wire })
  t.after(() => callee.close())
  const [at] = await callee.listen([{ transport: 'udp' }])
  const refreshed = Promise.withResolvers<void>()
  const answering = new UserAgent(callee, {
    sessionTimer: { intervalSeconds: 120, minSeconds: 120 },
    onRequest: (transaction) => void transaction.respond(200),
    onInvite(call) {
      call.listen({ failed() {} }, { ended() {}, refreshed: refreshed.resolve })
      call.accept(Buffer.from('answer'))
    },
  })
  const caller = new SipStack({ clock: fast, timers, faulted })
  t.after(() => caller.close())
  await caller.listen([{ transport: 'udp' }])
  const agent = new UserAgent(caller, {
    sessionTimer: { intervalSeconds: 100, minSeconds: 90 },
    onRequest: (transaction) => void transaction.respond(200),
    onInvite: (call) => call.refuse(480),
  })
  const ended = new Promise<SipCause>((resolve, reject) => {
    const to = { host: at!.host, port: at!.port }
    agent.invite(
      { uri: `sip:x@${to.host}:${to.port}`, to, from: '<sip:a@example.com>', sdp: Buffer.from('offer') },
      { answered() {}, failed: reject, session: () => ({ ended: resolve }) },
    )
  })
  await refreshed.promise
  assert.deepEqual([...came].slice(0, 5), ['1 INVITE', '1 ACK', '2 INVITE', '2 ACK', '3 UPDATE'])
  // As if its process had died.
  await answering.stack.close()
  const { kind } = await ended
  assert.ok(kind === 'timeout' || kind === 'session_expired', kind)
})

test('an interval beyond what a timer of the machine holds does not run out at once', () => {
  const delays: number[] = []
  const clock: Clock = {
    ...systemClock,
    after(delayMs) {
      delays.push(delayMs)
      return { cancel() {} }
    },
  }
  const timer = new SessionTimer(
    clock,
    () => {},
    () => {},
  )
  timer.set({ seconds: 0xffff_ffff, weRefresh: true })
  assert.equal(delays.length, 2)
  assert.ok(delays.every((ms) => ms > 86_400_000 && ms < 2 ** 31))
})
