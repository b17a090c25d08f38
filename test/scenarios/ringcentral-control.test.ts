// Call control that takes a third at this vendor's door: ignore, park and pick-up, supervise, flip and bridge, by @rc-ex/core and phones that
// speak SIP over a socket. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import RingCentral from '@rc-ex/core'
import type { PeerCall } from '../../conformance/sip-call.ts'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { methodOf, statusOf } from '../../conformance/sip-text.ts'
import { mostAt } from '../sound.ts'
import { endCalls, makeClient, nativeOf } from '../ringcentral-place.ts'
import { until } from '../until.ts'

const callee = '+13105550130'
const password = 'Qp7!kz0_Lm4x'

interface Device {
  readonly peer: SipPeer
  readonly id: string
}

let server: RunningServer
let rc: InstanceType<typeof RingCentral>
let caller: SipPeer
let desk: Device
let cell: Device

before(async () => {
  server = await startServer()
  rc = new RingCentral({ server: server.baseUrl, ...(await makeClient(native)) })
  await rc.authorize({ jwt: first().jwt })
  caller = await SipPeer.open()
  await native('POST', '/clients', { login: 'outside', password })
  const userId = await ownUser()
  for (const login of ['desk', 'cell']) await native('POST', '/clients', { login, name: login, password, detail: { userId } })
  const { records } = await extension().device().get()
  const open = async (login: string): Promise<Device> => {
    const peer = await SipPeer.open()
    assert.equal(statusOf(await peer.register({ server: server.sip, login, password })), 200)
    return { peer, id: records!.find(({ name }) => name === login)!.id! }
  }
  desk = await open('desk')
  cell = await open('cell')
})
after(async () => {
  for (const peer of [caller, desk?.peer, cell?.peer]) peer?.close()
  await rc?.revoke()
  await server?.stop()
})
afterEach(() => endCalls(native))

const first = () => server.credentials.ringcentral
const native = nativeOf(() => server)
const extension = () => rc.restapi().account().extension()
const ownUser = async (): Promise<string> =>
  (await native('GET', '/users?limit=100')).items.find(({ detail }: any) => detail.extensionNumber === first().extension).id
const sessions = '/restapi/v1.0/account/~/telephony/sessions'

async function ask(path: string, body: object = {}): Promise<{ status: number; data: any }> {
  try {
    const { status, data } = await rc.post(`${sessions}/${path}`, body)
    return { status, data }
  } catch (error) {
    const { status, data } = (error as { response: { status: number; data: any } }).response
    return { status, data }
  }
}

const sessionOf = async (id: string): Promise<any> => (await rc.get(`${sessions}/${id}`)).data
const telephonyIs = (wanted: string) =>
  until(
    () => extension().presence().get(),
    ({ telephonyStatus }) => telephonyStatus === wanted,
  )

interface Talk {
  readonly id: string
  /** The outside party's own end, and the leg by which the platform has it. */
  readonly call: PeerCall
  readonly theirs: string
  readonly leg: PeerCall
  readonly ours: string
}

/** The outside party calls, the desk ignores it and the cell answers. */
async function talking(): Promise<Talk> {
  const atDesk = desk.peer.invited()
  const atCell = cell.peer.invited()
  const credentials = { username: 'outside', password }
  const call = await caller.call({ server: server.sip, from: 'outside', to: first().mainNumber, credentials })
  const [ringing, leg] = await Promise.all([atDesk, atCell])
  ringing.ring()
  leg.ring()
  await telephonyIs('Ringing')
  const { records } = await extension().activeCalls().get()
  const id = records!.find(({ direction }) => direction === 'Inbound')!.telephonySessionId!
  const [party] = (await sessionOf(id)).parties
  const ignore = `${id}/parties/${party.id}/ignore`
  assert.equal((await ask(ignore, { deviceId: desk.id })).status, 204)
  assert.equal(methodOf(await ringing.ended()), 'CANCEL')
  // Once it has said that it rings no more.
  await until(
    () => ask(ignore, { deviceId: desk.id }),
    ({ status }) => status === 409,
  )
  await leg.answer()
  assert.equal(statusOf(await call.final()), 200)
  const { parties } = await until(
    () => sessionOf(id),
    ({ parties: all }) => all.filter(({ status }: any) => status.code === 'Answered').length === 2,
  )
  const [theirs, ours] = parties.filter(({ status }: any) => status.code === 'Answered')
  return { id, call, theirs: theirs.id, leg, ours: ours.id }
}

const codeOf = async (id: string, party: string): Promise<string> =>
  (await sessionOf(id)).parties.find((one: any) => one.id === party).status.code

const idle = () => telephonyIs('NoCall')

/** Of the last half second that came, the loudest sample. */
const loudness = (call: PeerCall): number =>
  call
    .samples()
    .subarray(-4000)
    .reduce((most, one) => Math.max(most, Math.abs(one)), 0)

test('a device stops ringing; a call is parked, and picked up on another device', async () => {
  const { id, call, theirs, leg } = await talking()
  const party = `${id}/parties/${theirs}`
  const parked = await ask(`${party}/park`)
  assert.deepEqual([parked.status, parked.data.status.code], [200, 'Parked'])
  assert.equal(methodOf(await leg.ended()), 'BYE')
  await telephonyIs('ParkedCall')
  assert.equal((await ask(`${party}/park`)).status, 409)
  const invited = desk.peer.invited()
  assert.equal((await ask(`${party}/pickup`, { deviceId: desk.id })).status, 200)
  const taken = await invited
  await taken.answer()
  await until(
    () => codeOf(id, theirs),
    (code) => code === 'Answered',
  )
  assert.equal((await ask(`${party}/pickup`, { deviceId: desk.id })).status, 409)
  await taken.hangUp()
  await call.ended()
  await idle()
})

test('a supervisor hears both, and is heard by nobody, by the agent, or by both', async () => {
  const { id, call, leg, ours } = await talking()
  const supervised = async (body: object, path = id) => {
    const invited = desk.peer.invited()
    const answer = await ask(`${path}/supervise`, { supervisorDeviceId: desk.id, ...body })
    assert.equal(answer.status, 201, JSON.stringify(answer.data))
    const listening = await invited
    await listening.answer()
    return listening
  }
  const listening = await supervised({ mode: 'Listen', agentExtensionId: String(first().extensionId) })
  const stop = call.tone(440)
  await until(
    () => loudness(listening),
    (most) => most > 1000,
  )
  stop()
  // What it says goes nowhere, though the others are heard.
  const saying = [call.tone(440), listening.tone(660)]
  const before = leg.heard
  const said = await until(
    () => leg.samples().subarray(-6000),
    (samples) => leg.heard - before > 60 && mostAt(samples, 8000, 440) > 0.2,
  )
  for (const quiet of saying) quiet()
  assert.ok(mostAt(said, 8000, 660) < 0.02, `${mostAt(said, 8000, 660)}`)
  await listening.hangUp()

  const whispering = await supervised({ mode: 'Whisper' }, `${id}/parties/${ours}`)
  const whisper = whispering.tone(660)
  await until(
    () => loudness(leg),
    (most) => most > 1000,
  )
  assert.ok(loudness(call) < 100)
  whisper()
  await call.hangUp()
  // They have parted, and the supervisor is let go.
  assert.equal(methodOf(await whispering.ended()), 'BYE')
  await leg.ended()
  await idle()
  assert.equal((await ask(`${id}/supervise`, { mode: 'Sing', supervisorDeviceId: desk.id, agentExtensionId: '7' })).status, 404)
})

test('a call goes on at the own telephone', async () => {
  const userId = await ownUser()
  await native('PATCH', `/users/${userId}`, { detail: { phoneNumber: callee } })
  const { data } = await rc.get<any>('/restapi/v1.0/account/~/extension/~/forwarding-number')
  assert.deepEqual([data.records[0].phoneNumber, data.records[0].flipNumber], [callee, '1'])
  const { id, call, leg, ours } = await talking()
  const party = `${id}/parties/${ours}`
  const unknown = await ask(`${party}/flip`, { callFlipId: '7' })
  assert.deepEqual([unknown.status, unknown.data.errors[0].parameterName], [404, 'callFlipId'])
  assert.equal((await ask(`${party}/flip`, { callFlipId: '1' })).status, 200)
  assert.equal(methodOf(await leg.ended()), 'BYE')
  const { parties } = await until(
    () => sessionOf(id),
    ({ parties: all }) => all.some(({ to, status }: any) => to.phoneNumber === callee && status.code === 'Answered'),
  )
  assert.ok(parties.length >= 3)
  await call.hangUp()
  await idle()
})

test('parties of two sessions talk to each other, and whom they talked to is let go', async () => {
  const { id, call, theirs, leg } = await talking()
  const invited = desk.peer.invited()
  const { session } = await rc
    .restapi()
    .account()
    .telephony()
    .callOut()
    .post({ from: { deviceId: desk.id }, to: { phoneNumber: callee } })
  const own = await invited
  await own.answer()
  const other = await until(
    () => sessionOf(session!.id!),
    ({ parties }) => parties.length === 2 && parties[1].status.code === 'Answered',
  )
  const bridged = await ask(`${id}/parties/${theirs}/bridge`, {
    telephonySessionId: session!.id!,
    partyId: other.parties[1].id,
  })
  assert.equal(bridged.status, 200, JSON.stringify(bridged.data))
  assert.deepEqual([methodOf(await leg.ended()), methodOf(await own.ended())], ['BYE', 'BYE'])
  assert.deepEqual([await codeOf(id, theirs), await codeOf(session!.id!, other.parties[1].id)], ['Answered', 'Answered'])
  await call.hangUp()
  await until(
    () => codeOf(session!.id!, other.parties[1].id),
    (code) => code === 'Disconnected',
  )
})
