// What a network makes of one INVITE: copies of its 2xx, and forks that ring and answer apart (RFC 3261 13.2.2.4, 12.1). The peer here is a bare UDP socket.

import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import test, { type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { systemClock } from '#values/clock.ts'
import { spareMemory } from '#values/spare-memory.ts'
import type { AnsweredNews } from './invite-parts.ts'
import { parseMessage, serialise } from './message-codec.ts'
import { cseqOf, toOf } from './message-reads.ts'
import type { SipRequest } from './message.ts'
import { makeResponse, replyVias } from './response-to.ts'
import { SipStack } from './sip-stack.ts'
import type { SipCause } from './stack-parts.ts'
import { UserAgent } from './user-agent.ts'

/** A peer that `act`s on each request; it can answer as many phones. */
async function peer(
  t: TestContext,
  act: (request: SipRequest, answer: (status: number, tag: string) => void) => void,
): Promise<Socket> {
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  socket.on('message', (bytes, { address, port }) => {
    const { message } = parseMessage(bytes)
    if (message?.kind !== 'request') return
    act(message, (status, tag) => {
      const source = { transport: 'udp', host: address, port } as const
      const headers: [string, string][] = [['Contact', `<sip:${tag}@127.0.0.1:${socket.address().port}>`]]
      const body = Buffer.from(status > 180 && status < 300 && message.method === 'INVITE' ? tag : '')
      const response = makeResponse(message, replyVias(message, source), tag, status, { headers, body }, undefined)
      socket.send(serialise(response), port, address)
    })
  })
  return socket
}

async function agentOf(t: TestContext): Promise<UserAgent> {
  const stack = new SipStack({
    clock: systemClock,
    timers: { t1Ms: 50, t2Ms: 200, t4Ms: 200 },
    faulted: (error) => {
      throw error
    },
  })
  t.after(() => stack.close())
  await stack.listen([{ transport: 'udp' }])
  return new UserAgent(stack, {
    onInvite: (invite) => invite.refuse(480),
    onRequest: (transaction) => void transaction.respond(200),
  })
}

test('each copy of a 2xx is acknowledged, and told once', async (t) => {
  const acks = Promise.withResolvers<void>()
  let acknowledged = 0
  const phone = await peer(t, ({ method }, answer) => {
    if (method === 'INVITE') for (let n = 0; n < 3; n++) answer(200, 'one')
    else if (method === 'ACK' && ++acknowledged === 3) acks.resolve()
    else if (method === 'BYE') answer(200, 'one')
  })
  const agent = await agentOf(t)
  let answered = 0
  const { port } = phone.address()
  agent.invite(
    { uri: `sip:x@127.0.0.1:${port}`, to: { host: '127.0.0.1', port }, from: '<sip:us@127.0.0.1>', sdp: Buffer.from('offer') },
    { answered: () => answered++, failed: () => assert.fail('failed'), session: () => ({ ended() {} }) },
  )
  await acks.promise
  assert.equal(answered, 1)
})

test('forks: each rings in a session of its own, the first 2xx wins, another is acknowledged and ended with BYE', async (t) => {
  const ended = Promise.withResolvers<void>()
  const heard: string[] = []
  const phone = await peer(t, (request, answer) => {
    const { method } = request
    if (method === 'INVITE') {
      answer(180, 'one')
      answer(183, 'two')
      answer(180, 'three')
      answer(200, 'two')
      answer(200, 'three')
      return
    }
    heard.push(`${method} ${toOf(request)?.params.get('tag')} ${/^sip:(\w+)@/.exec(request.uri)?.[1]} ${cseqOf(request)?.number}`)
    if (method === 'BYE') {
      answer(200, 'any')
      ended.resolve()
    }
  })
  const agent = await agentOf(t)
  const { port } = phone.address()
  const news: string[] = []
  const ends: [string, SipCause][] = []
  const winner = new Promise<string>((resolve) => {
    agent.invite(
      { uri: `sip:x@127.0.0.1:${port}`, to: { host: '127.0.0.1', port }, from: '<sip:us@127.0.0.1>', sdp: Buffer.from('offer') },
      {
        progress: ({ status, session, sdp }) => news.push(`${status} ${session?.remoteTag} ${sdp}`),
        answered: ({ session, sdp }) => resolve(`${session.remoteTag} ${sdp} ${session.remoteTarget}`),
        failed: () => assert.fail('failed'),
        session: (session) => ({ ended: (cause) => ends.push([session.remoteTag, cause]) }),
      },
    )
  })
  assert.equal(await winner, `two two sip:two@127.0.0.1:${port}`)
  await ended.promise
  assert.deepEqual(news, ['180 one undefined', '183 two two', '180 three undefined'])
  assert.deepEqual(heard, ['ACK two two 1', 'ACK three three 1', 'BYE three three 2'])
  // Those that lost are told; the winner goes on.
  assert.deepEqual(ends, [
    ['one', { kind: 'local', deed: 'cancel' }],
    ['three', { kind: 'local', deed: 'cancel' }],
  ])
  assert.equal(agent.sessions, 1)
})

test('a call that is over is held by nobody, though its transaction still waits for forks', async (t) => {
  const phone = await peer(t, ({ method }, answer) => {
    if (method !== 'ACK') answer(200, 'one')
  })
  const agent = await agentOf(t)
  const { port } = phone.address()
  const call = (): Promise<WeakRef<object>> =>
    new Promise((resolve, reject) => {
      const above = { session: () => ({ ended: () => resolve(new WeakRef(above)) }), failed: reject, answered }
      const to = { host: '127.0.0.1', port }
      agent.invite({ uri: `sip:x@127.0.0.1:${port}`, to, from: '<sip:us@127.0.0.1>', sdp: Buffer.from('offer') }, above)
    })
  const answered = ({ session }: AnsweredNews): void => session.bye()
  const above = await call()
  // A reference that was just made or read is strong until the turn is over.
  await turn()
  spareMemory()
  assert.equal(above.deref(), undefined)
})
