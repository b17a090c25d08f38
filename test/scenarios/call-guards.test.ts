// The guards of calls over the running program: destinations that cost somebody a fortune, emergency numbers, callers' limits, passwords that are
// guessed, programs that look for open doors, and accounts that may not call any more.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { methodOf, reasonsOf, statusOf } from '../../conformance/sip-text.ts'
import { openCallPlace, rcml } from '../call-place.ts'
import { newFolder } from '../program.ts'
import { until } from '../until.ts'

const place = await openCallPlace({ data: newFolder() })
place.pages.set('/wait', rcml('<Gather timeout="120"/>'))
const own = await place.number('/wait')
const password = 'Guard-1-well'
const { accountId } = await place.api('GET', '/whoami')

const refusedWith = async (to: string): Promise<string> => {
  const response = await fetch(`${place.program.url}/v1/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${place.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ from: own, to, url: `${place.url}/wait` }),
  })
  const { reason } = (await response.json()) as { reason: string }
  assert.ok(response.status >= 400, `${to}: ${response.status}`)
  return reason
}

test('destinations are closed until they are opened: other countries, premium numbers, satellites', async () => {
  const { peer } = await place.route('')
  for (const [to, reason] of [
    ['+33612345678', 'destination.not_allowed'],
    ['+19005550123', 'destination.high_risk'],
    ['+881612345678', 'destination.high_risk'],
  ] as const)
    assert.equal(await refusedWith(to), reason, to)
  assert.deepEqual(peer.received.map(methodOf), [])
  await place.operator('PATCH', `/accounts/${accountId}`, { settings: { voice: { countries: ['FR'] } } })
  const invited = peer.invited()
  await place.api('POST', '/calls', { from: own, to: '+33612345678', url: `${place.url}/wait` })
  ;(await invited).refuse(486, 'Busy Here')
  assert.equal((await place.ended({ to: '+33612345678' })).reason, 'call.busy')
})

test('emergency numbers go nowhere unless there is a route of their own', async () => {
  assert.equal(await refusedWith('112'), 'call.emergency_not_routed')
  assert.equal(await refusedWith('911'), 'call.emergency_not_routed')
  const { peer } = await place.route('112')
  const invited = peer.invited()
  await place.api('POST', '/calls', { from: own, to: '112', url: `${place.url}/wait` })
  const call = await invited
  assert.match(call.invite!.first, /^INVITE sip:112@/)
  call.refuse(486, 'Busy Here')
  assert.equal((await place.ended({ to: '112' })).reason, 'call.busy')
  assert.equal(await refusedWith('911'), 'call.emergency_not_routed')
})

test('a prefix that no number would ever match is refused, with what would be good', async () => {
  const { id: carrierId } = (await place.operator('GET', '/carriers')).items[0]
  for (const [prefix, kind, expected] of [
    ['030', 'voice', /^\+ and the country code, such as \+49/],
    ['49', 'voice', /^\+ and the country code/],
    ['0049301234567', 'voice', /^\+ and the country code/],
    ['112', '', /^kind voice for 112, or \+ and/],
    ['+49x', 'voice', /^\+ and the country code/],
  ] as const)
    await assert.rejects(place.operator('POST', '/routes', { carrierId, prefix, kind }), ({ message }: Error) => {
      const { reason, params } = JSON.parse(/\{.*$/s.exec(message)![0])
      assert.deepEqual([reason, params.parameter, params.value], ['request.parameter_invalid', 'prefix', prefix])
      assert.match(params.expected, expected)
      return true
    })
  const good = await place.operator('POST', '/routes', { carrierId, prefix: '999', kind: 'voice' })
  await assert.rejects(place.operator('PATCH', `/routes/${good.id}`, { prefix: '99' }), /request.parameter_invalid/)
  assert.equal((await place.operator('PATCH', `/routes/${good.id}`, { prefix: '+4420' })).prefix, '+4420')
  await place.operator('DELETE', `/routes/${good.id}`)
})

test('calls of an account that is suspended do not go on, and no others come in', async () => {
  const { peer, server } = await place.party()
  const talking = await peer.call({ server, from: '+13105553003', to: own })
  assert.equal(statusOf(await talking.final()), 200)
  await place.operator('PATCH', `/accounts/${accountId}`, { status: 'suspended' })
  assert.equal(methodOf(await talking.ended()), 'BYE')
  const late = await peer.call({ server, from: '+13105553004', to: own })
  const refused = await late.final()
  assert.ok(statusOf(refused) >= 400 && reasonsOf(refused)['Q.850'])
  await place.operator('PATCH', `/accounts/${accountId}`, { status: 'active' })
  const broken = await place.ended({ from: '+13105553003' })
  assert.deepEqual([broken.reason, broken.endedBy], ['account.on_hold', 'platform'])
  const { state, reason, endedBy } = await place.ended({ from: '+13105553004' })
  assert.deepEqual([state, reason, endedBy], ['failed', 'account.on_hold', 'platform'])
})

test('calls at once are bounded for those who call in, and what is refused says so in its record', async () => {
  await place.operator('PATCH', `/accounts/${accountId}`, { settings: { limits: { concurrentCalls: 1 } } })
  const { peer, server } = await place.party()
  const first = await peer.call({ server, from: '+13105553001', to: own })
  assert.equal(statusOf(await first.final()), 200)
  const second = await peer.call({ server, from: '+13105553002', to: own })
  const refused = await second.final()
  assert.ok(statusOf(refused) >= 400 && reasonsOf(refused)['Q.850'])
  const { state, reason, endedBy } = await place.ended({ from: '+13105553002' })
  assert.deepEqual([state, reason, endedBy], ['failed', 'call.concurrency_reached', 'platform'])
  await first.hangUp()
  await place.ended({ from: '+13105553001' })
  await place.operator('PATCH', `/accounts/${accountId}`, { settings: { limits: { concurrentCalls: 0 } } })
})

test('a phone that dials what is closed to it is refused by the platform, not by a callee', async () => {
  await place.api('POST', '/clients', { login: 'fraudster', password })
  const carriers = (await place.operator('GET', '/carriers')).items
  const network = carriers.find(({ name }: { name: string }) => name === 'network')
  // Only a stranger to all trunks is asked for a password.
  await place.operator('PATCH', `/carriers/${network.id}`, { enabled: false })
  await until(
    () => place.operator('GET', `/carriers/${network.id}`),
    ({ trunk }) => trunk?.state !== 'up',
  )
  const peer = await SipPeer.open()
  const credentials = { username: 'fraudster', password }
  const call = await peer.call({ server: place.sip, from: 'fraudster', to: '+881612345678', credentials })
  const refused = await call.final()
  assert.ok(statusOf(refused) >= 400, refused.first)
  for (const direction of ['in', 'out'] as const) {
    const { reason, endedBy, state } = await place.ended({ to: '+881612345678', direction })
    assert.deepEqual([state, reason, endedBy], ['failed', 'destination.high_risk', 'platform'], direction)
  }
  peer.close()
})

describe('those who look for open doors', () => {
  test('a scanner that says what it is gets no word, and whoever asks after it does', async () => {
    const peer = await SipPeer.open()
    const ask = (agent: string, port: number) =>
      [
        `OPTIONS sip:100@127.0.0.1 SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${agent.replaceAll(/\W/g, '')};rport`,
        'Max-Forwards: 70',
        `From: <sip:100@127.0.0.1>;tag=a`,
        `To: <sip:100@127.0.0.1>`,
        `Call-ID: ${agent}@x`,
        'CSeq: 1 OPTIONS',
        `User-Agent: ${agent}`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n')
    peer.send(ask('friendly-scanner', peer.port), place.sip)
    peer.send(ask('an honest phone', peer.port), place.sip)
    await until(
      () => peer.received.length,
      (count) => count > 0,
    )
    assert.equal(peer.received.length, 1)
    assert.match(peer.received[0]!.raw, /an honest phone@x/)
    peer.close()
  })

  test('who guesses at a password is locked out for that name; a phone without credentials is only asked', async () => {
    await place.api('POST', '/clients', { login: 'guarded', password })
    const peer = await SipPeer.open()
    const register = (secret: string) => peer.register({ server: place.sip, login: 'guarded', password: secret })
    for (let n = 0; n < 12; n += 1) {
      const asked = await peer.request('REGISTER', {
        server: place.sip,
        uri: 'sip:127.0.0.1',
        from: 'sip:guarded@127.0.0.1',
        to: 'sip:guarded@127.0.0.1',
      })
      assert.equal(statusOf(asked), 401)
    }
    assert.equal(statusOf(await register(password)), 200, 'asking counts for nothing')
    for (let n = 0; n < 10; n += 1) assert.equal(statusOf(await register(`wrong ${n}`)), 403)
    assert.equal(statusOf(await register(password)), 403, 'now the right one does not help either')
    peer.close()
  })
})
