// Faults of signalling, each with what the record says of it in the end: messages that are lost, doubled, late or out of order, carriers that
// refuse, and parties that are gone. The other side is a raw peer behind a relay that does to its messages what the scenario wants.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { methodOf, statusOf } from '../../conformance/sip-text.ts'
import { openCallPlace, rcml } from '../call-place.ts'
import { newFolder } from '../program.ts'
import { until } from '../until.ts'

const place = await openCallPlace({ data: newFolder() })
place.pages.set('/wait', rcml('<Gather timeout="120"/>'))
place.pages.set('/nothing', rcml('<Pause length="30"/>'))
const waiting = await place.number('/wait')
/** Answers nobody for 30 s. */
const ringing = await place.number('/nothing')

const dial = (to: string, more: object = {}): Promise<any> =>
  place.api('POST', '/calls', { from: waiting, to, url: `${place.url}/wait`, timeoutSeconds: 20, ...more })

const answered = (fits: object): Promise<any> =>
  until(
    async () => (await place.api('GET', `/calls?${new URLSearchParams({ ...fits }).toString()}`)).items[0],
    (one) => one?.state === 'answered',
  )

describe('faults of signalling', { concurrency: true, timeout: 170_000 }, () => {
  test('an ACK that never comes ends the call by us, with BYE', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = ({ from, what }) => (from === 'peer' && what === 'ACK' ? 'lose' : 'pass')
    const call = await peer.call({ server, from: '+13105550001', to: waiting })
    assert.equal(statusOf(await call.final()), 200)
    assert.equal(methodOf(await call.ended()), 'BYE')
    const { state, reason, fault, cause, endedBy } = await place.ended({ from: '+13105550001' })
    assert.deepEqual([state, reason, fault, endedBy], ['failed', 'call.network_failure', 'carrier', 'network'])
    assert.match(cause!, /^ack_lost/)
    assert.ok(
      relay.seen.filter(({ from, what, method }) => from === 'program' && what === '200' && method === 'INVITE').length > 3,
    )
  })

  test('an ACK that is lost twice is none the less heard, after our 200 again', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = ({ from, what, nth }) => (from === 'peer' && what === 'ACK' && nth <= 1 ? 'lose' : 'pass')
    const call = await peer.call({ server, from: '+13105550002', to: waiting })
    await call.final()
    await relay.until(({ from, what, method, nth }) => from === 'program' && what === '200' && method === 'INVITE' && nth === 2)
    // A peer that hears the 200 again sends its ACK again.
    const ack = await relay.until(({ what }) => what === 'ACK')
    peer.send(ack.text, server)
    await relay.until(({ what, nth }) => what === 'ACK' && nth === 2)
    assert.equal(statusOf(await call.hangUp()), 200)
    const { state, reason, cause, endedBy } = await place.ended({ from: '+13105550002' })
    assert.deepEqual([state, reason, cause, endedBy], ['completed', 'call.completed', 'sip BYE', 'caller'])
  })

  test('our BYE that is lost goes out again, and is given up without an answer', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = ({ from, what }) => (from === 'program' && what === 'BYE' ? 'lose' : 'pass')
    const call = await peer.call({ server, from: '+13105550003', to: waiting })
    await call.final()
    const { id } = await answered({ from: '+13105550003' })
    await place.api('POST', `/calls/${id}/end`, {})
    await relay.until(({ from, what, nth }) => from === 'program' && what === 'BYE' && nth === 3)
    const { state, endedBy } = await place.ended({ from: '+13105550003' })
    assert.deepEqual([state, endedBy], ['completed', 'application'])
  })

  test('a BYE that comes twice ends one call once, and is answered twice', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = ({ from, what }) => (from === 'peer' && what === 'BYE' ? 'twice' : 'pass')
    const call = await peer.call({ server, from: '+13105550004', to: waiting })
    await call.final()
    assert.equal(statusOf(await call.hangUp()), 200)
    await relay.until(({ from, what, method, nth }) => from === 'program' && what === '200' && method === 'BYE' && nth === 2)
    const { state, reason, endedBy } = await place.ended({ from: '+13105550004' })
    assert.deepEqual([state, reason, endedBy], ['completed', 'call.completed', 'caller'])
  })

  test('the answer to their BYE is lost: the BYE again is answered again', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = ({ from, what, method, nth }) =>
      from === 'program' && what === '200' && method === 'BYE' && nth === 1 ? 'lose' : 'pass'
    const call = await peer.call({ server, from: '+13105550005', to: waiting })
    await call.final()
    assert.equal(statusOf(await call.hangUp()), 200)
    const { state, reason } = await place.ended({ from: '+13105550005' })
    assert.deepEqual([state, reason], ['completed', 'call.completed'])
  })

  test('everything twice is one call', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = () => 'twice'
    const call = await peer.call({ server, from: '+13105550006', to: waiting })
    await call.final()
    assert.equal(statusOf(await call.hangUp()), 200)
    const { state, reason } = await place.ended({ from: '+13105550006' })
    assert.deepEqual([state, reason], ['completed', 'call.completed'])
  })

  test('everything twice is one call that goes out', async () => {
    const { peer, relay } = await place.route('+12125550')
    relay.fate = () => 'twice'
    const invited = peer.invited()
    await dial('+12125550006')
    const call = await invited
    call.ring()
    await call.answer()
    assert.equal(statusOf(await call.hangUp()), 200)
    const { state, reason, endedBy } = await place.ended({ to: '+12125550006' })
    assert.deepEqual([state, reason, endedBy], ['completed', 'call.completed', 'callee'])
    assert.equal(new Set(peer.received.filter((one) => methodOf(one) === 'INVITE').map(({ raw }) => raw)).size, 1)
  })

  test('a BYE that overtakes the ACK ends the call all the same', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = ({ from, what, nth }) => (from === 'peer' && (what === 'ACK' || what === 'BYE') && nth === 1 ? 'hold' : 'pass')
    const call = await peer.call({ server, from: '+13105550007', to: waiting })
    await call.final()
    const gone = call.hangUp()
    await relay.until(({ what }) => what === 'BYE')
    relay.release()
    assert.equal(statusOf(await gone), 200)
    const { state, reason, endedBy } = await place.ended({ from: '+13105550007' })
    assert.deepEqual([state, reason, endedBy], ['completed', 'call.completed', 'caller'])
  })

  test('a 200 that comes again and again is acknowledged each time, and answers once', async () => {
    const { peer, relay } = await place.route('+12125551')
    relay.fate = ({ from, what, nth }) => (from === 'program' && what === 'ACK' && nth <= 2 ? 'lose' : 'pass')
    const invited = peer.invited()
    await dial('+12125551000')
    const call = await invited
    await call.answer()
    assert.ok(relay.seen.filter(({ from, what }) => from === 'program' && what === 'ACK').length >= 3)
    await call.hangUp()
    const { state, reason, endedBy, record } = await place.ended({ to: '+12125551000' })
    assert.deepEqual([state, reason, endedBy], ['completed', 'call.completed', 'callee'])
    const times = place.hooks.heard.filter(
      ({ headers, body }) => headers['offhook-event'] === 'call.answered' && JSON.parse(body).data.id === record.id,
    )
    assert.equal(new Set(times.map(({ headers }) => headers['webhook-id'])).size, 1)
  })

  test('a 200 that our CANCEL crosses is acknowledged and hung up', async () => {
    const { peer, relay } = await place.route('+12125552')
    relay.fate = ({ from, what }) => (from === 'program' && what === 'CANCEL' ? 'hold' : 'pass')
    const invited = peer.invited()
    const { id } = await dial('+12125552000')
    const call = await invited
    call.ring()
    await relay.until(({ from, what }) => from === 'peer' && what === '180')
    await place.api('POST', `/calls/${id}/end`, {})
    await relay.until(({ from, what }) => from === 'program' && what === 'CANCEL')
    await call.answer()
    assert.equal(methodOf(await call.ended()), 'BYE')
    relay.release()
    const { state, reason, endedBy } = await place.ended({ to: '+12125552000' })
    assert.deepEqual([state, reason, endedBy], ['canceled', 'call.canceled_by_request', 'application'])
  })

  test('a CANCEL that crosses our 200 counts for nothing; the caller hangs up', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = ({ from, what, method }) => (from === 'program' && what === '200' && method === 'INVITE' ? 'hold' : 'pass')
    const call = await peer.call({ server, from: '+13105550008', to: waiting })
    await relay.until(({ from, what, method }) => from === 'program' && what === '200' && method === 'INVITE')
    call.cancel()
    await relay.until(({ from, what, method }) => from === 'program' && what === '200' && method === 'CANCEL')
    relay.fate = () => 'pass'
    relay.release()
    assert.equal(statusOf(await call.final()), 200)
    await call.hangUp()
    const { state, reason, endedBy } = await place.ended({ from: '+13105550008' })
    assert.deepEqual([state, reason, endedBy], ['completed', 'call.completed', 'caller'])
  })

  test('a caller who cancels is answered 487 and had a call of one end', async () => {
    const { peer, relay, server } = await place.party()
    relay.fate = ({ from, what }) => (from === 'peer' && what === 'CANCEL' ? 'twice' : 'pass')
    const call = await peer.call({ server, from: '+13105550009', to: ringing })
    await relay.until(({ from, what }) => from === 'program' && (what === '180' || what === '100'))
    await until(
      () => place.api('GET', `/calls?from=${encodeURIComponent('+13105550009')}`),
      ({ items }) => items.length > 0,
    )
    call.cancel()
    assert.equal(statusOf(await call.final()), 487)
    const { state, reason, endedBy, sipStatus } = await place.ended({ from: '+13105550009' })
    assert.deepEqual([state, reason, endedBy, sipStatus], ['canceled', 'call.canceled_by_request', 'caller', 487])
  })

  test('a phone that is gone is noticed when it is asked to hold', async () => {
    const { peer, relay } = await place.route('+12125553')
    const invited = peer.invited()
    const { id } = await dial('+12125553000')
    const call = await invited
    await call.answer()
    await answered({ to: '+12125553000' })
    relay.fate = () => 'lose'
    await place.api('PATCH', `/calls/${id}`, { held: true }).catch(() => undefined)
    const { state, reason, fault, endedBy, cause } = await place.ended({ to: '+12125553000' })
    assert.deepEqual([state, reason, fault, endedBy], ['failed', 'call.network_failure', 'carrier', 'network'])
    assert.match(cause!, /timeout/)
  })

  test('a phone that is gone is noticed by the session timer', async () => {
    const { peer, relay, server } = await place.party()
    const headers = ['Supported: timer', 'Session-Expires: 90;refresher=uas']
    const call = await peer.call({ server, from: '+13105550010', to: waiting, headers })
    assert.match((await call.final()).raw, /Session-Expires: 90;refresher=uas/)
    await relay.until(({ what }) => what === 'ACK')
    // Nothing of it comes through any more: our refresh after 45 s has no answer.
    relay.fate = () => 'lose'
    const { state, reason, fault, endedBy, cause } = await place.ended({ from: '+13105550010' })
    assert.deepEqual([state, reason, fault, endedBy], ['failed', 'call.network_failure', 'carrier', 'network'])
    assert.match(cause!, /session timer|timeout/)
    assert.ok(relay.seen.some(({ from, what }) => from === 'program' && (what === 'UPDATE' || what === 'INVITE')))
  })

  test('a connection that says half of an INVITE and no more makes no call, and hurts none', async () => {
    const socket = connect(place.sip.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('INVITE sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKhalf\r\nContent-Length: 1')
    const { peer, server } = await place.party()
    const call = await peer.call({ server, from: '+13105550011', to: waiting })
    await call.final()
    await call.hangUp()
    assert.equal((await place.ended({ from: '+13105550011' })).reason, 'call.completed')
    socket.destroy()
  })

  test('calls of a trunk that is removed go on to their own end', async () => {
    const { peer, carrierId } = await place.route('+12125554')
    const invited = peer.invited()
    await dial('+12125554000')
    const call = await invited
    await call.answer()
    await answered({ to: '+12125554000' })
    const { items: routes } = await place.operator('GET', '/routes')
    for (const route of routes) if (route.carrierId === carrierId) await place.operator('DELETE', `/routes/${route.id}`)
    await place.operator('DELETE', `/carriers/${carrierId}`)
    assert.equal(statusOf(await call.hangUp()), 200)
    const { state, reason, endedBy } = await place.ended({ to: '+12125554000' })
    assert.deepEqual([state, reason, endedBy], ['completed', 'call.completed', 'callee'])
  })

  const refusals: readonly (readonly [number, string, string, string, string, string, boolean])[] = [
    [302, 'Moved Temporarily', 'failed', 'call.redirected', 'recipient', 'callee', true],
    [403, 'Forbidden', 'failed', 'call.network_failure', 'carrier', 'network', true],
    [404, 'Not Found', 'failed', 'call.destination_unknown', 'caller', 'network', false],
    [486, 'Busy Here', 'busy', 'call.busy', 'recipient', 'callee', false],
    [500, 'Server Internal Error', 'failed', 'call.network_failure', 'carrier', 'network', true],
    [503, 'Service Unavailable', 'failed', 'call.congestion', 'carrier', 'network', true],
    [603, 'Decline', 'busy', 'call.declined', 'recipient', 'callee', false],
  ]
  for (const [index, [status, phrase, state, reason, fault, endedBy, elsewhere]] of refusals.entries()) {
    test(`a carrier that says ${status} ${elsewhere ? 'leaves the call to another' : 'has the last word'}`, async () => {
      const prefix = `+130555520${index}`
      const to = `${prefix}0`
      const first = await place.route(prefix, { rank: 1 })
      const second = await place.route(prefix, { rank: 2 })
      first.peer.onInvite((call) => call.refuse(status, phrase, status === 302 ? ['Contact: <sip:+13055550199@127.0.0.1>'] : []))
      second.peer.onInvite((call) => call.refuse(status, phrase))
      await dial(to)
      const ended = await place.ended({ to })
      assert.deepEqual([ended.state, ended.reason, ended.fault, ended.endedBy], [state, reason, fault, endedBy])
      assert.equal(ended.sipStatus, status)
      assert.ok(ended.cause!.startsWith(`sip ${status} ${phrase}`), ended.cause!)
      assert.equal(
        second.peer.received.some((one) => methodOf(one) === 'INVITE'),
        elsewhere,
      )
    })
  }

  test('a carrier that has let it ring is not passed over for another', async () => {
    const first = await place.route('+1305556', { rank: 1 })
    const second = await place.route('+1305556', { rank: 2 })
    first.peer.onInvite((call) => {
      call.ring()
      call.refuse(503, 'Service Unavailable')
    })
    await dial('+13055561000')
    const { reason, sipStatus } = await place.ended({ to: '+13055561000' })
    assert.deepEqual([reason, sipStatus], ['call.congestion', 503])
    assert.ok(!second.peer.received.some((one) => methodOf(one) === 'INVITE'))
  })

  test('a carrier that is silent leaves the call to another, which answers', async () => {
    const first = await place.route('+1305557', { rank: 1 })
    const second = await place.route('+1305557', { rank: 2 })
    first.relay.fate = () => 'lose'
    const invited = second.peer.invited()
    await dial('+13055571000')
    const call = await invited
    await call.answer()
    await call.hangUp()
    const { state, reason, record } = await place.ended({ to: '+13055571000' })
    assert.deepEqual([state, reason], ['completed', 'call.completed'])
    assert.equal(record.endedBy, 'callee')
  })
})
