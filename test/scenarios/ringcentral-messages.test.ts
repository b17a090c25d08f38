// The life of messages at this vendor's door, by its own clients unchanged: @ringcentral/sdk and @rc-ex/core send, list, mark,
// delete and synchronise against the real program and the pretend network. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import RingCentral from '@rc-ex/core'
import { SDK } from '@ringcentral/sdk'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import { makeClient, nativeOf } from '../ringcentral-place.ts'
import { until } from '../until.ts'

type Platform = ReturnType<InstanceType<typeof SDK>['platform']>

const store = '/restapi/v1.0/account/~/extension/~/message-store'
const handset = '+13105550101'
const nobody = '+13105550107'
const optedOut = '+13105550109'
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

let server: RunningServer
let clientId: string
let clientSecret: string
let platform: Platform
let rc: InstanceType<typeof RingCentral>

before(async () => {
  server = await startServer()
  ;({ clientId, clientSecret } = await makeClient(native))
  platform = await login(first())
  rc = new RingCentral({ server: server.baseUrl, clientId, clientSecret })
  await rc.authorize({ jwt: first().jwt })
})
after(() => server.stop())

const first = () => server.credentials.ringcentral
const native = nativeOf(() => server)

async function login({ username, password }: { username: string; password: string }): Promise<Platform> {
  // Instances share what they keep unless they are told apart.
  const one = new SDK({ server: server.baseUrl, clientId, clientSecret, cachePrefix: username }).platform()
  await one.login({ username, password })
  return one
}

const read = async (answer: Promise<Response>): Promise<any> => (await answer).json()

async function fault(act: () => Promise<unknown>): Promise<{ status: number; code: string; body: any }> {
  try {
    await act()
  } catch (error) {
    const { response } = error as { response: Response }
    const body = (await response.clone().json()) as any
    return { status: response.status, code: body.errors[0].errorCode, body }
  }
  return assert.fail('nothing was refused')
}

const message = (from: string, to: string, text: string) => ({ from: { phoneNumber: from }, to: [{ phoneNumber: to }], text })
const sms = (to: string, text: string, by = platform) =>
  read(by.post('/restapi/v1.0/account/~/extension/~/sms', message(first().mainNumber, to, text)))
const recordOf = (id: number) => read(platform.get(`${store}/${id}`))
const settled = (id: number) =>
  until(
    () => recordOf(id),
    (one) => !['Queued', 'Sent'].includes(one.messageStatus),
  )

async function colleague(extensionNumber: string): Promise<{ id: string; platform: Platform }> {
  const username = `colleague-${extensionNumber}@example.test`
  const password = 'Correct-Horse-7'
  const user = { login: username, password, name: `Colleague ${extensionNumber}`, role: 'developer', detail: { extensionNumber } }
  await native('POST', '/users', user)
  const one = await login({ username, password })
  return { id: ((await one.auth().data()) as any).owner_id, platform: one }
}

test('sends an SMS to a number that has SMS, shows it whole, and tells that it was delivered', async () => {
  const { records } = await read(platform.get('/restapi/v1.0/account/~/extension/~/phone-number', { perPage: 'max' }))
  const from = records.find((one: any) => one.features.includes('SmsSender')).phoneNumber
  const sent = await read(platform.post('/restapi/v1.0/account/~/extension/~/sms', message(from, handset, 'hello')))
  assert.equal(typeof sent.id, 'number')
  const extension = `${server.baseUrl}/restapi/v1.0/account/${first().accountId}/extension/${first().extensionId}`
  const { creationTime, lastModifiedTime, messageStatus, smsSendingAttemptsCount, smsDeliveryTime: _, ...rest } = sent
  assert.ok(['Queued', 'Sent', 'Delivered'].includes(messageStatus))
  assert.ok(smsSendingAttemptsCount <= 1)
  assert.ok(Date.parse(creationTime) <= Date.parse(lastModifiedTime))
  const uri = `${extension}/message-store/${sent.id}`
  assert.deepEqual(rest, {
    uri,
    id: sent.id,
    to: [{ phoneNumber: handset }],
    from: { phoneNumber: from, name: rest.from.name },
    type: 'SMS',
    attachments: [{ id: sent.id, uri: `${uri}/content/${sent.id}`, type: 'Text', contentType: 'text/plain', size: 5 }],
    readStatus: 'Read',
    priority: 'Normal',
    direction: 'Outbound',
    availability: 'Alive',
    subject: 'hello',
    conversationId: rest.conversationId,
    conversation: {
      id: String(rest.conversationId),
      uri: `${extension}/message-store?conversationId=${rest.conversationId}`,
    },
  })
  assert.ok(Number.isSafeInteger(rest.conversationId))
  const done = await settled(sent.id)
  assert.equal(done.messageStatus, 'Delivered')
  assert.ok(Date.parse(done.smsDeliveryTime))
  // A number may write to itself: the vendor's own tests do.
  assert.equal((await sms(first().mainNumber, 'to myself')).subject, 'to myself')
})

test('tells why a message failed, in the codes of the vendor', async () => {
  const unknown = await settled((await sms(nobody, 'nobody there')).id)
  assert.deepEqual([unknown.messageStatus, unknown.deliveryErrorCode], ['DeliveryFailed', 'SMS-CAR-411'])
  const refused = await settled((await sms(optedOut, 'unwanted')).id)
  assert.deepEqual([refused.messageStatus, refused.deliveryErrorCode], ['DeliveryFailed', 'SMS-CAR-413'])
  const late = await fault(() => sms('+13105550117', 'no way there'))
  assert.deepEqual([late.status, late.code], [503, 'MSG-290'])
})

test('collects faults of fields, with names and values', async () => {
  const { status, body } = await fault(() =>
    platform.post('/restapi/v1.0/account/~/extension/~/sms', { to: [{ phoneNumber: '12' }], text: 'x'.repeat(1001) }),
  )
  assert.equal(status, 400)
  assert.deepEqual(
    body.errors.map((one: any) => [one.errorCode, one.parameterName]),
    [
      ['CMN-101', 'from'],
      ['CMN-101', 'to'],
      ['CMN-101', 'text'],
    ],
  )
  const twice = { from: { phoneNumber: first().mainNumber }, to: [{ phoneNumber: handset }, { phoneNumber: handset }], text: 'a' }
  assert.equal((await fault(() => platform.post('/restapi/v1.0/account/~/extension/~/sms', twice))).code, 'CMN-406')
})

test('carries a picture, hands it out whole and by range, and text as the content of the message', async () => {
  const extension = rc.restapi().account().extension()
  const sent: any = await extension.mms().post({
    ...message(first().mainNumber, handset, 'look'),
    attachments: [{ filename: 'dot.png', contentType: 'image/png', content: png }],
  } as never)
  const picture = sent.attachments.find((one: any) => one.type === 'MmsAttachment')
  assert.deepEqual([picture.contentType, picture.size, picture.fileName], ['image/png', png.length, 'dot.png'])
  const whole = await platform.get(picture.uri)
  assert.equal(whole.headers.get('content-type'), 'image/png')
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), png)
  const { access_token: token } = await platform.auth().data()
  const part = await fetch(`${picture.uri}?access_token=${token}&contentDisposition=Inline`, { headers: { range: 'bytes=1-3' } })
  assert.deepEqual([part.status, await part.text()], [206, 'PNG'])
  assert.equal(part.headers.get('content-range'), `bytes 1-3/${png.length}`)
  assert.match(part.headers.get('content-disposition')!, /^inline; filename="dot.png"$/)
  const beyond = await fetch(picture.uri, { headers: { authorization: `Bearer ${token}`, range: 'bytes=9999-' } })
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, `bytes */${png.length}`])
  assert.equal(await (await platform.get(`${store}/${sent.id}/content/${sent.id}`)).text(), 'look')
  assert.equal((await fault(() => platform.get(`${store}/${sent.id}/content/7`))).body.parameterName, 'attachmentId')
})

test('takes multipart/mixed with base64', async () => {
  const { access_token: token } = await platform.auth().data()
  const lines = [
    '--edge',
    'Content-Type: application/json',
    '',
    JSON.stringify(message(first().mainNumber, handset, 'mixed')),
    '--edge',
    'Content-Type: image/png',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="dot.png"',
    '',
    png.toString('base64'),
    '--edge--',
    '',
  ]
  const answer = await fetch(`${server.baseUrl}/restapi/v1.0/account/~/extension/~/sms`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/mixed; boundary=edge' },
    body: lines.join('\r\n'),
  })
  const sent = (await answer.json()) as any
  assert.equal(answer.status, 200, JSON.stringify(sent))
  assert.equal(sent.attachments[1].size, png.length)
})

test('sends to a group as one message, each recipient with their own status', async () => {
  const to = [{ phoneNumber: handset }, { phoneNumber: nobody }]
  const body = { from: { phoneNumber: first().mainNumber }, to, text: 'all of you' }
  const sent = await read(platform.post('/restapi/v1.0/account/~/extension/~/sms', body))
  const done = await until(
    () => recordOf(sent.id),
    (one) => one.to.every(({ messageStatus }: any) => !['Queued', 'Sent'].includes(messageStatus)),
  )
  assert.deepEqual(
    done.to.map((one: any) => [one.phoneNumber, one.messageStatus, one.deliveryErrorCode]),
    [
      [handset, 'Delivered', undefined],
      [nobody, 'DeliveryFailed', 'SMS-CAR-411'],
    ],
  )
  const found = await read(platform.get(store, { conversationId: sent.conversationId }))
  assert.equal(found.paging.totalElements, 1)
  // To all or to nobody; every recipient at fault is told.
  const wrong = { ...body, to: [...to, { phoneNumber: '+12' }, { phoneNumber: '+44' }], text: 'nobody gets this' }
  const { body: told } = await fault(() => platform.post('/restapi/v1.0/account/~/extension/~/sms', wrong))
  assert.deepEqual(
    told.errors.map((one: any) => one.parameterValue),
    ['+12', '+44'],
  )
  assert.equal((await read(platform.get(store))).records.filter((one: any) => one.subject === 'nobody gets this').length, 0)
})

test('sends once under one key', async () => {
  const { access_token: token } = await platform.auth().data()
  const once = async (to: string[]): Promise<any> => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `key-${to.length}`,
    }
    const fields = { from: { phoneNumber: first().mainNumber }, to: to.map((phoneNumber) => ({ phoneNumber })), text: 'once' }
    const url = `${server.baseUrl}/restapi/v1.0/account/~/extension/~/sms`
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(fields) })
    assert.equal(answer.status, 200, await answer.clone().text())
    return answer.json()
  }
  for (const to of [[handset], [handset, nobody]]) {
    const one = await once(to)
    assert.equal((await once(to)).id, one.id)
  }
})

test('lists with filters, takes several at once, marks as read, deletes, restores and purges', async () => {
  const phone = '+13105550142'
  await native('POST', `/handsets/${encodeURIComponent(phone)}/messages`, { to: first().mainNumber, text: 'are you there?' })
  const { records } = await until(
    () => read(platform.get(store, { phoneNumber: phone, readStatus: 'Unread' })),
    (one) => one.records.length === 1,
  )
  const [came] = records
  assert.deepEqual([came.direction, came.messageStatus, came.from.phoneNumber], ['Inbound', 'Received', phone])
  const answered = await sms(phone, 'yes')
  assert.equal(answered.conversationId, came.conversationId)
  const talk = await read(platform.get(store, { conversationId: came.conversationId, messageType: ['SMS', 'Fax'] }))
  assert.deepEqual(
    talk.records.map((one: any) => one.id),
    [answered.id, came.id],
  )
  const newest = await read(platform.get(store, { conversationId: came.conversationId, distinctConversations: true }))
  assert.deepEqual([newest.records.length, newest.records[0].id], [1, answered.id])
  assert.equal((await read(platform.get(store, { messageType: 'Fax' }))).records.length, 0)
  assert.equal((await fault(() => platform.get(store, { readStatus: 'Half' }))).body.parameterName, 'readStatus')

  const kit = new SDK({ server: server.baseUrl, clientId, clientSecret })
  const batch = await platform.get(`${store}/${came.id},7,${answered.id}`)
  assert.equal(batch.status, 207)
  const parts = await kit.client().multipart(batch)
  assert.deepEqual(
    parts.map((part: Response) => part.status),
    [200, 404, 200],
  )

  assert.equal((await read(platform.put(`${store}/${came.id}`, { readStatus: 'Read' }))).readStatus, 'Read')
  assert.equal((await platform.delete(`${store}/${came.id}`)).status, 204)
  assert.equal((await recordOf(came.id)).availability, 'Deleted')
  const kept = await read(platform.get(store, { conversationId: came.conversationId }))
  assert.equal(kept.records.length, 1)
  const { access_token: token } = await platform.auth().data()
  const restored = await fetch(`${server.baseUrl}${store}/${came.id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ availability: 'Alive' }),
  })
  assert.equal(((await restored.json()) as any).availability, 'Alive')
  await platform.delete(`${store}/${came.id}`, undefined, { purge: true })
  assert.deepEqual(Object.keys(await recordOf(came.id)), ['uri', 'id', 'availability'])
  assert.equal((await fault(() => platform.delete(`${store}/${came.id}`))).code, 'CMN-102')
  assert.equal((await native('GET', '/messages?limit=1000')).items.filter((one: any) => one.text === 'are you there?').length, 0)

  await settled(answered.id)
  const filter = { conversationId: [String(came.conversationId)] }
  await rc
    .restapi()
    .account()
    .extension()
    .messageStore()
    .deleteAll(filter as never)
  assert.equal((await recordOf(answered.id)).availability, 'Deleted')
})

test('pages colleagues, who answer in the thread', async () => {
  const other = await colleague('311')
  const third = await colleague('312')
  const page = (by: Platform, body: object) => read(by.post('/restapi/v1.0/account/~/extension/~/company-pager', body))
  const sent = await page(platform, { to: [{ extensionNumber: '311' }, { extensionId: third.id }], text: 'lunch?' })
  assert.deepEqual([sent.type, sent.messageStatus, sent.pgToDepartment, sent.subject], ['Pager', 'Sent', false, 'lunch?'])
  assert.deepEqual(
    sent.to.map((one: any) => [one.extensionNumber, one.extensionId]),
    [
      ['311', other.id],
      ['312', third.id],
    ],
  )
  const inbox = await read(other.platform.get(store, { messageType: 'Pager' }))
  assert.equal(inbox.records.length, 1)
  const [got] = inbox.records
  assert.notEqual(got.id, sent.id)
  assert.deepEqual([got.direction, got.readStatus, got.conversationId], ['Inbound', 'Unread', sent.conversationId])
  const reply = await page(other.platform, { replyOn: got.id, text: 'yes' })
  assert.deepEqual(
    reply.to.map((one: any) => one.extensionId),
    [String(first().extensionId), third.id],
  )
  assert.equal(reply.conversationId, sent.conversationId)
  // Purged by one, a page is there for the others.
  await platform.delete(`${store}/${sent.id}`, undefined, { purge: true })
  assert.equal((await read(other.platform.get(`${store}/${got.id}`))).subject, 'lunch?')
  // To oneself: one sent, one received.
  const own = String(first().extensionId)
  const self = await page(platform, { from: { extensionId: own }, to: [{ extensionId: own }], text: 'note' })
  const both = await read(platform.get(store, { conversationId: self.conversationId }))
  assert.deepEqual(both.records.map((one: any) => one.direction).toSorted(), ['Inbound', 'Outbound'])
})

test('a department is made, people come and go, and a page to it reaches them', async () => {
  const account = rc.restapi().account()
  const one = await colleague('331')
  const two = await colleague('332')
  const made = await read(
    platform.post('/restapi/v1.0/account/~/extension', {
      type: 'Department',
      extensionNumber: '330',
      contact: { firstName: 'Sales' },
    }),
  )
  assert.deepEqual([made.type, made.status, made.name], ['Department', 'Enabled', 'Sales'])
  const queue = account.callQueues(String(made.id))
  await queue.bulkAssign().post({ addedExtensionIds: [one.id, two.id] })
  await queue.bulkAssign().post({ removedExtensionIds: [two.id] })
  const members = await queue.members().get()
  assert.deepEqual(
    members.records!.map(({ id, extensionNumber }) => [id, extensionNumber]),
    [[one.id, '331']],
  )
  const queues = await account.callQueues().list()
  assert.deepEqual(
    queues.records!.map(({ id, name }) => [id, name]),
    [[String(made.id), 'Sales']],
  )
  const ofType = (type: string) => read(platform.get('/restapi/v1.0/account/~/extension', { type }))
  assert.deepEqual(
    (await ofType('Department')).records.map((record: any) => record.id),
    [made.id],
  )
  assert.ok(!(await ofType('User')).records.some((record: any) => record.id === made.id))

  const sent = await read(
    platform.post('/restapi/v1.0/account/~/extension/~/company-pager', { to: [{ extensionNumber: '330' }], text: 'sold!' }),
  )
  assert.equal(sent.pgToDepartment, true)
  assert.equal((await read(one.platform.get(store, { messageType: 'Pager' }))).records[0].subject, 'sold!')
  assert.deepEqual((await read(two.platform.get(store, { messageType: 'Pager' }))).records, [])

  const presence = await account.extension(String(made.id)).presence().get()
  assert.equal(presence.presenceStatus, 'Offline')
  assert.ok(!('telephonyStatus' in presence) && !('dndStatus' in presence))
  const setting = await fault(() =>
    platform.put(`/restapi/v1.0/account/~/extension/${made.id}/presence`, { dndStatus: 'TakeAllCalls' }),
  )
  assert.equal(setting.code, 'CMN-403')
  const inside = await fault(() =>
    platform.post(`/restapi/v1.0/account/~/call-queues/${made.id}/bulk-assign`, { addedExtensionIds: [String(made.id)] }),
  )
  assert.equal(inside.code, 'CMN-101')
  // Who it is does not change, at the native door neither.
  const retyped = await fault(() => platform.put(`/restapi/v1.0/account/~/extension/${made.id}`, { type: 'User' }))
  assert.equal(retyped.body.errors[0].parameterName, 'type')
})

test('shows each extension its own messages', async () => {
  const other = await colleague('321')
  const mine = await sms(handset, 'mine alone')
  assert.equal((await read(other.platform.get(store))).records.length, 0)
  assert.equal((await fault(() => other.platform.get(`${store}/${mine.id}`))).code, 'CMN-102')
  assert.equal((await fault(() => sms(handset, 'not my number', other.platform))).code, 'MSG-304')
  const theirs = store.replace('extension/~', `extension/${first().extensionId}`)
  assert.equal((await fault(() => other.platform.get(theirs))).code, 'CMN-404')
})

test('synchronises: all at first, then what is new, changed and gone', async () => {
  const sync = (query: object) => read(platform.get('/restapi/v1.0/account/~/extension/~/message-sync', query as never))
  const one = await sms('+13105550143', 'first')
  await settled(one.id)
  const conversationId = one.conversationId
  const full = await sync({ syncType: 'FSync', conversationId })
  assert.deepEqual(
    full.records.map((record: any) => record.id),
    [one.id],
  )
  assert.deepEqual([full.syncInfo.syncType, full.syncInfo.olderRecordsExist], ['FSync', false])
  const nothing = await sync({ syncType: 'ISync', syncToken: full.syncInfo.syncToken })
  assert.deepEqual([nothing.records, nothing.syncInfo.olderRecordsExist], [[], undefined])

  const two = await sms('+13105550143', 'second')
  await settled(two.id)
  await platform.put(`${store}/${one.id}`, { readStatus: 'Unread' })
  await sms(handset, 'of another conversation')
  const changed = await sync({ syncType: 'ISync', syncToken: nothing.syncInfo.syncToken })
  assert.deepEqual(
    changed.records.map((record: any) => [record.id, record.readStatus, record.messageStatus]),
    [
      [two.id, 'Read', 'Delivered'],
      [one.id, 'Unread', 'Delivered'],
    ],
  )
  await platform.delete(`${store}/${one.id}`)
  const gone = await sync({ syncType: 'ISync', syncToken: changed.syncInfo.syncToken })
  assert.deepEqual(gone.records, [{ uri: one.uri, id: one.id, availability: 'Deleted' }])
  // Deleted at another door: nothing is left of it.
  const kept = (await native('GET', '/messages?limit=1000')).items.find((record: any) => record.text === 'second')
  await fetch(`${server.baseUrl}/v1/messages/${kept.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${server.credentials.api.key}` },
  })
  const purged = await sync({ syncType: 'ISync', syncToken: gone.syncInfo.syncToken })
  assert.deepEqual(purged.records, [{ uri: two.uri, id: two.id, availability: 'Purged' }])
  assert.equal((await fault(() => sync({ syncType: 'ISync', syncToken: 'v1.nonsense' }))).code, 'CMN-101')
})

test('synchronises with the second client, from years ago, a few records at a time', async () => {
  // What was sent before changes no more.
  await until(
    async () => (await native('GET', '/messages?limit=1000')).items,
    (items) => items.every(({ final }: any) => final),
  )
  const extension = rc.restapi().account().extension()
  const full = await extension
    .messageSync()
    .get({ syncType: ['FSync'], dateFrom: '2014-03-10T18:07:52.534Z', recordCount: 2 } as never)
  assert.equal(full.records!.length, 2)
  assert.equal(full.syncInfo!.olderRecordsExist, true)
  const more = await extension.messageSync().get({
    syncType: ['ISync'],
    syncToken: full.syncInfo!.syncToken!,
    recordCount: 3,
  } as never)
  assert.equal(more.records!.length, 3)
  assert.ok(more.records!.every(({ id }) => full.records!.every((record) => record.id !== id)))
  const listed = await extension.messageStore().list({ dateFrom: '2014', perPage: 3 })
  assert.equal(listed.records!.length, 3)
  assert.ok(listed.paging!.totalElements! > 3)
})
