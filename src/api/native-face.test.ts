import { test } from 'node:test'
import assert from 'node:assert/strict'
import { onBothEngines } from '../../test/both-engines.ts'
import { openHouse, type House } from '../../test/house.ts'

onBothEngines('the native face', (bench) => {
  let house: House
  test('a house', async () => {
    house = await openHouse(await bench.open())
  })
  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    house.ask(method, path, { key: house.sandbox.key, ...(body !== undefined && { body }), ...(headers && { headers }) })
  const reason = async (...asked: Parameters<typeof ask>): Promise<string> => (await ask(...asked)).json.reason

  test('names that every object has are unknown, in query and body', async () => {
    for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf']) {
      assert.equal(await reason('GET', `/applications?${name}=1`), 'request.parameter_unknown', name)
      assert.equal(
        await reason('POST', '/applications', Buffer.from(`{"name":"x","${name}":{"kind":"sms"}}`)),
        'request.parameter_unknown',
        name,
      )
    }
    assert.equal(
      await reason('POST', '/applications', Buffer.from('{"__proto__":{"name":"smuggled"}}')),
      'request.parameter_missing',
    )
  })

  test('a parameter twice, and one that says another thing in path and body', async () => {
    assert.equal(await reason('GET', '/applications?kind=sms&kind=sms'), 'request.parameter_repeated')
    const { id } = (await ask('POST', '/applications', { name: 'x' })).json
    assert.equal((await ask('PATCH', `/applications/${id}`, { id, name: 'y' })).status, 200)
    assert.equal(await reason('PATCH', `/applications/${id}`, { id: 'app_x', name: 'y' }), 'request.values_disagree')
  })

  test('path, method, proof, permission, fields: told in this order', async () => {
    const stranger = (method: string, path: string, headers = {}) => house.ask(method, path, { headers })
    assert.equal((await stranger('GET', '/nothing')).json.reason, 'api.endpoint_unknown')
    const wrong = await stranger('PUT', '/applications')
    assert.equal(wrong.json.reason, 'api.method_not_allowed')
    assert.equal(wrong.headers['allow'], 'GET, POST')
    const none = await stranger('GET', '/applications?nonsense=1')
    assert.equal(none.json.reason, 'auth.credentials_invalid')
    assert.equal(none.headers['www-authenticate'], 'Bearer realm="Offhook"')
    assert.equal((await stranger('GET', '/applications', { authorization: 'Basic eDp5' })).json.reason, 'auth.method_unsupported')
    for (const authorization of ['Bearer', 'Bearer a b'])
      assert.equal((await stranger('GET', '/applications', { authorization })).json.reason, 'auth.header_invalid')
    assert.equal(await reason('POST', '/number-stock', { nonsense: 1 }), 'permission.missing')
    assert.equal(
      await reason('POST', '/applications', Buffer.from('{'), { 'content-type': 'text/plain' }),
      'request.content_type_invalid',
    )
    assert.equal(await reason('POST', '/applications', Buffer.from('{')), 'request.json_invalid')
    assert.equal(await reason('GET', '/applications', undefined, { 'offhook-account': 'acc_x' }), 'request.header_invalid')
  })

  test('a refusal says whose fault it is, whether to try again, and is found by its id', async () => {
    const told = await ask('POST', '/applications', { kind: 'nothing' })
    const { type, title, status, detail, fault, retry, params, errors, errorId, remedy, help } = told.json
    assert.equal(told.headers['content-type'], 'application/problem+json')
    assert.deepEqual([status, told.status, fault, retry], [400, 400, 'caller', 'after-change'])
    assert.equal(type, help)
    assert.ok(title && detail && remedy && params)
    assert.deepEqual(errors.map((one: { reason: string }) => one.reason).toSorted(), [
      'request.parameter_invalid',
      'request.parameter_missing',
    ])
    assert.equal(told.headers['offhook-error-id'], errorId)
    const found = (await ask('GET', `/refusals/${errorId}`)).json
    assert.deepEqual([found.reason, found.status, found.method, found.path], [told.json.reason, 400, 'POST', '/v1/applications'])
  })

  test('signing out ends a session', async () => {
    const { login, password } = house.sandbox
    const { token } = (await house.ask('POST', '/sessions', { body: { login, password } })).json
    assert.equal((await house.ask('GET', '/whoami', { key: token })).json.login, login)
    assert.equal((await house.ask('DELETE', '/sessions/current', { key: token })).status, 200)
    assert.equal((await house.ask('GET', '/whoami', { key: token })).json.reason, 'auth.token_malformed')
    assert.deepEqual(house.faults, [])
  })
})
