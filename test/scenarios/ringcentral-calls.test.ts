// Calls at this vendor's door, by its own clients unchanged: RingOut, call log, synchronisation, call control, recordings and presence
// against the real program and the handsets of the pretend network. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import RingCentral from '@rc-ex/core'
import { SDK } from '@ringcentral/sdk'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import { endCalls, makeClient, nativeOf, startHook, type Client } from '../ringcentral-place.ts'
import { until } from '../until.ts'

type Platform = ReturnType<InstanceType<typeof SDK>['platform']>

const account = '/restapi/v1.0/account/~'
const extension = `${account}/extension/~`
const own = '+13105550121'
const callee = '+13105550130'
const busy = '+13105550122'

let server: RunningServer
let platform: Platform
let rc: InstanceType<typeof RingCentral>
let client: Client

before(async () => {
  server = await startServer()
  client = await makeClient(native)
  platform = new SDK({ server: server.baseUrl, ...client }).platform()
  await platform.login({ username: first().username, password: first().password })
  rc = new RingCentral({ server: server.baseUrl, ...client })
  await rc.authorize({ jwt: first().jwt })
})
after(async () => {
  await rc?.revoke()
  await server?.stop()
})
afterEach(() => endCalls(native))

const first = () => server.credentials.ringcentral
const native = nativeOf(() => server)

const get = async (path: string, query?: object): Promise<any> => (await platform.get(path, query)).json()

async function fault(act: () => Promise<unknown>): Promise<{ status: number; body: any }> {
  try {
    await act()
  } catch (error) {
    const { response } = error as { response: Response }
    return { status: response.status, body: await response.clone().json() }
  }
  return assert.fail('nothing was refused')
}

const activeCall = async (id: string): Promise<any> =>
  (await get(`${extension}/active-calls`)).records.find((one: any) => one.id === id)
const ringOut = (id: string) => get(`${extension}/ring-out/${id}`)
const connected = (id: string) =>
  until(
    () => ringOut(id),
    ({ status }) => status.callStatus === 'Success',
  )

async function dial(to: string, more: object = {}): Promise<any> {
  return rc
    .restapi()
    .account()
    .extension()
    .ringOut()
    .post({ from: { phoneNumber: own }, to: { phoneNumber: to }, playPrompt: false, ...more })
}

test('rings one party, connects it to the other, is seen in presence and ended by DELETE', async () => {
  const started = await dial(callee)
  assert.equal(typeof started.id, 'string')
  assert.match(started.uri, /\/extension\/\d+\/ring-out\/\d+$/)
  assert.deepEqual(started.status, { callStatus: 'InProgress', callerStatus: 'InProgress', calleeStatus: 'InProgress' })
  const { status } = await connected(started.id)
  assert.deepEqual(status, { callStatus: 'Success', callerStatus: 'Success', calleeStatus: 'Success' })

  const presence = await get(`${extension}/presence`, { detailedTelephonyState: true })
  assert.equal(presence.telephonyStatus, 'CallConnected')
  assert.equal(presence.presenceStatus, 'Busy')
  const active = await activeCall(started.id)
  assert.equal(active.result, 'In Progress')
  assert.equal(active.action, 'RingOut Web')
  assert.equal(active.to.phoneNumber, callee)
  assert.equal(presence.activeCalls[0].telephonySessionId, active.telephonySessionId)

  await rc.restapi().account().extension().ringOut(started.id).delete()
  const over = await until(
    () => ringOut(started.id),
    (one) => one.status.callStatus === 'Finished',
  )
  assert.equal(over.status.calleeStatus, 'Finished')
  await until(
    () => get(`${extension}/presence`),
    ({ telephonyStatus }) => telephonyStatus === 'NoCall',
  )
  assert.deepEqual((await get(`${extension}/active-calls`)).records, [])
  const again = await fault(() => platform.delete(`${extension}/ring-out/${started.id}`))
  assert.equal(again.status, 404)
  assert.equal(again.body.errors[0].parameterName, 'ringOutId')

  const log = await rc.restapi().account().extension().callLog().list({ view: 'Detailed' })
  const [record] = log.records!
  assert.equal(record!.sessionId, active.sessionId)
  assert.equal(record!.result, 'Call connected')
  assert.equal(record!.legs!.length, 2)
  assert.ok(record!.durationMs! > 0)
  const one = await rc.restapi().account().callLog(record!.id!).get()
  assert.equal(one.id, record!.id)
})

test('a second party that is busy is told so, and nobody is rung where the first has not pressed 1', async () => {
  const { id } = await dial(busy)
  const { status } = await until(
    () => ringOut(id),
    (one) => one.status.callStatus === 'Busy',
  )
  assert.equal(status.calleeStatus, 'Busy')

  const asked = await dial(callee, { playPrompt: true })
  await until(
    () => ringOut(asked.id),
    (one) => one.status.callerStatus === 'Success',
  )
  const calls = (await native('GET', `/handsets/${own}/calls`)).items
  await native('POST', `/handsets/${own}/calls/${calls[0].id}`, { press: '1' })
  await connected(asked.id)
  await platform.delete(`${extension}/ring-out/${asked.id}`)
})

test('a second party that the platform refuses says so in the status and in the log', async () => {
  const { id } = await dial('+33123456789')
  const { status } = await until(
    () => ringOut(id),
    (one) => one.status.callStatus === 'InternationalDisabled',
  )
  assert.equal(status.calleeStatus, 'InternationalDisabled')
  const log = await rc.restapi().account().extension().callLog().list({ view: 'Detailed' })
  const record = log.records!.find((one) => one.id === id)!
  assert.deepEqual([record.result, record.reason], ['Call Failed', 'International Disabled'])
  assert.match(record.reasonDescription!, /\+33123456789|FR/)
  assert.equal(record.legs!.length, 2)
})

test('parties of a session are held, muted, recorded, transferred and end', async () => {
  const { id } = await dial(callee)
  await connected(id)
  const active = await activeCall(id)
  const path = `${account}/telephony/sessions/${active.telephonySessionId}`
  const session = await get(path)
  assert.equal(session.origin.type, 'RingOut')
  assert.deepEqual(
    session.parties.map((party: any) => party.status.code),
    ['Answered', 'Answered'],
  )
  const party = `${path}/parties/${session.parties[0].id}`
  const post = async (deed: string, body?: object): Promise<any> => (await platform.post(`${party}/${deed}`, body)).json()
  assert.equal((await post('hold')).status.code, 'Hold')
  await until(
    () => get(`${extension}/presence`),
    ({ telephonyStatus }) => telephonyStatus === 'OnHold',
  )
  assert.equal((await post('unhold')).status.code, 'Answered')
  const recording = await post('recordings')
  assert.equal(recording.active, true)
  await setTimeout(600)
  const paused = await platform.send({
    method: 'PATCH',
    url: `${party}/recordings/${recording.id}`,
    body: { active: false },
  } as any)
  assert.equal(((await paused.json()) as any).active, false)
  const wrong = await fault(() => platform.post(`${party}/forward`, { phoneNumber: callee }))
  assert.equal(wrong.status, 409)
  assert.equal((await fault(() => platform.post(`${path}/parties/bring-in`, {}))).status, 501)

  await post('transfer', { phoneNumber: '+13105550140' })
  const moved = await until(
    () => get(path),
    ({ parties }) => parties.length === 3 && parties[2].status.code === 'Answered' && parties[1].status.code === 'Disconnected',
  )
  assert.equal(moved.parties[2].to.phoneNumber, '+13105550140')
  assert.equal((await platform.delete(path)).status, 204)

  const [record] = await until(
    async () => (await get(`${extension}/call-log`, { recordingType: 'OnDemand' })).records,
    (records) => records[0]?.recording !== undefined && records[0].result !== 'In Progress',
  )
  assert.equal(record.recording.id, recording.id)
  const told = await get(`${account}/recording/${recording.id}`)
  assert.equal(told.contentType, 'audio/wav')
  const whole = await platform.get(told.contentUri)
  assert.equal(Buffer.from(await whole.arrayBuffer()).toString('latin1', 0, 4), 'RIFF')
  const unknown = await fault(() => platform.get(`${account}/recording/12345`))
  assert.equal(unknown.body.errors[0].parameterName, 'recordingId')
})

test('a call that came in stands in the log of the extension whose number it is, and is declined when nobody is to be disturbed', async () => {
  const main = first().mainNumber
  await native('POST', `/handsets/${callee}/calls`, { to: main })
  const missed = await until(
    async () => (await get(`${extension}/call-log`, { direction: 'Inbound' })).records,
    (records) => records.length === 1 && records[0].result !== 'In Progress',
  )
  assert.equal(missed[0].from.phoneNumber, callee)
  assert.equal(missed[0].to.phoneNumber, main)
  assert.equal(missed[0].result, 'Rejected')
  const presence = rc.restapi().account().extension().presence()
  assert.equal((await presence.put({ dndStatus: 'DoNotAcceptAnyCalls' } as any)).dndStatus, 'DoNotAcceptAnyCalls')
  assert.equal((await presence.get()).presenceStatus, 'Busy')
  await native('POST', `/handsets/${callee}/calls`, { to: main })
  const [declined] = await until(
    async () => (await get(`${extension}/call-log`, { direction: 'Inbound' })).records,
    (records) => records.length === 2 && records[0].result !== 'In Progress',
  )
  assert.match(declined.reasonDescription, /declined/)
  await presence.put({ dndStatus: 'TakeAllCalls' } as any)
  assert.equal((await presence.get()).dndStatus, 'TakeAllCalls')
})

test('FSync and ISync as the client asks for them, with a frame years ago', async () => {
  const sync = () => rc.restapi().account().extension().callLogSync()
  const all = await sync().get({ syncType: 'FSync', dateFrom: '2016-03-10T18:07:52.534Z', recordCount: 2 } as any)
  assert.equal(all.records!.length, 2)
  const { id } = await dial(busy)
  await until(
    () => ringOut(id),
    (one) => one.status.callStatus === 'Busy',
  )
  const token = all.syncInfo!.syncToken!
  const news = await until(
    () => sync().get({ syncType: 'ISync', syncToken: token }) as Promise<any>,
    ({ records }) => records.length > 0 && records[0].result === 'Busy',
  )
  assert.equal(news.records.length, 1)
  const wider = await sync().get({ syncType: 'ISync', syncToken: token, recordCount: 1 } as any)
  assert.equal(wider.records!.length, 2)
  assert.ok(wider.records![1]!.startTime! < all.records![1]!.startTime!)
  assert.equal((await get(`${account}/call-log-sync`, { recordCount: 250 })).syncInfo.syncType, 'FSync')
})

test('a subscription is told of presence and of sessions, step by step', async (t) => {
  const hook = await startHook(t, native)
  const filters = [`${extension}/presence?detailedTelephonyState=true`, `${extension}/telephony/sessions`]
  const made = (await (
    await platform.post('/restapi/v1.0/subscription', {
      eventFilters: filters,
      deliveryMode: { transportType: 'WebHook', address: hook.url },
    })
  ).json()) as any
  assert.equal(made.eventFilters.length, 2)
  assert.match(made.eventFilters[0], /\/extension\/\d+\/presence\?detailedTelephonyState=true$/)
  const presences = () => hook.heard.filter(({ event }) => event.includes('/presence')).map(({ body }) => body)
  const { id } = await dial(callee)
  // Presence is told as it stands then, not as it was: the call stays until it was seen.
  await until(presences, (found) => found.some(({ activeCalls }) => activeCalls[0]?.to === own))
  await connected(id)
  await rc.restapi().account().extension().ringOut(id).delete()
  await until(presences, (found) => found.at(-1)!.telephonyStatus === 'NoCall')
  await until(
    () => hook.heard.filter(({ event }) => event.endsWith('/telephony/sessions')),
    (found) => found.some(({ body }) => body.origin.type === 'RingOut' && body.parties.length > 0),
  )
  assert.ok((await ringOut(id)).status.callStatus)
  assert.equal((await platform.delete(`/restapi/v1.0/subscription/${made.id}`)).status, 204)
})

test('a subscription to the whole account is told of all calls and of all presence, also of what somebody sets', async (t) => {
  const hook = await startHook(t, native)
  const { eventFilters, id } = await rc
    .restapi()
    .subscription()
    .post({
      eventFilters: [`${account}/presence`, `${account}/telephony/sessions?direction=Inbound`],
      deliveryMode: { transportType: 'WebHook', address: hook.url },
    })
  const whole = `/restapi/v1.0/account/${first().accountId}`
  assert.deepEqual(eventFilters, [`${whole}/presence`, `${whole}/telephony/sessions?direction=Inbound`])
  const told = (event: string) => hook.heard.filter((one) => one.event === event).map(({ body }) => body)
  const setBy = async (put: () => Promise<unknown>, seen: (body: any) => boolean) => {
    const before = told(eventFilters![0]!).length
    await put()
    const news = await until(
      async () => told(eventFilters![0]!).slice(before),
      (found) => found.some(seen),
    )
    assert.ok(news.every(({ extensionId }) => extensionId === String(first().extensionId)))
  }
  const presence = rc.restapi().account().extension().presence()
  await setBy(
    () => presence.put({ message: 'in the garden' } as any),
    ({ message, activeCalls }) => message === 'in the garden' && activeCalls === undefined,
  )
  await setBy(
    () => presence.put({ dndStatus: 'DoNotAcceptAnyCalls' } as any),
    ({ dndStatus, presenceStatus }) => dndStatus === 'DoNotAcceptAnyCalls' && presenceStatus === 'Busy',
  )
  await presence.put({ dndStatus: 'TakeAllCalls', message: '' } as any)
  await native('POST', `/handsets/${callee}/calls`, { to: first().mainNumber })
  const sessions = await until(
    async () => told(eventFilters![1]!),
    (found) => found.some(({ parties }) => parties[0]?.status.code === 'Disconnected'),
  )
  assert.ok(sessions.every(({ parties }) => parties[0].from.phoneNumber === callee))
  await platform.delete(`/restapi/v1.0/subscription/${id}`)

  const person = { username: 'curious@example.test', password: `Pass-word-${crypto.randomUUID()}` }
  await native('POST', '/users', { login: person.username, password: person.password, name: 'Ada Byte', role: 'developer' })
  const curious = new SDK({ server: server.baseUrl, ...client, cachePrefix: 'curious' }).platform()
  await curious.login(person)
  const watch = (filter: string) =>
    curious.post('/restapi/v1.0/subscription', {
      eventFilters: [`${account}/${filter}`],
      deliveryMode: { transportType: 'WebHook', address: hook.url },
    })
  assert.equal((await watch('presence')).status, 200)
  const { status, body } = await fault(() => watch('telephony/sessions'))
  assert.equal(status, 403)
  assert.equal(body.errors[0].permissionName, 'ReadCompanyCallLog')
})

test('a log is deleted for its extension, and the account keeps it', async () => {
  const before = (await get(`${account}/call-log`)).records.length
  const inbound = (await get(`${extension}/call-log`, { direction: 'Inbound' })).records.length
  assert.ok(inbound > 0)
  assert.equal((await platform.delete(`${extension}/call-log`, null, { direction: 'Inbound' } as any)).status, 204)
  assert.deepEqual((await get(`${extension}/call-log`, { direction: 'Inbound' })).records, [])
  const deleted = (await get(`${extension}/call-log`, { direction: 'Inbound', showDeleted: true })).records
  assert.ok(deleted.length === inbound && deleted.every((one: any) => one.deleted === true))
  assert.equal((await get(`${account}/call-log`)).records.length, before)
})

test('bulk: several records, and presence of several extensions', async () => {
  const { records } = await get(`${extension}/call-log`)
  const ids = records.slice(0, 2).map((one: any) => one.id)
  const several = await platform.get(`${extension}/call-log/${ids.join(',')},99`)
  assert.equal(several.status, 207)
  assert.match(await several.text(), new RegExp(`/extension/${first().extensionId}/call-log/99","status":404`))
  const { status, body } = await fault(() =>
    platform.get(`${account}/extension/${Array.from({ length: 31 }, (_, at) => at + 1).join(',')}/presence`),
  )
  assert.deepEqual([status, body.errors[0].errorCode], [400, 'CMN-106'])
  const presences = await platform.get(`${account}/extension/${first().extensionId},77/presence`)
  assert.equal(presences.status, 207)
  assert.match(await presences.text(), /^--Boundary/)
})
