// Called parties that are elsewhere (3xx): a phone that sends its calls on, to whom the account may call and to whom it may not, in a circle,
// and a carrier that points to another of its own gateways, or to somebody else's.

import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { header, methodOf, statusOf } from '../../conformance/sip-text.ts'
import { openCallPlace, rcml } from '../call-place.ts'
import { newFolder } from '../program.ts'
import { until } from '../until.ts'

const place = await openCallPlace({ data: newFolder() })
place.pages.set('/wait', rcml('<Gather timeout="120"/>'))
const own = await place.number('/wait')
const { accountId } = await place.api('GET', '/whoami')

const atOnce = (concurrentCalls: number) =>
  place.operator('PATCH', `/accounts/${accountId}`, { settings: { limits: { concurrentCalls } } })
afterEach(() => atOnce(0))

const call = (to: string) => place.api('POST', '/calls', { from: own, to, url: `${place.url}/wait` })
/** One that comes again for want of an answer is the same (RFC 3261 17.2.3). */
const invitesOf = (peer: SipPeer) => [
  ...new Map(peer.received.filter((one) => methodOf(one) === 'INVITE').map((one) => [header(one, 'via'), one])).values(),
]
const moved = (target: string): readonly string[] => [`Contact: <${target}>`]

let phones = 0
async function phone(): Promise<{ readonly peer: SipPeer; readonly login: string }> {
  const login = `mover${(phones += 1)}`
  const password = 'Moves-0n-well'
  await place.api('POST', '/clients', { login, password })
  const peer = await SipPeer.open()
  after(() => peer.close())
  assert.equal(statusOf(await peer.register({ server: place.sip, login, password })), 200)
  return { peer, login }
}

describe('a phone that sends its calls on', () => {
  test('is followed to a number that the account may call, on the same call', async () => {
    const { peer, login } = await phone()
    const carrier = await place.route('+12125557')
    await atOnce(1)
    peer.onInvite((invite) => {
      invite.ring()
      invite.refuse(302, 'Moved Temporarily', moved('sip:+12125557001@127.0.0.1'))
    })
    const invited = carrier.peer.invited()
    const placed = await call(`client:${login}`)
    const taken = await invited
    assert.match(taken.invite!.first, /^INVITE sip:\+12125557001@/)
    await taken.answer()
    await taken.hangUp()
    const { state, reason, record } = await place.ended({ from: own })
    assert.deepEqual([state, reason], ['completed', 'call.completed'])
    assert.deepEqual([record.id, record.to, record.forwardedFrom], [placed.id, login, login])
    const note = await until(
      async () =>
        (await place.api('GET', `/calls/${placed.id}/timeline`)).items.find(({ data }: any) => data?.what === 'call.deflected'),
      (found) => found !== undefined,
    )
    assert.deepEqual([note.data.from, note.data.to], [login, ['+12125557001']])
    assert.match(note.data.said, /^sip 302 Moved Temporarily to <sip:\+12125557001@/)
  })

  for (const [target, why] of [
    ['sip:+33123456789@127.0.0.1', 'destination.not_allowed'],
    ['tel:911', 'call.emergency_not_routed'],
    ['sip:nobody-here@127.0.0.1', 'client.not_found'],
  ] as const)
    test(`is not followed to ${target}: the call says why`, async () => {
      const { peer, login } = await phone()
      peer.onInvite((invite) => invite.refuse(302, 'Moved Temporarily', moved(target)))
      await call(`client:${login}`)
      const { state, reason, endedBy } = await place.ended({ to: login })
      assert.deepEqual([state, reason, endedBy], ['failed', why, 'platform'])
    })

  test('in a circle is followed five times', async () => {
    const { peer, login } = await phone()
    peer.onInvite((invite) => invite.refuse(302, 'Moved Temporarily', moved(`sip:${login}@127.0.0.1`)))
    await call(`client:${login}`)
    const { state, reason, sipStatus } = await place.ended({ to: login })
    assert.deepEqual([state, reason, sipStatus], ['failed', 'call.redirected', 302])
    assert.equal(invitesOf(peer).length, 6)
  })

  test('is followed to another phone of the organisation', async () => {
    const [one, other] = [await phone(), await phone()]
    one.peer.onInvite((invite) => invite.refuse(302, 'Moved Temporarily', moved(`sip:${other.login}@127.0.0.1`)))
    const invited = other.peer.invited()
    await call(`client:${one.login}`)
    const taken = await invited
    taken.refuse(486, 'Busy Here')
    const { state, reason } = await place.ended({ to: one.login })
    assert.deepEqual([state, reason], ['busy', 'call.busy'])
  })
})

describe('a carrier that points elsewhere', () => {
  test('is followed to its own gateways where the trunk allows it', async () => {
    const { peer, relay } = await place.route('+12125558', { detail: { followsRedirects: true } })
    const other = `sip:+12125558999@127.0.0.1:${relay.port}`
    peer.onInvite((invite) => {
      if (invite.invite!.first.includes('+12125558999')) return invite.refuse(486, 'Busy Here')
      invite.refuse(302, 'Moved Temporarily', [`Contact: <sip:+12125558000@192.0.2.1>;q=1, <${other}>;q=0.5`])
    })
    await call('+12125558001')
    const { state, reason, record } = await place.ended({ to: '+12125558001' })
    assert.deepEqual([state, reason], ['busy', 'call.busy'])
    assert.deepEqual(
      invitesOf(peer).map(({ first }) => /sip:([^@]*)@/.exec(first)?.[1]),
      ['+12125558001', '+12125558999'],
    )
    // What stands among the evidence is there a moment after the end of the call.
    await until(
      async () => (await place.api('GET', `/calls/${record.id}/timeline`)).items.map(({ kind }: any) => kind),
      (kinds: string[]) => kinds.includes('gateway.redirected'),
    )
  })

  test('in a circle is left for the next route, as is one that points to somebody else', async () => {
    const first = await place.route('+12125559', { rank: 1, detail: { followsRedirects: true } })
    const second = await place.route('+12125559', { rank: 2, detail: { followsRedirects: true } })
    let at = 0
    first.peer.onInvite((invite) => {
      at += 1
      invite.refuse(302, 'Moved Temporarily', moved(`sip:+1212555900${at}@127.0.0.1:${first.relay.port}`))
    })
    second.peer.onInvite((invite) => invite.refuse(305, 'Use Proxy', moved('sip:192.0.2.1')))
    await call('+12125559100')
    const { state, reason, sipStatus, cause } = await place.ended({ to: '+12125559100' })
    assert.deepEqual([state, reason, sipStatus], ['failed', 'call.redirected', 305])
    assert.match(cause!, /^sip 305 Use Proxy to <sip:192\.0\.2\.1>/)
    assert.deepEqual([invitesOf(first.peer).length, invitesOf(second.peer).length], [6, 1])
  })
})
