// Two programs on one PostgreSQL: a call is where its legs are. Its record is read anywhere, and what is asked of it at the other program is
// done by the one that has it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { methodOf, statusOf } from '../../conformance/sip-text.ts'
import { rcml } from '../call-place.ts'
import { openNodePair, type NodeAnswer } from '../node-pair.ts'
import { until } from '../until.ts'

const pair = await openNodePair()

const shown = ({ status, answer }: NodeAnswer): unknown[] => [status, answer.reason, answer.fault]

test('what is asked of a call at another program is done by the one that has it', { timeout: 60_000 }, async () => {
  const { place, there, callUp } = pair
  const { id, number, party } = await callUp()
  assert.equal((await there('GET', `/calls/${id}`)).answer.state, 'answered')
  assert.equal((await there('PATCH', `/calls/${id}`, { muted: true })).status, 200)
  const { answer: recording, status } = await there('POST', `/calls/${id}/recordings`, {})
  assert.deepEqual([status, recording.callId, recording.state], [201, id, 'recording'])
  assert.equal((await there('POST', `/calls/${id}/recordings/stop`, {})).status, 200)
  // Its own refusal is told as if it were asked there.
  assert.deepEqual(shown(await there('POST', `/calls/${id}/recordings/stop`, {})), [409, 'call.state_invalid', 'caller'])
  place.pages.set('/next', rcml('<Gather timeout="60"/>'))
  assert.equal((await there('PATCH', `/calls/${id}`, { url: `${place.url}/next` })).status, 200)
  await until(
    () => place.asked,
    (asked) => asked.includes('/next'),
  )
  assert.equal((await there('POST', `/calls/${id}/interrupt`, { url: `${place.url}/wait` })).status, 200)
  assert.equal((await there('POST', `/calls/${id}/end`, {})).status, 200)
  assert.equal(methodOf(await party.ended()), 'BYE')
  const { reason, endedBy } = await place.ended({ to: number })
  assert.deepEqual([reason, endedBy], ['call.terminated_by_request', 'application'])
  assert.equal((await there('POST', `/calls/${id}/end`, {})).answer.reason, 'call.not_found')
})

test('a conference is changed at another program, too', { timeout: 60_000 }, async () => {
  const { place, there, callUp } = pair
  place.pages.set('/room', rcml('<Dial><Conference>r</Conference></Dial>'))
  const { id, number } = await callUp('/room')
  const { id: room } = await until(
    async () => (await there('GET', '/conferences')).answer.items[0],
    (one) => one !== undefined,
  )
  const member = await there('PATCH', `/conferences/${room}/members/${id}`, { isMuted: true })
  assert.deepEqual([member.status, member.answer.isMuted], [200, true])
  assert.equal((await there('POST', `/conferences/${room}/end`, {})).status, 200)
  assert.equal((await place.ended({ to: number })).reason, 'call.terminated_by_request')
  assert.deepEqual(shown(await there('POST', `/conferences/${room}/end`, {})), [409, 'conference.not_running', 'caller'])
})

test('a reserved conference is ended at another program, with the calls in it', { timeout: 60_000 }, async () => {
  const { place, there, callUp } = pair
  const wish = { name: 'board', participants: 2, durationMinutes: 10 }
  const { id } = (await there('POST', '/conference-reservations', wish)).answer
  place.pages.set('/board', rcml('<Dial><Conference>board</Conference></Dial>'))
  const { number } = await callUp('/board')
  await until(
    async () => (await there('GET', '/conferences?name=board')).answer.items,
    ([one]) => one !== undefined,
  )
  const { status, answer } = await there('POST', `/conference-reservations/${id}/end`, {})
  assert.deepEqual([status, answer.state], [200, 'completed'])
  assert.equal((await place.ended({ to: number })).reason, 'call.terminated_by_request')
})

test(
  'a program that does not take what it is asked is not said to have done it, and does not do it later',
  { timeout: 60_000 },
  async () => {
    const { place, there, callUp } = pair
    const { id, number, party } = await callUp()
    place.program.child.kill('SIGSTOP')
    const asked = await there('POST', `/calls/${id}/end`, {})
    place.program.child.kill('SIGCONT')
    assert.deepEqual(shown(asked), [504, 'platform.node_timed_out', 'platform'])
    // It works again, and has left the call alone.
    assert.equal((await there('PATCH', `/calls/${id}`, { muted: true })).status, 200)
    assert.equal((await place.api('GET', `/calls/${id}`)).state, 'answered')
    assert.equal(statusOf(await party.hangUp()), 200)
    assert.equal((await place.ended({ to: number })).endedBy, 'caller')
  },
)

test('a phone on a connection to one program is rung by calls that are asked for at the other', { timeout: 60_000 }, async () => {
  const { place, there } = pair!
  const password = 'Tr4mp0line-9'
  await place.api('POST', '/clients', { login: 'ann', password })
  await place.api('POST', '/clients', { login: 'bob', password })
  const phone = await SipPeer.connected(place.sip)
  try {
    assert.equal(statusOf(await phone.register({ server: place.sip, login: 'ann', password })), 200)
    const invited = phone.invited()
    const placed = await there('POST', '/calls', { from: 'client:bob', to: 'client:ann', url: `${place.url}/wait` })
    assert.equal(placed.status, 201, JSON.stringify(placed.answer))
    await (await invited).answer()
    await until(
      () => there('GET', `/calls/${placed.answer.id}`),
      ({ answer }) => answer.state === 'answered',
    )
    assert.equal((await there('POST', `/calls/${placed.answer.id}/end`, {})).status, 200)
    // A script's call leaves where its caller is: there the phone is not, and it is said why.
    place.pages.set('/ring', rcml('<Dial><Client>ann</Client></Dial>'))
    const number = await place.number('/ring')
    assert.equal((await there('POST', `/handsets/${encodeURIComponent('+13105558123')}/calls`, { to: number })).status, 201)
    const { reason, fault } = await until(
      async () => (await place.api('GET', '/calls?to=ann')).items.find(({ id }: any) => id !== placed.answer.id),
      (call) => call?.final,
    ).then((call) => ({ reason: call.reason.slug, fault: call.reason.fault }))
    assert.deepEqual([reason, fault], ['client.on_other_node', 'platform'])
  } finally {
    phone.close()
  }
  // Once its connection is gone it is nowhere, and that is what is said.
  const { answer } = await until(
    () => there('POST', '/calls', { from: 'client:bob', to: 'client:ann' }),
    (one) => one.status !== 201,
  )
  assert.equal(answer.reason, 'client.registration_expired')
})
