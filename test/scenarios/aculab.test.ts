// The aculab face over real sockets, as its clients use it: HTTPS, a host name of its own, legacy pages, six lines for six
// faults, a repeated purchase, a key that is made anew, and the same on PostgreSQL.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startServer, type ServerWanted } from '../../conformance/server.ts'
import type { Answer, Ask, World } from '../../conformance/scenario.ts'
import { openWorld } from '../../conformance/world.ts'

interface Client extends World {
  readonly login: string
  call(method: string, path: string, more?: Pick<Ask, 'body' | 'headers'>): Promise<Answer>
}

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`

async function start(t: TestContext, wanted: ServerWanted = {}): Promise<Client> {
  const server = await startServer(wanted)
  const world = openWorld(server)
  t.after(async () => {
    await world.close()
    await server.stop()
  })
  const { basicUser, apiAccessKey } = server.credentials.aculab
  const login = basic(basicUser, apiAccessKey)
  return {
    ...world,
    login,
    call: (method, path, more = {}) =>
      world.ask({
        method,
        path: `/aculab${path}`,
        ...more,
        headers: { authorization: login, accept: 'application/json', ...more.headers },
      }),
  }
}

test('personal data over HTTPS, and a host name that stands for the face', async (t) => {
  const { ask, call, login } = await start(t, { tls: true, env: { OFFHOOK_HOSTS: 'localhost=aculab' } })
  for (const path of ['/tel_list_regulation_addresses', '/tel_list_regulation_address']) {
    const addresses = await call('GET', path)
    assert.equal(addresses.status, 200, addresses.text)
    assert.deepEqual(addresses.json, [])
  }
  const headers = { authorization: login, accept: 'text/json', host: 'localhost' }
  const own = await ask({ method: 'GET', path: '/tel_list_numbers', headers })
  assert.equal(own.status, 200, own.text)
  assert.ok(Array.isArray(own.json))
  const unknown = await ask({ method: 'GET', path: '//service_begin', headers })
  assert.deepEqual([unknown.status, unknown.json.error.code, unknown.json.request.url], [400, '0027', '/service_begin'])
})

test('six lines for six faults of a configuration', async (t) => {
  const { call } = await start(t)
  const answer = await call('PUT', '/service/v1/outbound/new_service_1', {
    headers: { accept: '*/*' },
    body: {
      extra_channels: 2,
      uas: { application_name: 123 },
      rest: { first_page: { address: '', method: 'PUT' } },
      fax: { send: { enabled: true } },
    },
  })
  assert.equal(answer.status, 400)
  const { error, request } = answer.json
  assert.equal(error.code, 'HTTP 400')
  assert.match(error.text, /^Bad Request: /)
  assert.equal(request.url, '/service/v1/outbound/new_service_1')
  assert.equal(error.details.length, 6)
  const rules: [string, RegExp][] = [
    ['$.uas.application_name', /123 .*'null' or 'string'/],
    ['$.rest.first_page.address', /'' .*minLength/],
    ['$.rest.first_page.method', /'PUT' .*'GET', 'POST'/],
    ['$.service_password', /'string' for a UAS service/],
    ['$.uas.application_name', /123 .*'string' for a UAS service/],
    ['$.fax.send.enabled', /true must be false unless extra_channels is 0/],
  ]
  for (const [path, rule] of rules)
    assert.ok(
      error.details.some((line: string) => line.startsWith(`${path}: `) && rule.test(line)),
      path,
    )
  const legacy = await call('GET', "/tel_purchase?'>kkkk>jjj=1", { headers: { accept: 'text/html,application/xml' } })
  assert.equal(legacy.status, 400)
  assert.equal(legacy.headers.get('content-type'), 'text/html; charset=utf-8')
  assert.match(legacy.text, /<title>400 Bad Request<\/title>.*0029 : .*&#39;&gt;kkkk&gt;jjj/s)
})

test('links lead to the pages of the operator', async (t) => {
  const { ask, call } = await start(t, { env: { OFFHOOK_HELP_LINKS: 'http://help.example' } })
  const coded = await call('GET', '/tel_purchase')
  const { link } = coded.json.error
  assert.equal(link, 'http://help.example/codes/aculab/0001?error=0001')
  const plain = await call('GET', '/service/v1/inbound/none')
  assert.equal(plain.json.error.link, 'http://help.example/reasons/service.not_found?error=HTTP%20404')
  for (const one of [link, plain.json.error.link]) {
    const page = await ask({ method: 'GET', path: one.replace('http://help.example', '') })
    assert.equal(page.status, 200, one)
  }
})

test('a purchase repeated with its key buys once, and a new key overlaps the old one', async (t) => {
  const { ask, api, call, credentials } = await start(t)
  const buy = () =>
    call('POST', '/tel_purchase', {
      headers: { 'idempotency-key': 'one' },
      body: new URLSearchParams({ country: 'United Kingdom', region: 'London', based_on: 'Template' }),
    })
  const configuration = { rest: { first_page: { address: 'https://pages.example/first', method: 'GET' } } }
  assert.equal((await call('PUT', '/service/v1/inbound/Template', { body: configuration })).status, 200)
  const first = await buy()
  assert.equal(first.status, 200, first.text)
  assert.deepEqual((await buy()).json, first.json)
  const [number] = first.json.numbers
  const listed = await call('GET', '/tel_list_numbers')
  assert.deepEqual(
    listed.json.filter((one: { region: string }) => one.region === 'London'),
    [{ number, country: 'United Kingdom', region: 'London', did_type: 'geographic', service: number, messaging: true }],
  )
  assert.equal((await call('GET', `/service/v1/inbound/${number}`)).json.rest.first_page.address, 'https://pages.example/first')

  const { cloudId, username } = credentials.aculab
  const keys = (await api('GET', '/keys')).json.items
  const { id } = keys.find((key: { face: string; publicId: string }) => key.face === 'aculab' && key.publicId === username)
  const { secret } = (await api('POST', `/keys/${id}/rotate`, {})).json
  for (const authorization of [
    basic(`${cloudId}/${username}`, secret),
    basic(`${cloudId}/${username}`, credentials.aculab.apiAccessKey),
  ]) {
    const answer = await ask({ method: 'GET', path: '/aculab/tel_list_numbers', headers: { authorization } })
    assert.equal(answer.status, 200, answer.text)
  }
})

test('numbers and services on PostgreSQL', async (t) => {
  const { call, ask, credentials } = await start(t, { engine: 'postgres' })
  const bought = await call('GET', '/tel_purchase?country=Canada&state=Ontario&region=Toronto&quantity=3')
  assert.equal(bought.json.count, 3, bought.text)
  assert.equal((await call('GET', `/tel_delete_numbers?numbers=${bought.json.numbers.join('/')}`)).status, 200)
  const regions = (await call('GET', '/tel_get_supported_regions?country=Canada')).json
  assert.deepEqual(regions[0].stock, 10)
  const configuration = { service_password: 'päss', uas: { application_name: 'dial' } }
  assert.equal((await call('PUT', '/service/v1/outbound/Dialer', { body: configuration })).status, 200)
  const authorization = basic(`${credentials.aculab.basicUser}/Dialer`, 'päss')
  const queue = await ask({ method: 'GET', path: '/aculab/service/v1/outbound/Dialer/queue', headers: { authorization } })
  assert.deepEqual(queue.json, { service_name: 'Dialer', length: 0 }, queue.text)
})
