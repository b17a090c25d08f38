import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openHarness, type FaceHarness, type HarnessAnswer, type HarnessAsk } from '../../../test/face-harness.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { toku } from './toku.ts'

const basic = ({ consumerKey, consumerSecret }: any) => ({
  authorization: `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`,
})

describe('the toku face', () => {
  let house: FaceHarness
  let token: string
  before(async () => {
    house = await openHarness(toku)
    // More requests a second than a sandbox account is given.
    const limits = { keyPerSecond: 100_000, accountPerSecond: 100_000 }
    await house.run(updateAccountOperation, house.operator, { id: house.sandbox.account.id, settings: { limits } })
    const answer = await login({ grant_type: 'client_credentials' })
    token = answer.json.access_token
  })
  after(() => house.close())

  const login = (fields: Record<string, string>, headers = basic(house.credentials)) =>
    house.ask({ method: 'POST', path: '/toku/token', headers, body: new URLSearchParams(fields) })
  const ask = (method: string, path: string, more: Omit<HarnessAsk, 'path'> = {}): Promise<HarnessAnswer> =>
    house.ask({ method, path: `/toku${path}`, ...more, headers: { authorization: `Bearer ${token}`, ...more.headers } })

  test('a password gives a token with a refresh token; the same while it lives', async () => {
    const { username, password } = house.credentials
    const fields = { grant_type: 'password', username, password }
    const first = await login(fields)
    assert.equal(first.status, 200)
    const { access_token, refresh_token, scope, token_type, expires_in } = first.json
    assert.deepEqual([scope, token_type], ['default', 'Bearer'])
    assert.ok(expires_in > 3590 && expires_in <= 3600)
    const second = await house.ask({
      method: 'POST',
      path: `/toku/token?${new URLSearchParams(fields)}`,
      headers: basic(house.credentials),
    })
    assert.equal(second.json.access_token, access_token)
    assert.equal(second.json.refresh_token, refresh_token)
    const refreshed = await login({ grant_type: 'refresh_token', refresh_token })
    assert.equal(refreshed.status, 200)
    assert.notEqual(refreshed.json.access_token, access_token)
    const repeated = await login({ grant_type: 'refresh_token', refresh_token })
    assert.deepEqual([repeated.status, repeated.json.error], [400, 'invalid_grant'])
    const old = await house.ask({ path: `/toku/account/v1/services`, headers: { authorization: `Bearer ${access_token}` } })
    assert.deepEqual([old.status, old.json.error, old.json.result], [401, 'invalid_token', undefined])
  })

  test('the token endpoint refuses in the words of OAuth, without a result', async () => {
    const { consumerKey, username } = house.credentials
    const cases: [Record<string, string>, Record<string, string>, number, string][] = [
      [{ grant_type: 'client_credentials' }, basic({ consumerKey, consumerSecret: 'wrong' }), 401, 'invalid_client'],
      [{ grant_type: 'client_credentials' }, {}, 401, 'invalid_client'],
      [{ grant_type: 'password', username, password: 'wrong' }, basic(house.credentials), 400, 'invalid_grant'],
      [{ grant_type: 'password', username }, basic(house.credentials), 400, 'invalid_request'],
      [{ grant_type: 'telepathy' }, basic(house.credentials), 400, 'unsupported_grant_type'],
      [{}, basic(house.credentials), 400, 'invalid_request'],
    ]
    for (const [fields, headers, status, error] of cases) {
      const answer = await login(fields, headers as { authorization: string })
      assert.deepEqual(
        [answer.status, answer.json.error, 'result' in answer.json],
        [status, error, false],
        JSON.stringify(fields),
      )
    }
    const got = await house.ask({ path: '/toku/token', headers: basic(house.credentials) })
    assert.deepEqual([got.status, got.json.error, got.headers['allow']], [405, 'invalid_request', 'POST'])
  })

  test('without a token the gateway answers, and there is no result', async () => {
    for (const path of ['/toku/account/v1/services', '/toku/nowhere']) {
      const answer = await house.ask({ path })
      assert.equal(answer.status, 401)
      assert.equal('result' in answer.json, false)
      assert.ok(answer.headers['www-authenticate'])
    }
  })

  test('the header of the later collection opens as well', async () => {
    const answer = await house.ask({ path: '/toku/account/v1/services', headers: { 'api-authorization': `Bearer ${token}` } })
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.json.services[0], { service_id: 'CALL_FORWARD', service_name: 'CALL_FORWARD', state: 'active' })
  })

  test('an account is read, and its reference_id comes back', async () => {
    const { userId, username } = house.credentials
    const answer = await ask('GET', `/account/v1/users/${userId}?reference_id=trip-77`)
    assert.deepEqual(answer.json, {
      result: 0,
      result_desc: 'success',
      user_id: userId,
      user_name: username,
      state: 'active',
      currency: 'USD',
      balance: 1000,
      package_id: '',
      gmt: 0,
      reference_id: 'trip-77',
    })
    for (const other of ['1', 'abc', '9007199254740991', '%00', 'x'.repeat(400)]) {
      const refused = await ask('GET', `/account/v1/users/${other}?reference_id=trip-78`)
      assert.deepEqual(
        [refused.status, refused.json],
        [404, { result: -1000, result_desc: 'invalid user ID', reference_id: 'trip-78' }],
        other,
      )
    }
  })

  test('gmt is the offset of the account', async () => {
    await house.run(updateAccountOperation, house.sandbox, {
      id: house.sandbox.account.id,
      settings: { timezone: 'Asia/Singapore' },
    })
    const answer = await ask('GET', `/account/v1/users/${house.credentials.userId}`)
    assert.equal(answer.json.gmt, 8)
    await house.run(updateAccountOperation, house.sandbox, {
      id: house.sandbox.account.id,
      settings: { timezone: 'Asia/Kolkata' },
    })
    assert.equal((await ask('GET', `/account/v1/users/${house.credentials.userId}`)).json.gmt, 5.5)
    await house.run(updateAccountOperation, house.sandbox, { id: house.sandbox.account.id, settings: { timezone: 'Etc/UTC' } })
  })

  test('an unknown path, another verb, and what is not built are told apart', async () => {
    const unknown = await ask('GET', '/nowhere/v1/x')
    assert.deepEqual(
      [unknown.status, unknown.json.result, unknown.headers['offhook-reason']],
      [404, -211, 'api.endpoint_unknown'],
    )
    const verb = await ask('PATCH', '/number/v1/available')
    assert.deepEqual([verb.status, verb.json.result, verb.headers['allow']], [405, -212, 'GET, QUERY'])
    const unbuilt = await ask('POST', '/task/v1/tasks')
    assert.deepEqual(
      [unbuilt.status, unbuilt.json.result, unbuilt.headers['offhook-reason']],
      [501, -212, 'platform.not_implemented'],
    )
  })

  test('a body that is no payload', async () => {
    const path = '/number/v1/numbers'
    const cases: HarnessAsk['body'][] = [
      '{"number":',
      '[]',
      '"x"',
      '{"a":1,"a":2}',
      new URLSearchParams({ number: '6531580001' }),
    ]
    for (const body of cases) {
      const headers: Record<string, string> = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
      const answer = await ask('POST', path, { body: body!, headers })
      assert.deepEqual([answer.status, answer.json.result], [400, -300], String(body))
    }
    const missing = await ask('POST', path, { body: { months: 0, reference_id: 7 } })
    assert.deepEqual(
      [missing.status, missing.json],
      [400, { result: -302, result_desc: 'payload key missing', param: 'number', reference_id: '7' }],
    )
    const long = await ask('POST', path, { body: { number: '6'.repeat(65) } })
    assert.deepEqual([long.json.result, long.json.param], [-303, 'number'])
  })

  test('a number, from the shelf to a service and back', async () => {
    const shelf = await ask('GET', '/number/v1/available?country=sg&category=local&limit=2')
    assert.deepEqual([shelf.status, shelf.json.result, shelf.json.numbers.length], [200, 0, 2])
    assert.deepEqual(shelf.json.numbers[0], {
      number: '6531580001',
      state: 'available',
      category: 'local',
      country: 'SG',
      region: 'Singapore',
      price: 2,
      currency: 'USD',
    })
    const query = await ask('QUERY', '/number/v1/available', { body: { country: 'SG', category: 'local', limit: 2 } })
    assert.deepEqual(query.json.numbers, shelf.json.numbers)
    const number = shelf.json.numbers[0].number as string

    const stale = await ask('POST', '/number/v1/numbers', { body: { number, price: 1.5 } })
    assert.deepEqual(
      [stale.status, stale.json],
      [409, { result: -1006, result_desc: 'number price invalid', number, price: '2' }],
    )
    const headers = { 'idempotency-key': 'one' }
    const bought = await ask('POST', '/number/v1/numbers', { body: { number: `+${number}`, price: '2.00', months: 12 }, headers })
    assert.equal(bought.status, 200)
    assert.equal(bought.headers['location'], `http://127.0.0.1:8080/toku/number/v1/numbers/${number}`)
    assert.deepEqual([bought.json.result, bought.json.state, bought.json.services], [0, 'active', []])
    assert.match(bought.json.expiry_date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const replayed = await ask('POST', '/number/v1/numbers', {
      body: { number: `+${number}`, price: '2.00', months: 12 },
      headers,
    })
    assert.equal(replayed.text, bought.text)
    assert.equal((await ask('POST', '/number/v1/numbers', { body: { number } })).json.result, -1003)
    assert.equal((await ask('POST', '/number/v1/numbers', { body: { number: '12' } })).json.result, -1001)
    assert.equal((await ask('POST', '/number/v1/numbers', { body: { number: '6531589999' } })).json.result, -1001)

    const listed = await ask('GET', '/number/v1/numbers')
    assert.deepEqual([listed.json.total, listed.json.numbers[0].number], [1, number])
    const path = `/number/v1/numbers/${number}`
    assert.equal((await ask('OPTIONS', path)).headers['allow'], 'GET, DELETE, OPTIONS')

    const subscribed = await ask('POST', `${path}/services`, {
      body: { service_id: 'PROGRAMMABLE_CALL', callback_url: 'http://127.0.0.1:9/handle', callback_method: 'get' },
    })
    assert.deepEqual([subscribed.status, subscribed.json.services], [200, ['PROGRAMMABLE_CALL']])
    const again = (service_id: string) => ask('POST', `${path}/services`, { body: { service_id } })
    assert.deepEqual((await again('PROGRAMMABLE_CALL')).json, {
      result: -1012,
      result_desc: 'number already subscribed to this service',
      number,
    })
    assert.deepEqual((await again('SMS')).json, { result: -1013, result_desc: 'number subscribed to other services', number })
    const settings = `${path}/services/PROGRAMMABLE_CALL`
    assert.equal((await ask('PUT', settings, { body: { callback_method: 'POST' } })).json.result, 0)
    assert.equal((await ask('PATCH', settings, { body: { status_url: 'x' } })).json.result, -1209)
    assert.equal((await ask('PUT', `${path}/services/SMS`, { body: {} })).json.result, -1008)
    assert.equal((await again('NO_SUCH')).json.result, -1200)
    assert.equal((await again('<img>')).json.result, -1102)
    assert.deepEqual((await ask('DELETE', path)).json, {
      result: -1013,
      result_desc: 'number subscribed to other services',
      number,
    })
    assert.equal((await ask('OPTIONS', path)).headers['allow'], 'GET, OPTIONS')
    assert.equal((await ask('DELETE', `${path}/services/SMS`)).json.result, -1008)
    assert.deepEqual((await ask('DELETE', `${path}/services/PROGRAMMABLE_CALL`)).json.services, [])
    assert.equal((await ask('DELETE', `${path}/services/PROGRAMMABLE_CALL`)).json.result, -1008)
    assert.deepEqual((await ask('DELETE', path)).json, { result: 0, result_desc: 'success', number, state: 'available' })
    assert.deepEqual((await ask('GET', path)).json, { result: -1004, result_desc: 'number not occupied', number })
  })

  test('URLs and methods of a subscription', async () => {
    const number = '6531580002'
    await ask('POST', '/number/v1/numbers', { body: { number } })
    const subscribe = (body: object) =>
      ask('POST', `/number/v1/numbers/${number}/services`, { body: { service_id: 'PROGRAMMABLE_CALL', ...body } })
    const cases: [object, number, string][] = [
      [{ callback_url: 'ftp://x' }, -1205, 'callback_url'],
      [{ callback_method: 'PUT' }, -1207, 'callback_method'],
      [{ status_url: 'nowhere' }, -1209, 'status_url'],
      [{ callback_url: 7 }, -301, 'callback_url'],
      [{ callback_url: 'http://x/\u0000' }, -304, 'callback_url'],
    ]
    for (const [body, result, param] of cases) {
      const answer = await subscribe(body)
      assert.deepEqual([answer.json.result, answer.json.param], [result, param])
    }
    const tollfree = await ask('POST', '/number/v1/numbers', { body: { number: '18885550100' } })
    assert.equal(tollfree.json.category, 'tollfree')
    const unfit = await ask('POST', '/number/v1/numbers/18885550100/services', { body: { service_id: 'SMS' } })
    assert.deepEqual([unfit.status, unfit.json.result, unfit.json.number], [400, -1014, '18885550100'])
  })

  test('filters and pages', async () => {
    const cases: [string, number, string | undefined][] = [
      ['', -305, 'country'],
      ['?country=Singapore', -301, 'country'],
      ['?country=SG&page=0', -301, 'page'],
      ['?country=SG&limit=101', -301, 'limit'],
      ['?country=SG&limit=many', -301, 'limit'],
      ['?country=SG&country=SG', -301, 'country'],
      ['?country=SG&page=1000000', -301, undefined],
      ['?country=SG&category=satellite', -1014, undefined],
      ['?country=%ff', -300, undefined],
    ]
    for (const [query, result, param] of cases) {
      const answer = await ask('GET', `/number/v1/available${query}`)
      assert.deepEqual([answer.json.result, answer.json.param], [result, param], query)
    }
    const last = await ask('GET', '/number/v1/available?country=SG&limit=25&page=2')
    assert.deepEqual([last.json.numbers.length + 25, last.json.total], [last.json.total, last.json.total])
  })

  test('a group and its users', async () => {
    const groups = '/voip/v1/groups'
    const made = await ask('POST', groups, { body: { group: 'Shop' } })
    assert.deepEqual([made.status, made.json.result, made.json.group, made.json.users], [200, 0, 'shop', 0])
    assert.match(made.json.create_time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const names: [unknown, number][] = [
      ['shop', -1401],
      ['ab', -306],
      ['x'.repeat(32), -303],
      ['a"b<c', -304],
      ['', -301],
      [undefined, -302],
      [7, -301],
      ['a\u0007b', -304],
    ]
    for (const [group, result] of names)
      assert.equal((await ask('POST', groups, { body: { group } })).json.result, result, String(group))
    assert.deepEqual((await ask('GET', groups)).json.total, 1)
    assert.deepEqual((await ask('GET', `${groups}/nobody`)).json, {
      result: -1403,
      result_desc: 'voip user group not found',
      group: 'nobody',
    })

    const users = `${groups}/shop/users`
    const number = '6591230001'
    await ask('POST', '/number/v1/numbers', { body: { number } })
    const alice = { user_name: 'alice', password: 'Correct-Horse-9', default_number: number, expiry_time: '2099-12-31 23:59:59' }
    const created = await ask('POST', users, { body: alice, headers: { 'idempotency-key': 'alice' } })
    assert.deepEqual(created.json, {
      result: 0,
      result_desc: 'success',
      group: 'shop',
      user_name: 'alice',
      login: 'alice.shop',
      state: 'active',
      default_number: number,
      expiry_time: '2099-12-31 23:59:59',
      gmt: 0,
    })
    assert.equal((await ask('POST', users, { body: alice, headers: { 'idempotency-key': 'alice' } })).text, created.text)
    const password = alice.password
    const cases: [object, number][] = [
      [{ user_name: 'alice', password }, -1404],
      [{ user_name: 'anonymous', password }, -1406],
      [{ user_name: '-bob', password }, -1406],
      [{ user_name: 'bob', password, default_number: number }, -1411],
      [{ user_name: 'bob', password, default_number: '6591230002' }, -1004],
      [{ user_name: 'bob', password, expiry_time: '2099-02-30 00:00:00' }, -301],
      [{ user_name: 'bob', password: 'weak' }, -301],
      [{ user_name: 'bob' }, -302],
    ]
    for (const [body, result] of cases)
      assert.equal((await ask('POST', users, { body })).json.result, result, JSON.stringify(body))
    await ask('POST', users, { body: { user_name: 'bob', password } })
    const listed = await ask('GET', `${users}?limit=1`)
    assert.deepEqual([listed.json.total, listed.json.users.map((user: any) => user.user_name)], [2, ['bob']])
    const second = await ask('GET', `${users}?limit=1&page=2`)
    assert.deepEqual(
      second.json.users.map((user: any) => user.user_name),
      ['alice'],
    )

    const one = `${users}/alice`
    assert.equal((await ask('PUT', one, { body: { user_name: 'bob' } })).json.result, -1408)
    assert.equal((await ask('PUT', one, { body: { default_number: '6531580002' } })).json.result, -1411)
    assert.equal((await ask('PUT', `${users}/nobody`, { body: {} })).json.result, -1405)
    assert.equal((await ask('PATCH', one, { body: { state: 'suspended' } })).json.state, 'suspended')
    assert.equal((await ask('PUT', one, { body: { password: 'Another-Horse-9' } })).json.result, -1409)
    assert.equal(
      (await ask('PUT', one, { body: { state: 'active', expiry_time: '2001-01-01 00:00:00', default_number: '' } })).json.state,
      'expired',
    )
    assert.equal((await ask('PUT', one, { body: { password: 'Another-Horse-9' } })).json.result, -1407)
    assert.equal((await ask('PUT', one, { body: { expiry_time: '' } })).json.state, 'active')

    assert.deepEqual((await ask('DELETE', `${groups}/shop`)).json, { result: -103, result_desc: 'table row in-used' })
    assert.deepEqual((await ask('DELETE', one)).json, {
      result: -1410,
      result_desc: 'voip user not terminated',
      user_name: 'alice',
    })
    for (const name of ['alice', 'bob']) {
      assert.equal((await ask('POST', `${users}/${name}/terminate`)).json.state, 'terminated')
      assert.equal((await ask('POST', `${users}/${name}/terminate`)).json.result, -1409)
      assert.equal((await ask('DELETE', `${users}/${name}`)).json.result, 0)
      assert.equal((await ask('DELETE', `${users}/${name}`)).json.result, -1405)
    }
    assert.equal((await ask('DELETE', `${groups}/shop`)).json.result, 0)
    assert.equal((await ask('DELETE', `${groups}/shop`)).json.result, -1403)
  })

  test('what it told is what was answered', () => {
    assert.deepEqual(house.faults, [])
    assert.ok(house.told.length > 20)
  })
})

test('a server setting that cannot be used is told as such; always200 leaves only the result', async () => {
  const house = await openHarness(toku, { options: { always200: true } })
  const { json } = await house.ask({
    method: 'POST',
    path: '/toku/token',
    headers: basic(house.credentials),
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const headers = { authorization: `Bearer ${json.access_token}` }
  const refused = await house.ask({ path: '/toku/account/v1/users/1', headers })
  assert.deepEqual([refused.status, refused.json.result], [200, -1000])
  assert.equal((await house.ask({ path: '/toku/account/v1/users/1' })).status, 401)
  await house.close()

  const bent = await openHarness(toku, { options: { gateway: 'gopher://here' } })
  const login = await bent.ask({
    method: 'POST',
    path: '/toku/token',
    headers: basic(bent.credentials),
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const answer = await bent.ask({
    path: '/toku/account/v1/services',
    headers: { authorization: `Bearer ${login.json.access_token}` },
  })
  assert.deepEqual([answer.status, answer.json], [500, { result: -2, result_desc: 'invalid server info' }])
  await bent.close()
})

// Reference section 15, precedence: gateway 401, -300, -302 and -305, -303/-304/-306/-301, -400, ownership, state.
test('checks come in the order of the reference', async () => {
  const house = await openHarness(toku)
  const keys = await house.ask({
    method: 'POST',
    path: '/toku/token',
    headers: basic(house.credentials),
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const authorization = `Bearer ${keys.json.access_token}`
  await house.run(updateAccountOperation, house.operator, { id: house.sandbox.account.id, status: 'suspended' })
  const ask = async (method: string, path: string, body?: HarnessAsk['body'], headers: Record<string, string> = {}) => {
    const { json } = await house.ask({
      method,
      path: `/toku${path}`,
      headers: { authorization, ...headers },
      ...(body !== undefined && { body }),
    })
    return json.result as number | undefined
  }
  const numbers = '/number/v1/numbers'
  assert.equal(await ask('POST', numbers, '{', { authorization: 'Bearer none' }), undefined)
  assert.equal(await ask('POST', numbers, '{', { 'content-type': 'application/json' }), -300)
  assert.equal(await ask('POST', numbers, { months: 'x' }), -302)
  assert.equal(await ask('POST', numbers, { number: '6531580001', months: 'x' }), -301)
  assert.equal(await ask('GET', '/number/v1/available?limit=many'), -305)
  assert.equal(await ask('POST', numbers, { number: '6531580001' }), -400)
  assert.equal(await ask('GET', `${numbers}/6531580001`), -400)
  await house.close()
})
