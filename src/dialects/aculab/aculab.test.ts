// The face as a whole, without sockets: authentication, conventions, the envelope, services and numbers.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createAccountOperation } from '#operations/accounts/create-account.ts'
import { createAddressOperation } from '#operations/addresses/create-address.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { openHarness, type FaceHarness, type HarnessAsk } from '../../../test/face-harness.ts'
import { aculab } from './aculab.ts'

let face: FaceHarness
const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

before(async () => {
  face = await openHarness(aculab)
})
after(() => face.close())

const own = (): string => basic(face.credentials.basicUser, face.credentials.apiAccessKey)
const json = { accept: 'application/json' }
const ask = (path: string, more: Partial<HarnessAsk> = {}) =>
  face.ask({ path: `/aculab${path}`, ...more, headers: { authorization: own(), ...json, ...more.headers } })
const form = (fields: Record<string, string>) => new URLSearchParams(fields)

async function refused(path: string, code: string, status: number, more: Partial<HarnessAsk> = {}) {
  const answer = await ask(path, more)
  assert.equal(answer.json?.error?.code, code, `${path}: ${answer.text}`)
  assert.equal(answer.status, status)
  assert.deepEqual(Object.keys(answer.json), ['error', 'request'])
  return answer
}

test('the numbers of a new account', async () => {
  const answer = await ask('/tel_list_numbers')
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.json, [])
  assert.equal(answer.headers['content-type'], 'application/json')
  assert.equal(answer.headers['ratelimit-limit'], '100')
})

test('the checks come in the order of the reference', async () => {
  const stranger = { authorization: 'Basic eDp5' }
  await refused('/no_such_thing', '0027', 400, { headers: stranger })
  const wrongMethod = await refused('/tel_purchase', '0014', 405, { method: 'DELETE', headers: stranger })
  assert.equal(wrongMethod.headers['allow'], 'GET, POST')
  assert.match(wrongMethod.json.error.text, /GET, POST/)
  await refused('/tel_purchase', '0020', 411, { method: 'POST', headers: { ...stranger, 'transfer-encoding': 'chunked' } })
  await refused('/tel_purchase', '0032', 400, {
    method: 'POST',
    headers: { ...stranger, 'content-type': 'text/plain' },
    body: 'a=b',
  })
  await refused('/tel_purchase', '0019', 400, { method: 'POST', headers: stranger })
  await refused('/tel_purchase?country=%ff', '0021', 400, { headers: stranger })
  await refused('/tel_purchase', '0015', 400, { headers: { authorization: basic('abc/bob@example.com', 'x') } })
  const wrong = await refused('/tel_purchase?colour=red', '0022', 401, {
    headers: { authorization: basic('1-2-0/bob@example.com', 'x') },
  })
  assert.match(String(wrong.headers['www-authenticate']), /^Basic realm=/)
  await refused('/tel_purchase?colour=red', '0029', 400)
  await refused('/tel_purchase?quantity=1&quantity=2', '0003', 400)
  await refused('/tel_purchase?country=Germany&quantity=0', '0001', 400)
  await refused('/tel_purchase?country=Germany&region=&quantity=0', '0023', 400)
  await refused('/tel_purchase?country=G3rmany&region=Berlin', '0002', 400)
  await refused('/tel_purchase?country=Germany&region=Berlin&quantity=0', '0004', 400)
  await refused('/tel_purchase?country=Germany&region=Berlin&allow_partial=yes', '0007', 400)
  await refused('/tel_purchase?country=Germany&region=Berlin&ordinary_cpc=T', '0030', 400)
  await refused('/tel_delete_numbers?numbers=441908273800//441908273801', '0024', 400)
  await refused('/service_status?service_reference_ids=06e122c3364cc74c', '0025', 400)
  await refused('/tel_list_regulation_addresses', '0013', 403)
  await refused('/tel_list_numbers?username=nobody@example.com', '0103', 404)
})

test('the cloud and the third part of the username', async () => {
  const { username, apiAccessKey } = face.credentials
  assert.equal(
    (await ask('/tel_list_numbers', { headers: { authorization: basic(`1-2-0/${username}`, apiAccessKey) } })).status,
    200,
  )
  for (const user of [`1-2-0/${username}/MyService`, `1-2-0/${username}/`, `1-2-0/${username}/a/b`, `1-2-0/`]) {
    await refused('/tel_list_numbers', '0022', 401, { headers: { authorization: basic(user, apiAccessKey) } })
  }
  await refused('/tel_list_numbers', '0022', 401, { headers: { authorization: '' } })
})

test('JSON by Accept, or a page; versioned operations always JSON', async () => {
  const page = await ask('/tel_purchase?<img src=x onerror=alert(4)>=1', { headers: { accept: 'text/html' } })
  assert.equal(page.status, 400)
  assert.match(String(page.headers['content-type']), /^text\/html/)
  assert.match(page.text, /<title>400 Bad Request<\/title>/)
  assert.match(page.text, /0029 : /)
  assert.ok(!page.text.includes('<img'))
  assert.equal((await ask('/tel_purchase', { headers: { accept: 'text/json' } })).json.error.code, '0001')
  assert.equal((await ask('/service/v1/outbound/none', { headers: { accept: '*/*' } })).json.error.code, 'HTTP 404')
})

test('the envelope of a coded refusal', async () => {
  const { json: body, headers } = await refused('//tel_purchase?country=Germany', '0001', 400)
  assert.match(body.error.text, /region/)
  assert.match(body.error.datetime, /^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d$/)
  assert.equal(body.error.link, 'https://www.aculab.com/cloud/web-services/web-service-errors?error=0001')
  assert.deepEqual(Object.keys(body.error), ['code', 'text', 'datetime', 'link'])
  assert.equal(body.request.url, '/tel_purchase')
  assert.ok(body.request.datetime <= body.error.datetime)
  assert.equal(headers['offhook-reason'], 'request.parameter_missing')
  assert.match(String(headers['offhook-error-id']), /^[0-9a-f-]{36}$/)
  const several = await refused('/tel_purchase?a=1&b=2', '0029', 400)
  assert.deepEqual(several.json.error.details, ['$.a: is not known', '$.b: is not known'])
})

test('a body as form and as multipart, and a GET that names a type', async () => {
  const area = { country: 'Germany', region: 'Atlantis' }
  await refused('/tel_purchase', '0009', 400, { method: 'POST', body: form(area) })
  const body =
    '--x\r\ncontent-disposition: form-data; name="country"\r\n\r\nGermany\r\n--x\r\ncontent-disposition: form-data; name="region"\r\n\r\nAtlantis\r\n--x--\r\n'
  await refused('/tel_purchase', '0009', 400, {
    method: 'POST',
    body,
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  })
  await refused('/tel_purchase', '0021', 400, {
    method: 'POST',
    body,
    headers: { 'content-type': 'multipart/form-data; boundary=y' },
  })
  await refused('/tel_purchase', '0021', 400, {
    method: 'POST',
    body: 'country=%zz',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.equal((await ask('/tel_list_numbers', { headers: { 'content-type': 'application/json' } })).status, 200)
})

test('six lines for six faults of a configuration', async () => {
  const { json: body } = await refused('/service/v1/outbound/new_service_1', 'HTTP 400', 400, {
    method: 'PUT',
    body: {
      extra_channels: 2,
      uas: { application_name: 123 },
      rest: { first_page: { address: '', method: 'PUT' } },
      fax: { send: { enabled: true } },
    },
  })
  assert.match(body.error.text, /^Bad Request: /)
  assert.deepEqual(body.error.details, [
    "$.uas.application_name: 123 must be of type 'null' or 'string'",
    "$.rest.first_page.address: '' must be at least 1 character long (minLength)",
    "$.rest.first_page.method: 'PUT' must be one of 'GET', 'POST'",
    "$.service_password: absent, must be of type 'string' for a UAS service",
    "$.uas.application_name: 123 must be of type 'string' for a UAS service",
    '$.fax.send.enabled: true must be false unless extra_channels is 0',
  ])
  assert.equal(body.request.url, '/service/v1/outbound/new_service_1')
  assert.match(body.error.link, /\?target=service_action_tabs&tab-id=put$/)
  const one = await refused('/service/v1/inbound/new_service_1', 'HTTP 400', 400, { method: 'PUT', body: { colour: 'red' } })
  assert.equal(one.json.error.details, undefined)
  assert.match(one.json.error.text, /\$\.colour/)
  assert.ok(!(await ask('/service/v1/outbound/x', { method: 'PUT', body: { service_password: ['hush'] } })).text.includes('hush'))
})

test('a service from its first day to its last', async () => {
  const path = '/service/v1/outbound/Dialer'
  const configuration = { service_password: 'open sesame', uas: { application_name: 'dial' } }
  const created = await ask(path, { method: 'PUT', body: configuration })
  assert.equal(created.status, 200, created.text)
  assert.equal(created.json.service_password, undefined)
  assert.equal(created.json.uas.application_name, 'dial')
  assert.equal(created.json.extra_channels, 0)
  assert.deepEqual((await ask(path)).json, created.json)
  await refused(path, '0031', 409, { method: 'PUT', body: configuration, headers: { 'if-none-match': '*' } })
  assert.deepEqual((await ask('/service/v1/outbound')).json, [{ service_name: 'Dialer', type: 'uas' }])

  const asService = (password: string) => ({ authorization: basic(`${face.credentials.basicUser}/Dialer`, password) })
  assert.deepEqual((await ask(`${path}/queue`, { headers: asService('open sesame') })).json, {
    service_name: 'Dialer',
    length: 0,
  })
  await refused(`${path}/queue`, '0022', 401, { headers: asService('wrong') })
  await refused(path, '0022', 401, { headers: asService('open sesame') })
  await refused('/service_start', 'HTTP 501', 501, { headers: asService('open sesame') })
  await refused('/service_start', '0022', 401)
  assert.deepEqual((await ask('/service_status?service_reference_ids=1a.2.3/ff.1.2')).json, {
    '1a.2.3': { status: 'unknown' },
    'ff.1.2': { status: 'unknown' },
  })

  const patched = await ask(path, { method: 'PATCH', body: { extra_channels: 3, service_password: 'changed' } })
  assert.equal(patched.json.extra_channels, 3)
  assert.equal(patched.json.uas.application_name, 'dial')
  await refused(`${path}/queue`, '0022', 401, { headers: asService('open sesame') })
  assert.equal((await ask(`${path}/queue`, { headers: asService('changed') })).status, 200)
  await refused(path, 'HTTP 400', 400, { method: 'PATCH', body: { fax: { send: { enabled: true } } } })
  await refused(path, '0019', 400, { method: 'PATCH' })

  assert.deepEqual((await ask(`${path}/queue`, { method: 'DELETE' })).json, { service_name: 'Dialer', purged: 0 })
  assert.deepEqual((await ask('/service/v1/outbound_queues')).json, [])
  assert.equal((await ask(path, { method: 'DELETE' })).status, 200)
  await refused(path, 'HTTP 404', 404)
  await refused(`${path}/queue`, '0022', 401, { headers: asService('changed') })

  const bare = await ask('/service/v1/inbound/Hotline', { method: 'PUT' })
  assert.equal(bare.status, 200, bare.text)
  assert.equal((await ask('/service/v1/schema/inbound')).json.properties.extra_channels.type, 'integer')
})

test('numbers are found, bought, listed and given back', async () => {
  const countries = (await ask('/tel_get_supported_countries?did_type=geographic')).json as { country: string; stock: number }[]
  assert.equal(countries.find(({ country }) => country === 'Germany')?.stock, 10)
  const states = (await ask('/tel_get_supported_states?country=United+States')).json as { state: string }[]
  assert.ok(states.some(({ state }) => state === 'Arkansas'))
  assert.deepEqual((await ask('/tel_get_supported_states?country=Germany')).json, [])
  const regions = (await ask('/tel_get_supported_regions?country=United+States&state=Arkansas')).json
  assert.deepEqual(regions[0].region, 'Little Rock')

  await refused('/tel_purchase?country=Atlantis&region=Berlin', '0008', 400)
  await refused('/tel_purchase?country=Germany&region=Berlin&state=Berlin', '0011', 400)
  await refused('/tel_purchase?country=United+States&region=888&did_type=tollfree&state=Ohio', '0028', 400)
  await refused('/tel_purchase?country=United+States&region=Little+Rock&state=Ohio', '0010', 400)
  await refused('/tel_purchase?country=United+States&region=Little+Rock', '0001', 400)
  await refused('/tel_purchase?country=Germany&region=Berlin&did_type=satellite', '0201', 400)
  await refused('/tel_purchase?country=Germany&region=Berlin&regulation_address=Nowhere', '0012', 400)
  await refused('/tel_purchase?country=Germany&region=Berlin&based_on=none', '0102', 403)
  const few = await refused('/tel_purchase?country=Germany&region=Berlin&quantity=11', '0200', 403)
  assert.match(few.json.error.text, /10/)
  const none = 'ordinary_cpc=0&cellular_cpc=F&payphone_cpc=False'
  await refused(`/tel_purchase?country=United+States&region=888&did_type=tollfree&${none}`, '0202', 400)

  assert.equal(
    (await ask('/service/v1/inbound/Template', { method: 'PUT', body: { rest: { first_page: { address: '/first' } } } })).status,
    200,
  )
  await refused('/tel_purchase?country=Germany&region=Berlin', '0005', 400)
  const address = { holder: 'Somebody', country: 'DE', street: '1 Street' }
  for (const [name, region] of [
    ['Home', 'Berlin'],
    ['Away', 'Bonn'],
  ] as const)
    await face.run(createAddressOperation, face.sandbox, { ...address, name, region })
  const away = await refused('/tel_purchase?country=Germany&region=Berlin&regulation_address=Away', '0006', 400)
  assert.match(away.json.error.text, /Local/)
  const told = await ask('/tel_list_regulation_addresses', { secure: true })
  assert.deepEqual(told.json[0], {
    name: 'Home',
    holder: 'Somebody',
    street: '1 Street',
    city: 'Berlin',
    region: 'Berlin',
    postal_code: '',
    country: 'Germany',
  })
  const bought = await ask('/tel_purchase', {
    method: 'POST',
    body: form({
      country: 'Germany',
      region: 'B\\u0065rlin',
      quantity: '2',
      based_on: 'Template',
      regulation_address: 'Home',
    }),
  })
  assert.equal(bought.status, 200, bought.text)
  assert.deepEqual(bought.json, { numbers: ['493023125100', '493023125101'], count: 2 })
  assert.equal((await ask('/service/v1/inbound/493023125100')).json.rest.first_page.address, '/first')
  const rest = await ask('/tel_purchase?country=Germany&region=Berlin&quantity=20&allow_partial=True&regulation_address=Home')
  assert.equal(rest.json.count, 8)
  await refused('/tel_purchase?country=Germany&region=Berlin', '0200', 403)
  const listed = (await ask(`/tel_list_numbers?username=${face.credentials.username}`)).json
  assert.equal(listed.length, 10)
  assert.deepEqual(listed[0], {
    number: '493023125100',
    country: 'Germany',
    region: 'Berlin',
    did_type: 'geographic',
    service: '493023125100',
    messaging: true,
  })

  const tollfree = await ask('/tel_purchase?country=United+States&region=888&did_type=tollfree&payphone_cpc=F')
  assert.equal(tollfree.json.count, 1)
  const own888 = (await ask('/tel_list_numbers')).json.find((one: { did_type: string }) => one.did_type === 'tollfree')
  assert.deepEqual([own888.ordinary_cpc, own888.payphone_cpc], [true, false])
  assert.equal((await ask('/tel_purchase?country=United+Kingdom&did_type=mobile')).json.count, 1)

  const set = await ask('/tel_update_number?number=493023125102&messaging=F&service=493023125100')
  assert.deepEqual([set.json.service, set.json.messaging], ['493023125100', false])
  await refused('/tel_update_number?number=14155550100&messaging=T', '0301', 400)

  assert.deepEqual((await ask('/tel_whitelist_add?number=447400123456')).json, { number: '447400123456' })
  assert.deepEqual((await ask('/tel_whitelist_list')).json, ['447400123456'])
  assert.deepEqual((await ask('/tel_whitelist_delete?number=447400123456')).json, { number: '447400123456' })
  await refused('/tel_whitelist_delete?number=447400123456', '0302', 400)

  await refused('/tel_delete_numbers?numbers=493023125100/14155550100', '0300', 400)
  assert.deepEqual((await ask('/tel_delete_numbers?numbers=493023125100/493023125101')).json, {
    numbers: ['493023125100', '493023125101'],
    count: 2,
  })
  await refused('/tel_delete_numbers?numbers=493023125100', '0300', 400)
})

test('a developer account buys no numbers, and takes a free one', async () => {
  const { run, sandbox, operator } = face
  await run(updateAccountOperation, operator, { id: sandbox.account.id, kind: 'developer' })
  await refused('/tel_purchase', '0100', 400)
  const free = await ask('/tel_purchase_development')
  assert.match(free.json.numbers[0], /^441134960/)
  await run(updateAccountOperation, operator, { id: sandbox.account.id, kind: 'full', status: 'suspended' })
  await refused('/tel_list_numbers', '0106', 403)
  await run(updateAccountOperation, operator, { id: sandbox.account.id, status: 'active' })
  await refused('/voice_biometrics/v1/user_group/list', '0107', 403)
})

test('a token for a browser says whose it is and until when; its client is made with the first', async () => {
  const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
  const usual = (await ask('/webrtc_generate_token?client_id=alice&call_client=bob,desk*&call_client=eve')).json.token
  assert.equal(usual.split('.').length, 3)
  const { sub, iat, exp, call, register } = claimsOf(usual)
  assert.deepEqual([sub, exp - iat, call, register], ['alice', 3600, ['bob', 'desk*', 'eve'], true])
  const brief = (await ask('/webrtc_generate_token?client_id=alice&ttl=1200&enable_incoming=F&call_client=*')).json.token
  assert.deepEqual([claimsOf(brief).exp - claimsOf(brief).iat, claimsOf(brief).register], [1200, false])
  await refused('/webrtc_generate_token?client_id=alice&enable_incoming=false', '0800', 400)
  await refused('/webrtc_generate_token?client_id=alice&enable_incoming=yes', '0007', 400)
  await refused('/webrtc_generate_token?client_id=alice&colour=red', '0029', 400)
  await refused('/webrtc_generate_token', '0001', 400)
  await refused('/webrtc_generate_token?client_id=', '0023', 400)
  await refused('/webrtc_generate_token?client_id=alice&client_id=bob', '0003', 400)
  await refused('/webrtc_generate_token?client_id=alice&call_client=bob,,eve', '0024', 400)
  for (const ttl of ['599', '86401', '1.5', 'long'])
    await refused(`/webrtc_generate_token?client_id=alice&ttl=${ttl}`, '0002', 400)
})

test('nobody reads the numbers of an account that is not below', async () => {
  await face.run(createAccountOperation, face.operator, { name: 'Other' })
  await refused('/tel_list_numbers?username=operator@offhook.example', '0103', 404)
})

test('no fault of ours came up', () => {
  assert.deepEqual(face.faults, [])
})
