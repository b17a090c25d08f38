import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { createUserOperation } from '#operations/users/create-user.ts'
import { handClock } from '#values/clock.ts'
import { openHarness, type FaceHarness, type HarnessAnswer } from '../../../test/face-harness.ts'
import { ringcentral } from './ringcentral.ts'

const clock = handClock()
let house: FaceHarness
before(async () => {
  house = await openHarness(ringcentral, { clock })
})
after(async () => {
  assert.deepEqual(house.faults, [])
  await house.close()
})

interface App {
  readonly id: string
  readonly secret: string
}

const uri = 'https://app.example.test/callback?from=us'
const plenty = { light: 1000, medium: 1000, heavy: 1000, auth: 1000 }
const allGrants = ['password', 'authorization_code', 'refresh_token', 'jwt', 'client_credentials', 'implicit']

async function makeApp(detail: object = {}): Promise<App> {
  const key = await house.run(createKeyOperation, house.sandbox, {
    face: 'ringcentral',
    userId: null,
    name: 'Test',
    detail: { grants: allGrants, redirectUris: [uri], plan: plenty, ...detail },
  })
  return { id: key.publicId, secret: key.secret }
}

const basic = ({ id, secret }: App) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })

const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  house.ask({ method: 'POST', path: `/restapi/oauth/${path}`, headers, body: new URLSearchParams(fields) })

const passwordGrant = () => ({
  grant_type: 'password',
  username: house.credentials.username,
  password: house.credentials.password,
})

async function logIn(app: App, fields: Record<string, string> = passwordGrant()): Promise<any> {
  const answer = await post('token', fields, basic(app))
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

const bearer = (session: { access_token: string }) => ({ authorization: `bearer ${session.access_token}` })

const get = (session: { access_token: string }, path: string, headers: Record<string, string> = {}) =>
  house.ask({ path: `/restapi/v1.0${path}`, headers: { ...bearer(session), ...headers } })

const codeOf = (answer: HarnessAnswer): string => answer.json.errors[0].errorCode

test('checks come in the order of reference 2.4', async () => {
  const app = await makeApp({ plan: { light: 1, auth: 100 } })
  const session = await logIn(app)
  const everything = { 'client-id': 'nobody', accept: 'nonsense' }
  // 1 path, 3 header, 4 token
  assert.equal(codeOf(await house.ask({ path: '/restapi/v1.0/nowhere' })), 'CMN-120')
  assert.equal(codeOf(await house.ask({ path: '/restapi/v1.0/account/1', headers: everything })), 'OAU-134')
  assert.equal(codeOf(await get({ access_token: 'x' }, '/account/1', everything)), 'OAU-149')
  // 5 rate before 6 headers before 7 account before 8 permissions
  assert.equal(codeOf(await get(session, '/account/1', everything)), 'CMN-302')
  assert.equal(codeOf(await get(session, '/account/1', { accept: 'nonsense' })), 'CMN-407')
  assert.equal(codeOf(await get(session, '/account/1', { accept: 'nonsense' })), 'CMN-301')
  const reader = await logIn(await makeApp())
  assert.equal(codeOf(await get(reader, '/account/1')), 'CMN-102')
  // 11 media type and body, 12 fields: all of them told together
  const wrong = await house.ask({
    method: 'PUT',
    path: '/restapi/v1.0/account/~/extension/~',
    headers: bearer(reader),
    body: { status: 'Sleeping', contact: { firstName: 5, lastName: [] } },
  })
  assert.deepEqual(
    wrong.json.errors.map((one: any) => one.parameterName),
    ['status', 'contact.firstName', 'contact.lastName'],
  )
})

test('the token endpoint looks at its parameters, then the application, then the rate, then the grant', async () => {
  const app = await makeApp({ plan: { auth: 1 } })
  const twice = { method: 'POST', path: '/restapi/oauth/token', body: 'grant_type=a&grant_type=b' }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  assert.equal(codeOf(await house.ask({ ...twice, headers: form })), 'OAU-111')
  assert.equal(codeOf(await post('token', { grant_type: 'nonsense' }, basic({ ...app, secret: 'x' }))), 'OAU-146')
  const unknown = await post('token', { grant_type: 'nonsense' }, basic(app))
  assert.equal(codeOf(unknown), 'OAU-112')
  assert.equal(unknown.json.error, 'unsupported_grant_type')
  assert.equal(codeOf(await post('token', { grant_type: 'nonsense' }, basic(app))), 'CMN-301')
})

test('an application proves itself by header, by both, by body, by assertion, or by being public', async () => {
  const app = await makeApp()
  const grant = passwordGrant()
  assert.equal((await post('token', { ...grant, client_id: app.id }, basic(app))).status, 200)
  assert.equal((await post('token', { ...grant, client_id: app.id, client_secret: app.secret })).status, 200)
  assert.equal(codeOf(await post('token', { ...grant, client_id: app.id })), 'OAU-123')
  assert.equal(codeOf(await post('token', grant)), 'OAU-123')
  assert.equal((await post('token', { ...grant, client_id: (await makeApp({ public: true })).id })).status, 200)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256' })}.${part({ iss: app.id, sub: app.id, exp: clock.nowMs() / 1000 + 60 })}`
  const assert1 = (secret: string) => ({
    ...grant,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`,
  })
  assert.equal((await post('token', assert1(app.secret))).status, 200)
  assert.equal(codeOf(await post('token', assert1('another'))), 'OAU-146')
})

test('lifetimes are clamped and never refused', async () => {
  const app = await makeApp()
  const lives = async (access: string, refresh: string) => {
    const answer = await logIn(app, { ...passwordGrant(), access_token_ttl: access, refresh_token_ttl: refresh })
    return [answer.expires_in, answer.refresh_token_expires_in]
  }
  assert.deepEqual(await lives('1800', '302400'), [1799, 302_399])
  assert.deepEqual(await lives('-1', '999999999'), [3599, 604_799])
  assert.deepEqual(await lives('5', '0'), [599, undefined])
  assert.deepEqual(await lives('words', '60'), [3599, 59])
})

test('an old refresh token gives the same pair until the new one is used, and ten seconds longer', async () => {
  const app = await makeApp()
  const first = await logIn(app)
  const refresh = () => post('token', { grant_type: 'refresh_token', refresh_token: first.refresh_token }, basic(app))
  const second = (await refresh()).json
  assert.equal(codeOf(await get(first, '/account/~')), 'OAU-129')
  assert.equal(second.endpoint_id, first.endpoint_id)
  assert.equal(second.session_id, first.session_id)
  clock.advance(1800_000)
  assert.equal((await refresh()).json.access_token, second.access_token)
  assert.equal((await get(second, '/account/~')).status, 200)
  clock.advance(9000)
  assert.equal((await refresh()).json.refresh_token, second.refresh_token)
  clock.advance(2000)
  const late = await refresh()
  assert.equal(late.status, 400)
  assert.equal(late.json.error, 'invalid_grant')
  assert.equal(late.text.includes(first.refresh_token), false)
})

test('a sixth login of one user through one application ends the oldest', async () => {
  const app = await makeApp()
  const sessions = []
  for (let count = 0; count < 6; count += 1) {
    sessions.push(await logIn(app))
    clock.advance(1)
  }
  const states = await Promise.all(sessions.map(async (session) => (await get(session, '/account/~')).status))
  assert.deepEqual(states, [401, 200, 200, 200, 200, 200])
})

test('revoking ends the whole session, and what is dead already may be revoked again', async () => {
  const app = await makeApp()
  const session = await logIn(app)
  const revoke = (token: string) => post('revoke', { token }, basic(app))
  assert.equal((await revoke(session.refresh_token)).status, 200)
  assert.equal(codeOf(await get(session, '/account/~')), 'OAU-129')
  assert.equal((await revoke(session.access_token)).text, '')
  assert.equal(codeOf(await post('revoke', {}, basic(app))), 'CMN-101')
})

async function toConsent(fields: Record<string, string>, cookie = `offhook_login=${'k'.repeat(32)}`) {
  const started = await house.ask({
    path: `/restapi/oauth/authorize?${new URLSearchParams({ ui_options: '', ...fields })}&ui_options=x&ui_options=y`,
  })
  assert.equal(started.status, 302, started.text)
  const ticket = new URL(String(started.headers['location']), 'http://a').searchParams.get('ticket')!
  const { username, password } = house.credentials
  const page = await post('login', { ticket, username, password }, { cookie, accept: 'text/html' })
  const next = /name="ticket" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  return (decision: string, with1 = cookie) => post('consent', { ticket: next, decision }, { cookie: with1 })
}

test('a code is bound to its challenge, is good once, and takes what came of it along when it is used twice', async () => {
  const app = await makeApp({ public: true })
  const verifier = 'v'.repeat(50)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const fields = {
    response_type: 'code',
    client_id: app.id,
    state: 's',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  const decide = await toConsent(fields)
  const back = new URL(String((await decide('allow')).headers['location']))
  assert.equal(back.searchParams.get('from'), 'us')
  assert.equal(back.searchParams.get('state'), 's')
  assert.equal(back.searchParams.get('expires_in'), '60')
  const code = back.searchParams.get('code')!
  const redeem = (more: object) => post('token', { grant_type: 'authorization_code', code, client_id: app.id, ...more })
  assert.equal(codeOf(await redeem({})), 'OAU-106')
  assert.equal(codeOf(await redeem({ code_verifier: 'w'.repeat(50) })), 'OAU-106')
  assert.equal(codeOf(await redeem({ code_verifier: verifier, redirect_uri: 'https://elsewhere.test' })), 'OAU-109')
  const session = (await redeem({ code_verifier: verifier })).json
  assert.equal((await get(session, '/account/~')).status, 200)
  assert.equal(codeOf(await redeem({ code_verifier: verifier })), 'OAU-106')
  assert.equal(codeOf(await get(session, '/account/~')), 'OAU-129')
})

test('the pages are tied to one browser; no is told to the application; implicit answers in the fragment', async () => {
  const app = await makeApp()
  const decide = await toConsent({ response_type: 'code', client_id: app.id })
  assert.equal(codeOf(await decide('allow', `offhook_login=${'x'.repeat(32)}`)), 'OAU-128')
  const denied = new URL(String((await decide('deny')).headers['location']))
  assert.equal(denied.searchParams.get('error'), 'access_denied')
  const implicit = await (await toConsent({ response_type: 'token', client_id: app.id, state: 'q' }))('allow')
  const back = new URL(String(implicit.headers['location']))
  const fields = new URLSearchParams(back.hash.slice(1))
  assert.equal(fields.get('state'), 'q')
  assert.equal(fields.get('refresh_token'), null)
  assert.equal((await get({ access_token: fields.get('access_token')! }, '/account/~')).status, 200)
  const silent = await house.ask({ path: `/restapi/oauth/authorize?response_type=code&client_id=${app.id}&prompt=none` })
  assert.equal(new URL(String(silent.headers['location'])).searchParams.get('error'), 'login_required')
})

test('methods are tunnelled through POST, consistently', async () => {
  const session = await logIn(await makeApp())
  const tunnel = (query: string, headers: Record<string, string>) =>
    house.ask({ method: 'POST', path: `/restapi/v1.0/account/~${query}`, headers: { ...bearer(session), ...headers } })
  assert.equal((await tunnel('', { 'x-http-method-override': 'GET' })).status, 200)
  assert.equal((await tunnel('?_method=get', {})).status, 200)
  const both = await tunnel('?_method=GET', { 'x-http-method-override': 'DELETE' })
  assert.equal(both.json.errors[0].parameterName, '_method')
  assert.equal((await house.ask({ method: 'HEAD', path: '/restapi/v1.0/account/~', headers: bearer(session) })).status, 200)
})

test('the token may stand in the query; the door opens under its longer prefix too, with uris to match', async () => {
  const { access_token: token } = await logIn(await makeApp())
  const answer = await house.ask({
    path: `/ringcentral/restapi/v1.0/account/%7E/extension?access_token=${token}&b=&perPage=1&page=1`,
  })
  assert.equal(answer.status, 200, answer.text)
  assert.match(
    answer.json.records[0].uri,
    /^http:\/\/127\.0\.0\.1:8080\/ringcentral\/restapi\/v1\.0\/account\/[0-9]+\/extension\/[0-9]+$/,
  )
  assert.equal(answer.text.includes(token), false)
})

test('pages count from one, and positions from zero', async () => {
  for (let count = 0; count < 4; count += 1) {
    await house.run(createUserOperation, house.sandbox, {
      login: `page-${count}@example.test`,
      detail: { extensionNumber: `30${count}` },
    })
    clock.advance(1)
  }
  const session = await logIn(await makeApp())
  const list = async (query: string) => (await get(session, `/account/~/extension${query}`)).json
  const second = await list('?perPage=2&page=2&status=Enabled&status=Disabled')
  assert.deepEqual(second.paging, { page: 2, perPage: 2, pageStart: 2, pageEnd: 3, totalPages: 3, totalElements: 5 })
  assert.match(second.navigation.nextPage.uri, /status=Enabled&status=Disabled&page=3&perPage=2$/)
  assert.match(second.navigation.previousPage.uri, /page=1&perPage=2$/)
  const last = await list('?perPage=2&page=3')
  assert.equal(last.navigation.nextPage, undefined)
  assert.deepEqual([last.records.length, last.paging.totalElements], [1, 5])
  assert.deepEqual((await list('?page=9')).records, [])
  assert.equal((await list('?perPage=99999')).paging.perPage, 1000)
  assert.equal((await list('?perPage=max')).paging.perPage, 1000)
  assert.deepEqual(
    (await list('?extensionNumber=302')).records.map((one: any) => one.extensionNumber),
    ['302'],
  )
  assert.deepEqual((await list('?type=Department')).records, [])
})

test('several ids come as JSON where the client wants that, and changes go to each its own', async () => {
  const session = await logIn(await makeApp())
  const type = 'application/vnd.ringcentral.multipart+json'
  const own = session.owner_id
  const put = (path: string, body: unknown, headers: Record<string, string>) =>
    house.ask({
      method: 'PUT',
      path: `/restapi/v1.0/account/~/extension/${path}`,
      headers: { ...bearer(session), ...headers },
      body: body as object,
    })
  const read = await get(session, `/account/~/extension/${own},1`, { accept: type })
  assert.deepEqual(
    read.json.map((one: any) => [one.resourceId, one.status]),
    [
      [own, 200],
      ['1', 404],
    ],
  )
  assert.equal(read.json[1].body.errors[0].errorCode, 'CMN-102')
  const named = await put('*', [{ resourceId: own, body: { contact: { department: 'Mill' } } }], { 'content-type': type })
  assert.equal(named.json[0].body.contact.department, 'Mill')
  const parts = ['{"contact":{"department":"Barn"}}', '{}']
  const multipart = `${parts.map((part) => `--B\r\nContent-Type: application/json\r\n\r\n${part}\r\n`).join('')}--B--`
  const answer = await put(`${own},1`, multipart, { 'content-type': 'multipart/mixed; boundary=B' })
  assert.equal(answer.status, 207)
  assert.match(answer.text, /^--Boundary_[0-9a-f_]+\r\nContent-Type: application\/json\r\n\r\n\{"response":\[/)
  assert.match(answer.text, /"department":"Barn"/)
  const reader = await house.run(createKeyOperation, house.sandbox, {
    face: 'ringcentral',
    userId: null,
    permissions: ['accounts.read'],
    detail: { grants: allGrants, plan: plenty },
  })
  const narrow = await logIn({ id: reader.publicId, secret: reader.secret })
  assert.deepEqual(
    [codeOf(await get(narrow, '/account/~/extension/1,2')), codeOf(await get(session, '/account/~/extension/1,1'))],
    ['CMN-401', 'CMN-406'],
  )
  const few = await put(`${own},1,2`, multipart, { 'content-type': 'multipart/mixed; boundary=B' })
  assert.deepEqual([few.status, codeOf(few)], [400, 'CMN-101'])
})

test('over the limit a minute of penalty begins anew with each try', async () => {
  const session = await logIn(await makeApp({ plan: { light: 1, auth: 10 } }))
  clock.advance(60_000 - (clock.nowMs() % 60_000))
  const ask = () => get(session, '/client-info')
  const first = await ask()
  assert.deepEqual(
    [first.status, first.headers['x-rate-limit-remaining'], first.headers['x-rate-limit-group']],
    [200, '0', 'light'],
  )
  assert.equal((await ask()).headers['retry-after'], '60')
  clock.advance(59_000)
  assert.equal((await ask()).headers['retry-after'], '60')
  clock.advance(60_001)
  assert.equal((await ask()).status, 200)
})

test('other origins are let in by name, the pages excepted', async () => {
  const origin = 'https://shop.example.test'
  const asked = await house.ask({ method: 'OPTIONS', path: '/restapi/v1.0/account/~', headers: { origin } })
  assert.equal(asked.status, 204)
  assert.equal(asked.headers['access-control-allow-origin'], origin)
  assert.match(String(asked.headers['access-control-allow-headers']), /authorization, client-id, content-type, x-user-agent/)
  const refused = await house.ask({ path: '/restapi/v1.0/account/~', headers: { origin } })
  assert.match(String(refused.headers['access-control-expose-headers']), /rcrequestid, .*x-rate-limit-window/)
  const page = await house.ask({ path: '/restapi/oauth/authorize', headers: { origin } })
  assert.equal(page.headers['access-control-allow-origin'], undefined)
})

test('names come in the language asked for, codes never do', async () => {
  const session = await logIn(await makeApp())
  const german = await get(session, '/dictionary/country/1', { 'accept-language': 'xx, de-AT;q=0.9, en;q=0.1' })
  assert.deepEqual(
    [german.headers['content-language'], german.json.name, german.json.isoCode],
    ['de-DE', 'Vereinigte Staaten', 'US'],
  )
  assert.equal((await get(session, '/dictionary/country/1', { 'accept-language': '!!' })).json.name, 'United States')
  assert.equal(codeOf(await get(session, '/dictionary/country/1999', { 'accept-language': 'de' })), 'CMN-102')
})

test('a create that is repeated under its key happens once', async () => {
  const session = await logIn(await makeApp())
  const create = (email: string) =>
    house.ask({
      method: 'POST',
      path: '/restapi/v1.0/account/~/extension',
      headers: { ...bearer(session), 'idempotency-key': 'once' },
      body: { contact: { email } },
    })
  const first = await create('twice@example.test')
  assert.equal(first.status, 200, first.text)
  assert.equal((await create('twice@example.test')).json.id, first.json.id)
  assert.equal((await create('other@example.test')).headers['offhook-reason'], 'request.idempotency_key_reused')
})

test("the statuses of the live server are an operator's choice", async () => {
  const live = await openHarness(ringcentral, { options: { statuses: 'live' } })
  const { clientId: id, clientSecret: secret, username } = live.credentials
  const answer = await live.ask({
    method: 'POST',
    path: '/restapi/oauth/token',
    headers: basic({ id, secret }),
    body: new URLSearchParams({ grant_type: 'password', username, password: 'wrong' }),
  })
  assert.deepEqual([answer.status, codeOf(answer), answer.headers['www-authenticate']], [400, 'OAU-140', undefined])
  await live.close()
})
