import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { sipStatuses } from '#reasons/network-causes.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import { SipHeaders } from '#protocols/sip/message.ts'
import { parseReasons, type ReasonValue } from '#protocols/sip/reason-header.ts'
import type { SipCause } from '#protocols/sip/stack-parts.ts'
import { callErrorId } from '#store/call-life.ts'
import { causeOf, replyOf } from './causes.ts'
import { reasonHeaders, type ToldLeg } from './reason-headers.ts'

const early = { progressed: false, answered: false }
const rung = { progressed: true, answered: false }
const up = { progressed: true, answered: true }
const headers = new SipHeaders()

const refused = (status: number, reasons: readonly ReasonValue[] = []): SipCause => ({
  kind: 'response',
  status,
  phrase: 'No',
  reasons,
  headers,
  method: 'INVITE',
})
const q850 = (cause: number): ReasonValue => ({ protocol: 'Q.850', cause })

test('what is only between us and a carrier is never said of the caller', () => {
  for (const status of [400, 401, 402, 403, 405, 407, 413, 420, 500, 501, 502, 504, 513]) {
    const { reason, next, params } = causeOf(refused(status), early)
    assert.deepEqual([reason, next], ['call.network_failure', 'elsewhere'], String(status))
    assert.deepEqual(params, { cause: `sip ${status} No` })
  }
})

test('what is said of the called party ends the call, whatever the gateway', () => {
  for (const status of [404, 410, 480, 484, 486, 600, 603, 604, 607]) {
    const { reason, next } = causeOf(refused(status), early)
    assert.deepEqual([reason, next], [sipStatuses[status]?.reason, 'never'], String(status))
  }
})

test('a cause of the network goes before the status, unless it says nothing', () => {
  assert.equal(causeOf(refused(480, [q850(17)]), early).reason, 'call.busy')
  assert.equal(causeOf(refused(486, [q850(31)]), early).reason, 'call.busy')
  assert.deepEqual(
    [causeOf(refused(404, [q850(3)]), early)].map(({ reason, next, q850: value }) => [reason, next, value]),
    [['routing.no_route', 'elsewhere', 3]],
  )
  assert.equal(causeOf(refused(480, [{ protocol: 'SIP', cause: 480, text: 'RTP Timeout' }]), early).reason, 'call.media_lost')
})

test('nobody else is tried once it may have rung', () => {
  const causes: SipCause[] = [
    refused(503),
    refused(500, [q850(34)]),
    { kind: 'transport', method: 'INVITE', detail: 'refused' },
    { kind: 'timeout', method: 'INVITE', provisional: true, detail: 'B' },
  ]
  for (const cause of causes) {
    assert.equal(causeOf(cause, early).next, 'elsewhere')
    assert.equal(causeOf(cause, rung).next, 'never')
    assert.equal(causeOf(cause, up).next, 'never')
  }
})

test('how a call ended that was up, and one that was given up', () => {
  const bye = (reasons: readonly ReasonValue[]): SipCause => ({ kind: 'bye', reasons, headers })
  assert.equal(causeOf(bye([]), up).reason, 'call.completed')
  assert.equal(causeOf(bye([q850(16)]), up).reason, 'call.completed')
  assert.equal(causeOf(bye([q850(41)]), up).reason, 'call.network_failure')
  const cancel: SipCause = {
    kind: 'cancel',
    reasons: [{ protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' }],
    headers,
  }
  assert.deepEqual([causeOf(cancel, rung).reason, causeOf(cancel, rung).sipStatus], ['call.canceled_by_request', 487])
  const timeout: SipCause = { kind: 'timeout', method: 'INVITE', provisional: true, detail: 'C' }
  assert.equal(causeOf(timeout, rung).reason, 'call.no_answer')
  assert.equal(causeOf({ kind: 'session_expired', detail: 'no refresh' }, up).reason, 'call.network_failure')
})

test('every status of the registry and every one that is unknown has a reason', () => {
  for (let status = 300; status < 700; status += 1) {
    const { reason } = causeOf(refused(status), early)
    assert.ok(Object.hasOwn(catalogue, reason), String(status))
  }
})

test('every reason has a final status and a cause that can be sent', () => {
  for (const slug of Object.keys(catalogue) as Slug[]) {
    const { status, q850: cause } = replyOf(refusal(slug as 'call.busy'))
    assert.ok(status >= 300 && status < 700 && cause > 0 && cause <= 127, `${slug} ${status} ${cause}`)
  }
})

test('a refusal of ours, sent and read again, is the same reason', () => {
  const told = { id: 1, direction: 'in' } as const
  for (const slug of ['call.busy', 'call.declined', 'call.unreachable', 'call.congestion', 'call.destination_unknown'] as const) {
    const { status } = replyOf(refusal(slug))
    const headers = [...reasonHeaders(refusal(slug), told, undefined)]
    const lines = headers.flatMap(([name, value]) => (name === 'Reason' ? parseReasons(value) : []))
    assert.equal(lines.length, 2)
    assert.deepEqual(headers[2], ['Offhook-Error-Id', callErrorId(1)])
    assert.equal(causeOf(refused(status, lines), early).reason, slug)
  }
})

test('who called is told the error id of what went wrong, and of nothing else', () => {
  const namesOf = (...[refused, leg]: [Refusal, ToldLeg]) => [...reasonHeaders(refused, leg, undefined)].map(([name]) => name)
  assert.deepEqual(namesOf(refusal('call.completed'), { id: 1, direction: 'in' }), ['Reason', 'Reason'])
  assert.deepEqual(namesOf(refusal('call.busy'), { id: 1, direction: 'out' }), ['Reason', 'Reason'])
  assert.deepEqual(namesOf(refusal('call.busy'), { id: 0, direction: 'in' }), ['Reason', 'Reason'])
})

test('text in a header cannot break out of it', () => {
  const face = () => ({ protocol: 'CPaaS', cause: 1, text: 'a "quoted"\r\nX: y' })
  const [, second] = [...reasonHeaders(refusal('call.busy'), { id: 1, direction: 'in' }, face)]
  assert.equal(second?.[1], 'CPaaS;cause=1;text="a \\"quoted\\" X: y"')
})
