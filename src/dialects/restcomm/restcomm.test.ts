// Accounts, logins, forms of answers and refusals at the face itself. The numbers in brackets are the reference's own
// black-box cases (section 30).

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createAccountOperation } from '#operations/accounts/create-account.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { updateUserOperation } from '#operations/users/update-user.ts'
import { openHarness, type FaceHarness, type HarnessAnswer } from '../../../test/face-harness.ts'
import { md5, sidOfEmail } from './ids.ts'
import { restcomm } from './restcomm.ts'

let harness: FaceHarness
before(async () => {
  harness = await openHarness(restcomm)
  const unlimited = { limits: { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000 } }
  await harness.run(updateAccountOperation, harness.operator, { id: harness.sandbox.account.id, settings: unlimited })
})
after(() => harness.close())

const root = '/restcomm/2012-04-24'
const password = 'Grey-heron-41'

type As = readonly [user: string, secret: string]

const own = (): As => [harness.credentials.accountSid, harness.credentials.authToken]

const basic = ([user, secret]: As) => ({ authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` })

function ask(
  method: string,
  path: string,
  form?: Record<string, string>,
  as: As = own(),
  headers: Record<string, string> = {},
): Promise<HarnessAnswer> {
  return harness.ask({
    method,
    path: root + path,
    headers: { ...basic(as), ...headers },
    ...(form && { body: new URLSearchParams(form) }),
  })
}

let operatorKey: As | undefined
/** With a key of the operator's account, made through our own API. */
async function asOperator(): Promise<As> {
  if (!operatorKey) {
    const key = await harness.run(createKeyOperation, harness.operator, { face: 'restcomm', userId: null })
    operatorKey = [key.publicId, key.secret]
  }
  return operatorKey
}

let count = 0
async function newAccount(
  more: Record<string, string> = {},
  as: As = own(),
): Promise<{ sid: string; as: As; email: string; json: any }> {
  count += 1
  const email = more['EmailAddress'] ?? `owner${count}@customer.example`
  const made = await ask('POST', '/Accounts.json', { EmailAddress: email, Password: password, ...more }, as)
  assert.equal(made.status, 200, made.text)
  return { sid: made.json.sid, as: [made.json.sid, made.json.auth_token], email, json: made.json }
}

function refusedAs(answer: HarnessAnswer, status: number, reason: string, body?: object): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.headers['offhook-reason'], reason)
  assert.match(String(answer.headers['offhook-error-id']), /^[0-9a-f-]{36}$/)
  if (body) assert.deepEqual(answer.json, body)
}

test('the auth token, the password, the sid and the e-mail address all open the account (reference 2.1)', async () => {
  const { accountSid, authToken, email, password: plain } = harness.credentials
  assert.equal(accountSid, `AC${md5(email)}`)
  for (const as of [
    [accountSid, authToken],
    [accountSid, plain],
    [email, authToken],
    [email.toUpperCase(), plain],
  ] as const) {
    const answer = await ask('GET', `/Accounts/${accountSid}.json`, undefined, as)
    assert.equal(answer.status, 200, as[0])
    assert.equal(answer.json.sid, accountSid)
  }
})

test('what proves nothing is 401 with the challenge; a friendly name is nothing (case 30, 34)', async () => {
  const { accountSid, authToken } = harness.credentials
  const wrong: readonly (As | undefined)[] = [
    [accountSid, '0'.repeat(32)],
    [accountSid, 'Wrong-heron-41'],
    ['Sandbox', authToken],
    ['nobody@customer.example', 'x'],
    undefined,
  ]
  for (const as of wrong) {
    const answer = await harness.ask({ path: `${root}/Accounts/${accountSid}`, headers: as ? basic(as) : {} })
    refusedAs(answer, 401, 'auth.credentials_invalid')
    assert.equal(answer.headers['www-authenticate'], 'Basic realm="Restcomm realm"')
    assert.match(answer.text, /<RestcommResponse><Message>[^<]+<\/Message><\/RestcommResponse>$/)
  }
  refusedAs(
    await harness.ask({ path: `${root}/Accounts`, headers: { authorization: 'Bearer x' } }),
    401,
    'auth.method_unsupported',
  )
})

test('XML by default; JSON by a suffix on any segment or by Accept; two prefixes (reference 1)', async () => {
  const { accountSid } = harness.credentials
  for (const path of [`/Accounts.json/${accountSid}`, `/Accounts/${accountSid}.json`, `/Accounts.json/${accountSid}.json`]) {
    assert.equal((await ask('GET', path)).json?.sid, accountSid, path)
  }
  const byAccept = await ask('GET', `/Accounts/${accountSid}`, undefined, own(), { accept: 'text/json, */*' })
  assert.equal(byAccept.headers['content-type'], 'application/json')
  const xml = await ask('GET', `/Accounts/${accountSid}.xml`)
  assert.equal(xml.headers['content-type'], 'application/xml')
  assert.match(
    xml.text,
    new RegExp(`<RestcommResponse><Account><Sid>${accountSid}</Sid>.*<SubresourceUris><AvailablePhoneNumbers>`),
  )
  const other = await harness.ask({ path: `/api/2012-04-24/Accounts/${accountSid}.json`, headers: basic(own()) })
  assert.equal(other.json.sid, accountSid)
})

test('an account has every member of the reference (section 5)', async () => {
  const { sid, email, json } = await newAccount({ FriendlyName: 'Häfen & <Taxi>' })
  assert.equal(sid, sidOfEmail(email))
  const at = `/2012-04-24/Accounts/${sid}`
  assert.match(
    json.date_created,
    /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [1-3]?\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d \+0000$/,
  )
  assert.match(json.organization, /^OR[0-9a-f]{32}$/)
  assert.deepEqual(json, {
    sid,
    organization: json.organization,
    friendly_name: 'Häfen & <Taxi>',
    email_address: email,
    type: 'Full',
    status: 'active',
    role: 'Administrator',
    date_created: json.date_created,
    date_updated: json.date_created,
    auth_token: md5(password),
    uri: `/2012-04-24/Accounts.json/${sid}`,
    subresource_uris: {
      available_phone_numbers: `${at}/AvailablePhoneNumbers.json`,
      calls: `${at}/Calls.json`,
      conferences: `${at}/Conferences.json`,
      incoming_phone_numbers: `${at}/IncomingPhoneNumbers.json`,
      notifications: `${at}/Notifications.json`,
      outgoing_caller_ids: `${at}/OutgoingCallerIds.json`,
      recordings: `${at}/Recordings.json`,
      sandbox: `${at}/Sandbox.json`,
      sms_messages: `${at}/SMS/Messages.json`,
      transcriptions: `${at}/Transcriptions.json`,
    },
  })
  assert.match((await ask('GET', `/Accounts/${sid}`)).text, /<FriendlyName>Häfen &amp; &lt;Taxi&gt;<\/FriendlyName>/)
  assert.deepEqual((await ask('GET', `/Accounts/${email}.json`)).json, json)
})

test('weak password, e-mail address taken or not one, fourth level (case 29)', async () => {
  refusedAs(
    await ask('POST', '/Accounts.json', { EmailAddress: 'weak@customer.example', Password: '1234' }),
    400,
    'account.password_weak',
    { message: 'Password too weak' },
  )
  const { email, as } = await newAccount()
  refusedAs(
    await ask('POST', '/Accounts.json', { EmailAddress: email.toUpperCase(), Password: password }),
    409,
    'resource.value_not_unique',
  )
  for (const EmailAddress of ['a?b@customer.example', 'a=b@customer.example', 'a@b@customer.example', 'nobody']) {
    const answer = await ask('POST', '/Accounts.json', { EmailAddress, Password: password })
    refusedAs(answer, 400, 'request.parameter_invalid')
    assert.match(answer.json.message, /^Invalid EmailAddress/)
  }
  const third = await newAccount({}, as)
  refusedAs(
    await ask('POST', '/Accounts.json', { EmailAddress: 'deep@customer.example', Password: password }, third.as),
    400,
    'account.depth_exceeded',
  )
})

test('what is missing is told in a plain sentence (reference 3)', async () => {
  const answer = await ask('POST', '/Accounts.json', { Password: password })
  refusedAs(answer, 400, 'request.parameter_missing')
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(answer.text, 'EmailAddress can not be null.')
})

test('direct children only, as a bare array; others are out of reach (case 33)', async () => {
  const parent = await newAccount()
  const child = await newAccount({}, parent.as)
  const listed = await ask('GET', '/Accounts.json', undefined, parent.as)
  assert.deepEqual(
    listed.json.map((one: any) => one.sid),
    [child.sid],
  )
  const above = new Set((await ask('GET', '/Accounts.json')).json.map((one: any) => one.sid))
  assert.deepEqual([above.has(parent.sid), above.has(child.sid)], [true, false])
  assert.equal((await ask('GET', `/Accounts/${child.sid}.json`)).status, 200)
  const sibling = await newAccount()
  for (const target of [parent.sid, sibling.sid, harness.credentials.accountSid]) {
    for (const path of [
      '',
      '/Applications',
      '/Clients',
      '/IncomingPhoneNumbers',
      '/Notifications',
      '/Users',
      '/Usage/Records/AllTime',
      '/AvailablePhoneNumbers/US/Local',
    ]) {
      refusedAs(await ask('GET', `/Accounts/${target}${path}.json`, undefined, child.as), 403, 'permission.denied')
    }
  }
  refusedAs(await ask('GET', `/Accounts/AC${'0'.repeat(32)}/Clients.json`), 404, 'resource.not_found')
  refusedAs(await ask('GET', '/Accounts/nobody@customer.example.json'), 404, 'resource.not_found')
})

test('suspending and reactivating a parent takes the whole tree along (case 31)', async () => {
  const parent = await newAccount()
  const child = await newAccount({}, parent.as)
  assert.equal((await ask('POST', `/Accounts/${parent.sid}.json`, { Status: 'SUSPENDED' })).json.status, 'suspended')
  assert.equal((await ask('GET', `/Accounts/${child.sid}.json`)).json.status, 'suspended')
  refusedAs(await ask('GET', `/Accounts/${child.sid}.json`, undefined, child.as), 403, 'account.not_active', {
    message: 'Account not active',
    code: 3301,
  })
  assert.equal((await ask('PUT', `/Accounts/${parent.sid}.json`, { Status: 'active' })).json.status, 'active')
  assert.equal((await ask('GET', `/Accounts/${child.sid}.json`, undefined, child.as)).json.status, 'active')
})

test('closed is for good, closes the tree and ends what it owns (case 32, 34)', async () => {
  const parent = await newAccount()
  const child = await newAccount({}, parent.as)
  const client = await ask('POST', `/Accounts/${child.sid}/Clients.json`, { Login: 'dispatcher', Password: password })
  assert.equal((await ask('POST', `/Accounts/${parent.sid}.json`, { Status: 'closed' })).json.status, 'closed')
  assert.equal((await ask('GET', `/Accounts/${child.sid}.json`)).json.status, 'closed')
  assert.equal((await ask('GET', `/Accounts/${child.sid}/Clients/${client.json.sid}.json`)).status, 404)
  for (const secret of [child.as[1], password]) {
    refusedAs(await ask('GET', `/Accounts/${child.sid}.json`, undefined, [child.sid, secret]), 403, 'account.not_active', {
      message: 'Account not active',
      code: 3301,
    })
  }
  for (const change of [{ Status: 'active' }, { FriendlyName: 'x' }, { Password: 'Other-heron-42' }]) {
    refusedAs(await ask('POST', `/Accounts/${parent.sid}.json`, change as never), 400, 'account.state_transition_invalid')
  }
  refusedAs(await ask('DELETE', `/Accounts/${parent.sid}.json`), 405, 'api.method_not_allowed')
})

test('an uninitialized account sees itself, and its first password makes it active (reference 2.1, 5)', async () => {
  const { sid, as, json } = await newAccount({ Status: 'uninitialized' })
  assert.equal(json.status, 'uninitialized')
  assert.equal((await ask('GET', `/Accounts/${sid}.json`, undefined, as)).json.status, 'uninitialized')
  refusedAs(await ask('GET', `/Accounts/${sid}/Clients.json`, undefined, as), 403, 'account.not_active')
  const begun = await ask('POST', `/Accounts/${sid}.json`, { Password: 'Other-heron-42' }, as)
  assert.equal(begun.status, 200, begun.text)
  assert.deepEqual([begun.json.status, begun.json.auth_token], ['active', md5('Other-heron-42')])
  assert.equal((await ask('GET', `/Accounts/${sid}/Clients.json`, undefined, [sid, 'Other-heron-42'])).status, 200)
  refusedAs(await ask('GET', `/Accounts/${sid}.json`, undefined, as), 401, 'auth.credentials_invalid')
  refusedAs(await ask('POST', `/Accounts/${sid}.json`, { Status: 'uninitialized' }), 400, 'account.state_transition_invalid')
})

test('a password set anywhere changes the auth token; a token given is passed over (case 30)', async () => {
  const { sid, as, email } = await newAccount()
  assert.equal((await ask('POST', `/Accounts/${sid}.json`, { AuthToken: '1'.repeat(32) })).json.auth_token, as[1])
  const owner = await harness.parts.identity.byPublicId('restcomm', sid)
  await harness.run(updateUserOperation, owner!, { id: owner!.user!.id, password: 'Other-heron-42' })
  refusedAs(await ask('GET', `/Accounts/${sid}.json`, undefined, as), 401, 'auth.credentials_invalid')
  refusedAs(await ask('GET', `/Accounts/${sid}.json`, undefined, [email, password]), 401, 'auth.credentials_invalid')
  assert.equal(
    (await ask('GET', `/Accounts/${sid}.json`, undefined, [email, 'Other-heron-42'])).json.auth_token,
    md5('Other-heron-42'),
  )
})

test('a client goes with the account and follows its password (reference 5)', async () => {
  const { sid } = await newAccount({ EmailAddress: 'dockmaster@customer.example' })
  const before = (await ask('GET', `/Accounts/${sid}/Clients.json`)).json
  assert.deepEqual(
    before.map((one: any) => one.login),
    ['dockmaster'],
  )
  const changed = await ask('POST', `/Accounts/${sid}.json`, { Password: 'Other-heron-42' })
  assert.equal(changed.status, 200)
  assert.equal((await ask('GET', `/Accounts/${sid}/Clients.json`)).json.length, 1)
})

test('a developer acts on its own account only, and gives no role (case 29)', async () => {
  const { sid, as } = await newAccount({ Role: 'Developer' })
  assert.equal((await ask('GET', `/Accounts/${sid}.json`, undefined, as)).json.role, 'Developer')
  refusedAs(await ask('POST', `/Accounts/${sid}.json`, { Role: 'Administrator' }, as), 403, 'permission.missing')
  const missing = await ask('POST', '/Accounts.json', { EmailAddress: 'x@customer.example', Password: password }, as)
  assert.equal(missing.json.message, 'The permission RestComm:Create:Accounts is required and missing.')
  refusedAs(await ask('GET', '/Accounts.json', undefined, as), 403, 'permission.denied')
  assert.equal((await ask('POST', `/Accounts/${sid}.json`, { Role: 'Administrator' })).json.role, 'Administrator')
  assert.equal((await ask('POST', `/Accounts/${sid}.json`, { FriendlyName: 'own' }, as)).json.friendly_name, 'own')
})

test("other organizations are the operator's to choose (reference 5)", async () => {
  const { accountSid } = harness.credentials
  const operator = await asOperator()
  const organization = (await ask('GET', `/Accounts/${accountSid}.json`)).json.organization
  const theirs = (await ask('GET', `/Accounts/${operator[0]}.json`, undefined, operator)).json
  assert.equal(theirs.email_address, null)
  assert.equal(theirs.auth_token, operator[1])
  assert.ok((await ask('GET', '/Accounts.json', undefined, operator)).json.some((one: any) => one.sid === accountSid))
  const made = await newAccount({ OrganizationSid: organization }, operator)
  assert.equal(made.json.organization, organization)
  const listed = await ask('GET', `/Accounts.json?OrganizationSid=${organization}`, undefined, operator)
  assert.ok(listed.json.some((one: any) => one.sid === made.sid))
  refusedAs(
    await ask('POST', '/Accounts.json', {
      EmailAddress: 'o@customer.example',
      Password: password,
      OrganizationSid: theirs.organization,
    }),
    403,
    'permission.denied',
  )
  for (const OrganizationSid of ['OR1', `OR${'0'.repeat(32)}`]) {
    refusedAs(
      await ask('POST', '/Accounts.json', { EmailAddress: 'o@customer.example', Password: password, OrganizationSid }),
      400,
      'request.parameter_invalid',
    )
  }
  refusedAs(await ask('GET', '/Accounts.json?DomainName=acme.example.net', undefined, operator), 404, 'resource.not_found')
})

test('an account made elsewhere has a sid all the same', async () => {
  const made = await harness.run(createAccountOperation, harness.sandbox, { name: 'Made elsewhere' })
  const listed = (await ask('GET', '/Accounts.json')).json
  const found = listed.find((one: any) => one.friendly_name === 'Made elsewhere')
  assert.match(found.sid, /^AC[0-9a-f]{32}$/)
  assert.deepEqual([found.email_address, found.auth_token], [null, null])
  const key = await harness.run(
    createKeyOperation,
    { ...harness.sandbox, account: (await harness.parts.identity.byAccountId('restcomm', made.id, null))!.account },
    { face: 'restcomm', userId: null },
  )
  assert.equal(key.publicId, found.sid)
  assert.equal(
    (await ask('GET', `/Accounts/${found.sid}.json`, undefined, [key.publicId, key.secret])).json.auth_token,
    key.secret,
  )
  refusedAs(await ask('POST', `/Accounts/${found.sid}.json`, { Password: password }), 404, 'account.user_unknown')
})

test('an idempotency key makes one account and one client', async () => {
  const key = { 'idempotency-key': 'once' }
  const form = { EmailAddress: 'once@customer.example', Password: password }
  const first = await ask('POST', '/Accounts.json', form, own(), key)
  const second = await ask('POST', '/Accounts.json', form, own(), key)
  assert.equal(first.status, 200, first.text)
  assert.equal(second.text, first.text)
  refusedAs(
    await ask('POST', '/Accounts.json', { ...form, FriendlyName: 'other' }, own(), key),
    422,
    'request.idempotency_key_reused',
  )
})

test('unknown path, wrong method and wrong content type are told apart', async () => {
  refusedAs(await ask('GET', '/Nowhere.json'), 404, 'api.endpoint_unknown')
  refusedAs(await ask('PATCH', '/Accounts.json'), 405, 'api.method_not_allowed')
  const { accountSid } = harness.credentials
  const json = await harness.ask({
    method: 'POST',
    path: `${root}/Accounts/${accountSid}/Clients.json`,
    headers: basic(own()),
    body: { Login: 'x' },
  })
  refusedAs(json, 400, 'request.content_type_invalid')
})

test('the operator moves an account, and numbers, to another organization (reference 5, 9.1)', async () => {
  const operator = await asOperator()
  const other = await newAccount({}, operator)
  const moving = await newAccount()
  const child = await newAccount({}, moving.as)
  const client = { Login: 'pilot', Password: password }
  assert.equal((await ask('POST', `/Accounts/${child.sid}/Clients.json`, client, child.as)).status, 200)
  const sip = { PhoneNumber: '7001', isSIP: 'true', VoiceUrl: 'https://app.example/voice' }
  assert.equal((await ask('POST', `/Accounts/${moving.sid}/IncomingPhoneNumbers.json`, sip, moving.as)).status, 200)
  const migrate = (form: Record<string, string>, as = operator, sid = moving.sid) =>
    ask('POST', `/Accounts.json/migrate/${sid}`, form, as)
  const to = { Organization: other.json.organization }

  refusedAs(await migrate(to, own()), 403, 'permission.missing')
  const missing = await migrate({})
  assert.deepEqual([missing.status, missing.text], [412, 'Organization can not be null.'])
  refusedAs(await migrate({ Organization: 'OR1' }), 400, 'request.parameter_invalid')
  refusedAs(await migrate({ Organization: `OR${'0'.repeat(32)}` }), 404, 'resource.not_found')
  refusedAs(await migrate(to, operator, `AC${'0'.repeat(32)}`), 404, 'resource.not_found')

  const taken = await ask('POST', `/Accounts/${other.sid}/Clients.json`, client, other.as)
  refusedAs(await migrate(to), 409, 'resource.value_not_unique')
  assert.equal((await ask('DELETE', `/Accounts/${other.sid}/Clients/${taken.json.sid}`, undefined, other.as)).status, 200)

  const moved = await migrate(to)
  assert.equal(moved.status, 200, moved.text)
  assert.deepEqual([moved.json.sid, moved.json.organization], [moving.sid, other.json.organization])
  assert.equal((await ask('GET', `/Accounts/${child.sid}.json`, undefined, other.as)).json.organization, other.json.organization)
  refusedAs(await ask('GET', `/Accounts/${child.sid}.json`), 403, 'permission.denied')
  assert.equal((await ask('GET', `/Accounts/${child.sid}.json`, undefined, child.as)).status, 200)
  refusedAs(await ask('POST', `/Accounts/${other.sid}/Clients.json`, client, other.as), 409, 'resource.value_not_unique')
  const listed = await ask('GET', '/Accounts.json', undefined, other.as)
  assert.deepEqual(
    listed.json.map((one: any) => one.sid),
    [moving.sid],
  )
  refusedAs(
    await migrate(
      { Organization: (await ask('GET', `/Accounts/${moving.sid}.json`, undefined, operator)).json.organization },
      operator,
      other.sid,
    ),
    409,
    'resource.conflict',
  )

  const back = await ask(
    'POST',
    `/Accounts/${moving.sid}/IncomingPhoneNumbers/migrate`,
    { OrganizationSid: other.json.organization },
    operator,
  )
  assert.equal(back.status, 200, back.text)
  const [number] = (await ask('GET', `/Accounts/${other.sid}/IncomingPhoneNumbers.json`, undefined, other.as)).json
    .incomingPhoneNumbers
  assert.deepEqual([number.phone_number, number.voice_url], ['7001', 'https://app.example/voice'])
  assert.equal((await ask('GET', `/Accounts/${moving.sid}/IncomingPhoneNumbers.json`, undefined, moving.as)).json.total, 0)
  refusedAs(
    await ask('POST', `/Accounts/${moving.sid}/IncomingPhoneNumbers/migrate`, { OrganizationSid: other.json.organization }),
    403,
    'permission.missing',
  )
})

test('browsers of the origins that the operator lists are let in, others are told nothing (reference 1)', async () => {
  const face = await openHarness(restcomm, {
    options: { allowedOrigins: 'https://console.example, https://other.example', plainNulls: true },
  })
  const { accountSid, authToken } = face.credentials
  const path = `${root}/Accounts/${accountSid}/IncomingPhoneNumbers.json`
  const preflight = (origin: string) =>
    face.ask({ method: 'OPTIONS', path, headers: { origin, 'access-control-request-method': 'POST' } })
  const listed = await preflight('https://other.example')
  assert.deepEqual(
    [listed.status, listed.headers['access-control-allow-origin'], listed.headers['access-control-allow-methods']],
    [204, 'https://other.example', 'GET, POST'],
  )
  assert.equal((await preflight('https://evil.example')).headers['access-control-allow-origin'], undefined)
  const answer = await face.ask({ path, headers: { ...basic([accountSid, authToken]), origin: 'https://console.example' } })
  assert.equal(answer.headers['access-control-allow-origin'], 'https://console.example')
  assert.deepEqual([answer.json.previous_page_uri, answer.json.next_page_uri], [null, null])
  const plain = await face.ask({ method: 'OPTIONS', path })
  assert.deepEqual([plain.status, plain.headers['allow']], [405, 'GET, POST'])
  await face.close()
})
