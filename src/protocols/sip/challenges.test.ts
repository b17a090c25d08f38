// Requests within a dialog that the peer challenges (RFC 3261 22): which answer goes out, and whose news the news of a REFER are.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import test from 'node:test'
import { systemClock } from '#values/clock.ts'
import { parseCredentials } from './digest.ts'
import { parseMessage, serialise } from './message-codec.ts'
import { cseqOf } from './message-reads.ts'
import type { SipRequest } from './message.ts'
import { makeResponse, replyVias } from './response-to.ts'
import type { Session } from './session.ts'
import { SipStack } from './sip-stack.ts'
import { UserAgent } from './user-agent.ts'

/** News of the call that this REFER asked for, as its taker sends them. */
function notifyOf(refer: SipRequest, toPort: number, ownPort: number): Buffer {
  const { headers } = refer
  const lines = [
    `NOTIFY sip:us@127.0.0.1:${toPort} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${ownPort};branch=z9hG4bKnotify`,
    'Max-Forwards: 70',
    `From: ${headers.get('To')}`,
    `To: ${headers.get('From')}`,
    `Call-ID: ${headers.get('Call-ID')}`,
    'CSeq: 1 NOTIFY',
    `Event: refer;id=${cseqOf(refer)?.number}`,
    'Subscription-State: terminated;reason=noresource',
    'Content-Type: message/sipfrag;version=2.0',
    'Content-Length: 14',
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\nSIP/2.0 200 OK`)
}

test('a REFER that is challenged twice has one answer, and its news are found by its last CSeq', async (t) => {
  const phone = createSocket('udp4')
  t.after(() => phone.close())
  await new Promise<void>((resolve) => phone.bind(0, '127.0.0.1', resolve))
  const answers: string[][] = []
  const notified = Promise.withResolvers<number>()
  phone.on('message', (bytes, { address, port }) => {
    const { message } = parseMessage(bytes)
    if (message?.kind === 'response') return notified.resolve(message.status)
    if (message?.kind !== 'request' || message.method === 'ACK') return
    const vias = replyVias(message, { transport: 'udp', host: address, port })
    const answer = (status: number, headers: [string, string][] = []): void => {
      headers.push(['Contact', `<sip:phone@127.0.0.1:${phone.address().port}>`])
      phone.send(serialise(makeResponse(message, vias, 'theirs', status, { headers }, undefined)), port, address)
    }
    if (message.method !== 'REFER') return answer(200)
    const given = message.headers.all('Authorization').map((value) => parseCredentials(value)?.nonce ?? '')
    answers.push(given)
    const challenge = (nonce: string): [string, string] => ['WWW-Authenticate', `Digest realm="r", nonce="${nonce}", stale=true`]
    if (!given.includes('two')) return answer(401, [challenge(given.includes('one') ? 'two' : 'one')])
    answer(202)
    phone.send(notifyOf(message, port, phone.address().port), port, address)
  })
  const stack = new SipStack({
    clock: systemClock,
    faulted: (error) => {
      throw error
    },
  })
  t.after(() => stack.close())
  await stack.listen([{ transport: 'udp' }])
  const agent = new UserAgent(stack, { onInvite: (invite) => invite.refuse(480), onRequest() {} })
  const { port } = phone.address()
  const session = await new Promise<Session>((resolve, reject) => {
    const call = {
      uri: `sip:x@127.0.0.1:${port}`,
      to: { host: '127.0.0.1', port },
      from: '<sip:us@127.0.0.1>',
      sdp: Buffer.from('o'),
    }
    const credentials = { username: 'us', password: 'secret' }
    agent.invite(
      { ...call, credentials },
      { answered: (news) => resolve(news.session), failed: reject, session: () => ({ ended() {} }) },
    )
  })
  const news: number[] = []
  const outcome = await session.refer('sip:c@example.com', { notified: ({ status }) => news.push(status) })
  assert.ok(outcome.ok)
  assert.equal(await notified.promise, 200)
  assert.deepEqual(news, [200])
  assert.deepEqual(answers, [[], ['one'], ['two']])
})
