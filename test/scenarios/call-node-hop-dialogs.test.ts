// What is asked within calls between two programs that share phones (RFC 3261 14, 3262, 3311, 3515, 3891, 4028): it all goes over the node
// that the phone is connected to, in both directions, and is answered by the other end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerCall } from '../../conformance/sip-call.ts'
import type { SipPeer } from '../../conformance/sip-peer.ts'
import { header, methodOf, reasonsOf, statusOf, type SipText } from '../../conformance/sip-text.ts'
import { openHopPair, password } from '../hop-pair.ts'
import { rcml } from '../call-place.ts'
import { until } from '../until.ts'

const pair = await openHopPair()
const { place, ring, ringing, talking } = pair
place.pages.set('/refer', rcml('<Gather timeout="60"/>'))
const limit = { timeout: 60_000 }

const received = (peer: SipPeer, method: string): SipText[] => peer.received.filter((one) => methodOf(one) === method)

/** The news of a REFER, up to the last. */
async function notified(peer: SipPeer): Promise<string[]> {
  const all = await until(
    () => received(peer, 'NOTIFY'),
    (found) => found.some((one) => header(one, 'subscription-state').startsWith('terminated')),
  )
  return all.map(({ body }) => body.trim())
}

/** The call that the phone is in, as its record says it. */
const callOf = async (login: string): Promise<any> =>
  until(
    async () => (await place.api('GET', `/calls?to=${login}`)).items.find(({ final }: any) => !final),
    (one) => one?.state === 'answered',
  )

/** Refer-To of an attended transfer: with whom the phone talks in `other`. By its Call-ID it is found. */
const instead = ({ callId }: PeerCall): string[] => {
  const replaces = encodeURIComponent(`${callId};to-tag=party;from-tag=phone`)
  return [`Refer-To: <sip:desk@pbx.example?Replaces=${replaces}>`]
}

test('a phone hands its call over by REFER, and is told how it went', limit, async () => {
  const { login, called, caller, peer } = await talking()
  const before = place.asked.length
  const target = ['Refer-To: <sip:desk@pbx.example>', `Referred-By: <sip:${login}@127.0.0.1>`]
  assert.equal(statusOf(await called.request('REFER', target)), 202)
  assert.equal(methodOf(await called.ended()), 'BYE')
  assert.deepEqual(await notified(peer), ['SIP/2.0 100 Trying', 'SIP/2.0 200 OK'])
  await until(() => place.asked.slice(before).includes('/refer'))
  assert.equal((await place.ended({ to: login })).reason, 'call.transferred')
  assert.equal(statusOf(await caller.hangUp()), 200)
  peer.close()
})

test('an attended transfer joins two calls to a phone that is connected elsewhere', limit, async () => {
  const first = await talking()
  const { peer } = first
  const second = await ring(first)
  await second.called.answer()
  assert.equal(statusOf(await second.caller.final()), 200)
  assert.equal(statusOf(await first.called.request('REFER', instead(second.called))), 202)
  for (const { called } of [first, second]) assert.equal(methodOf(await called.ended()), 'BYE')
  assert.deepEqual(await notified(peer), ['SIP/2.0 100 Trying', 'SIP/2.0 200 OK'])
  const before = second.caller.heard
  const quiet = first.caller.tone(440)
  await until(() => second.caller.heard > before + 20)
  quiet()
  assert.equal(statusOf(await first.caller.hangUp()), 200)
  assert.equal(methodOf(await second.caller.ended()), 'BYE')
  peer.close()
})

test('an attended transfer of calls on two nodes is refused, and says why', limit, async () => {
  const { login, called, caller, peer } = await talking()
  const { id } = await callOf(login)
  // What it dials itself is on the node that it is connected to.
  const number = await place.number('/wait')
  const credentials = { username: login, password }
  const dialled = await peer.call({ server: pair.farSip, from: `sip:${login}@127.0.0.1`, to: number, credentials })
  assert.equal(statusOf(await dialled.final()), 200)
  const refused = await called.request('REFER', instead(dialled))
  assert.equal(statusOf(refused), 603, refused.raw)
  assert.match(reasonsOf(refused)['Q.850']!.text, /is up on another node/)
  const { items } = await place.api('GET', `/calls/${id}/timeline`)
  assert.match(JSON.stringify(items), /refer\.refused[^}]*call\.on_other_node/)
  // Both go on.
  assert.equal(statusOf(await dialled.hangUp()), 200)
  await until(async () => (await place.api('GET', `/calls?to=${encodeURIComponent(number)}`)).items[0]?.final)
  // Of one that is nowhere it is said that there is none.
  const none = await called.request('REFER', instead(dialled))
  assert.match(reasonsOf(none)['Q.850']!.text, /cannot be found/)
  // Nor is one that cannot be read taken for a blind transfer.
  const unreadable = ['Refer-To: <sip:desk@pbx.example?Replaces=12345>']
  assert.equal(statusOf(await called.request('REFER', unreadable)), 400)
  assert.equal(statusOf(await caller.hangUp()), 200)
  assert.equal((await place.ended({ to: login })).reason, 'call.completed')
  peer.close()
})

test('provisional answers are acknowledged to the phone, and it changes its sound before it answers', limit, async () => {
  for (const over of ['connection', 'packets'] as const) {
    const { login, called, caller, peer } = await ringing(over)
    const acknowledged = called.next('PRACK')
    called.reply(called.invite!, 183, 'Session Progress', ['Require: 100rel', 'RSeq: 7'], called.sdp)
    const prack = await acknowledged
    assert.equal(header(prack, 'rack'), `7 ${header(called.invite!, 'cseq')}`)
    called.reply(prack, 200, 'OK')
    const updated = await called.request('UPDATE', [], called.sdp.replace('sendrecv', 'sendonly'))
    assert.equal(statusOf(updated), 200, updated.raw)
    assert.match(updated.body, /a=recvonly|a=inactive/)
    await called.answer()
    assert.equal(statusOf(await caller.final()), 200)
    assert.equal(statusOf(await called.hangUp()), 200)
    assert.equal((await place.ended({ to: login })).reason, 'call.completed')
    peer.close()
  }
})

test('the timer of a session is refreshed by both sides', limit, async () => {
  for (const method of ['UPDATE', 'INVITE'] as const) {
    const { login, called, caller, peer } = await ringing()
    assert.match(header(called.invite!, 'session-expires'), /^1800/)
    const refreshing = called.next(method)
    const allow = method === 'UPDATE' ? ['Allow: INVITE, ACK, BYE, CANCEL, UPDATE'] : []
    await called.answer(['Session-Expires: 10;refresher=uac', 'Require: timer', ...allow])
    const refresh = await refreshing
    assert.match(header(refresh, 'session-expires'), /;refresher=uac$/)
    const agreed = ['Session-Expires: 1800;refresher=uas', 'Require: timer']
    called.reply(refresh, 200, 'OK', agreed, method === 'INVITE' ? called.sdp : '')
    const asked = ['Supported: timer', 'Session-Expires: 1800;refresher=uac']
    const again = await called.request(method, asked, method === 'INVITE' ? called.sdp : '')
    assert.equal(statusOf(again), 200, again.raw)
    assert.equal(header(again, 'session-expires'), '1800;refresher=uac')
    assert.equal(statusOf(await caller.hangUp()), 200)
    assert.equal((await place.ended({ to: login })).reason, 'call.completed')
    peer.close()
  }
})

test('two offers that meet are both refused, and made again', limit, async () => {
  const { login, called, caller, peer } = await talking()
  const { id } = await callOf(login)
  const first = called.next('INVITE')
  const held = place.api('PATCH', `/calls/${id}`, { held: true })
  const ours = await first
  assert.equal(statusOf(await called.request('INVITE', [], called.sdp)), 491)
  const second = called.next('INVITE')
  called.reply(ours, 491, 'Request Pending')
  const again = await second
  assert.match(again.body, /a=sendonly|a=inactive/)
  called.reply(again, 200, 'OK', [], called.sdp.replace('sendrecv', 'recvonly'))
  await held
  const taken = await called.request('INVITE', [], called.sdp)
  assert.equal(statusOf(taken), 200, taken.raw)
  assert.equal(statusOf(await caller.hangUp()), 200)
  assert.equal((await place.ended({ to: login })).reason, 'call.completed')
  peer.close()
})
