// Subscriptions at this vendor's door: the address is validated, told of what comes and changes in the store, given up when it goes
// away and taken up again, renewed and deleted, by @ringcentral/sdk and @rc-ex/core unchanged. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import RingCentral from '@rc-ex/core'
import { SDK } from '@ringcentral/sdk'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import { startWebhookServer, type Heard } from '../fakes/webhook-server.ts'
import { makeClient, nativeOf, unsubscribeAll } from '../ringcentral-place.ts'
import { until } from '../until.ts'

type Platform = ReturnType<InstanceType<typeof SDK>['platform']>

const api = '/restapi/v1.0'
const own = `${api}/account/~/extension/~/message-store`
const handset = '+13105550101'
const hook = await startWebhookServer()

let server: RunningServer
let platform: Platform
let rc: InstanceType<typeof RingCentral>
let clientId: string
let clientSecret: string

before(async () => {
  server = await startServer()
  ;({ clientId, clientSecret } = await makeClient(native))
  const { username, password, jwt } = first()
  platform = await login({ username, password })
  rc = new RingCentral({ server: server.baseUrl, clientId, clientSecret })
  await rc.authorize({ jwt })
})
after(() => server.stop())
// One test's news are none of the next one's.
afterEach(() => unsubscribeAll(native))

const first = () => server.credentials.ringcentral
const native = nativeOf(() => server)

async function login({ username, password }: { username: string; password: string }): Promise<Platform> {
  // Instances share what they keep unless they are told apart.
  const one = new SDK({ server: server.baseUrl, clientId, clientSecret, cachePrefix: username }).platform()
  await one.login({ username, password })
  return one
}

const read = async (answer: Promise<Response>): Promise<any> => (await answer).json()

async function fault(act: () => Promise<unknown>): Promise<{ status: number; code: string; field: string }> {
  try {
    await act()
  } catch (error) {
    const { response } = error as { response: Response }
    const [one] = ((await response.clone().json()) as any).errors
    return { status: response.status, code: one.errorCode, field: one.parameterName }
  }
  return assert.fail('nothing was refused')
}

/** Repeats the Validation-Token, and answers what is told with `status`. */
function listen(status = 200): void {
  hook.answer = (response, { headers }) => {
    const token = headers['validation-token']
    if (token !== undefined) response.setHeader('validation-token', token)
    else response.statusCode = status
    response.end()
  }
}

const mode = (path: string, more: object = {}) => ({ transportType: 'WebHook', address: hook.url + path, ...more })
const subscribe = (path: string, eventFilters: readonly string[], more: object = {}) =>
  read(platform.post(`${api}/subscription`, { eventFilters, deliveryMode: mode(path, more) }))
const toldAt = (path: string): (Heard & { json: any })[] =>
  hook.heard
    .filter((one) => one.path === path && one.headers['validation-token'] === undefined)
    .map((one) => ({ ...one, json: JSON.parse(one.body) }))
/** What is new; how a message that was sent before goes on may be told at any time. */
const newsAt = (path: string) => toldAt(path).filter(({ json }) => json.body.changes[0].newCount > 0)
const extension = () => `${api}/account/${first().accountId}/extension/${first().extensionId}`
const comesIn = (text: string) =>
  native('POST', `/handsets/${encodeURIComponent(handset)}/messages`, { to: first().mainNumber, text })
const send = () =>
  read(
    platform.post(`${api}/account/~/extension/~/sms`, {
      from: { phoneNumber: first().mainNumber },
      to: [{ phoneNumber: handset }],
      text: 'hello',
    }),
  )

test('the address is validated, and the record says who is told what until when', async () => {
  listen()
  const made = await subscribe('/made', [own, `${own}?type=SMS&direction=Inbound`, `${own}/instant?type=SMS`], {
    verificationToken: 'only you and I',
  })
  const asked = hook.heard.find(({ path }) => path === '/made')!
  assert.equal(asked.method, 'POST')
  assert.equal(asked.body, '{}')
  assert.match(String(asked.headers['validation-token']), /^\w{32}$/)
  const { id, expirationTime, creationTime, expiresIn, ...rest } = made
  assert.match(id, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.equal(Date.parse(expirationTime) - Date.parse(creationTime), 604_800_000)
  // What was left when the answer was written.
  assert.ok(expiresIn <= 604_799 && expiresIn > 604_700, `${expiresIn}`)
  assert.deepEqual(rest, {
    uri: `${server.baseUrl}${api}/subscription/${id}`,
    eventFilters: [
      `${extension()}/message-store`,
      `${extension()}/message-store?type=SMS&direction=Inbound`,
      `${extension()}/message-store/instant?type=SMS`,
    ],
    status: 'Active',
    deliveryMode: { transportType: 'WebHook', encryption: false, address: `${hook.url}/made` },
  })
  const { uri, records } = await read(platform.get(`${api}/subscription`))
  assert.equal(uri, `${server.baseUrl}${api}/subscription`)
  assert.deepEqual(
    records.map((one: any) => one.id),
    [id],
  )
  const kept = await rc.restapi().subscription(id).get()
  assert.equal(kept.deliveryMode!.address, `${hook.url}/made`)
  // The other doors show it among the account's endpoints, without what it is proven by.
  const { items } = await native('GET', '/webhook-endpoints?face=ringcentral')
  assert.equal(items.length, 1)
  assert.ok(!JSON.stringify(items).includes('only you and I') && !('detail' in items[0]))
  // What it is told stays in the words of this door; but it may be switched off.
  const nativePath = `${server.baseUrl}/v1/webhook-endpoints/${items[0].id}`
  const headers = { authorization: `Bearer ${server.credentials.api.key}`, 'content-type': 'application/json' }
  const reworded = await fetch(nativePath, { method: 'PATCH', headers, body: '{"events":["message.*"]}' })
  assert.equal(reworded.headers.get('offhook-reason'), 'webhook.event_unknown')
  const sample = await fetch(`${nativePath}/test`, { method: 'POST', headers, body: '{}' })
  assert.equal(sample.headers.get('offhook-reason'), 'webhook.event_unknown')
  await native('PATCH', `/webhook-endpoints/${items[0].id}`, { enabled: false })
  assert.equal((await rc.restapi().subscription(id).get()).status, 'Suspended')
  await rc.restapi().subscription(id).delete()
  assert.deepEqual(await fault(() => platform.get(`${api}/subscription/${id}`)), {
    status: 404,
    code: 'CMN-102',
    field: 'subscriptionId',
  })
})

test('what comes in is told at once and whole, what changes by its id; with the token that was given', async () => {
  listen()
  const subscription = await subscribe('/told', [own, `${own}/instant?type=SMS`], { verificationToken: 'a-secret' })
  await comesIn('are you there?')
  const [instant, news] = (
    await until(
      () => toldAt('/told'),
      ({ length }) => length >= 2,
    )
  ).toSorted((a, b) => b.json.event.length - a.json.event.length) as [any, any]
  for (const { headers, json } of [instant, news]) {
    assert.equal(headers['verification-token'], 'a-secret')
    assert.match(String(headers['content-type']), /^application\/json/)
    assert.match(String(headers['user-agent']), /^RingCentral-Webhook\//)
    assert.match(json.uuid, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.equal(json.subscriptionId, subscription.id)
    assert.equal(json.ownerId, first().extensionId.toString())
    assert.ok(Date.parse(json.timestamp))
  }
  assert.equal(instant.json.event, `${extension()}/message-store/instant?type=SMS`)
  const { id, ...record } = instant.json.body
  assert.equal(typeof id, 'string')
  const { id: number, lastModifiedTime: _, ...listed } = await read(platform.get(`${own}/${id}`))
  const { lastModifiedTime: __, ...told } = record
  assert.equal(String(number), id)
  assert.deepEqual(told, listed)
  assert.equal(told.subject, 'are you there?')
  assert.equal(news.json.event, `${extension()}/message-store`)
  const { lastUpdated, ...body } = news.json.body
  assert.ok(Date.parse(lastUpdated))
  assert.deepEqual(body, {
    accountId: String(first().accountId),
    extensionId: String(first().extensionId),
    changes: [{ type: 'SMS', newCount: 1, updatedCount: 0, newMessageIds: [id] }],
  })
  await platform.put(`${own}/${id}`, { readStatus: 'Read' })
  const [, , marked] = await until(
    () => toldAt('/told'),
    ({ length }) => length >= 3,
  )
  assert.deepEqual(marked!.json.body.changes, [{ type: 'SMS', newCount: 0, updatedCount: 1, updatedMessageIds: [id] }])
  const [delivery] = (await native('GET', '/webhook-deliveries?limit=1')).items
  // What was sent is kept once its answer is known here.
  const shown = await until(
    async () => JSON.stringify(await native('GET', `/webhook-deliveries/${delivery.id}`)),
    (text) => text.includes('verification-token'),
  )
  assert.ok(!shown.includes('a-secret'))
})

test('only what a filter names is told, and only to whose messages they are', async () => {
  listen()
  await subscribe('/inbound', [`${own}?direction=Inbound`])
  const all = await subscribe('/all', [own])
  const user = { login: 'colleague@example.test', password: 'Correct-Horse-7', name: 'A colleague', role: 'developer' }
  await native('POST', '/users', user)
  const colleague = await login({ username: user.login, password: user.password })
  const theirs = await read(colleague.post(`${api}/subscription`, { eventFilters: [own], deliveryMode: mode('/colleague') }))
  // Nobody sees the subscriptions of others.
  assert.equal((await fault(() => colleague.get(`${api}/subscription/${all.id}`))).code, 'CMN-102')
  const sent = await send()
  const isDone = (one: any) => one.changes[0].updatedMessageIds?.[0] === String(sent.id)
  await until(
    () => toldAt('/all').map(({ json }) => json.body),
    (bodies) => bodies.some(isDone),
  )
  const [created] = toldAt('/all')
  assert.deepEqual(created!.json.body.changes, [{ type: 'SMS', newCount: 1, updatedCount: 0, newMessageIds: [String(sent.id)] }])
  await comesIn('for the owner')
  await until(
    () => toldAt('/inbound'),
    ({ length }) => length > 0,
  )
  assert.equal(toldAt('/inbound').length, 1)
  // What is between two of them is told to both.
  await platform.post(`${api}/account/~/extension/~/company-pager`, {
    from: { extensionId: String(first().extensionId) },
    to: [{ extensionId: theirs.eventFilters[0].split('/')[6] }],
    text: 'a page',
  })
  const [page, ...more] = await until(
    () => newsAt('/colleague'),
    ({ length }) => length > 0,
  )
  assert.equal(page!.json.body.changes[0].type, 'Pager')
  assert.equal(more.length, 0)
})

test('an application that is gone is told nothing more', async () => {
  listen()
  const kept = await subscribe('/kept', [own])
  const detail = { grants: ['password'], plan: {} }
  const key = await native('POST', '/keys', { face: 'ringcentral', userId: null, detail })
  const sdk = new SDK({ server: server.baseUrl, clientId: key.publicId, clientSecret: key.secret, cachePrefix: 'gone' })
  const other = sdk.platform()
  await other.login({ username: first().username, password: first().password })
  await other.post(`${api}/subscription`, { eventFilters: [own], deliveryMode: mode('/other') })
  // Each application sees its own.
  assert.equal((await read(platform.get(`${api}/subscription`))).records.length, 1)
  await comesIn('to both')
  await until(() => newsAt('/other').length > 0 && newsAt('/kept').length > 0)
  await native('DELETE', `/keys/${key.id}`)
  await comesIn('to one')
  await until(() => newsAt('/kept').length > 1)
  const { items } = await native('GET', '/webhook-deliveries?limit=100')
  assert.equal(items.filter(({ url }: any) => url === `${hook.url}/other`).length, toldAt('/other').length)
  assert.equal(newsAt('/other').length, 1)
  await unsubscribeAll(native)
  assert.equal((await fault(() => platform.get(`${api}/subscription/${kept.id}`))).status, 404)
})

test('an address that goes away is given up; renewed, it is validated again', async () => {
  listen()
  const { id } = await subscribe('/gone', [own])
  // Nobody is there any more: not tried again for ten minutes.
  listen(410)
  await comesIn('in vain')
  const given = await until(
    () => read(platform.get(`${api}/subscription/${id}`)),
    ({ status }) => status !== 'Active',
  )
  assert.equal(given.status, 'Blacklisted')
  assert.equal(given.blacklistedData.reason, 'webhook.status_unexpected')
  hook.answer = (response) => response.end()
  assert.deepEqual(await fault(() => platform.post(`${api}/subscription/${id}/renew`, {})), {
    status: 400,
    code: 'CMN-101',
    field: 'deliveryMode.address',
  })
  listen()
  const before = toldAt('/gone').length
  const renewed = await rc.restapi().subscription(id).renew().post()
  assert.equal(renewed.status, 'Active')
  assert.ok(!('blacklistedData' in renewed))
  await comesIn('once more')
  await until(
    () => toldAt('/gone'),
    ({ length }) => length > before,
  )
  const replaced = await read(platform.put(`${api}/subscription/${id}`, { eventFilters: [`${own}/instant?type=SMS`] }))
  assert.deepEqual(replaced.eventFilters, [`${extension()}/message-store/instant?type=SMS`])
  const longer = await read(platform.put(`${api}/subscription/${id}`))
  assert.ok(Date.parse(longer.expirationTime) >= Date.parse(replaced.expirationTime))
})

test('what cannot be told is refused, with the field that is at fault', async () => {
  listen()
  const post = (deliveryMode: object, more: object = {}) =>
    fault(() => platform.post(`${api}/subscription`, { eventFilters: [own], deliveryMode, ...more }))
  const invalid = (field: string) => ({ status: 400, code: 'CMN-101', field })
  const https = { transportType: 'WebHook', address: 'https://hook.example.test/rc' }
  for (const transportType of ['PubNub', 'WebSocket', 'RC/APNS', undefined])
    assert.deepEqual(await post({ ...https, transportType }), invalid('deliveryMode.transportType'))
  for (const address of ['http://hook.example.test/rc', 'ftp://127.0.0.1/', 'nowhere', undefined])
    assert.deepEqual(await post({ ...https, address }), invalid('deliveryMode.address'))
  assert.deepEqual(await post({ ...https, verificationToken: 'a\nb' }), invalid('deliveryMode.verificationToken'))
  for (const expiresIn of [-1, 0, 1.5, '60']) assert.deepEqual(await post(https, { expiresIn }), invalid('expiresIn'))
  for (const eventFilters of [undefined, [], [1], own])
    assert.deepEqual(await post(mode('/x'), { eventFilters }), invalid('eventFilters'))
  for (const filter of [
    '',
    `${api}/account/~/extension/~/presence/line`,
    `${own}?type=Fax`,
    `${own}?type=SMS&type=SMS`,
    `${own}/instant`,
    `${api}/account/x/extension/~/message-store`,
  ])
    assert.equal((await post(mode('/x'), { eventFilters: [filter] })).code, 'SUB-508', filter)
  // Nobody repeats the header, somebody says no, and nobody is there.
  hook.answer = (response) => response.end()
  assert.deepEqual(await post(mode('/x')), invalid('deliveryMode.address'))
  hook.answer = (response, { headers }) => {
    response.writeHead(202, { 'validation-token': String(headers['validation-token']) }).end()
  }
  assert.deepEqual(await post(mode('/x')), invalid('deliveryMode.address'))
  assert.deepEqual(await post({ ...https, address: 'http://127.0.0.1:1/' }), invalid('deliveryMode.address'))
  assert.deepEqual((await read(platform.get(`${api}/subscription`))).records, [])
  // An application must have both permissions.
  for (const [permissions, missing] of [
    [['messages.read', 'media.read'], 'SubscriptionWebhook'],
    [['webhooks.read', 'webhooks.write'], 'ReadMessages'],
  ] as const) {
    const detail = { grants: ['password'], plan: {} }
    const key = await native('POST', '/keys', { face: 'ringcentral', userId: null, detail, permissions })
    const sdk = new SDK({ server: server.baseUrl, clientId: key.publicId, clientSecret: key.secret, cachePrefix: missing })
    await sdk.platform().login({ username: first().username, password: first().password })
    const body = { eventFilters: [own], deliveryMode: mode('/x') }
    assert.equal((await fault(() => sdk.platform().post(`${api}/subscription`, body))).code, 'CMN-401')
  }
})
