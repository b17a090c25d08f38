// The toku face over real sockets, as its clients use it: tokens by query and by form, two accounts that meet, a number that
// many want, limits, what the operator may switch, and the same on PostgreSQL.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { startServer, type ServerWanted } from '../../conformance/server.ts'
import type { Answer, World } from '../../conformance/scenario.ts'
import { openWorld } from '../../conformance/world.ts'

interface Keys {
  readonly consumerKey: string
  readonly consumerSecret: string
}

interface Client extends World {
  /** The token endpoint, with these fields in the query or in a form. */
  token(fields: Record<string, string>, more?: { place?: 'query' | 'form'; keys?: Keys }): Promise<Answer>
  /** Asks with a token. */
  call(token: string, method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>
}

async function start(t: TestContext, wanted: ServerWanted = {}): Promise<Client> {
  const server = await startServer(wanted)
  const world = openWorld(server)
  t.after(async () => {
    await world.close()
    await server.stop()
  })
  return {
    ...world,
    token(fields, { place = 'form', keys = world.credentials.toku as Keys } = {}) {
      const headers = { authorization: `Basic ${Buffer.from(`${keys.consumerKey}:${keys.consumerSecret}`).toString('base64')}` }
      const form = new URLSearchParams(fields)
      if (place === 'query') return world.ask({ method: 'POST', path: `/toku/token?${form}`, headers })
      return world.ask({ method: 'POST', path: '/toku/token', headers, body: form })
    },
    call: (token, method, path, body, headers = {}) =>
      world.ask({
        method,
        path: `/toku${path}`,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body && { body }),
      }),
  }
}

async function logIn(client: Client, keys?: Keys): Promise<string> {
  const answer = await client.token({ grant_type: 'client_credentials' }, keys && { keys })
  assert.equal(answer.status, 200, answer.text)
  return answer.json.access_token
}

/** Another account with a user and a consumer key, made by the operator. */
async function otherAccount(client: Client): Promise<Keys> {
  const login = 'other@example.com'
  const password = 'Correct-Horse-8'
  const { id } = (await client.operatorApi('POST', '/accounts', { name: 'Other' })).json
  const as = (key: string, method: string, path: string, body: object) =>
    client.ask({ method, path: `/v1${path}`, headers: { authorization: `Bearer ${key}`, 'offhook-account': id }, body })
  const user = await as(client.credentials.operator.key, 'POST', '/users', { login, password, role: 'administrator' })
  assert.equal(user.status, 201, user.text)
  const key = await as(client.credentials.operator.key, 'POST', '/keys', { face: 'toku', userId: user.json.id })
  assert.equal(key.status, 201, key.text)
  return { consumerKey: key.json.publicId, consumerSecret: key.json.secret }
}

for (const engine of ['sqlite', 'postgres'] as const) {
  describe(`toku (${engine})`, () => {
    test('a token by query and by form is the same one; refreshed, the old one is dead', async (t) => {
      const client = await start(t, { engine })
      const { username, password, userId } = client.credentials.toku
      const fields = { grant_type: 'password', username, password }
      const byForm = await client.token(fields)
      const byQuery = await client.token(fields, { place: 'query' })
      assert.deepEqual([byForm.status, byQuery.status], [200, 200])
      assert.equal(byQuery.json.access_token, byForm.json.access_token)
      assert.ok(byQuery.json.expires_in <= byForm.json.expires_in)
      const path = `/account/v1/users/${userId}`
      assert.equal((await client.call(byForm.json.access_token, 'GET', path)).json.result, 0)
      const { refresh_token } = byForm.json
      const once = { grant_type: 'refresh_token', refresh_token }
      const told = await Promise.all([client.token(once), client.token(once), client.token(once)])
      assert.deepEqual(told.map(({ status }) => status).toSorted(), [200, 400, 400])
      assert.equal((await client.call(byForm.json.access_token, 'GET', path)).status, 401)
      const fresh = told.find(({ status }) => status === 200)!
      assert.equal((await client.call(fresh.json.access_token, 'GET', path)).status, 200)
      const keys = await client.api('GET', '/keys')
      const own = keys.json.items.find((key: any) => key.face === 'toku')
      await client.api('PATCH', `/keys/${own.id}`, { status: 'disabled' })
      assert.equal((await client.call(fresh.json.access_token, 'GET', path)).status, 401, 'tokens end with their key')
      assert.deepEqual((await client.token(fields)).json.error, 'invalid_client')
    })

    test("what is another account's is not one's own", async (t) => {
      const client = await start(t, { engine })
      const keys = await otherAccount(client)
      const [mine, theirs] = [await logIn(client), await logIn(client, keys)]
      const number = '6531580001'
      assert.equal((await client.call(theirs, 'POST', '/number/v1/numbers', { number })).json.result, 0)
      await client.call(theirs, 'POST', '/voip/v1/groups', { group: 'theirs' })
      await client.call(theirs, 'POST', '/voip/v1/groups/theirs/users', { user_name: 'alice', password: 'Correct-Horse-8' })
      const cases: [string, string, object | undefined, number][] = [
        ['GET', `/number/v1/numbers/${number}`, undefined, -1007],
        ['DELETE', `/number/v1/numbers/${number}`, undefined, -1007],
        ['POST', `/number/v1/numbers/${number}/services`, { service_id: 'SMS' }, -1007],
        ['PUT', `/number/v1/numbers/${number}/services/SMS`, {}, -1007],
        ['DELETE', `/number/v1/numbers/${number}/services/SMS`, undefined, -1007],
        ['POST', '/number/v1/numbers', { number }, -1003],
        ['POST', '/voip/v1/groups', { group: 'theirs' }, -1402],
        ['GET', '/voip/v1/groups/theirs', undefined, -1403],
        ['DELETE', '/voip/v1/groups/theirs', undefined, -1403],
        ['GET', '/voip/v1/groups/theirs/users', undefined, -1403],
        ['GET', '/voip/v1/groups/theirs/users/alice', undefined, -1403],
        ['PUT', '/voip/v1/groups/theirs/users/alice', { state: 'suspended' }, -1403],
        ['POST', '/voip/v1/groups/theirs/users/alice/terminate', undefined, -1403],
      ]
      for (const [method, path, body, result] of cases) {
        const answer = await client.call(mine, method, path, body)
        assert.equal(answer.json.result, result, `${method} ${path}: ${answer.text}`)
      }
      const owned = (await client.call(mine, 'GET', '/number/v1/numbers')).json.numbers.map((one: any) => one.number)
      assert.ok(!owned.includes(number))
      assert.deepEqual((await client.call(mine, 'GET', '/voip/v1/groups')).json.groups, [])
      const stranger = await client.token(
        { grant_type: 'password', username: client.credentials.toku.username, password: client.credentials.toku.password },
        { keys },
      )
      assert.deepEqual([stranger.status, stranger.json.error], [400, 'invalid_grant'], 'a key of one account opens no other')
      assert.equal((await client.call(theirs, 'GET', `/number/v1/numbers/${number}`)).json.state, 'active')
    })

    test('of twenty who want one number one gets it; a repeated request gets what it got', async (t) => {
      const client = await start(t, { engine })
      const token = await logIn(client)
      const number = '6531580002'
      const told = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          client.call(token, 'POST', '/number/v1/numbers', { number }, { 'idempotency-key': `k${at}` }),
        ),
      )
      const results = told.map(({ json }) => json.result as number)
      assert.equal(results.filter((result) => result === 0).length, 1)
      assert.ok(
        results.every((result) => [0, -1002, -1003].includes(result)),
        String(results),
      )
      for (const [at, before] of told.entries()) {
        const again = await client.call(token, 'POST', '/number/v1/numbers', { number }, { 'idempotency-key': `k${at}` })
        assert.deepEqual(again.json, before.json)
      }
      const owned = (await client.call(token, 'GET', '/number/v1/numbers')).json.numbers
      assert.equal(owned.filter((one: any) => one.number === number).length, 1)
    })
  })
}

test('limits are told with Retry-After, wrong passwords with a lock', async (t) => {
  const client = await start(t)
  const token = await logIn(client)
  const { accountId } = (await client.api('GET', '/whoami')).json
  await client.operatorApi('PATCH', `/accounts/${accountId}`, { settings: { limits: { keyPerSecond: 5 } } })
  const told = await Promise.all(Array.from({ length: 30 }, () => client.call(token, 'GET', '/account/v1/services')))
  const refused = told.find(({ status }) => status === 429)!
  assert.equal(refused.json.result, -1)
  assert.equal(refused.headers.get('retry-after'), '1')
  assert.equal(refused.headers.get('ratelimit-limit') ?? '5', '5')
  await client.operatorApi('PATCH', `/accounts/${accountId}`, { settings: { limits: { keyPerSecond: 1000 } } })
  const { username } = client.credentials.toku
  for (let at = 0; at < 5; at += 1) {
    const wrong = await client.token({ grant_type: 'password', username, password: `wrong ${at}` })
    assert.deepEqual([wrong.status, wrong.json.error], [400, 'invalid_grant'])
  }
  const locked = await client.token({ grant_type: 'password', username, password: client.credentials.toku.password })
  assert.deepEqual([locked.status, locked.json.error], [403, 'access_denied'])
  assert.equal(locked.headers.get('offhook-reason'), 'auth.locked')
})

test('the operator may have every answer be 200, and names the address that clients know', async (t) => {
  const client = await start(t)
  const settings = { faces: { toku: { always200: true, gateway: 'https://caas.example.com' } } }
  writeFileSync(join(client.operator.dataDir, 'settings.json'), JSON.stringify(settings))
  await client.operator.restart()
  const token = await logIn(client)
  const refused = await client.call(token, 'GET', '/nowhere')
  assert.deepEqual([refused.status, refused.json.result], [200, -211])
  assert.ok(refused.headers.get('offhook-error-id'))
  const bought = await client.call(token, 'POST', '/number/v1/numbers', { number: '6531580003' })
  assert.equal(bought.headers.get('location'), 'https://caas.example.com/number/v1/numbers/6531580003')
  assert.equal((await client.ask({ method: 'GET', path: '/toku/number/v1/numbers' })).status, 401, 'the gateway goes by statuses')
})

test('a host name of its own, a HEAD, a body that is too large, and hostile text', async (t) => {
  const client = await start(t, { env: { OFFHOOK_HOSTS: 'localhost=toku' } })
  const token = await logIn(client)
  const headers = { authorization: `Bearer ${token}`, host: 'localhost' }
  assert.equal((await client.ask({ method: 'GET', path: '/account/v1/services', headers })).json.result, 0)
  const head = await client.call(token, 'HEAD', '/account/v1/services')
  assert.deepEqual([head.status, head.text], [200, ''])
  const large = await client.call(token, 'POST', '/number/v1/numbers', { number: 'x'.repeat(2_000_000) })
  assert.deepEqual([large.status, large.json.result, large.headers.get('offhook-reason')], [413, -300, 'request.body_too_large'])
  for (const text of ["\\'>kkkk>jjj", '<img src=x onerror=alert(4)>', '\u2028\u0000"']) {
    const answer = await client.call(token, 'POST', '/number/v1/numbers', { number: text, reference_id: text })
    assert.equal(answer.json.reference_id, text)
    assert.equal(answer.headers.get('content-type'), 'application/json')
    assert.ok(answer.json.result < 0)
  }
})
