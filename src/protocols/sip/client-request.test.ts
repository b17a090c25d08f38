// Which of several addresses a request of ours goes to, and when no more (RFC 3263 4.3).

import assert from 'node:assert/strict'
import test from 'node:test'
import { ClientRequest } from './client-request.ts'
import type { Target } from './locate.ts'
import { SipHeaders, type SipRequest, type SipResponse } from './message.ts'
import type { Flow, SipCause } from './stack-parts.ts'
import type { ClientEars } from './transaction-parts.ts'

const silence: SipCause = { kind: 'timeout', method: 'INVITE', provisional: false, detail: 'timer B' }
const answer = (status: number): SipResponse => ({
  kind: 'response',
  status,
  phrase: '',
  headers: new SipHeaders(),
  body: Buffer.alloc(0),
})

/** An INVITE to a name with two addresses; `ears` are those of each transaction that was begun. */
async function invited() {
  const request: SipRequest = {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:x',
    headers: new SipHeaders(),
    body: Buffer.alloc(0),
  }
  const ears: ClientEars[] = []
  const heard: (string | number)[] = []
  const targets: Target[] = ['192.0.2.1', '192.0.2.2'].map((host) => ({ transport: 'udp', host, port: 5060, serverName: host }))
  const sent = new ClientRequest(
    request,
    {
      locate: async () => targets,
      flowTo: () => ({}) as Flow,
      begin(_request, _flow, of) {
        ears.push(of)
        return { start() {}, received() {}, cancel: () => true, over() {} }
      },
      sendCancel() {},
      guarded(act) {
        act()
        return true
      },
    },
    { final: ({ status }) => void heard.push(status), failed: (cause) => void heard.push(cause.kind) },
  )
  await sent.start()
  return { sent, ears, heard }
}

test('the next address is called after silence and after 503, and the last word is told', async () => {
  const first = await invited()
  first.ears[0]!.failed(silence)
  first.ears[1]!.failed(silence)
  const second = await invited()
  second.ears[0]!.final(answer(503))
  second.ears[1]!.final(answer(503))
  assert.deepEqual([first.heard, second.heard], [['timeout'], [503]])
})

test('what is cancelled goes to no further address', async () => {
  const silent = await invited()
  silent.sent.cancel()
  silent.ears[0]!.failed(silence)
  const busy = await invited()
  busy.sent.cancel()
  busy.ears[0]!.final(answer(503))
  assert.deepEqual([silent.ears.length, busy.ears.length], [1, 1])
  assert.deepEqual([silent.heard, busy.heard], [['timeout'], [503]])
})
