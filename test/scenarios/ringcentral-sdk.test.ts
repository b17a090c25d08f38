// The vendor's own client, @ringcentral/sdk, unchanged, against the real program: it logs in, refreshes, reads account and
// extension, takes batches apart and meets errors. Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SDK } from '@ringcentral/sdk'
import { startServer, type RunningServer } from '../../conformance/server.ts'

let server: RunningServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

async function sdk(detail: object = {}): Promise<InstanceType<typeof SDK>> {
  const key = await native('POST', '/keys', {
    face: 'ringcentral',
    userId: null,
    name: 'SDK',
    detail: {
      grants: ['password', 'refresh_token', 'jwt', 'authorization_code'],
      redirectUris: ['https://app.example.test/callback'],
      plan: { auth: 100 },
      ...detail,
    },
  })
  return new SDK({
    server: server.baseUrl,
    clientId: key.publicId,
    clientSecret: key.secret,
    redirectUri: 'https://app.example.test/callback',
  })
}

async function native(method: string, path: string, body: object): Promise<any> {
  const answer = await fetch(`${server.baseUrl}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.credentials.api.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(answer.ok, await answer.clone().text())
  return answer.json()
}

const first = () => server.credentials.ringcentral

/** The client's error for an answer that is no success. */
async function fault(act: () => Promise<unknown>): Promise<{ message: string; status: number; body: any; headers: Headers }> {
  try {
    await act()
  } catch (error) {
    const { message, response } = error as { message: string; response: Response }
    return { message, status: response.status, body: await response.clone().json(), headers: response.headers }
  }
  return assert.fail('nothing was refused')
}

test('logs in with number and extension, and reads account and extension', async () => {
  const platform = (await sdk()).platform()
  const login = await platform.login({ username: first().mainNumber, extension: first().extension, password: first().password })
  assert.equal(((await login.json()) as any).owner_id, String(first().extensionId))
  const account = (await (await platform.get('/restapi/v1.0/account/~')).json()) as any
  assert.equal(account.id, first().accountId)
  assert.equal(account.mainNumber, first().mainNumber)
  const extension = (await (await platform.get('/restapi/v1.0/account/~/extension/~')).json()) as any
  assert.equal(extension.id, first().extensionId)
  assert.equal(extension.extensionNumber, first().extension)
  const numbers = (await (
    await platform.get('/restapi/v1.0/account/~/extension/~/phone-number', { perPage: 'max', usageType: undefined })
  ).json()) as any
  assert.ok(numbers.records.every((record: any) => Array.isArray(record.features)))
})

test('logs in with a login name, with a JWT credential, and says what version it talks to without any login', async () => {
  const platform = (await sdk()).platform()
  const version = (await (await platform.get('/restapi/v1.0', undefined, { skipAuthCheck: true })).json()) as any
  assert.equal(version.uriString, 'v1.0')
  await platform.login({ username: first().username, password: first().password })
  assert.equal(await platform.loggedIn(), true)
  const other = (await sdk()).platform()
  await other.login({ jwt: first().jwt })
  assert.equal(((await (await other.get('/restapi/v1.0/account/~/extension/~')).json()) as any).id, first().extensionId)
})

test('logs in as a public client, with its id in the body and no header', async () => {
  const key = await native('POST', '/keys', {
    face: 'ringcentral',
    userId: null,
    detail: { grants: ['password', 'refresh_token'], public: true, plan: {} },
  })
  const platform = new SDK({ server: server.baseUrl, clientId: key.publicId }).platform()
  await platform.login({ username: first().username, password: first().password })
  assert.equal((await platform.get('/restapi/v1.0/account/~')).status, 200)
})

test('refreshes once for calls made at the same time, also after a 401', async () => {
  const kit = await sdk()
  const platform = kit.platform()
  await platform.login({ username: first().username, password: first().password })
  const before = await platform.auth().data()
  await platform.auth().cancelAccessToken()
  let refreshes = 0
  platform.on(platform.events.refreshSuccess, () => (refreshes += 1))
  const answers = await Promise.all([1, 2, 3].map(() => platform.get('/restapi/v1.0/account/~')))
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [200, 200, 200],
  )
  assert.equal(refreshes, 1)
  const after = await platform.auth().data()
  assert.notEqual(after.access_token, before.access_token)
  assert.notEqual(after.refresh_token, before.refresh_token)
  // The server alone knows that this one is dead; the client finds out by the 401, refreshes and asks again.
  await platform.auth().setData({ ...after, access_token: before.access_token })
  assert.equal((await platform.get('/restapi/v1.0/account/~')).status, 200)
  assert.equal(refreshes, 2)
})

test('refreshes with the first refresh token a second time and gets the same pair', async () => {
  const platform = (await sdk()).platform()
  await platform.login({ username: first().username, password: first().password })
  const old = await platform.auth().data()
  await platform.refresh()
  const once = await platform.auth().data()
  await platform.auth().setData(old)
  await platform.refresh()
  const twice = await platform.auth().data()
  assert.equal(twice.access_token, once.access_token)
  assert.equal(twice.refresh_token, once.refresh_token)
})

test('keeps the lifetimes it asked for over a refresh', async () => {
  const platform = (await sdk()).platform()
  /** What is left of both when the answer is written: some of it may be gone. */
  const lives = async (answer: Response, accessAtMost: number, refreshAtMost: number) => {
    const { expires_in: access, refresh_token_expires_in: refresh } = (await answer.clone().json()) as any
    assert.ok(access <= accessAtMost && access > accessAtMost - 60, `${access}`)
    assert.ok(refresh <= refreshAtMost && refresh > refreshAtMost - 60, `${refresh}`)
  }
  const login = await platform.login({ jwt: first().jwt, access_token_ttl: 1800, refresh_token_ttl: 302_400 } as any)
  await lives(login, 1799, 302_399)
  const refreshed = await platform.refresh()
  await lives(refreshed, 1798, 302_398)
})

test('drops its tokens when the refresh token is dead', async () => {
  const platform = (await sdk()).platform()
  await platform.login({ username: first().username, password: first().password })
  const data = await platform.auth().data()
  await platform.auth().setData({ ...data, refresh_token: 'RC1.dead' })
  const { status, body, message } = await fault(() => platform.refresh())
  assert.equal(status, 400)
  assert.equal(body.error, 'invalid_grant')
  assert.equal(message, body.error_description)
  assert.equal((await platform.auth().data()).access_token, '')
})

test('logs out, after which the token is dead', async () => {
  const platform = (await sdk()).platform()
  await platform.login({ username: first().username, password: first().password })
  const { access_token: token } = await platform.auth().data()
  assert.equal((await platform.logout())!.status, 200)
  const answer = await fetch(`${server.baseUrl}/restapi/v1.0/account/~`, { headers: { authorization: `bearer ${token}` } })
  assert.equal(answer.status, 401)
  assert.equal(((await answer.json()) as any).errors[0].errorCode, 'OAU-129')
})

test('shows its user why a login was refused; the login it sends a second time counts once', async () => {
  const person = await native('POST', '/users', { login: 'locked@example.test', password: 'Right-password-1', role: 'developer' })
  assert.ok(person.id)
  const platform = (await sdk()).platform()
  for (let guess = 1; guess <= 4; guess += 1) {
    const { message, status } = await fault(() => platform.login({ username: 'locked@example.test', password: `wrong ${guess}` }))
    assert.equal(message, 'Invalid resource owner credentials.')
    assert.equal(status, 401)
  }
  // Eight requests, four wrong passwords: not locked yet.
  await platform.login({ username: 'locked@example.test', password: 'Right-password-1' })
})

test('meets errors of the API with the message on top', async () => {
  const platform = (await sdk()).platform()
  await platform.login({ username: first().username, password: first().password })
  const missing = await fault(() => platform.get('/restapi/v1.0/account/~/extension/1'))
  assert.equal(missing.status, 404)
  assert.equal(missing.body.errors[0].errorCode, 'CMN-102')
  assert.equal(missing.message, missing.body.message)
  const unknown = await fault(() => platform.post('/restapi/v1.0/account/~/extension/~/does-not-exist', {}))
  assert.equal(unknown.body.errors[0].errorCode, 'CMN-120')
  // A null body goes out as the text null and counts as none.
  const empty = await fault(() => platform.post('/restapi/v1.0/account/~/extension', null as never))
  assert.equal(empty.body.errors[0].errorCode, 'CMN-104')
})

test('hears of the rate limit and may wait as told', async () => {
  const platform = (await sdk({ plan: { auth: 10, light: 1 } })).platform()
  await platform.login({ username: first().username, password: first().password })
  let events = 0
  platform.on(platform.events.rateLimitError, () => (events += 1))
  const seen = await fault(async () => {
    for (let count = 0; count < 3; count += 1) await platform.get('/restapi/v1.0/account/~')
  })
  assert.equal(seen.status, 429)
  assert.equal(seen.body.errors[0].errorCode, 'CMN-301')
  assert.equal(seen.headers.get('x-rate-limit-group'), 'light')
  assert.match(seen.headers.get('retry-after') ?? '', /^[0-9]+$/)
  assert.equal(events, 1)
})

test('takes a batch apart', async () => {
  const kit = await sdk()
  await kit.platform().login({ username: first().username, password: first().password })
  const id = first().extensionId
  const answer = await kit.platform().get(`/restapi/v1.0/account/~/extension/${id},7,~`)
  assert.equal(answer.status, 207)
  const parts = await kit.client().multipart(answer)
  assert.deepEqual(
    parts.map((part: Response) => part.status),
    [200, 404, 200],
  )
  assert.equal(((await parts[0]!.json()) as any).id, id)
  assert.equal(((await parts[1]!.json()) as any).errors[0].errorCode, 'CMN-102')
})

test('creates, changes and deletes an extension', async () => {
  const platform = (await sdk()).platform()
  await platform.login({ username: first().username, password: first().password })
  const made = (await (
    await platform.post('/restapi/v1.0/account/~/extension', {
      contact: { firstName: 'Bo', lastName: 'Word', email: 'bo@example.test', department: 'Post' },
      extensionNumber: '205',
    })
  ).json()) as any
  assert.equal(made.status, 'NotActivated')
  const uri = `/restapi/v1.0/account/~/extension/${made.id}`
  const changed = (await (await platform.put(uri, { contact: { firstName: 'Bob' }, status: 'Enabled' })).json()) as any
  assert.equal(changed.name, 'Bob Word')
  assert.equal(changed.contact.department, 'Post')
  const found = (await (await platform.get('/restapi/v1.0/account/~/extension', { extensionNumber: '205' })).json()) as any
  assert.deepEqual(
    found.records.map((record: any) => record.id),
    [made.id],
  )
  assert.equal((await platform.delete(uri)).status, 204)
  assert.equal((await fault(() => platform.get(uri))).status, 404)
})
