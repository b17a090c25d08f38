// Devices at this vendor's door: a softphone asks by @rc-ex/core what it registers with, registers over SIP, and calls begin at it, come to
// it and go out from it. The phone is a program that speaks SIP over a socket. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import RingCentral from '@rc-ex/core'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { header, statusOf } from '../../conformance/sip-text.ts'
import { endCalls, makeClient, nativeOf } from '../ringcentral-place.ts'
import { until } from '../until.ts'

const callee = '+13105550130'
const silent = '+13105550123'

let server: RunningServer
let rc: InstanceType<typeof RingCentral>
let phone: SipPeer
let login = ''
let password = ''
let deviceId = ''

before(async () => {
  server = await startServer()
  const client = await makeClient(native)
  rc = new RingCentral({ server: server.baseUrl, ...client })
  await rc.authorize({ jwt: first().jwt })
  phone = await SipPeer.open()
})
after(async () => {
  phone?.close()
  await rc?.revoke()
  await server?.stop()
})
afterEach(() => endCalls(native))

const first = () => server.credentials.ringcentral
const native = nativeOf(() => server)
const account = () => rc.restapi().account()
const extension = () => account().extension()

/** What is refused, by status and the first error's code. */
async function fault(act: () => Promise<unknown>): Promise<[number, string, string]> {
  try {
    await act()
  } catch (error) {
    const { response } = error as { response: { status: number; data: any } }
    const [one] = response.data.errors
    return [response.status, one.errorCode, one.parameterName]
  }
  return assert.fail('nothing was refused')
}

test('a softphone is told what it registers with, and is online once it did', async () => {
  const provision = rc.restapi().clientInfo().sipProvision()
  const wish = { sipInfo: [{ transport: 'UDP' as const }] }
  const { device, sipInfo } = await provision.post(wish)
  const [info] = sipInfo!
  assert.equal(info!.outboundProxy, `${server.sip.host}:${server.sip.port}`)
  assert.equal(info!.transport, 'UDP')
  assert.equal(device!.status, 'Offline')
  ;({ username: login = '', password = '' } = info!)
  deviceId = device!.id!
  // Whoever asks again is the same phone, and stays registered.
  const again = await provision.post(wish)
  assert.deepEqual([again.device!.id, again.sipInfo![0]!.password], [deviceId, password])
  // Nothing is heard over TLS here.
  assert.deepEqual(await fault(() => provision.post({ sipInfo: [{ transport: 'WSS' }] })), [400, 'CMN-101', 'sipInfo.transport'])

  const registered = await phone.register({ server: server.sip, login, password, domain: info!.domain! })
  assert.equal(statusOf(registered), 200, registered.raw)
  const { records } = await extension().device().get()
  assert.deepEqual(
    records!.map(({ id, status }) => [id, status]),
    [[deviceId, 'Online']],
  )
  assert.equal((await account().device(deviceId).get()).extension!.id, first().extensionId)
  assert.deepEqual(await fault(() => account().device('77').get()), [404, 'CMN-102', 'deviceId'])
})

test('call-out rings the device first, then whom it calls', async () => {
  const ringing = phone.invited()
  const { session } = await account()
    .telephony()
    .callOut()
    .post({ from: { deviceId }, to: { phoneNumber: callee } })
  assert.equal(session!.parties!.length, 1)
  const call = await ringing
  call.ring()
  const presence = await until(
    () =>
      extension()
        .presence()
        .get({ detailedTelephonyState: true } as any),
    ({ telephonyStatus }) => telephonyStatus === 'Ringing',
  )
  assert.equal((presence as any).activeCalls[0].direction, 'Outbound')
  await call.answer()
  const both = await until(
    () => account().telephony().sessions(session!.id!).get(),
    ({ parties }) => parties!.length === 2 && parties!.every(({ status }) => status!.code === 'Answered'),
  )
  assert.equal(both.parties![1]!.to!.phoneNumber, callee)
  await call.hangUp()
  const { records } = await until(
    () => extension().callLog().list(),
    (log) => log.records![0]?.result === 'Call connected',
  )
  assert.deepEqual([records![0]!.direction, records![0]!.to!.phoneNumber, records![0]!.transport], ['Outbound', callee, 'VoIP'])
  assert.deepEqual(
    await fault(() =>
      account()
        .telephony()
        .callOut()
        .post({ from: { deviceId: '77' }, to: { phoneNumber: callee } }),
    ),
    [400, 'CMN-102', 'from.deviceId'],
  )
})

test('what the device dials itself stands in the log of its extension as placed', async () => {
  const call = await phone.call({
    server: server.sip,
    from: `sip:${login}@${server.sip.host}`,
    to: callee,
    credentials: { username: login, password },
  })
  const answer = await call.final()
  assert.equal(statusOf(answer), 200, answer.raw)
  await call.hangUp()
  const { records } = await until(
    () =>
      extension()
        .callLog()
        .list({ direction: ['Outbound'] }),
    (log) => log.records!.length === 2 && log.records![0]!.result !== 'In Progress',
  )
  assert.deepEqual([records![0]!.direction, records![0]!.result], ['Outbound', 'Call connected'])
  assert.deepEqual(
    (
      await extension()
        .callLog()
        .list({ direction: ['Inbound'] })
    ).records,
    [],
  )
})

test('a call that rings at the platform is answered on the device, another one is replied to', async () => {
  // It rings where nobody answers.
  const { items } = await native('GET', '/numbers?limit=100')
  const main = items.find(({ number }: any) => number === first().mainNumber)
  await native('PATCH', `/numbers/${main.id}`, { detail: { forwardTo: silent } })
  const ringing = async () => {
    await native('POST', `/handsets/${callee}/calls`, { to: first().mainNumber })
    const { records } = await until(
      () => extension().activeCalls().get(),
      (calls) => calls.records!.length === 1,
    )
    const session = account().telephony().sessions(records![0]!.telephonySessionId!)
    const { parties } = await session.get()
    return { session, party: session.parties(parties![0]!.id!) }
  }
  const { session, party } = await ringing()
  const invited = phone.invited()
  await party.answer().post({ deviceId })
  const call = await invited
  assert.match(header(call.invite!, 'from'), new RegExp(callee.slice(1)))
  await call.answer()
  await until(
    () => session.get(),
    ({ parties }) => parties!.filter(({ status }) => status!.code === 'Answered').length === 2,
  )
  await call.hangUp()
  await until(
    () => extension().activeCalls().get(),
    (calls) => calls.records!.length === 0,
  )

  const second = await ringing()
  await second.party.reply().post({ replyWithText: 'I will call you back.' })
  const { records } = await until(
    () =>
      extension()
        .callLog()
        .list({ direction: ['Inbound'] }),
    (log) => log.records!.length === 2 && log.records!.every(({ result }) => result === 'Accepted'),
  )
  assert.equal(records!.length, 2)
})
