// Two programs on one PostgreSQL that reach each other over SIP: calls on the first to phones that are connected to the second. All of a
// dialog goes over the second and down the phone's own connection, sound does not; and nobody but a fellow has anything passed on.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { header, methodOf, statusOf, tagOf } from '../../conformance/sip-text.ts'
import { openHopPair } from '../hop-pair.ts'
import { until } from '../until.ts'

const pair = await openHopPair()
const { place, phone, ringing, talking } = pair
const sip = pair.farSip.port
const hopThere = pair.farHopPort

test('a script rings a phone that is connected to the other program, and they hear each other', { timeout: 60_000 }, async () => {
  const { login, called, caller, peer } = await talking()
  try {
    // The route leads over the other program twice, once for each side (RFC 5658); sound is offered by the one that has the call.
    const routes = called.invite!.headers.get('record-route') ?? []
    assert.equal(routes.length, 2)
    assert.match(routes[0]!, new RegExp(`@127\\.0\\.0\\.1:${sip};transport=tcp;lr>$`))
    assert.match(routes[1]!, new RegExp(`@127\\.0\\.0\\.1:${hopThere};transport=tcp;lr>$`))
    assert.equal(called.invite!.headers.get('via')!.length, 2)
    // One for the node that has the call (RFC 7332), and one for the other.
    assert.equal(header(called.invite!, 'max-forwards'), '68')
    const quiet = [called.tone(440), caller.tone(440)]
    await until(
      () => [called.heard, caller.heard],
      (heard) => heard.every((packets) => packets > 20),
    )
    for (const stop of quiet) stop()
    // The phone holds and asks in its dialog: it is answered by the node that has the call.
    const held = await called.request('INVITE', [], holdSdp)
    assert.equal(statusOf(held), 200)
    assert.match(held.body, /a=recvonly|a=inactive/)
    assert.equal(statusOf(await called.request('INFO')), 200)
    // And the other way.
    const { id } = await until(
      async () => (await place.api('GET', `/calls?to=${login}`)).items[0],
      (one) => one?.state === 'answered',
    )
    await place.api('PATCH', `/calls/${id}`, { held: true })
    const again = peer.received.filter((one) => methodOf(one) === 'INVITE')
    assert.equal(again.length, 2)
    assert.notEqual(tagOf(header(again[1]!, 'to')), '')
    assert.equal(statusOf(await caller.hangUp()), 200)
    assert.equal(methodOf(await called.ended()), 'BYE')
    const { reason } = await place.ended({ to: login })
    assert.equal(reason, 'call.completed')
  } finally {
    peer.close()
  }
})

const holdSdp = [
  'v=0',
  'o=peer 1 2 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 9 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
  'a=sendonly',
  '',
].join('\r\n')

test('who hangs up at the phone ends the call, over a connection and over packets', { timeout: 60_000 }, async () => {
  for (const over of ['connection', 'packets'] as const) {
    const { login, called, caller, peer } = await talking(over)
    assert.equal(called.invite!.source.port, sip, 'it came from where the phone has registered')
    assert.equal(statusOf(await called.hangUp()), 200)
    assert.equal(methodOf(await caller.ended()), 'BYE')
    const { reason, endedBy } = await place.ended({ to: login })
    assert.deepEqual([reason, endedBy], ['call.completed', 'callee'])
    peer.close()
  }
})

test('a caller who gives up while it rings is heard of at the phone', { timeout: 60_000 }, async () => {
  const { login, called, caller, peer } = await ringing()
  // The script has taken its call by then.
  assert.equal(statusOf(await caller.final()), 200)
  assert.equal(statusOf(await caller.hangUp()), 200)
  assert.equal(methodOf(await called.ended()), 'CANCEL')
  assert.equal((await place.ended({ to: login })).reason, 'call.canceled_by_request')
  peer.close()
})

test('a refusal of the phone is the reason of the call', { timeout: 60_000 }, async () => {
  const { login, called, peer } = await ringing()
  called.refuse(486, 'Busy Here')
  const { reason, sipStatus } = await place.ended({ to: login })
  assert.deepEqual([reason, sipStatus], ['call.busy', 486])
  peer.close()
})

test('a call to a phone whose connection goes while it rings has failed for that', { timeout: 60_000 }, async () => {
  const { login, peer } = await ringing()
  peer.close()
  const { reason, sipStatus, cause } = await place.ended({ to: login })
  assert.deepEqual([reason, sipStatus], ['client.registration_expired', 430])
  assert.match(cause!, /430 Flow Failed/)
})

test('a call that is up ends with the connection of its phone', { timeout: 60_000 }, async () => {
  const { login, peer, caller } = await talking()
  peer.close()
  assert.equal((await place.ended({ to: login })).reason, 'client.registration_expired')
  assert.equal(methodOf(await caller.ended()), 'BYE')
})

test('a call that a request places is at the node that was asked', { timeout: 60_000 }, async () => {
  const { login, peer } = await phone()
  const other = await phone()
  const invited = peer.invited()
  const { id } = await place.api('POST', '/calls', {
    from: `client:${other.login}`,
    to: `client:${login}`,
    url: `${place.url}/wait`,
  })
  const called = await invited
  await called.answer()
  await until(
    () => place.api('GET', `/calls/${id}`),
    ({ state }) => state === 'answered',
  )
  await place.api('POST', `/calls/${id}/end`, {})
  assert.equal(methodOf(await called.ended()), 'BYE')
  for (const one of [peer, other.peer]) one.close()
})

/** One message over a connection of its own; gives what came back until it is whole. */
async function told(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write([...lines, 'Content-Length: 0', '', ''].join('\r\n'))
  let heard = ''
  while (!heard.includes('\r\n\r\n')) heard += String((await once(socket, 'data'))[0])
  socket.destroy()
  return heard
}

let asked = 0

const invite = (uri: string, callId: string, more: readonly string[], to = '<sip:ann@x>'): string[] => [
  `INVITE ${uri} SIP/2.0`,
  `Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKforged${(asked += 1)}`,
  'Max-Forwards: 70',
  'From: <sip:eve@x>;tag=1',
  `To: ${to}`,
  `Call-ID: ${callId}`,
  'CSeq: 1 INVITE',
  'Contact: <sip:eve@127.0.0.1:9>',
  ...more,
]

test('nothing is passed on for anybody but a fellow', { timeout: 60_000 }, async () => {
  const { called, caller, peer, login } = await talking()
  const routes = called.invite!.headers.get('record-route')!
  const [, down = ''] = /<sip:([^@]+)@/.exec(routes[1]!) ?? []
  const contact = header(called.invite!, 'call-id')
  const hop = (pass: string): string[] => [`Route: <sip:${pass}@127.0.0.1:${hopThere};transport=tcp;lr>`]
  const forged = down.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  const target = peer.contact
  // None, one that was changed, and a good one for another call: a phone knows those of its own.
  for (const [callId, route] of [
    ['none@x', []],
    [contact, hop(forged)],
    ['other@x', hop(down)],
  ] as const) {
    assert.match(await told(hopThere, invite(target, callId, route)), /^SIP\/2\.0 403 [^]*\r\nReason: Q\.850;cause=21/)
  }
  // Nor do the passes of the hop open the door for phones, or make a new call of an old one.
  const up = routes[0]!.replace(/^<|>$/g, '')
  assert.match(await told(sip, invite('sip:x@127.0.0.1', contact, [`Route: <${up}>`])), /^SIP\/2\.0 403 /)
  assert.match(await told(sip, invite('sip:x@127.0.0.1', contact, hop(down))), /^SIP\/2\.0 403 /)
  // What went round too often is not passed on by fellows either (RFC 3261 16.3).
  const old = invite(target, contact, hop(down)).map((line) => line.replace('Max-Forwards: 70', 'Max-Forwards: 0'))
  assert.match(await told(hopThere, old), /^SIP\/2\.0 483 /)
  const round = [...invite(target, contact, hop(down))]
  round.splice(2, 0, `Via: SIP/2.0/TCP 127.0.0.1:${hopThere};branch=z9hG4bKbefore`)
  assert.match(await told(hopThere, round), /^SIP\/2\.0 482 /)
  assert.equal(peer.received.filter((one) => methodOf(one) === 'INVITE').length, 1, 'that of the call')
  assert.equal(statusOf(await caller.hangUp()), 200)
  await place.ended({ to: login })
  peer.close()
})

test('calls to phones of a program that dies end here', { timeout: 60_000 }, async () => {
  const { login, caller, peer } = await talking()
  pair.second.child.kill('SIGKILL')
  const { reason } = await place.ended({ to: login })
  assert.equal(reason, 'client.registration_expired')
  assert.equal(methodOf(await caller.ended()), 'BYE')
  peer.close()
})
