// A call to an extension's number rings its devices, and leaves a voice mail where nobody answers: by @rc-ex/core and phones that speak SIP
// over a socket. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import RingCentral from '@rc-ex/core'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { methodOf, statusOf } from '../../conformance/sip-text.ts'
import { endCalls, makeClient, nativeOf, startHook } from '../ringcentral-place.ts'
import { until } from '../until.ts'

let server: RunningServer
let rc: InstanceType<typeof RingCentral>
let phone: SipPeer
let caller: SipPeer
const login = 'outside'
const password = 'Qp7!kz0_Lm4x'

before(async () => {
  server = await startServer()
  const client = await makeClient(native)
  rc = new RingCentral({ server: server.baseUrl, ...client })
  await rc.authorize({ jwt: first().jwt })
  phone = await SipPeer.open()
  caller = await SipPeer.open()
  await native('POST', '/clients', { login, password })
})
after(async () => {
  phone?.close()
  caller?.close()
  await rc?.revoke()
  await server?.stop()
})
afterEach(() => endCalls(native))

const first = () => server.credentials.ringcentral
const native = nativeOf(() => server)
const extension = () => rc.restapi().account().extension()
const incoming = () =>
  extension()
    .callLog()
    .list({ direction: ['Inbound'] })

const call = () =>
  caller.call({ server: server.sip, from: login, to: first().mainNumber, credentials: { username: login, password } })

test('an extension without a device is called by nobody', async () => {
  const refused = await (await call()).final()
  assert.equal(statusOf(refused), 404, refused.raw)
})

test('its devices ring, and whoever answers has the call', async () => {
  const { sipInfo } = await rc
    .restapi()
    .clientInfo()
    .sipProvision()
    .post({ sipInfo: [{ transport: 'UDP' }] })
  const [info] = sipInfo!
  const wish = { server: server.sip, login: info!.username!, password: info!.password!, domain: info!.domain! }
  assert.equal(statusOf(await phone.register(wish)), 200)
  const invited = phone.invited()
  const talk = await call()
  const leg = await invited
  leg.ring()
  await until(
    () => extension().presence().get(),
    ({ telephonyStatus }) => telephonyStatus === 'Ringing',
  )
  await leg.answer()
  assert.equal(statusOf(await talk.final()), 200)
  await leg.hangUp()
  assert.equal(methodOf(await talk.ended()), 'BYE')
  const { records } = await until(incoming, (log) => log.records![0]?.result === 'Accepted')
  assert.equal(records![0]!.to!.phoneNumber, first().mainNumber)
})

test('who is not answered leaves a voice mail, which is told, listed, heard, read, synchronised and purged', async (t) => {
  const { url: address, heard } = await startHook(t, native)
  const own = '/restapi/v1.0/account/~/extension/~'
  const eventFilters = [`${own}/message-store?type=VoiceMail`, `${own}/voicemail`]
  await rc
    .restapi()
    .subscription()
    .post({ eventFilters, deliveryMode: { transportType: 'WebHook', address } })
  const sync = (query: object): Promise<any> =>
    extension()
      .messageSync()
      .get(query as any)
  const { syncInfo } = await sync({ syncType: 'FSync' })

  const invited = phone.invited()
  const talk = await call()
  const leg = await invited
  leg.refuse(486, 'Busy Here')
  assert.equal(statusOf(await talk.final()), 200)
  // It says its words, and a second of silence at the most before them.
  await until(
    () => talk.heard,
    (packets) => packets > 20,
  )
  const said = await until(
    async () => (await native('GET', '/recordings?source=voicemail')).items,
    (items) => items.length === 1,
  )
  const stop = talk.tone(440)
  await until(
    () => talk.said,
    (packets) => packets > 100,
  )
  stop()
  await talk.hangUp()

  const store = extension().messageStore()
  const { records } = await until(
    () => store.list({ messageType: ['VoiceMail'] }),
    (list) => list.records!.length === 1,
  )
  const mail = records![0]! as any
  assert.deepEqual(
    [
      mail.type,
      mail.direction,
      mail.readStatus,
      mail.availability,
      mail.messageStatus,
      mail.to[0].phoneNumber,
      mail.from.phoneNumber,
    ],
    ['VoiceMail', 'Inbound', 'Unread', 'Alive', 'Received', first().mainNumber, login],
  )
  assert.equal((await store.list({})).records!.length, 1)
  assert.equal((await store.list({ messageType: ['SMS'] })).records!.length, 0)
  const [sound] = mail.attachments
  assert.deepEqual([sound.type, sound.contentType], ['AudioRecording', 'audio/wav'])
  assert.ok(sound.vmDuration >= 1, JSON.stringify(sound))
  const bytes = Buffer.from(
    (await rc.get<ArrayBuffer>(new URL(sound.uri).pathname, undefined, { responseType: 'arraybuffer' })).data,
  )
  assert.equal(bytes.toString('latin1', 0, 4), 'RIFF')
  assert.equal(bytes.length, sound.size)

  const logged = await until(incoming, (log) => (log.records![0] as any)?.result === 'Voicemail')
  assert.deepEqual((logged.records![0] as any).message, { id: String(mail.id), type: 'VoiceMail', uri: mail.uri })
  const told = (of: RegExp) => until(() => heard.find(({ event }) => of.test(event)))
  const whole = await told(/\/voicemail$/)
  const change = await told(/\/message-store/)
  assert.equal(whole!.body.id, String(mail.id))
  assert.deepEqual(change!.body.changes, [{ type: 'VoiceMail', newCount: 1, updatedCount: 0, newMessageIds: [String(mail.id)] }])
  const news = await sync({ syncType: 'ISync', syncToken: syncInfo.syncToken })
  assert.deepEqual(
    news.records.map((one: any) => [one.id, one.type]),
    [[mail.id, 'VoiceMail']],
  )

  const one = extension().messageStore(String(mail.id))
  assert.equal((await one.put({ readStatus: 'Read' } as any)).readStatus, 'Read')
  // First deleted, then purged.
  await one.delete({} as any)
  await one.delete({} as any)
  const gone = await sync({ syncType: 'ISync', syncToken: news.syncInfo.syncToken })
  assert.deepEqual(
    gone.records.map((record: any) => [record.id, record.availability]),
    [[mail.id, 'Purged']],
  )
  // Its sound goes with it, for everybody.
  assert.equal((await native('GET', `/recordings/${said[0].id}`)).state, 'deleted')
})

test('who says nothing leaves nothing', async () => {
  const invited = phone.invited()
  const talk = await call()
  ;(await invited).refuse(603, 'Decline')
  assert.equal(statusOf(await talk.final()), 200)
  await until(
    async () => (await native('GET', '/recordings?source=voicemail&state=recording')).items,
    (items) => items.length === 1,
  )
  await talk.hangUp()
  await until(
    async () => (await native('GET', '/recordings?source=voicemail&state=absent')).items,
    (items) => items.length === 1,
  )
  assert.equal(
    (
      await extension()
        .messageStore()
        .list({ messageType: ['VoiceMail'] })
    ).records!.length,
    0,
  )
})
