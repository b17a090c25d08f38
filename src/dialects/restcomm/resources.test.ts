// Applications, clients, numbers, people and their keys, lists and their envelopes, at the face itself. The numbers in
// brackets are the reference's own black-box cases (section 30).

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { stockNumbersOperation } from '#operations/numbers/stock-numbers.ts'
import { idOfAlias } from '#store/aliases.ts'
import { noteRefusal } from '#store/refusals.ts'
import { settle } from '../../../test/fakes/credit-writes.ts'
import { openHarness, type FaceHarness, type HarnessAnswer } from '../../../test/face-harness.ts'
import { restcomm } from './restcomm.ts'

let harness: FaceHarness
let account: string
before(async () => {
  harness = await openHarness(restcomm)
  const unlimited = { limits: { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000, numbers: 300 } }
  await harness.run(updateAccountOperation, harness.operator, { id: harness.sandbox.account.id, settings: unlimited })
  account = `/Accounts/${harness.credentials.accountSid}`
})
after(() => harness.close())

const root = '/restcomm/2012-04-24'
const password = 'Grey-heron-41'

type As = readonly [user: string, secret: string]
const own = (): As => [harness.credentials.accountSid, harness.credentials.authToken]

function ask(
  method: string,
  path: string,
  form?: Record<string, string>,
  as: As = own(),
  headers: Record<string, string> = {},
): Promise<HarnessAnswer> {
  const authorization = `Basic ${Buffer.from(as.join(':')).toString('base64')}`
  return harness.ask({
    method,
    path: root + path,
    headers: { authorization, ...headers },
    ...(form && { body: new URLSearchParams(form) }),
  })
}

async function ok(method: string, path: string, form?: Record<string, string>, as?: As): Promise<any> {
  const answer = await ask(method, path, form, as)
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

function refusedAs(answer: HarnessAnswer, status: number, reason: string, body?: object): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.headers['offhook-reason'], reason)
  if (body) assert.deepEqual(answer.json, body)
}

let count = 0
async function newAccount(as?: As): Promise<{ sid: string; path: string; as: As }> {
  count += 1
  const made = await ok('POST', '/Accounts.json', { EmailAddress: `resources${count}@customer.example`, Password: password }, as)
  return { sid: made.sid, path: `/Accounts/${made.sid}`, as: [made.sid, made.auth_token] }
}

test('applications: made, read, changed, listed with their numbers, deleted (reference 7)', async () => {
  const { path, as, sid: owner } = await newAccount()
  const made = await ok(
    'POST',
    `${path}/Applications.json`,
    { FriendlyName: 'Night desk', RcmlUrl: '/rcml/night', Kind: 'voice' },
    as,
  )
  assert.deepEqual(made, {
    sid: made.sid,
    date_created: made.date_created,
    date_updated: made.date_created,
    friendly_name: 'Night desk',
    account_sid: owner,
    api_version: '2012-04-24',
    voice_caller_id_lookup: false,
    uri: `${root}${path}/Applications/${made.sid}.json`,
    rcml_url: '/rcml/night',
    kind: 'voice',
    numbers: [],
  })
  const at = `${path}/Applications/${made.sid}.json`
  const number = await ok(
    'POST',
    `${path}/IncomingPhoneNumbers.json`,
    { AreaCode: '212', SmsApplicationSid: made.sid, FriendlyName: 'desk' },
    as,
  )
  assert.equal(number.sms_application_name, 'Night desk')
  const numbers = [{ sid: number.sid, friendly_name: 'desk', phone_number: number.phone_number, sms_application_sid: made.sid }]
  assert.deepEqual(
    (await ok('GET', `${path}/Applications.json`, undefined, as)).map((one: any) => one.numbers),
    [numbers],
  )
  const changed = await ok('PUT', at, { FriendlyName: 'Day desk', RcmlUrl: '', Kind: '' }, as)
  assert.deepEqual([changed.friendly_name, changed.rcml_url, changed.kind, changed.numbers], ['Day desk', null, null, numbers])
  for (const form of [
    { Kind: 'fax' },
    { RcmlUrl: 'javascript:alert(1)' },
    { VoiceCallerIdLookup: 'perhaps' },
    { ApiVersion: '2010-04-01' },
  ]) {
    assert.equal((await ask('POST', at, form as never, as)).status, 400)
  }
  assert.equal((await ask('DELETE', at, undefined, as)).text, '')
  refusedAs(await ask('GET', at, undefined, as), 404, 'application.not_found', { message: 'Application not found', code: 3201 })
  const after = await ok('GET', `${path}/IncomingPhoneNumbers/${number.sid}.json`, undefined, as)
  assert.deepEqual([after.sms_application_sid, after.sms_application_name], [made.sid, undefined])
})

test('clients: made, read, changed with their password, deleted once (case 28)', async () => {
  const { path, as, sid: owner } = await newAccount()
  const made = await ok(
    'POST',
    `${path}/Clients.json`,
    { Login: 'dispatcher', Password: password, VoiceUrl: 'https://app.example/v', IsPushEnabled: 'true' },
    as,
  )
  assert.deepEqual(made, {
    sid: made.sid,
    date_created: made.date_created,
    date_updated: made.date_created,
    account_sid: owner,
    api_version: '2012-04-24',
    friendly_name: 'dispatcher',
    login: 'dispatcher',
    password: null,
    password_algorithm: 'MD5',
    status: '1',
    voice_url: 'https://app.example/v',
    voice_method: 'POST',
    voice_fallback_url: null,
    voice_fallback_method: 'POST',
    voice_application_sid: null,
    push_client_identity: made.sid,
    uri: `${root}${path}/Clients/${made.sid}.json`,
  })
  const at = `${path}/Clients/${made.sid}.json`
  const changed = await ok('PUT', at, { Password: 'Other-heron-42', Status: '0', VoiceUrl: '', IsPushEnabled: 'false' }, as)
  assert.deepEqual([changed.status, changed.voice_url, changed.push_client_identity], ['0', null, undefined])
  refusedAs(await ask('PUT', at, { Password: '1234' }, as), 400, 'account.password_weak', { message: 'Password too weak' })
  assert.equal((await ask('DELETE', at, undefined, as)).status, 200)
  refusedAs(await ask('DELETE', at, undefined, as), 404, 'resource.not_found')
})

test('a login: twice in one account, in another of the organization, in another organization (case 26, 27)', async () => {
  const { path, as } = await newAccount()
  const other = await newAccount()
  const form = { Login: 'alice', Password: password }
  const { sid } = await ok('POST', `${path}/Clients.json`, form, as)
  assert.equal((await ok('POST', `${path}/Clients.json`, form, as)).sid, sid)
  refusedAs(await ask('POST', `${other.path}/Clients.json`, form, other.as), 409, 'resource.value_not_unique')
  for (const Login of ['a@b', 'a?b', 'a=b']) {
    const answer = await ask('POST', `${path}/Clients.json`, { Login, Password: password }, as)
    refusedAs(answer, 400, 'request.parameter_invalid')
    assert.match(answer.json.message, /^Invalid Login/)
  }
  refusedAs(await ask('POST', `${path}/Clients.json`, { Login: 'bob', Password: '1234' }, as), 400, 'account.password_weak')
  assert.equal((await ask('POST', `${path}/Clients.json`, { Password: password }, as)).text, 'Login can not be null.')
})

test('numbers: bought, set up, cleared, attached, given back (case 35)', async () => {
  const { path, as, sid: owner } = await newAccount()
  const numbers = `${path}/IncomingPhoneNumbers`
  const wanted = {
    PhoneNumber: '+1 (415) 555-0107',
    VoiceUrl: 'https://app.example/voice',
    StatusCallback: 'https://app.example/status',
    StatusCallbackMethod: 'get',
  }
  const made = await ok('POST', `${numbers}.json`, wanted, as)
  assert.deepEqual(made, {
    sid: made.sid,
    account_sid: owner,
    friendly_name: '+14155550107',
    phone_number: '+14155550107',
    voice_url: 'https://app.example/voice',
    voice_method: 'POST',
    voice_fallback_url: null,
    voice_fallback_method: null,
    status_callback: 'https://app.example/status',
    status_callback_method: 'GET',
    voice_caller_id_lookup: false,
    voice_application_sid: null,
    date_created: made.date_created,
    date_updated: made.date_created,
    sms_url: null,
    sms_method: null,
    sms_fallback_url: null,
    sms_fallback_method: null,
    sms_application_sid: null,
    ussd_url: null,
    ussd_method: null,
    ussd_fallback_url: null,
    ussd_fallback_method: null,
    ussd_application_sid: null,
    refer_url: null,
    refer_method: null,
    refer_application_sid: null,
    capabilities: { voice_capable: true, sms_capable: true, mms_capable: true, fax_capable: true },
    api_version: '2012-04-24',
    uri: `/2012-04-24${path}/IncomingPhoneNumbers/${made.sid}.json`,
  })
  const at = `${numbers}/${made.sid}.json`
  const application = await ok('POST', `${path}/Applications.json`, { FriendlyName: 'Night desk' }, as)
  const changed = await ok(
    'PUT',
    at,
    {
      PhoneNumber: '+14155550108',
      FriendlyName: 'Front desk',
      VoiceUrl: '',
      ReferUrl: 'https://app.example/refer',
      VoiceApplicationSid: application.sid,
    },
    as,
  )
  assert.deepEqual(
    [
      changed.phone_number,
      changed.friendly_name,
      changed.voice_url,
      changed.voice_method,
      changed.refer_url,
      changed.refer_method,
      changed.voice_application_sid,
      changed.voice_application_name,
    ],
    ['+14155550107', 'Front desk', null, null, 'https://app.example/refer', 'POST', application.sid, 'Night desk'],
  )
  assert.equal((await ok('POST', at, { VoiceApplicationSid: '' }, as)).voice_application_sid, null)
  for (const form of [
    { PhoneNumber: '+14155550107' },
    { PhoneNumber: '+15005550000' },
    { PhoneNumber: 'nonsense' },
    { AreaCode: '999' },
  ]) {
    const answer = await ask('POST', numbers, form as never)
    assert.deepEqual([answer.status, answer.text], [400, '21452'])
  }
  assert.equal((await ask('POST', numbers, {})).text, 'Phone number can not be null.')
  assert.equal((await ask('DELETE', at, undefined, as)).status, 204)
  for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
    refusedAs(await ask(method, at, undefined, as), 404, 'number.not_found', { message: 'Number not found', code: 3101 })
})

test('typed factories sell and list only their type; the countries are those in stock (reference 9.1)', async () => {
  const { path, as } = await newAccount()
  const numbers = `${path}/IncomingPhoneNumbers`
  assert.equal((await ok('POST', `${numbers}/TollFree.json`, { AreaCode: '888' }, as)).phone_number, '+18885550100')
  assert.equal((await ok('POST', `${numbers}/Local.json`, { PhoneNumber: '+442079460100' }, as)).phone_number, '+442079460100')
  assert.equal((await ok('POST', `${numbers}/Mobile.json`, { PhoneNumber: '+447400123400' }, as)).phone_number, '+447400123400')
  assert.equal((await ask('POST', `${numbers}/Mobile`, { PhoneNumber: '+14155550117' }, as)).text, '21452')
  assert.deepEqual(
    (await ok('GET', `${numbers}/Mobile.json`, undefined, as)).incomingPhoneNumbers.map((one: any) => one.phone_number),
    ['+447400123400'],
  )
  assert.equal((await ok('GET', `${numbers}.json`, undefined, as)).total, 3)
  const countries = await ok('GET', `${numbers}/AvailableCountries.json`, undefined, as)
  assert.ok(countries.includes('US') && countries.includes('GB'))
  assert.match(
    (await ask('GET', `${numbers}/AvailableCountries`, undefined, as)).text,
    /<AvailableCountries><Country>CA<\/Country>/,
  )
})

test('the quota is 403 with its own word (reference 9.1)', async () => {
  const { as, path, sid } = await newAccount()
  const id = (await harness.parts.identity.byPublicId('restcomm', sid))!.account.id
  await harness.run(updateAccountOperation, harness.sandbox, { id, settings: { limits: { numbers: 1 } } })
  await ok('POST', `${path}/IncomingPhoneNumbers.json`, { AreaCode: '212' }, as)
  const answer = await ask('POST', `${path}/IncomingPhoneNumbers.json`, { AreaCode: '212' }, as)
  refusedAs(answer, 403, 'resource.limit_reached', {
    message: 'The account has 1 of number, the most it may have.',
    error: 'DID_QUOTA_EXCEEDED',
  })
})

test('SIP numbers and patterns: unique in the organization only (case 36)', async () => {
  const { path, as } = await newAccount()
  const sip = { PhoneNumber: '1234', isSIP: 'true', MmsCapable: 'true', FaxCapable: 'false' }
  const made = await ok('POST', `${path}/IncomingPhoneNumbers.json`, sip, as)
  assert.equal(made.phone_number, '1234')
  assert.deepEqual(made.capabilities, { voice_capable: true, sms_capable: true, mms_capable: true, fax_capable: false })
  const other = await newAccount()
  assert.equal((await ask('POST', `${other.path}/IncomingPhoneNumbers`, sip, other.as)).text, '21452')
  const pattern = await ok('POST', `${path}/IncomingPhoneNumbers.json`, { PhoneNumber: '^12[0-9]{3}$', isSIP: 'true' }, as)
  assert.equal(pattern.phone_number, '^12[0-9]{3}$')
  assert.equal((await ask('POST', `${path}/IncomingPhoneNumbers`, { PhoneNumber: '^12[0-9', isSIP: 'true' }, as)).text, '21452')
  assert.equal((await ask('DELETE', `${path}/IncomingPhoneNumbers/${pattern.sid}`, undefined, as)).status, 204)
})

test('the envelope, with every quirk (case 1, 2)', async () => {
  const { path, as } = await newAccount()
  const numbers = `${path}/IncomingPhoneNumbers`
  for (let i = 0; i < 34; i += 1) await ok('POST', `${numbers}.json`, { PhoneNumber: `10${i}`, isSIP: 'true' }, as)
  const whole = await ok('GET', `${numbers}.json`, undefined, as)
  const at = `${root}${numbers}.json`
  const { incomingPhoneNumbers: rows, ...envelope } = whole
  assert.equal(rows.length, 34)
  assert.deepEqual(envelope, {
    page: 0,
    num_pages: 0,
    page_size: 50,
    total: 34,
    start: '0',
    end: '34',
    uri: at,
    first_page_uri: `${at}?Page=0&PageSize=50`,
    previous_page_uri: 'null',
    next_page_uri: 'null',
    last_page_uri: `${at}?Page=0&PageSize=50`,
  })
  const second = await ok('GET', `${numbers}.json?Page=1&PageSize=10&AfterSid=whatever`, undefined, as)
  assert.deepEqual([second.num_pages, second.start, second.end, second.incomingPhoneNumbers.length], [3, '10', '19', 10])
  assert.deepEqual(
    [second.previous_page_uri, second.next_page_uri],
    [`${at}?Page=0&PageSize=10`, `${at}?Page=2&PageSize=10&AfterSid=${second.incomingPhoneNumbers.at(-1).sid}`],
  )
  const last = await ok('GET', `${numbers}.json?Page=3&PageSize=10`, undefined, as)
  assert.deepEqual([last.start, last.end, last.next_page_uri, last.incomingPhoneNumbers.length], ['30', '34', 'null', 4])
  const beyond = await ask('GET', `${numbers}.json?Page=4&PageSize=10`, undefined, as)
  assert.deepEqual([beyond.status, beyond.text, beyond.headers['offhook-reason']], [400, '', 'request.number_out_of_range'])
  const xml = (await ask('GET', `${numbers}?PageSize=10&Page=3`, undefined, as)).text
  assert.match(
    xml,
    /<IncomingPhoneNumbers page="3" numpages="3" pagesize="10" total="3" start="30" end="34" uri="[^"]+" firstpageuri="[^"]+" previouspageuri="[^"]+" nextpageuri="null" lastpageuri="[^"]+">/,
  )
  for (const query of ['PageSize=0', 'PageSize=-1', 'Page=x', 'Page=1e3'])
    assert.equal((await ask('GET', `${numbers}.json?${query}`, undefined, as)).status, 400, query)
  refusedAs(await ask('GET', `${numbers}.json?Page=100001&PageSize=50`, undefined, as), 400, 'request.page_too_deep')
})

test('filters with wildcards and orders (reference 4.2, case 3, 4)', async () => {
  const { path, as } = await newAccount()
  const numbers = `${path}/IncomingPhoneNumbers`
  for (const [number, name] of [
    ['201', 'cedar'],
    ['203', 'ash'],
    ['202', 'birch'],
    ['310', ''],
  ] as const) {
    await ok('POST', `${numbers}.json`, { PhoneNumber: number, isSIP: 'true', ...(name && { FriendlyName: name }) }, as)
  }
  const list = async (query: string) =>
    (await ok('GET', `${numbers}.json?${query}`, undefined, as)).incomingPhoneNumbers.map((one: any) => one.phone_number)
  assert.deepEqual(await list('PhoneNumber=20*'), ['201', '203', '202'])
  assert.deepEqual(await list('PhoneNumber=20%25&PageSize=2&Page=1'), ['202'])
  assert.deepEqual(await list('FriendlyName=*r*'), ['201', '202'])
  assert.deepEqual(await list('FriendlyName=310'), ['310'])
  assert.deepEqual(await list('SortBy=PhoneNumber'), ['201', '202', '203', '310'])
  assert.deepEqual(await list('SortBy=PhoneNumber:asc'), ['201', '202', '203', '310'])
  assert.deepEqual(await list('SortBy=PhoneNumber:desc&PageSize=2'), ['310', '203'])
  assert.deepEqual(await list('SortBy=FriendlyName'), ['310', '203', '202', '201'])
  assert.deepEqual(await list('SortBy=FriendlyName&Reverse=true'), ['201', '202', '203', '310'])
  const filtered = await ok('GET', `${numbers}.json?PhoneNumber=20*&PageSize=2`, undefined, as)
  assert.equal(filtered.total, 3)
  assert.match(filtered.next_page_uri, /Page=1&PageSize=2&AfterSid=PN[0-9a-f]{32}&PhoneNumber=20\*$/)
  for (const sort of [':asc', 'PhoneNumber:invalid', 'Price', 'PhoneNumber:asc:desc']) {
    const answer = await ask('GET', `${numbers}.json?SortBy=${sort}`, undefined, as)
    refusedAs(answer, 400, 'request.parameter_invalid')
    assert.match(answer.json.message, /SortBy/)
  }
})

test('what may be bought, narrowed (case 37)', async () => {
  const available = `${account}/AvailablePhoneNumbers`
  const [first] = await ok('GET', `${available}/US/Local.json?Contains=501555****&RangeSize=1`)
  assert.deepEqual(first, {
    friendlyName: '+15015550100',
    phoneNumber: '+15015550100',
    rateCenter: 'LITTLEROCK',
    region: 'AR',
    isoCountry: 'US',
    cost: '0.50',
    voiceCapable: true,
    smsCapable: true,
    mmsCapable: true,
    faxCapable: true,
  })
  await harness.run(stockNumbersOperation, harness.operator, {
    numbers: ['+15057867600'],
    type: 'local',
    state: 'New Mexico',
    region: 'Santa Fe',
  })
  const list = async (path: string) => (await ok('GET', `${available}/${path}`)).map((one: any) => one.phoneNumber)
  assert.deepEqual(await list('US/Local.json?Contains=STORM'), ['+15057867600'])
  assert.deepEqual(await list('US/Local.json?AreaCode=505&InRegion=nm'), ['+15057867600'])
  assert.deepEqual(await list('US/Local.json?AreaCode=505&InRegion=CA'), [])
  assert.deepEqual(await list('US/Local.json?NearNumber=15057867600'), [])
  assert.equal((await list('US/TollFree.json?SmsEnabled=true')).length, 0)
  assert.equal((await list('US/TollFree.json?RangeSize=5&RangeIndex=3')).length <= 5, true)
  assert.deepEqual(await list('ZZ/Local.json'), [])
  assert.match(
    (await ask('GET', `${available}/GB/Mobile?RangeSize=1`)).text,
    /<AvailablePhoneNumbers><AvailablePhoneNumber><FriendlyName>\+447400/,
  )
  for (const query of ['Contains=%27', 'AreaCode=x', 'SmsEnabled=si', 'RangeSize=-1'])
    assert.equal((await ask('GET', `${available}/US/Local.json?${query}`)).status, 400, query)
  assert.equal((await ask('GET', `${available}/USA/Local.json`)).status, 400)
})

test('people: made with a password shown once, changed, switched off with their keys, deleted (reference 6)', async () => {
  const { path, as, sid: owner } = await newAccount()
  const users = `${path}/Users`
  const made = await ok(
    'POST',
    `${users}.json`,
    { Name: 'Ann Teak', Email: 'Ann@customer.example', PhoneNumber: '+14155550199', Role: 'Developer' },
    as,
  )
  const { password: shown, ...rest } = made
  assert.match(shown, /^.{20,}$/)
  assert.deepEqual(rest, {
    sid: made.sid,
    account_sid: owner,
    date_created: made.date_created,
    date_updated: made.date_created,
    name: 'Ann Teak',
    email: 'ann@customer.example',
    phone_number: '+14155550199',
    role: 'Developer',
    status: 'active',
    uri: `${root}${users}/${made.sid}.json`,
  })
  const at = `${users}/${made.sid}`
  assert.deepEqual(await ok('GET', `${at}.json`, undefined, as), rest)
  assert.equal((await ok('GET', `${path}/Applications.json`, undefined, ['ann@customer.example', shown])).length, 0)
  const key = await ok('POST', `${at}/Keys.json`, { FriendlyName: 'first' }, as)
  assert.match(key.sid, /^AK[0-9a-f]{32}$/)
  const withKey: As = [key.sid, key.secret]
  assert.equal((await ask('GET', `${path}/Applications.json`, undefined, withKey)).status, 200)
  assert.equal((await ok('GET', `${at}/Keys/${key.sid}.json`, undefined, as)).secret, undefined)
  const second = await ok('POST', `${at}/Keys.json`, undefined, as)
  refusedAs(await ask('POST', `${at}/Keys.json`, undefined, as), 409, 'account.key_limit_reached')
  assert.equal((await ask('DELETE', `${at}/Keys/${second.sid}.json`, undefined, as)).status, 204)
  assert.deepEqual(
    (await ok('GET', `${at}/Keys.json`, undefined, as)).map((one: any) => one.sid),
    [key.sid],
  )
  assert.equal((await ok('PUT', `${at}/Keys/${key.sid}.json`, { Status: 'inactive' }, as)).status, 'inactive')
  refusedAs(await ask('GET', `${path}/Applications.json`, undefined, withKey), 401, 'auth.credentials_invalid')
  await ok('PUT', `${at}/Keys/${key.sid}.json`, { Status: 'active' }, as)
  assert.equal((await ok('PUT', `${at}.json`, { Status: 'inactive' }, as)).status, 'inactive')
  refusedAs(await ask('GET', `${path}/Applications.json`, undefined, withKey), 401, 'auth.credentials_invalid')
  assert.equal((await ok('PUT', `${at}.json`, { Status: 'active', Name: 'Ann' }, as)).name, 'Ann')
  assert.equal((await ask('GET', `${path}/Applications.json`, undefined, withKey)).status, 200)
  assert.equal((await ask('DELETE', `${at}.json`, undefined, as)).status, 204)
  refusedAs(await ask('GET', `${at}.json`, undefined, as), 404, 'account.user_unknown')
  assert.deepEqual(
    (await ok('GET', `${users}.json`, undefined, as)).map((one: any) => one.role),
    ['Administrator'],
  )
})

test('a people administrator looks after people and nothing more, and lifts nobody above itself (reference 6)', async () => {
  const { path, as } = await newAccount()
  const made = await ok(
    'POST',
    `${path}/Users.json`,
    { Email: 'people@customer.example', Password: password, Role: 'Turnkey Applications Administrator' },
    as,
  )
  assert.equal(made.role, 'Turnkey Applications Administrator')
  const people: As = ['people@customer.example', password]
  assert.equal(
    (
      await ask(
        'POST',
        `${path}/Users.json`,
        { Email: 'member@customer.example', Role: 'Turnkey Applications Developer' },
        people,
      )
    ).status,
    200,
  )
  refusedAs(
    await ask('POST', `${path}/Users.json`, { Email: 'boss@customer.example', Role: 'Administrator' }, people),
    403,
    'account.role_forbidden',
  )
  refusedAs(await ask('PUT', `${path}/Users/${made.sid}.json`, { Role: 'Administrator' }, people), 403, 'account.role_forbidden')
  const boss = (await ok('GET', `${path}/Users.json`, undefined, as)).find((one: any) => one.role === 'Administrator')
  refusedAs(
    await ask('PUT', `${path}/Users/${boss.sid}.json`, { Password: 'Other-heron-42' }, people),
    403,
    'account.role_forbidden',
  )
  refusedAs(await ask('DELETE', `${path}/Users/${boss.sid}.json`, undefined, people), 403, 'account.role_forbidden')
  refusedAs(await ask('GET', `${path}/Clients.json`, undefined, people), 403, 'permission.missing')
})

test('people and keys take JSON, and a repeated idempotency key shows the same secret', async () => {
  const { path, as } = await newAccount()
  const authorization = `Basic ${Buffer.from(as.join(':')).toString('base64')}`
  const post = (key: string, body: object) =>
    harness.ask({ method: 'POST', path: `${root}${path}/Users.json`, headers: { authorization, 'idempotency-key': key }, body })
  const body = { name: 'Kim', email: 'kim@customer.example', phone_number: null }
  const first = await post('kim', body)
  assert.equal(first.status, 200, first.text)
  assert.equal((await post('kim', body)).text, first.text)
  const keys = () => ask('POST', `${path}/Users/${first.json.sid}/Keys.json`, undefined, as, { 'idempotency-key': 'key' })
  assert.equal((await keys()).text, (await keys()).text)
  refusedAs(await post('bad', { email: ['x'] }), 400, 'request.parameter_invalid')
  refusedAs(await post('list', [1]), 422, 'request.unprocessable')
})

test('usage: what was counted, with its price; the rest is zero or has no rows (reference 11)', async () => {
  const { path, as, sid } = await newAccount()
  const usage = `${path}/Usage/Records`
  await ok('POST', `${path}/IncomingPhoneNumbers.json`, { AreaCode: '212' }, as)
  const today = new Date(harness.parts.clock.nowMs()).toISOString().slice(0, 10)
  const record = (kind: string) => ({
    category: 'phonenumbers',
    description: 'Phone Numbers',
    account_sid: sid,
    start_date: today,
    end_date: today,
    usage: '1',
    usage_unit: 'numbers',
    count: '1',
    count_unit: 'numbers',
    price: '1.0',
    price_unit: 'USD',
    uri: `/2012-04-24${usage}/${kind}.json?Category=phonenumbers&StartDate=${today}&EndDate=${today}`,
  })
  for (const kind of ['AllTime', 'Daily', 'Monthly', 'Yearly', 'Today']) {
    const rows = await ok('GET', `${usage}/${kind}.json?Category=PHONENUMBERS`, undefined, as)
    assert.deepEqual(
      rows.map((row: any) => row.count),
      ['1'],
      kind,
    )
    if (kind === 'Daily' || kind === 'Today') assert.deepEqual(rows, [record(kind)])
  }
  const accountId = (await idOfAlias(harness.parts.store, 'restcomm', 'account', sid))!
  const used = (service: string, direction: 'out' | 'in', units: number, amountMicro: number) => ({
    noun: 'messages',
    nounId: 1,
    payer: null,
    account: accountId,
    amountMicro,
    currency: 'USD',
    service,
    direction,
    units,
  })
  const items = [
    used('sms', 'out', 3, 22_500),
    used('flash', 'out', 1, 7500),
    used('sms', 'in', 1, 0),
    used('call', 'out', 61, 14_000),
  ]
  await harness.parts.store.write(settle, { items, now: harness.parts.clock.nowMs() })
  for (const [category, usageTold, count, price] of [
    ['sms', '3', '3', '0.03'],
    ['sms-outbound', '2', '2', '0.03'],
    ['SMS_INBOUND', '1', '1', '0.0'],
    ['calls', '2', '1', '0.014'],
    ['mms', '0', '0', '0.0'],
    ['totalprice', '1.044', '0', '1.044'],
  ] as const) {
    const [row] = await ok('GET', `${usage}/Today.json?Category=${category}`, undefined, as)
    assert.deepEqual([row.usage, row.count, row.price], [usageTold, count, price], category)
  }
  assert.equal((await ok('GET', `${usage}/Daily.json?Category=sms`, undefined, as)).length, 1)
  assert.equal((await ok('GET', `${usage}/Yesterday.json?Category=phonenumbers`, undefined, as))[0].count, '0')
  assert.deepEqual(await ok('GET', `${usage}/Daily.json?Category=recordings`, undefined, as), [])
  for (const kind of ['', '/AllTime', '/LastMonth', '/ThisMonth']) {
    const [row, ...more] = await ok('GET', `${usage}${kind}.json?Category=calls-inbound`, undefined, as)
    assert.deepEqual([row.category, row.usage, row.usage_unit, row.count, more.length], ['calls-inbound', '0', 'minutes', '0', 0])
  }
  assert.equal(
    (await ok('GET', `${usage}/Daily.json?Category=phonenumbers&StartDate=-3days&EndDate=%2B1`, undefined, as)).length,
    1,
  )
  for (const query of [
    'Category=weather',
    'StartDate=2020-02-30',
    'StartDate=yesterday',
    'StartDate=2021-01-02&EndDate=2021-01-01',
  ]) {
    assert.equal((await ask('GET', `${usage}/AllTime.json?${query}`, undefined, as)).status, 400, query)
  }
  refusedAs(await ask('GET', `${usage}/Hourly.json`, undefined, as), 404, 'api.endpoint_unknown')
})

test("notifications are the account's refusals, by their error ids (reference 10)", async () => {
  const { path, as, sid } = await newAccount()
  const errorIds: string[] = []
  const refusedRows = [
    ['a1', 'number.not_found', { number: '+14155550199' }, '/restcomm/2012-04-24/x', 1000],
    ['a2', 'account.not_active', { state: 'suspended' }, '/v1/accounts', 2000],
    ['a3', 'request.parameter_missing', { parameter: 'To', location: 'payload' }, '/8x8/x', 3000],
  ] as const
  const accountId = (await harness.parts.identity.byPublicId('restcomm', sid))!.account.id
  for (const [end, reason, params, where, at] of refusedRows) {
    const errorId = `01234567-89ab-4def-8123-4567890123${end}`
    errorIds.push(errorId)
    harness.parts.store.note(noteRefusal, {
      error_id: errorId,
      account_id: accountId,
      face: 'api',
      reason,
      params: JSON.stringify({ params, errors: [] }),
      method: 'GET',
      path: where,
      status: 400,
      code: '',
      source: '127.0.0.1',
      trace_id: '0'.repeat(32),
      at_ms: Date.UTC(2026, 0, 1) + at,
    })
  }
  await harness.parts.store.noted()
  const notifications = `${path}/Notifications`
  const whole = await ok('GET', `${notifications}.json`, undefined, as)
  assert.deepEqual([whole.total, whole.start, whole.end], [3, '0', '3'])
  const [newest] = whole.notifications
  assert.deepEqual(newest, {
    sid: `NO${errorIds[2]!.replaceAll('-', '')}`,
    date_created: 'Thu, 1 Jan 2026 00:00:03 +0000',
    date_updated: 'Thu, 1 Jan 2026 00:00:03 +0000',
    account_sid: sid,
    call_sid: null,
    api_version: '2012-04-24',
    log: 0,
    error_code: 400,
    more_info: 'http://127.0.0.1:8080/reasons/request.parameter_missing',
    message_text: 'The parameter To is required and missing.',
    message_date: '2026-01-01T00:00:03.000Z',
    request_url: '/8x8/x',
    request_method: 'GET',
    request_variables: null,
    response_headers: null,
    response_body: null,
    uri: `/2012-04-24${notifications}/${newest.sid}.json`,
  })
  assert.deepEqual(await ok('GET', `${notifications}/${newest.sid}.json`, undefined, as), newest)
  const list = async (query: string, of = notifications, who = as) =>
    (await ok('GET', `${of}.json?${query}`, undefined, who)).notifications.map((one: any) => one.error_code)
  assert.deepEqual(await list('PageSize=2'), [400, 3301])
  assert.deepEqual(await list('PageSize=2&Page=1'), [3101])
  assert.deepEqual(await list('SortBy=DateCreated'), [3101, 3301, 400])
  assert.deepEqual(await list('SortBy=ErrorCode:desc'), [3301, 3101, 400])
  assert.deepEqual(await list('ErrorCode=3101'), [3101])
  assert.deepEqual(await list('RequestUrl=/v1%25'), [3301])
  assert.deepEqual(await list('MessageText=%25missing%25'), [400])
  assert.deepEqual(await list('MessageText=%25miss_ng.'), [400])
  assert.deepEqual(await list('StartTime=2026-01-02'), [])
  assert.deepEqual(await list('StartTime=2026-01-01&EndTime=2026-01-01'), [400, 3301, 3101])
  assert.deepEqual(await list('StartTime=2026-01-01%2000:00:02.000&SortBy=Log'), [400, 3301])
  assert.ok(
    (await list('SubAccounts=true&StartTime=2026-01-01&EndTime=2026-01-01', `${account}/Notifications`, own())).length >= 3,
  )
  for (const query of ['SortBy=:asc', 'StartTime=soon', 'ErrorCode=x', 'SubAccounts=si'])
    assert.equal((await ask('GET', `${notifications}.json?${query}`, undefined, as)).status, 400, query)
  refusedAs(await ask('GET', `${notifications}/NO1.json`, undefined, as), 404, 'resource.not_found')
  refusedAs(await ask('GET', `${account}/Notifications/${newest.sid}.json`), 404, 'resource.not_found')
})

test('trace records are JSON only, none before the first, and a feature (reference 12)', async () => {
  const { path, as } = await newAccount()
  const answer = await ask('GET', `${path}/Traces`, undefined, as)
  assert.deepEqual(answer.json.traces, [])
  refusedAs(await ask('GET', `${path}/Traces/TX1.json`, undefined, as), 404, 'resource.not_found')
})
