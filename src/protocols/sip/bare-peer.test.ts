// What a peer sees and does that is not of our make, message by message: requests that cross answers, and what it says no to within a call.
// It is a bare UDP socket; the clock of ours stands still unless it is moved.

import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import test, { type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { handClock } from '#values/clock.ts'
import type { InviteServer } from './invite-server.ts'
import type { InviteOptions } from './invite-parts.ts'
import { parseMessage, serialise } from './message-codec.ts'
import { cseqOf } from './message-reads.ts'
import { SipHeaders, type SipMessage, type SipRequest, type SipResponse } from './message.ts'
import { makeResponse, replyVias } from './response-to.ts'
import type { Transfer } from './session-parts.ts'
import type { Session } from './session.ts'
import { SipStack } from './sip-stack.ts'
import type { SipAddress, SipCause } from './stack-parts.ts'
import { UserAgent } from './user-agent.ts'

/** `INVITE 1`, `200 1 INVITE`. */
const nameOf = (message: SipMessage): string => {
  const { number, method } = cseqOf(message)!
  return message.kind === 'request' ? `${method} ${number}` : `${message.status} ${number} ${method}`
}

type Headers = readonly (readonly [name: string, value: string])[]

/** As requests of the peer write it. */
interface Dialog {
  readonly callId: string
  readonly from: string
  readonly to: string
}

class Peer {
  readonly #socket: Socket
  readonly #to: SipAddress
  readonly #came: SipMessage[] = []
  #waiting: (() => void)[] = []

  constructor(socket: Socket, to: SipAddress) {
    this.#socket = socket
    this.#to = to
    socket.on('message', (bytes) => {
      const { message } = parseMessage(Buffer.from(bytes))
      if (!message) return
      this.#came.push(message)
      for (const proceed of this.#waiting.splice(0)) proceed()
    })
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** The next message but 100; fails the test when it is another. */
  async next(name: string): Promise<SipMessage> {
    for (;;) {
      const message = this.#came.shift()
      if (message === undefined) await new Promise<void>((resolve) => void this.#waiting.push(resolve))
      else if (message.kind === 'request' || message.status > 100) {
        assert.equal(nameOf(message), name)
        return message
      }
    }
  }

  async request(name: string): Promise<SipRequest> {
    return (await this.next(name)) as SipRequest
  }

  async response(name: string): Promise<SipResponse> {
    return (await this.next(name)) as SipResponse
  }

  /** A request of the peer's, within `dialog` where one is given. */
  send(method: string, sequence: number, more: Headers = [], dialog: Partial<Dialog> = {}, body = ''): void {
    const { callId = 'bare', from = '<sip:peer@127.0.0.1>;tag=peer', to = '<sip:us@127.0.0.1>' } = dialog
    const headers = SipHeaders.from([
      ['Via', `SIP/2.0/UDP 127.0.0.1:${this.port};rport;branch=z9hG4bK${sequence}${method}`],
      ['Max-Forwards', '70'],
      ['From', from],
      ['To', to],
      ['Call-ID', callId],
      ['CSeq', `${sequence} ${method}`],
      ['Contact', `<sip:peer@127.0.0.1:${this.port}>`],
      ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as const]),
      ...more,
    ])
    this.#write({ kind: 'request', method, uri: `sip:us@127.0.0.1:${this.#to.port}`, headers, body: Buffer.from(body) })
  }

  answer(request: SipRequest, status: number, more: Headers = [], body = ''): void {
    const options = { headers: [['Contact', `<sip:peer@127.0.0.1:${this.port}>`] as const, ...more], body: Buffer.from(body) }
    this.#write(makeResponse(request, replyVias(request, this.#to), 'peer', status, options, undefined))
  }

  #write(message: SipMessage): void {
    this.#socket.send(serialise(message), this.#to.port, '127.0.0.1')
  }
}

async function place(t: TestContext, onInvite: (invite: InviteServer) => void = (invite) => invite.refuse(480)) {
  const clock = handClock()
  const stack = new SipStack({
    clock,
    faulted: (error) => {
      throw error
    },
  })
  t.after(() => stack.close())
  const [at] = await stack.listen([{ transport: 'udp' }])
  const agent = new UserAgent(stack, { onInvite, onRequest: (transaction) => void transaction.respond(200) })
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { clock, agent, peer: new Peer(socket, at!) }
}

/** A call of ours to the peer, which takes it with these headers. */
async function calling(t: TestContext, options: Partial<InviteOptions> = {}, headers: Headers = []) {
  const { clock, agent, peer } = await place(t)
  const stands = Promise.withResolvers<Session>()
  const ends: SipCause[] = []
  const transfers: Transfer[] = []
  agent.invite(
    {
      uri: `sip:peer@127.0.0.1:${peer.port}`,
      to: { host: '127.0.0.1', port: peer.port },
      from: '<sip:us@127.0.0.1>',
      sdp: Buffer.from('offer'),
      ...options,
    },
    {
      answered: ({ session }) => stands.resolve(session),
      failed: (cause) => assert.fail(JSON.stringify(cause)),
      session: () => ({ ended: (cause) => void ends.push(cause), referred: (transfer) => void transfers.push(transfer) }),
    },
  )
  let invite = await peer.request('INVITE 1')
  if (options.credentials) {
    peer.answer(invite, 407, [['Proxy-Authenticate', 'Digest realm="x", nonce="n", qop="auth"']])
    await peer.request('ACK 1')
    invite = await peer.request('INVITE 2')
  }
  peer.answer(invite, 200, headers, 'answer')
  const ack = await peer.request(`ACK ${cseqOf(invite)!.number}`)
  const of = (name: string): string => ack.headers.get(name) ?? ''
  const dialog = { callId: of('Call-ID'), from: of('To'), to: of('From') }
  return { clock, peer, session: await stands.promise, ends, transfers, dialog, invite, ack }
}

const toOf = (response: SipResponse): Partial<Dialog> => ({ to: response.headers.get('To')! })

test('a PRACK that crosses the 2xx is taken all the same (RFC 3262 3)', async (t) => {
  const { peer } = await place(t, (invite) => {
    // Of a provisional without SDP there is nothing to tell.
    const failed = (): never => assert.fail('failed or acknowledged')
    invite.listen({ failed, acknowledged: failed }, { ended: failed })
    invite.ring()
    invite.accept(Buffer.from('answer'))
  })
  peer.send('INVITE', 1, [['Require', '100rel']], {}, 'offer')
  const ringing = await peer.response('180 1 INVITE')
  const dialog = toOf(await peer.response('200 1 INVITE'))
  const rack = ['RAck', `${ringing.headers.get('RSeq')} 1 INVITE`] as const
  peer.send('PRACK', 2, [rack], dialog)
  await peer.response('200 2 PRACK')
  peer.send('PRACK', 3, [rack], dialog)
  await peer.response('481 3 PRACK')
})

test('the ACK of a 2xx has the credentials of its INVITE (RFC 3261 13.2.2.4)', async (t) => {
  const { peer, session, invite, ack } = await calling(t, { credentials: { username: 'us', password: 'secret' } })
  const answered = invite.headers.get('Proxy-Authorization')
  assert.match(answered ?? '', /username="us"/)
  assert.equal(ack.headers.get('Proxy-Authorization'), answered)
  void session.reinvite(Buffer.from('offer'))
  peer.answer(await peer.request('INVITE 3'), 401, [['WWW-Authenticate', 'Digest realm="x", nonce="m", qop="auth"']])
  await peer.request('ACK 3')
  const again = await peer.request('INVITE 4')
  peer.answer(again, 200, [], 'answer')
  const { headers } = await peer.request('ACK 4')
  assert.match(again.headers.get('Authorization') ?? '', /nonce="m"/)
  assert.equal(headers.get('Authorization'), again.headers.get('Authorization'))
})

test('a re-INVITE promises no PRACK, for its provisionals get none (RFC 3262 4)', async (t) => {
  const { peer, session } = await calling(t)
  void session.reinvite(Buffer.from('offer'))
  const again = await peer.request('INVITE 2')
  assert.deepEqual(again.headers.all('Supported'), ['timer', 'replaces', 'norefersub'])
})

test('a peer that wants no news of its transfer goes on talking (RFC 5057 5.3)', async (t) => {
  const { peer, session, dialog, ends, transfers } = await calling(t)
  peer.send('REFER', 1, [['Refer-To', '<sip:third@127.0.0.1>']], dialog)
  while (transfers.length === 0) await turn()
  transfers[0]!.accept()
  await peer.response('202 1 REFER')
  peer.answer(await peer.request('NOTIFY 2'), 481)
  peer.send('OPTIONS', 2, [], dialog)
  await peer.response('200 2 OPTIONS')
  assert.deepEqual(ends, [])
  assert.equal(session.state, 'confirmed')
})

test('what rings is said again each minute (13.3.1.1)', async (t) => {
  const rings = Promise.withResolvers<InviteServer>()
  const { clock, peer } = await place(t, (invite) => {
    invite.ring()
    rings.resolve(invite)
  })
  peer.send('INVITE', 1, [], {}, 'offer')
  await peer.response('180 1 INVITE')
  clock.advance(60_000)
  await peer.response('180 1 INVITE')
  const invite = await rings.promise
  invite.progress(Buffer.from('answer'))
  await peer.response('183 1 INVITE')
  clock.advance(60_000)
  assert.equal(`${(await peer.response('183 1 INVITE')).body}`, 'answer')
  invite.accept(undefined)
  const dialog = toOf(await peer.response('200 1 INVITE'))
  peer.send('ACK', 1, [], dialog)
  peer.send('OPTIONS', 2, [], dialog)
  await peer.response('200 2 OPTIONS')
  clock.advance(60_000)
  peer.send('OPTIONS', 3, [], dialog)
  await peer.response('200 3 OPTIONS')
})

test('a re-INVITE of ours waits for the ACK of our 2xx (14.1)', async (t) => {
  const stands = Promise.withResolvers<Session>()
  const { peer } = await place(t, (invite) => stands.resolve(invite.accept(Buffer.from('answer'))!))
  peer.send('INVITE', 1, [], {}, 'offer')
  const dialog = toOf(await peer.response('200 1 INVITE'))
  const session = await stands.promise
  const outcome = session.reinvite(Buffer.from('offer'))
  peer.send('OPTIONS', 2, [], dialog)
  await peer.response('200 2 OPTIONS')
  peer.send('ACK', 1, [], dialog)
  peer.answer(await peer.request('INVITE 1'), 200, [], 'answer')
  await peer.request('ACK 1')
  assert.equal((await outcome).ok, true)
})

test('a refresh that is refused as UPDATE goes as re-INVITE (RFC 4028 7.4)', async (t) => {
  const { clock, peer, ends } = await calling(t, {}, [
    ['Allow', 'INVITE, UPDATE'],
    ['Session-Expires', '1800;refresher=uac'],
  ])
  clock.advance(900_000)
  peer.answer(await peer.request('UPDATE 2'), 500)
  const again = await peer.request('INVITE 3')
  assert.equal(`${again.body}`, 'offer')
  peer.answer(again, 200, [['Session-Expires', '1800;refresher=uac']], 'answer')
  await peer.request('ACK 3')
  assert.deepEqual(ends, [])
})
