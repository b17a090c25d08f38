import { test } from 'node:test'
import assert from 'node:assert/strict'
import { duplexPair, type Duplex } from 'node:stream'
import { handClock } from '#values/clock.ts'
import { decode, encode } from './codec.ts'
import { commandStatus } from './command-status.ts'
import { Frames } from './frames.ts'
import type { Pdu, PduDraft, PduDraftOf, PduOf, RequestPdu, ResponsePdu } from './pdu.ts'
import type { Answer, Closed, Respond, SessionHooks, SessionOptions, StrayResponse } from './session-parts.ts'
import { Session } from './session.ts'

/** Enough turns of the event loop for what was written on one side to be read on the other, and answered. */
async function turns(): Promise<void> {
  for (let n = 0; n < 12; n++) await new Promise((resolve) => setImmediate(resolve))
}

/** A peer of bare octets: what came from the session, and what we say to it. */
class BarePeer {
  readonly got: Pdu[] = []
  isEnded = false
  readonly socket: Duplex
  readonly #frames = new Frames()

  constructor(socket: Duplex) {
    this.socket = socket
    socket.on('data', (read: Buffer) => {
      this.#frames.add(read)
      while (this.#frames.next() === 'pdu') {
        const pdu = decode(this.#frames.buffer, this.#frames.start, this.#frames.end)
        assert.notEqual(pdu.command, 'malformed')
        this.got.push(pdu as Pdu)
      }
    })
    socket.on('end', () => {
      this.isEnded = true
      socket.end()
    })
  }

  async say(...pdus: PduDraft[]): Promise<void> {
    this.socket.write(Buffer.concat(pdus.map(encode)))
    await turns()
  }

  commands(): string[] {
    return this.got.map(({ command }) => command)
  }

  /** The next that has come, and no more after that. */
  take<C extends Pdu['command']>(command: C): PduOf<C> {
    const pdu = this.got.shift()
    assert.equal(pdu?.command, command)
    return pdu as PduOf<C>
  }
}

interface Side {
  readonly session: Session
  readonly peer: BarePeer
  readonly clock: ReturnType<typeof handClock>
  readonly requests: { pdu: RequestPdu; respond: Respond }[]
  readonly strays: StrayResponse[]
  readonly refused: number[]
  readonly ends: Closed[]
  readonly faults: unknown[]
}

function open(role: 'esme' | 'smsc', options: Partial<SessionOptions> = {}, hooks: SessionHooks = {}): Side {
  const [mine, theirs] = duplexPair()
  const clock = handClock()
  const session = new Session(mine, { role, clock, ...options })
  const side: Side = {
    session,
    clock,
    peer: new BarePeer(theirs),
    requests: [],
    strays: [],
    refused: [],
    ends: [],
    faults: [],
  }
  session.start({
    onRequest: (pdu, respond) => void side.requests.push({ pdu, respond }),
    onStray: (stray) => void side.strays.push(stray),
    onRefused: (_, answer) => void side.refused.push(answer),
    onClose: (closed) => void side.ends.push(closed),
    onFault: (error) => void side.faults.push(error),
    ...hooks,
  })
  return side
}

async function openBoundEsme(options: Partial<SessionOptions> = {}, hooks: SessionHooks = {}): Promise<Side> {
  const side = open('esme', options, hooks)
  const bound = side.session.request({ command: 'bind_transceiver', system_id: 'me' })
  await turns()
  await side.peer.say({ command: 'bind_transceiver_resp', sequence: side.peer.take('bind_transceiver').sequence })
  assert.equal((await bound).command, 'bind_transceiver_resp')
  assert.equal(side.session.state, 'bound_trx')
  return side
}

async function openBoundSmsc(options: Partial<SessionOptions> = {}, hooks: SessionHooks = {}): Promise<Side> {
  const side = open('smsc', options, {
    ...hooks,
    onRequest(pdu, respond) {
      if (pdu.command === 'bind_transceiver') respond({ system_id: 'us' })
      else if (hooks.onRequest) hooks.onRequest(pdu, respond)
      else side.requests.push({ pdu, respond })
    },
  })
  await side.peer.say({ command: 'bind_transceiver', sequence: 1, system_id: 'them' })
  assert.equal(side.peer.take('bind_transceiver_resp').system_id, 'us')
  return side
}

const submit = (n: number): PduDraftOf<'submit_sm'> => ({ command: 'submit_sm', destination_addr: String(n) })

function sendMany({ session }: Side, count: number): Answer[] {
  const answers: Answer[] = []
  for (let n = 0; n < count; n++) session.send(submit(n), (answer) => void (answers[n] = answer))
  return answers
}

test('an accepted bind binds, a refused one does not, and a second one is refused', async () => {
  const { session, peer, refused } = open(
    'smsc',
    {},
    { onRequest: (pdu, respond) => respond({ status: (pdu as { system_id?: string }).system_id === 'good' ? 0 : 0x0e }) },
  )
  await peer.say({ command: 'submit_sm', sequence: 1 })
  assert.equal(peer.take('submit_sm_resp').status, commandStatus.ESME_RINVBNDSTS)
  await peer.say({ command: 'bind_receiver', sequence: 2, system_id: 'bad' })
  assert.equal(peer.take('bind_receiver_resp').status, 0x0e)
  assert.equal(session.state, 'open')
  await peer.say({ command: 'bind_receiver', sequence: 3, system_id: 'good' })
  assert.equal(peer.take('bind_receiver_resp').status, 0)
  assert.equal(session.state, 'bound_rx')
  await peer.say({ command: 'bind_receiver', sequence: 4, system_id: 'good' })
  assert.equal(peer.take('bind_receiver_resp').status, commandStatus.ESME_RALYBND)
  // A receiver does not submit.
  await peer.say({ command: 'submit_sm', sequence: 5 })
  assert.equal(peer.take('submit_sm_resp').status, commandStatus.ESME_RINVBNDSTS)
  assert.deepEqual(refused, [commandStatus.ESME_RINVBNDSTS, commandStatus.ESME_RALYBND, commandStatus.ESME_RINVBNDSTS])
})

test('what is not allowed in a state is not sent', async () => {
  const { session } = open('esme')
  const answer = await session.request(submit(1))
  assert.equal(answer.command === 'none' && answer.cause, 'not_sent')
  const bound = await openBoundEsme()
  const delivered = await bound.session.request({ command: 'deliver_sm' })
  assert.equal(delivered.command === 'none' && delivered.cause, 'not_sent')
})

test('what cannot be encoded is not sent, and the session goes on', async () => {
  const side = await openBoundEsme({ window: 1 })
  const answers: Answer[] = []
  side.session.send(submit(1), (answer) => void answers.push(answer))
  side.session.send({ command: 'submit_sm', short_message: Buffer.alloc(300) }, (answer) => void answers.push(answer))
  side.session.send(submit(2), (answer) => void answers.push(answer))
  await turns()
  for (let n = 0; n < 2; n++) await side.peer.say({ command: 'submit_sm_resp', sequence: side.peer.take('submit_sm').sequence })
  assert.deepEqual(
    answers.map((answer) => (answer.command === 'none' ? answer.cause : answer.command)),
    ['submit_sm_resp', 'not_sent', 'submit_sm_resp'],
  )
})

test('the window holds, and what waits goes out as responses come', async () => {
  let rooms = 0
  const side = await openBoundEsme({ window: 3 }, { onRoom: () => void rooms++ })
  const answers = sendMany(side, 7)
  assert.equal(side.session.room, 0)
  await turns()
  assert.equal(side.peer.got.length, 3)
  assert.deepEqual([side.session.figures.outstanding, side.session.figures.waiting], [3, 4])
  const [first, second] = [side.peer.take('submit_sm'), side.peer.take('submit_sm')]
  await side.peer.say(
    { command: 'submit_sm_resp', sequence: second.sequence, message_id: 'b' },
    { command: 'submit_sm_resp', sequence: first.sequence, message_id: 'a' },
  )
  assert.equal((answers[0] as PduOf<'submit_sm_resp'>).message_id, 'a')
  assert.equal((answers[1] as PduOf<'submit_sm_resp'>).message_id, 'b')
  assert.equal(side.peer.got.length, 3)
  assert.equal(rooms, 1) // The bind's.
  while (side.peer.got.length > 0)
    await side.peer.say({ command: 'submit_sm_resp', sequence: side.peer.take('submit_sm').sequence })
  assert.equal(answers.filter(Boolean).length, 7)
  assert.ok(rooms > 1)
  assert.equal(side.session.room, 3)
})

test('enquire_link is answered and asked while both windows are full', async () => {
  const side = await openBoundEsme({ window: 1, peerWindow: 1, enquireLinkMs: 5_000, responseTimeoutMs: 600_000 })
  sendMany(side, 2)
  const delivery = (sequence: number): PduDraft => ({ command: 'deliver_sm', sequence, destination_addr: '1' })
  await side.peer.say(delivery(101), delivery(102), delivery(103))
  assert.equal(side.requests.length, 1)
  side.peer.take('submit_sm')
  assert.deepEqual(side.peer.got, [])
  assert.ok(side.session.figures.isReadingStopped)
  side.requests[0]!.respond()
  await turns()
  side.peer.take('deliver_sm_resp')
  assert.equal(side.requests.length, 2)
  side.requests[1]!.respond()
  await turns()
  assert.equal(side.requests.length, 3)
  // One unanswered, none held: read on.
  await side.peer.say({ command: 'enquire_link', sequence: 104 })
  side.peer.take('deliver_sm_resp')
  assert.equal(side.peer.take('enquire_link_resp').sequence, 104)
  side.clock.advance(5_000)
  await turns()
  assert.equal(side.peer.take('enquire_link').status, 0)
})

test('responses and enquire_link overtake requests that are held', async () => {
  const side = await openBoundEsme({ window: 5, peerWindow: 3 })
  const answers = sendMany(side, 1)
  await turns()
  const { sequence } = side.peer.take('submit_sm')
  await side.peer.say(
    ...[11, 12, 13, 14, 15].map((n): PduDraft => ({ command: 'deliver_sm', sequence: n })),
    { command: 'enquire_link', sequence: 16 },
    { command: 'submit_sm_resp', sequence },
  )
  assert.equal(side.requests.length, 3)
  assert.equal(side.session.figures.unanswered, 5)
  side.peer.take('enquire_link_resp')
  assert.equal(answers.length, 1)
  for (let n = 0; n < 5; n++) side.requests[n]!.respond()
  await turns()
  assert.deepEqual(
    side.peer.got.map((pdu) => pdu.sequence),
    [11, 12, 13, 14, 15],
  )
})

test('a peer whose requests are not answered is not read from, and loses nothing', async () => {
  const side = await openBoundSmsc({ peerWindow: 10 })
  const all = 100
  await side.peer.say(
    ...Array.from({ length: all }, (_, n): PduDraft => ({ command: 'submit_sm', sequence: n + 2, destination_addr: String(n) })),
  )
  assert.equal(side.requests.length, 10)
  assert.ok(side.session.figures.isReadingStopped)
  assert.equal(side.session.figures.unanswered, 20)
  for (let n = 0; n < all; n++) {
    side.requests[n]!.respond({ message_id: String(n) })
    assert.ok(side.session.figures.unanswered <= 20)
  }
  await turns()
  assert.deepEqual(
    side.peer.got.map((pdu) => (pdu as PduOf<'submit_sm_resp'>).message_id),
    Array.from({ length: all }, (_, n) => String(n)),
  )
  assert.equal(side.session.figures.isReadingStopped, false)
  await side.peer.say({ command: 'enquire_link', sequence: 1000 })
  assert.equal(side.peer.got.at(-1)!.command, 'enquire_link_resp')
})

test('sequence numbers begin again at 1 after 0x7fffffff', async () => {
  const side = await openBoundEsme({ firstSequence: 0x7ffffffe, window: 10 })
  sendMany(side, 2)
  await turns()
  assert.equal(side.peer.take('submit_sm').sequence, 0x7fffffff)
  assert.equal(side.peer.take('submit_sm').sequence, 1)
})

test('responses that belong to nothing are told and change nothing', async () => {
  const side = await openBoundEsme({ responseTimeoutMs: 1_000, enquireLinkMs: 0 })
  const answers = sendMany(side, 2)
  await turns()
  const [first, second] = [side.peer.take('submit_sm'), side.peer.take('submit_sm')]
  await side.peer.say(
    { command: 'submit_sm_resp', sequence: 5555 },
    { command: 'query_sm_resp', sequence: first.sequence },
    { command: 'generic_nack', sequence: 0, status: 3 },
  )
  assert.deepEqual(
    side.strays.map(({ kind }) => kind),
    ['unknown', 'wrong_command', 'unknown'],
  )
  assert.equal(answers.length, 0)
  await side.peer.say({ command: 'generic_nack', sequence: second.sequence, status: 8 })
  assert.deepEqual([answers[1]!.command, (answers[1] as ResponsePdu).status], ['generic_nack', 8])
  side.clock.advance(1_000)
  assert.equal(answers[0]!.command === 'none' && answers[0]!.cause, 'timed_out')
  await side.peer.say({ command: 'submit_sm_resp', sequence: first.sequence })
  assert.equal(side.strays.at(-1)!.kind, 'late')
  assert.equal(side.session.state, 'bound_trx')
})

test('each request has its own time, and one that timed out frees its place', async () => {
  const side = await openBoundEsme({ window: 2, enquireLinkMs: 0 })
  const ends: string[] = []
  const note = (name: string) => (answer: Answer) =>
    void ends.push(`${name} ${answer.command === 'none' ? answer.cause : answer.command}`)
  side.session.send(submit(1), note('long'), 9_000)
  side.session.send(submit(2), note('short'), 1_000)
  side.session.send(submit(3), note('third'), 1_000)
  await turns()
  assert.equal(side.peer.got.length, 2)
  side.clock.advance(999)
  assert.deepEqual(ends, [])
  side.clock.advance(1)
  assert.deepEqual(ends, ['short timed_out'])
  await turns()
  assert.equal(side.peer.got.length, 3)
  side.clock.advance(1_000)
  assert.deepEqual(ends, ['short timed_out', 'third timed_out'])
  side.clock.advance(7_000)
  assert.deepEqual(ends.at(-1), 'long timed_out')
})

test('a silent peer is asked, then given up; every waiting request is told', async () => {
  const side = await openBoundEsme({ window: 1, enquireLinkMs: 5_000, enquireTimeoutMs: 2_000, responseTimeoutMs: 60_000 })
  const answers = sendMany(side, 2)
  await turns()
  side.clock.advance(5_000)
  await turns()
  assert.deepEqual(side.peer.commands(), ['submit_sm', 'enquire_link'])
  side.clock.advance(2_000)
  assert.equal(side.ends[0]!.cause, 'silent')
  assert.deepEqual(
    answers.map((answer) => answer.command === 'none' && answer.cause),
    ['closed', 'not_sent'],
  )
  assert.equal((await side.session.closed).cause, 'silent')
  await turns()
  assert.ok(side.peer.isEnded)
})

test('a peer that answers enquire_link is kept', async () => {
  const side = await openBoundEsme({ enquireLinkMs: 5_000, enquireTimeoutMs: 2_000 })
  for (let n = 0; n < 3; n++) {
    side.clock.advance(5_000)
    await turns()
    await side.peer.say({ command: 'enquire_link_resp', sequence: side.peer.take('enquire_link').sequence })
  }
  side.clock.advance(4_999)
  await turns()
  assert.deepEqual(side.peer.got, [])
  assert.deepEqual(side.ends, [])
})

test('no bind in time, and no activity in time, end the session', async () => {
  const late = open('smsc', { sessionInitMs: 3_000 })
  late.clock.advance(3_000)
  assert.equal(late.ends[0]!.cause, 'not_bound_in_time')

  const idle = await openBoundSmsc({ inactivityMs: 60_000, enquireLinkMs: 0, sessionInitMs: 3_000 })
  idle.clock.advance(50_000)
  await idle.peer.say({ command: 'enquire_link', sequence: 9 })
  idle.peer.take('enquire_link_resp')
  idle.clock.advance(10_000)
  await turns()
  await idle.peer.say({ command: 'unbind_resp', sequence: idle.peer.take('unbind').sequence })
  assert.equal(idle.ends[0]!.cause, 'inactive')
})

test('unbind waits for what is on its way', async () => {
  const side = await openBoundEsme({ window: 1 })
  const answers = sendMany(side, 2)
  await turns()
  const ended = side.session.unbind()
  await turns()
  assert.equal(answers[1]!.command === 'none' && answers[1]!.cause, 'not_sent')
  const { sequence } = side.peer.take('submit_sm')
  assert.deepEqual(side.peer.got, [])
  await side.peer.say({ command: 'submit_sm_resp', sequence })
  assert.equal(answers[0]!.command, 'submit_sm_resp')
  const unbind = side.peer.take('unbind')
  // What crosses the unbind is still served.
  await side.peer.say({ command: 'deliver_sm', sequence: 77 }, { command: 'unbind_resp', sequence: unbind.sequence })
  assert.equal(side.requests.length, 1)
  assert.equal((await ended).cause, 'unbound')
  assert.equal((await side.session.request(submit(3))).command, 'none')
})

test('unbind does not wait for ever', async () => {
  const side = await openBoundEsme({ unbindMs: 1_000, enquireLinkMs: 0 })
  sendMany(side, 1)
  const ended = side.session.unbind()
  side.clock.advance(1_000)
  await turns()
  assert.deepEqual(side.peer.commands(), ['submit_sm', 'unbind'])
  side.clock.advance(1_000)
  assert.equal((await ended).cause, 'unbound')
})

test('the peer unbinds: its requests are answered first', async () => {
  const side = await openBoundSmsc()
  await side.peer.say({ command: 'submit_sm', sequence: 2 }, { command: 'unbind', sequence: 3 })
  assert.deepEqual(side.peer.got, [])
  side.requests[0]!.respond({ message_id: 'x' })
  side.requests[0]!.respond({ message_id: 'twice' })
  await turns()
  assert.deepEqual(side.peer.commands(), ['submit_sm_resp', 'unbind_resp'])
  assert.equal(side.ends[0]!.cause, 'peer_unbound')
  assert.ok(side.peer.isEnded)
})

test('an unknown command and a broken body are answered, and the session goes on', async () => {
  const side = await openBoundSmsc()
  side.peer.socket.write(Buffer.from('00000010000000ff0000000000000005', 'hex'))
  side.peer.socket.write(Buffer.from('00000010000000040000000000000006', 'hex'))
  // A response that nobody knows is not answered.
  side.peer.socket.write(Buffer.from('00000010800000ff0000000000000007', 'hex'))
  await side.peer.say({ command: 'enquire_link', sequence: 8 })
  const nack = side.peer.take('generic_nack')
  assert.deepEqual([nack.status, nack.sequence], [commandStatus.ESME_RINVCMDID, 5])
  const refused = side.peer.take('submit_sm_resp')
  assert.deepEqual([refused.status, refused.sequence], [commandStatus.ESME_RINVCMDLEN, 6])
  side.peer.take('enquire_link_resp')
  assert.deepEqual(side.peer.got, [])
})

test('octets that are no SMPP end the session with generic_nack', async () => {
  for (const garbage of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\x05hello', '\xff'.repeat(40)]) {
    const side = await openBoundSmsc()
    side.peer.socket.write(Buffer.from(garbage, 'latin1'))
    await turns()
    assert.equal(side.peer.take('generic_nack').status, commandStatus.ESME_RINVCMDLEN)
    assert.equal(side.ends[0]!.cause, 'garbage')
    assert.ok(side.peer.isEnded)
  }
})

test('frames in pieces of any size are the same frames', async () => {
  for (const size of [1, 3, 16, 17, 50]) {
    const side = await openBoundSmsc()
    const bytes = Buffer.concat(
      [2, 3, 4].map((sequence) => encode({ command: 'submit_sm', sequence, short_message: Buffer.from('hello') })),
    )
    for (let at = 0; at < bytes.length; at += size) {
      side.peer.socket.write(bytes.subarray(at, at + size))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await turns()
    assert.deepEqual(
      side.requests.map(({ pdu }) => pdu.sequence),
      [2, 3, 4],
    )
  }
})

test('what a hook throws goes to onFault, and the request is answered', async () => {
  const faults: unknown[] = []
  const fails = (): never => {
    throw new Error('hook')
  }
  const side = await openBoundSmsc(
    {},
    { onRequest: fails, onClose: fails, onPdu: fails, onStray: fails, onFault: (error) => void faults.push(error) },
  )
  await side.peer.say({ command: 'submit_sm', sequence: 2 })
  assert.equal(side.peer.take('submit_sm_resp').status, commandStatus.ESME_RSYSERR)
  await side.peer.say({ command: 'submit_sm_resp', sequence: 99 })
  side.session.close()
  assert.equal((await side.session.closed).cause, 'closed')
  assert.ok(faults.length >= 4)
})

test('an answer that cannot be encoded becomes a system error', async () => {
  const side = await openBoundSmsc()
  await side.peer.say({ command: 'submit_sm', sequence: 2 })
  side.requests[0]!.respond({ message_id: 'a\u0000b' })
  await turns()
  assert.equal(side.peer.take('submit_sm_resp').status, commandStatus.ESME_RSYSERR)
  assert.equal(side.faults.length, 1)
})

test('a request without hook is answered as one of an unknown command', async () => {
  const [mine, theirs] = duplexPair()
  const session = new Session(mine, { role: 'smsc', clock: handClock() })
  session.start({})
  const peer = new BarePeer(theirs)
  await peer.say({ command: 'bind_transceiver', sequence: 1 })
  assert.equal(peer.take('bind_transceiver_resp').status, commandStatus.ESME_RINVCMDID)
  assert.equal(session.state, 'open')
})

test('a connection that breaks tells every request, once', async () => {
  const side = await openBoundEsme({ window: 1 })
  const answers = sendMany(side, 2)
  await turns()
  side.peer.socket.end()
  await turns()
  assert.deepEqual(
    side.ends.map(({ cause }) => cause),
    ['peer_closed'],
  )
  assert.deepEqual(
    answers.map((answer) => answer.command === 'none' && answer.cause),
    ['closed', 'not_sent'],
  )
})

test('outbind and alert_notification go without response', async () => {
  const smsc = open('smsc')
  assert.ok(smsc.session.notify({ command: 'outbind', system_id: 'us' }))
  await turns()
  smsc.peer.take('outbind')
  assert.equal(smsc.session.notify({ command: 'alert_notification' }), false)

  const esme = open('esme')
  await esme.peer.say({ command: 'outbind', sequence: 1, system_id: 'them' })
  assert.equal(esme.requests[0]!.pdu.command, 'outbind')
  assert.equal(esme.session.state, 'outbound')
  esme.requests[0]!.respond()
  esme.session.send({ command: 'bind_receiver' }, () => {})
  await turns()
  esme.peer.take('bind_receiver')
})

test('evidence has every PDU as it went over the wire', async () => {
  const seen: string[] = []
  const wire: Buffer[] = []
  const side = await openBoundSmsc(
    {},
    {
      onPdu(direction, bytes, pdu) {
        seen.push(`${direction} ${pdu.command}`)
        wire.push(Buffer.from(bytes))
      },
    },
  )
  await side.peer.say({ command: 'submit_sm', sequence: 2 })
  side.requests[0]!.respond({ message_id: 'x' })
  assert.deepEqual(seen, ['in bind_transceiver', 'out bind_transceiver_resp', 'in submit_sm', 'out submit_sm_resp'])
  assert.deepEqual(wire[3], encode({ command: 'submit_sm_resp', sequence: 2, message_id: 'x' }))
})
