// Whatever comes in is answered with a documented refusal: never with a fault of ours.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHarness } from '../../../test/face-harness.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { toku } from './toku.ts'

/** Seeded, so that a failure can be seen again. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
}

const texts = [
  '',
  ' ',
  'x',
  '0',
  '-1',
  '1e400',
  '99999999999999999999',
  'null',
  'true',
  '[]',
  '{}',
  '"',
  "'>kkkk>jjj",
  '<img src=x onerror=alert(4)>',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u{1f600}',
  '%',
  '%zz',
  '%00',
  '%ff',
  '%2e%2e',
  '..',
  '+6531580001',
  '6531580001',
  'alice',
  'shop',
  'a'.repeat(40),
  'a'.repeat(600),
  '__proto__',
  'constructor',
  'SMS',
  'PROGRAMMABLE_CALL',
  '2024-01-01 00:00:00',
  '9999-99-99 99:99:99',
  'http://x.example/',
  'http://[',
  "'; drop table numbers; --",
  '\r\nx: y',
]
const names = [
  'number',
  'months',
  'price',
  'service_id',
  'callback_url',
  'callback_method',
  'status_url',
  'group',
  'user_name',
  'password',
  'default_number',
  'expiry_time',
  'state',
  'country',
  'category',
  'page',
  'limit',
  'reference_id',
  '__proto__',
  'grant_type',
  'username',
  'refresh_token',
]
const routes = [
  'POST /token',
  'GET /account/v1/users/@',
  'GET /account/v1/services',
  'GET /account/v1/credit',
  'GET /number/v1/available',
  'QUERY /number/v1/available',
  'GET /number/v1/numbers',
  'POST /number/v1/numbers',
  'POST /number/v1/numbers',
  'GET /number/v1/numbers/@',
  'OPTIONS /number/v1/numbers/@',
  'DELETE /number/v1/numbers/@',
  'POST /number/v1/numbers/6531580001/services',
  'POST /number/v1/numbers/@/services',
  'PUT /number/v1/numbers/@/services/@',
  'PATCH /number/v1/numbers/6531580001/services/@',
  'DELETE /number/v1/numbers/6531580001/services/@',
  'POST /voip/v1/groups',
  'GET /voip/v1/groups',
  'GET /voip/v1/groups/@',
  'POST /voip/v1/groups/shop/users',
  'GET /voip/v1/groups/@/users',
  'PUT /voip/v1/groups/shop/users/alice',
  'PATCH /voip/v1/groups/shop/users/@',
  'DELETE /voip/v1/groups/@/users/@',
  'POST /voip/v1/groups/@/users/@/terminate',
  'GET /@',
  'GET /@/@',
  'GET //',
]
const strangeVerbs = ['HEAD', 'TRACE', 'PROPFIND', 'get', 'X', 'DELETE', 'PUT', 'OPTIONS']
const values = [null, true, false, 0, -1, 1.5, 1e300, [], {}, [[]], { a: { b: [1] } }, ...texts]

test('3000 requests of a seeded fuzz', async () => {
  const house = await openHarness(toku)
  const limits = { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000 }
  await house.run(updateAccountOperation, house.operator, { id: house.sandbox.account.id, settings: { limits } })
  const { consumerKey, consumerSecret } = house.credentials
  const basic = `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const login = await house.ask({ method: 'POST', path: '/toku/token', headers: { authorization: basic }, body: form })
  const headers = { authorization: `Bearer ${login.json.access_token}` }
  await house.ask({ method: 'POST', path: '/toku/voip/v1/groups', headers, body: { group: 'shop' } })
  await house.ask({
    method: 'POST',
    path: '/toku/voip/v1/groups/shop/users',
    headers,
    body: { user_name: 'alice', password: 'Correct-Horse-9' },
  })
  await house.ask({ method: 'POST', path: '/toku/number/v1/numbers', headers, body: { number: '6531580001' } })
  const below = random(20260814)
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!
  const segment = (): string =>
    below(2) === 0 ? encodeURIComponent(one(texts).toWellFormed()) : one(texts).replaceAll(/[\s?#]/g, '')

  for (let at = 0; at < 3000; at += 1) {
    const [usual, place] = one(routes).split(' ') as [string, string]
    const path = `/toku${place.replaceAll('@', segment)}`
    const query = below(3) === 0 ? `?${one(names)}=${segment()}&${one(names)}=${segment()}` : ''
    const method = below(6) === 0 ? one(strangeVerbs) : usual
    const atToken = path.startsWith('/toku/token')
    const fields = Object.fromEntries(Array.from({ length: below(5) }, () => [one(names), one(values)]))
    const whole = JSON.stringify(fields)
    const body = [
      undefined,
      fields,
      whole.slice(0, below(whole.length + 1)),
      Buffer.from(one(texts)),
      Buffer.from([0xff, 0xfe, below(256)]),
      `{"a":1,${whole.slice(1)}`,
    ][below(6)]
    const typed: Record<string, string> =
      below(2) === 0
        ? {
            'content-type': one([
              'application/json',
              'text/plain',
              'application/json; charset=latin1',
              ';',
              'application/x-www-form-urlencoded',
            ]),
          }
        : {}
    const ask = {
      method,
      path: path + query,
      headers: { ...(atToken ? { authorization: basic } : headers), ...typed },
      ...(body !== undefined && { body }),
    }
    const answer = await house.ask(ask)
    const shown = JSON.stringify({ method, path: ask.path, body: String(body), typed, answer: answer.text })
    assert.deepEqual(house.faults, [], shown)
    assert.ok(answer.status < 500 || answer.headers['offhook-reason'] === 'platform.not_implemented', shown)
    assert.ok(answer.json !== undefined, shown)
    if (answer.status !== 200) assert.ok(answer.headers['offhook-reason'], shown)
    for (const value of Object.values(answer.headers)) assert.doesNotMatch(String(value), /[\r\n\0]/, shown)
    if (!atToken && answer.status !== 401) assert.equal(typeof answer.json.result, 'number', shown)
    assert.equal(answer.status === 200, atToken ? 'access_token' in answer.json : answer.json.result === 0, shown)
  }
  await house.close()
})
