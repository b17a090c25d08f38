import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal } from '#reasons/refusal.ts'
import type { Detail } from '#values/carrier-settings.ts'
import type { IncomingCall, TakeIncoming } from '#voice/line.ts'
import type { SipDoorOptions } from '#sip-legs/sip-door.ts'
import { SilentPlace } from '../../../test/fakes/silent-media.ts'
import { Coming, listening, newsOf, openDoor, wishOf, type OpenDoor, type Told } from '../../../test/sip-place.ts'
import { sipTrunkKind, type SipTrunkKind } from './sip-trunk.ts'
import type { SipRequest } from '#protocols/sip/message.ts'

interface End extends OpenDoor {
  readonly kind: SipTrunkKind
  readonly calls: Coming<IncomingCall>
}

async function end(take?: TakeIncoming, stack?: SipDoorOptions['stack']): Promise<End> {
  const open = await listening(await openDoor({ stack }))
  const calls = new Coming<IncomingCall>()
  const kind = sipTrunkKind({ door: open.door, take: take ?? calls.push, chance: () => 0 })
  open.door.admit(kind.guests)
  return { ...open, kind, calls }
}

const usual = { optionsSeconds: 0, sources: '127.0.0.1' }

const trunk = ({ kind }: End, detail: Detail, secret = '', id = 1) => kind.open({ id, name: `t${id}`, detail, secret })

/** Ours, and the carrier's end as another of ours. */
async function pair(ours: object = {}, theirs: object = {}) {
  const [here, there] = [await end(), await end()]
  const out = trunk(here, { ...usual, gateways: `127.0.0.1:${there.port}`, ...ours })
  trunk(there, { ...usual, gateways: `127.0.0.1:${here.port}`, ...theirs }, 'secret')
  return { here, there, out }
}

const ended = (told: Told) => {
  assert.equal(told.what, 'ended')
  return (told as Told & { what: 'ended' }).end
}

test('a call rings, is answered, has its media, and ends once on each side', async () => {
  const { here, there, out } = await pair({ identity: 'asserted' })
  const wish = wishOf({ headers: { 'X-Ticket': '42' }, fromName: 'Ann' })
  const news = newsOf()
  const leg = out.place(wish, news)
  const call = await there.calls.next()
  assert.deepEqual([call.to, call.from, call.fromName, call.headers['X-Ticket']], ['+4930222', '+4930111', 'Ann', '42'])
  assert.equal(call.via.kind, 'trunk')
  const theirs = newsOf()
  call.listen(theirs)
  call.leg.ring()
  assert.deepEqual(await news.told.next(), { what: 'ringing', early: false })
  const place = new SilentPlace()
  await call.leg.answer(place, { 'X-Answer': 'yes' })
  assert.deepEqual(await news.told.next(), { what: 'answered', headers: { 'X-Answer': 'yes' } })
  assert.equal(wish.place.streams[0]?.last?.remotePort, place.streams[0]?.local.port)
  assert.equal(place.streams[0]?.last?.codec.name, 'PCMA')
  assert.ok(leg.answered && call.leg.answered)
  leg.hangUp(refusal('call.terminated_by_request'))
  const [mine, other] = [ended(await news.told.next()), ended(await theirs.told.next())]
  assert.deepEqual([mine.by, mine.cause.reason, mine.figures?.received.packets], ['us', 'call.terminated_by_request', 500])
  assert.deepEqual([other.by, other.cause.reason, other.cause.q850], ['peer', 'call.completed', 16])
  assert.ok(wish.place.streams[0]?.closed && place.streams[0]?.closed)
  assert.deepEqual([here.faults, there.faults, out.state().calls], [[], [], 0])
})

test('a refusal goes over as status and Reason headers and comes back as the same reason', async () => {
  for (const reason of ['call.busy', 'call.declined', 'call.destination_unknown', 'destination.invalid'] as const) {
    const { there, out } = await pair()
    const news = newsOf()
    out.place(wishOf(), news)
    const call = await there.calls.next()
    const theirs = newsOf()
    call.listen(theirs)
    call.leg.refuse(refusal(reason))
    const { by, cause } = ended(await news.told.next())
    assert.deepEqual([by, cause.reason], ['peer', reason])
    assert.equal(ended(await theirs.told.next()).cause.reason, reason)
  }
})

test('a caller that gives up is told with 487 and the call is cancelled there', async () => {
  const { there, out } = await pair()
  const news = newsOf()
  const leg = out.place(wishOf(), news)
  const call = await there.calls.next()
  const theirs = newsOf()
  call.listen(theirs)
  call.leg.ring()
  await news.told.next()
  leg.hangUp(refusal('call.canceled_by_request'))
  const other = ended(await theirs.told.next())
  assert.deepEqual([other.by, other.cause.reason], ['peer', 'call.canceled_by_request'])
  assert.equal(ended(await news.told.next()).by, 'us')
})

test('nobody answers in time', async () => {
  const { there, out } = await pair()
  const news = newsOf()
  out.place(wishOf({ timeoutMs: 300 }), news)
  const call = await there.calls.next()
  call.leg.ring()
  assert.equal((await news.told.next()).what, 'ringing')
  assert.equal(ended(await news.told.next()).cause.reason, 'call.no_answer')
})

test('a gateway that is busy with itself is left for the next one; once it rang, none is', async () => {
  const [here, first, second] = [await end(), await end(), await end()]
  for (const there of [first, second]) trunk(there, { ...usual, gateways: '127.0.0.1:9' })
  const gateways = `127.0.0.1:${first.port};priority=1,127.0.0.1:${second.port};priority=2`
  const out = trunk(here, { ...usual, gateways })
  const news = newsOf()
  out.place(wishOf(), news)
  const refused = await first.calls.next()
  refused.leg.refuse(refusal('call.congestion'), { retryAfterSeconds: 60 })
  const taken = await second.calls.next()
  taken.leg.ring()
  assert.equal((await news.told.next()).what, 'ringing')
  taken.leg.refuse(refusal('call.congestion'))
  assert.deepEqual(
    [ended(await news.told.next()).cause].map(({ reason, next }) => [reason, next]),
    [['call.congestion', 'never']],
  )
  // The first asked for a pause and gets it.
  out.place(wishOf(), newsOf())
  await second.calls.next()
  assert.equal(first.calls.all.length, 1)
})

test('a gateway that is silent is left for the next one', async () => {
  const [here, second] = [await end(), await end()]
  trunk(second, { ...usual, gateways: '127.0.0.1:9' })
  const deaf = await listening(await openDoor({ stack: { guard: undefined } as never }))
  await deaf.door.close()
  const gateways = `127.0.0.1:${deaf.port};priority=1,127.0.0.1:${second.port};priority=2`
  const out = trunk(here, { ...usual, gateways, silentSeconds: 1 })
  out.place(wishOf(), newsOf())
  assert.equal((await second.calls.next()).to, '+4930222')
})

test('channels and calls a second are kept', async () => {
  const { there, out } = await pair({ channels: 1, callsPerSecond: 5 })
  const leg = out.place(wishOf(), newsOf())
  await there.calls.next()
  assert.equal(out.unable()?.reason, 'call.congestion')
  const news = newsOf()
  out.place(wishOf(), news)
  assert.deepEqual(
    [ended(await news.told.next()).cause].map(({ reason, next }) => [reason, next]),
    [['call.congestion', 'elsewhere']],
  )
  leg.hangUp(refusal('call.canceled_by_request'))
  assert.equal(out.unable(), undefined)
})

test('hold and resume go over, and digits in signalling are heard', async () => {
  const { there, out } = await pair({ digits: 'info' })
  const wish = wishOf()
  const news = newsOf()
  const leg = out.place(wish, news)
  const call = await there.calls.next()
  const theirs = newsOf()
  call.listen(theirs)
  const place = new SilentPlace()
  await call.leg.answer(place)
  assert.equal((await news.told.next()).what, 'answered')
  assert.deepEqual(await leg.hold(), { done: true, sipStatus: 200 })
  assert.deepEqual(await theirs.told.next(), { what: 'held', held: true })
  assert.equal(place.streams[0]?.last?.direction, 'recvonly')
  assert.equal(wish.place.streams[0]?.last?.direction, 'sendonly')
  assert.equal((await leg.resume()).done, true)
  assert.deepEqual(await theirs.told.next(), { what: 'held', held: false })
  assert.equal(place.streams[0]?.last?.direction, 'sendrecv')
  leg.stream?.sendDigits('4#')
  const hung = theirs.told.next()
  while ((place.streams[0]?.heard.length ?? 0) < 2) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(place.streams[0]?.heard.toSorted(), ['#', '4'])
  call.leg.hangUp(refusal('call.completed'))
  assert.equal(ended(await hung).by, 'us')
})

test('a transfer is asked for, told on the way, and known to both', async () => {
  const { there, out } = await pair()
  const news = newsOf()
  const leg = out.place(wishOf(), news)
  const call = await there.calls.next()
  const theirs = newsOf()
  call.listen(theirs)
  await call.leg.answer(new SilentPlace())
  await news.told.next()
  const outcome = leg.refer('sip:carol@example.net')
  const asked = await theirs.told.next()
  assert.equal(asked.what, 'referred')
  if (asked.what !== 'referred') return
  assert.equal(asked.target, 'sip:carol@example.net')
  asked.accept()
  asked.progress(180)
  asked.progress(200)
  assert.deepEqual(await outcome, { accepted: true, sipStatus: 202, notifiedStatus: 200 })
})

test('media go on in another place', async () => {
  const { there, out } = await pair()
  const wish = wishOf()
  const news = newsOf()
  const leg = out.place(wish, news)
  const call = await there.calls.next()
  const theirs = new SilentPlace()
  await call.leg.answer(theirs)
  await news.told.next()
  const other = new SilentPlace()
  assert.deepEqual(await leg.moveTo?.(other), { done: true, sipStatus: 200 })
  assert.equal(leg.stream, other.streams[0])
  assert.ok(wish.place.streams[0]?.closed)
  assert.equal(theirs.streams[0]?.last?.remotePort, other.streams[0]?.local.port)
  leg.hangUp(refusal('call.completed'))
  const told = ended(await news.told.next())
  assert.equal(told.figures?.received.packets, 500)
})

/** How a leg ends whose stream is no more; the other side has heard it. */
async function endWithout(why: 'worker_died' | 'left') {
  const { there, out } = await pair()
  const wish = wishOf()
  const news = newsOf()
  out.place(wish, news)
  const call = await there.calls.next()
  const theirs = newsOf()
  call.listen(theirs)
  await call.leg.answer(new SilentPlace())
  await news.told.next()
  wish.place.streams[0]?.tell({ type: 'closed', why })
  const end = ended(await news.told.next())
  assert.equal(ended(await theirs.told.next()).by, 'peer')
  return end
}

test('a worker that dies ends the leg with a reason of its own', async () => {
  assert.equal((await endWithout('worker_died')).cause.reason, 'platform.media_gateway_error')
})

test('who ends their media without a word in the signalling has left, which is no fault of the platform', async () => {
  const { by, cause } = await endWithout('left')
  assert.deepEqual([by, cause.reason], ['network', 'call.media_lost'])
})

test('early media are heard before anybody answers', async () => {
  const { there, out } = await pair()
  const wish = wishOf()
  const news = newsOf()
  out.place(wish, news)
  const call = await there.calls.next()
  await call.leg.ringEarly(new SilentPlace())
  assert.deepEqual(await news.told.next(), { what: 'ringing', early: true })
  assert.equal(wish.place.streams[0]?.agreed.length, 1)
  await call.leg.answer(new SilentPlace())
  assert.equal((await news.told.next()).what, 'answered')
})

test('no common codec: the leg says so and is refused with 488', async () => {
  const { there, out } = await pair({ codecs: 'PCMU' }, { codecs: 'G722' })
  const news = newsOf()
  out.place(wishOf(), news)
  const call = await there.calls.next()
  await assert.rejects(call.leg.answer(new SilentPlace()), { reason: 'call.media_incompatible' })
  call.leg.refuse(refusal('call.media_incompatible'))
  assert.deepEqual(
    [ended(await news.told.next()).cause].map(({ reason, sipStatus }) => [reason, sipStatus]),
    [['call.media_incompatible', 488]],
  )
})

test('a carrier that is known by digest is asked for its password', async () => {
  const { there, out } = await pair({ username: 'us' }, { inbound: 'digest', inboundUsername: 'us' })
  const news = newsOf()
  out.place(wishOf(), news)
  // No password here: asked twice, then refused.
  assert.equal(ended(await news.told.next()).cause.sipStatus, 403)
  assert.deepEqual(there.counted, ['credentials'])
})

test('a call of a gateway is known without a word on sources', async () => {
  const [here, there] = [await end(), await end()]
  const out = trunk(here, { optionsSeconds: 0, gateways: `127.0.0.1:${there.port}` })
  trunk(there, { optionsSeconds: 0, gateways: `127.0.0.1:${here.port}` })
  out.place(wishOf({ hopsLeft: 12 }), newsOf())
  const came = await there.calls.next()
  assert.deepEqual([came.via.kind, came.leg.hopsLeft], ['trunk', 12])
})

test('who speaks over WebSocket is no trunk, though the address is listed', async () => {
  const { kind } = await end()
  kind.open({ id: 1, name: 't', detail: usual, secret: '' })
  const over = (transport: 'tcp' | 'ws' | 'wss') =>
    kind.guests.byAddress!({} as SipRequest, { transport, host: '127.0.0.1', port: 40_000 }) !== undefined
  assert.deepEqual([over('tcp'), over('ws'), over('wss')], [true, false, false])
})

test('a call takes the place of a leg of the same trunk, and of no other', async () => {
  let answer = ''
  const wire: NonNullable<SipDoorOptions['stack']>['wire'] = ({ bytes, direction }) => {
    const text = bytes.toString()
    if (direction === 'out' && text.startsWith('SIP/2.0 200') && text.includes('INVITE')) answer = text
  }
  const there = await end(undefined, { wire })
  const [here, other] = [await end(), await end()]
  for (const [at, from] of [here, other].entries()) {
    there.kind.open({ id: at + 1, name: 't', detail: { gateways: `127.0.0.1:${from.port}`, optionsSeconds: 0 }, secret: '' })
  }
  const gateways = `127.0.0.1:${there.port}`
  const [own, strange] = [here, other].map((from) => trunk(from, { optionsSeconds: 0, gateways }))
  const news = newsOf()
  own!.place(wishOf(), news)
  const first = await there.calls.next()
  first.listen(newsOf())
  await first.leg.answer(new SilentPlace())
  await news.told.next()
  const part = (pattern: RegExp): string => pattern.exec(answer)?.[1] ?? ''
  const [callId, from, to] = [part(/Call-ID: (\S+)/), part(/From: .*tag=(\S+)/), part(/To: .*tag=(\S+)/)]
  const headers = { Replaces: `${callId};to-tag=${to};from-tag=${from}` }

  const refused = newsOf()
  strange!.place(wishOf({ headers }), refused)
  assert.equal(ended(await refused.told.next()).cause.sipStatus, 403)

  own!.place(wishOf({ headers }), newsOf())
  const second = await there.calls.next()
  assert.equal(second.replaces, first.id)
  await second.leg.answer(new SilentPlace())
  assert.equal(ended(await news.told.next()).by, 'peer')
})

test('a stranger is asked, and a scanner gets no answer', async () => {
  const [here, there] = [await end(), await end()]
  const out = trunk(here, { ...usual, gateways: `127.0.0.1:${there.port}` })
  const news = newsOf()
  out.place(wishOf(), news)
  assert.equal(ended(await news.told.next()).cause.sipStatus, 407)
  assert.deepEqual(there.counted, [])
})
