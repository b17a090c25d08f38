// The 8x8 door: every route, who may, pages, patches, webhooks, and what each mistake is called.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eight } from '../../src/dialects/8x8/8x8.ts'
import { Ids } from '../../src/dialects/8x8/ids.ts'
import { contactBatchesLoop } from '../../src/loops/contact-batches.ts'
import { createAccountOperation } from '../../src/operations/accounts/create-account.ts'
import { updateAccountOperation } from '../../src/operations/accounts/update-account.ts'
import { createKeyOperation } from '../../src/operations/keys/create-key.ts'
import { rotateKeyOperation } from '../../src/operations/keys/rotate-key.ts'
import { buyNumbersOperation } from '../../src/operations/numbers/buy-numbers.ts'
import { createUserOperation } from '../../src/operations/users/create-user.ts'
import { openHarness, type FaceHarness, type HarnessAnswer, type HarnessAsk } from '../face-harness.ts'

let house: FaceHarness
let account: string
const json = { 'content-type': 'application/json' }

before(async () => {
  house = await openHarness(eight)
  const limits = { keyPerSecond: 10_000, accountPerSecond: 10_000 }
  await house.run(updateAccountOperation, house.operator, { id: house.sandbox.account.id, settings: { limits } })
  account = `/api/v1/accounts/${house.credentials.accountId}`
})
after(() => house.close())

type More = Omit<HarnessAsk, 'method' | 'path'>
const ask = (method: string, path: string, { headers, ...more }: More = {}): Promise<HarnessAnswer> =>
  house.ask({
    method,
    path: `/8x8${path}`,
    headers: { authorization: `Bearer ${house.credentials.apiKey}`, ...headers },
    ...more,
  })
const send = (method: string, path: string, body: object) => ask(method, path, { body })
const stranger = (path: string, authorization: string, more: More = {}) =>
  ask('GET', path, { ...more, headers: { authorization } })

async function ok(status: number, answer: Promise<HarnessAnswer>): Promise<any> {
  const told = await answer
  assert.equal(told.status, status, told.text)
  return told.json
}

async function no(status: number, code: number, reason: string, answer: Promise<HarnessAnswer>): Promise<string> {
  const told = await answer
  assert.equal(told.status, status, told.text)
  assert.equal(told.headers['offhook-reason'], reason)
  assert.deepEqual(Object.keys(told.json), ['code', 'message', 'errorId', 'timestamp'])
  assert.equal(told.json.code, code)
  assert.equal(told.json.errorId, told.headers['offhook-error-id'])
  return told.json.message
}

let made = 0
async function contact(more: object = {}): Promise<any> {
  made += 1
  return ok(201, send('POST', `${account}/contacts`, { addresses: { msisdn: `659123${String(1000 + made)}` }, ...more }))
}

describe('who may', () => {
  test('a bearer key, or the account and its password by Basic', async () => {
    const { accountId, password, apiKey } = house.credentials
    const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
    for (const id of [accountId, accountId.replaceAll('-', ''), accountId.toUpperCase()])
      await ok(200, stranger(account, basic(id, password)))
    for (const wrong of [
      basic(accountId, `${password}x`),
      basic('11111111-2222-4333-8444-555555555555', password),
      basic('', ''),
      `Bearer ${apiKey}x`,
      `Bearer ${apiKey.slice(0, 12)}${'x'.repeat(31)}`,
      `Bearer ${apiKey.slice(0, 12)}`,
      `Bearer x`,
      'Bearer',
      apiKey,
      '',
    ]) {
      await no(401, 1200, 'auth.credentials_invalid', stranger(account, wrong))
    }
    assert.equal((await stranger(account, '')).headers['www-authenticate'], 'Bearer')
  })

  test('a rotated key begins as before, and the old one is good for a while', async () => {
    const key = await house.run(createKeyOperation, house.sandbox, { face: '8x8' })
    assert.equal(key.secret.slice(0, 12), key.publicId)
    const next = await house.run(rotateKeyOperation, house.sandbox, { id: key.id })
    assert.equal(next.secret.slice(0, 12), key.publicId)
    for (const secret of [key.secret, next.secret]) await ok(200, stranger(account, `Bearer ${secret}`))
  })

  test('rights are those of the user', async () => {
    const auditor = await house.run(createUserOperation, house.sandbox, { login: 'eight-auditor', role: 'auditor' })
    const { secret } = await house.run(createKeyOperation, house.sandbox, {
      face: '8x8',
      userId: auditor.id,
      permissions: ['contacts.read'],
    })
    const headers = { authorization: `Bearer ${secret}` }
    await ok(200, ask('GET', `${account}/contacts`, { headers }))
    await no(
      403,
      1201,
      'permission.missing',
      ask('POST', `${account}/contacts`, { headers, body: { addresses: { email: 'a@b' } } }),
    )
    await no(403, 1201, 'permission.missing', ask('GET', account, { headers }))
  })

  test("somebody else's account is one that is not there", async () => {
    const other = await house.run(createAccountOperation, house.operator, { name: 'Other' })
    const ids = new (await import('../../src/dialects/8x8/ids.ts')).Ids(house.parts.key)
    for (const id of [ids.guid('account', other.id), '11111111-2222-4333-8444-555555555555']) {
      await no(404, 1300, 'resource.not_found', ask('GET', `/api/v1/accounts/${id}/contacts`))
    }
    await no(400, 1000, 'request.parameter_invalid', ask('GET', '/api/v1/accounts/nobody/contacts'))
    // Its 32 digits are a sub-account's name only for who is above it.
    const name = ids.guid('account', other.id).replaceAll('-', '')
    const hook = { url: 'https://a.example/h' }
    await no(400, 1001, 'request.parameter_invalid', send('POST', `${account}/webhooks`, [{ ...hook, subAccountId: name }]))
    const voice = await ask('GET', `/api/v1/subaccounts/${name}/webhooks`)
    assert.equal(voice.status, 404)
    assert.deepEqual([voice.json.statusCode, voice.headers['offhook-reason']], ['404', 'resource.not_found'])
  })

  test("a suspended sub-account is closed to its parent's key, as is one that allows other addresses", async () => {
    const made = await ok(201, send('POST', `${account}/subaccounts`, { subAccountId: 'paused.one' }))
    const [sub] = (
      await house.parts.run(
        (await import('../../src/operations/accounts/list-accounts.ts')).listAccountsOperation,
        house.sandbox,
        { name: 'paused.one' },
      )
    ).items
    assert.equal(made.subAccountId, 'paused.one')
    const path = '/api/v1/subaccounts/paused.one/numbers'
    await ok(200, ask('GET', path))
    await house.run(updateAccountOperation, house.sandbox, { id: sub!.id, settings: { allowedSources: ['192.0.2.1'] } })
    assert.equal((await ask('GET', path)).status, 403)
    await ok(200, ask('GET', path, { source: '192.0.2.1' }))
    await house.run(updateAccountOperation, house.sandbox, { id: sub!.id, status: 'suspended' })
    const told = await ask('GET', path, { source: '192.0.2.1' })
    assert.deepEqual([told.status, told.headers['offhook-reason']], [403, 'account.not_active'])
  })
})

describe('the account', () => {
  test('is read, with its balance, and sub-accounts by name, which have none of their own', async () => {
    const told = await ok(200, ask('GET', account))
    assert.equal(told.accountId, house.credentials.accountId)
    assert.match(told.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\dZ$/)
    assert.deepEqual(await ok(200, ask('GET', `${account}/balance`)), { balance: 1000, currency: 'USD' })
    const sub = await ok(201, send('POST', `${account}/subaccounts/`, { subAccountId: 'shop_main', name: 'Shop' }))
    assert.deepEqual([sub.subAccountId, sub.name, sub.status], ['shop_main', 'Shop', 'active'])
    const ids = new Ids(house.parts.key)
    const below = ids.guid('account', (await ids.readSubAccount(house.parts.store, 'shop_main'))!)
    await no(403, 1201, 'feature.not_enabled', ask('GET', `/api/v1/accounts/${below}/balance`))
    await no(409, 409, 'resource.value_not_unique', send('POST', `${account}/subaccounts`, { subAccountId: 'shop_main' }))
    for (const subAccountId of ['ab', 'a b c', 'x'.repeat(51), 7, null]) {
      await no(400, 1001, 'request.parameter_invalid', send('POST', `${account}/subaccounts`, { subAccountId }))
    }
    assert.deepEqual(await ok(200, ask('GET', `${account}/subaccounts/shop_main`)), sub)
    const list = await ok(200, ask('GET', `${account}/subaccounts?limit=1`))
    assert.deepEqual([list.items.length, list.page, list.hasNextPage], [1, 1, true])
    await ok(204, ask('DELETE', `${account}/subaccounts/shop_main`))
    assert.equal((await ok(200, ask('GET', `${account}/subaccounts/shop_main`))).status, 'closed')
    await no(404, 1300, 'resource.not_found', ask('GET', `${account}/subaccounts/nobody`))
  })
})

describe('contacts', () => {
  test('an Idempotency-Key repeats the answer, and refuses another request', async () => {
    const body = { addresses: { email: 'once@example.com' } }
    const headers = { 'idempotency-key': 'contact-once' }
    const first = await ok(201, ask('POST', `${account}/contacts`, { body, headers }))
    assert.deepEqual(await ok(201, ask('POST', `${account}/contacts`, { body, headers })), first)
    const other = await ask('POST', `${account}/contacts`, { body: { addresses: { email: 'twice@example.com' } }, headers })
    assert.equal(other.headers['offhook-reason'], 'request.idempotency_key_reused')
  })

  test('several that match are told: 409', async () => {
    const one = await contact()
    await contact({ addresses: { email: 'two@example.com' } })
    const both = { msisdn: one.addresses.msisdn, email: 'two@example.com' }
    await no(409, 409, 'resource.value_not_unique', send('POST', `${account}/contacts`, { addresses: both }))
  })

  test('fields out of their limits', async () => {
    const wrong = async (code: number, reason: string, body: object) =>
      no(400, code, reason, send('POST', `${account}/contacts`, body))
    await wrong(1000, 'request.parameter_missing', {})
    await wrong(1000, 'request.parameter_invalid', { addresses: {} })
    await wrong(1000, 'request.parameter_invalid', { addresses: [] })
    await wrong(1002, 'number.invalid', { addresses: { msisdn: '12ab' } })
    await wrong(1002, 'request.parameter_invalid', { addresses: { msisdn: 7 } })
    await wrong(1009, 'request.parameter_invalid', { addresses: { email: 'a@b' }, country: 'Singapore' })
    await wrong(1000, 'request.parameter_too_long', { addresses: { email: 'a@b' }, firstName: 'x'.repeat(201) })
    await wrong(1000, 'request.parameter_invalid', { addresses: { email: 'a@b' }, groups: 'all' })
    await no(
      404,
      1300,
      'resource.not_found',
      send('POST', `${account}/contacts`, { addresses: { email: 'c@d' }, groups: [{ id: 5 }] }),
    )
    await ok(201, send('POST', `${account}/contacts`, { addresses: { msisdn: '81234567' }, country: 'sg', unheardOf: true }))
  })

  test('a JSON Patch changes what it names', async () => {
    const one = await contact({ firstName: 'Ann', customAttributes: { a: 'b' } })
    const patch = (body: object) =>
      ask('PATCH', `${account}/contacts/${one.id}`, {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json-patch+json' },
      })
    const changed = await ok(
      200,
      patch([
        { op: 'replace', path: '/firstName', value: 'John' },
        { op: 'add', path: '/addresses/lineId', value: 'line' },
        { op: 'remove', path: '/addresses/msisdn' },
        { op: 'copy', from: '/customAttributes/a', path: '/customAttributes/c' },
        { op: 'move', from: '/customAttributes/a', path: '/lastName' },
        { op: 'test', path: '/lastName', value: 'b' },
      ]),
    )
    assert.deepEqual([changed.firstName, changed.lastName], ['John', 'b'])
    assert.deepEqual([changed.addresses, changed.customAttributes], [{ lineId: 'line' }, { c: 'b' }])
    for (const [reason, body] of [
      ['request.values_disagree', [{ op: 'test', path: '/lastName', value: 'x' }]],
      ['request.parameter_invalid', [{ op: 'remove', path: '/country' }]],
      ['request.parameter_invalid', [{ op: 'add', path: '/id', value: 1 }]],
      ['request.parameter_invalid', [{ op: 'add', path: '/customAttributes/__proto__', value: 1 }]],
      ['request.parameter_invalid', [{ op: 'add', path: '/firstName/x', value: 1 }]],
      ['request.parameter_invalid', [{ op: 'burn', path: '/lastName' }]],
      ['request.parameter_missing', [{ op: 'add', path: '/country' }]],
      ['request.parameter_invalid', [null]],
      ['request.parameter_invalid', {}],
      ['request.parameter_invalid', [{ op: 'remove', path: '/addresses' }]],
    ] as const) {
      const told = await patch(body)
      assert.deepEqual([told.status, told.headers['offhook-reason']], [400, reason], `${JSON.stringify(body)} ${told.text}`)
    }
    assert.deepEqual(await ok(200, ask('GET', `${account}/contacts/${one.id}`)), changed)
  })

  test('lists are cut and narrowed', async () => {
    const group = await ok(201, send('POST', `${account}/groups`, { name: 'Paged' }))
    for (let n = 0; n < 5; n += 1) await contact({ groups: [{ id: group.id }], lastName: `Paged${n}` })
    const page = await ok(200, ask('GET', `${account}/contacts?groupId=${group.id}&limit=2&offset=2`))
    assert.deepEqual(
      page.items.map((one: any) => one.lastName),
      ['Paged2', 'Paged1'],
    )
    const { items: _, totalCount, ...more } = page
    assert.ok(totalCount > 5)
    assert.deepEqual(more, { page: 2, totalPages: 3, totalFiltered: 5, hasPreviousPage: true, hasNextPage: true })
    assert.equal((await ok(200, ask('GET', `${account}/contacts?query=paged4`))).items[0].groups[0].contacts, 5)
    await no(400, 1010, 'request.number_out_of_range', ask('GET', `${account}/contacts?limit=501`))
    await no(400, 1000, 'request.parameter_invalid', ask('GET', `${account}/contacts?limit=ten`))
    assert.equal((await ask('GET', `${account}/contacts?offset=10001`)).headers['offhook-reason'], 'request.page_too_deep')
    await no(400, 1009, 'request.parameter_invalid', ask('GET', `${account}/contacts?country=SGP`))
  })

  test('a number not to be reached joins the group for that', async () => {
    await ok(200, ask('POST', `${account}/contacts/blacklist/6591239999`))
    await ok(200, ask('POST', `${account}/contacts/blacklist/+6591239998`))
    const { items } = await ok(200, ask('GET', `${account}/groups?name=Blacklist`))
    assert.deepEqual([items.length, items[0].isBlacklist, items[0].contacts], [1, true, 2])
    await no(400, 1002, 'number.invalid', ask('POST', `${account}/contacts/blacklist/nobody`))
  })
})

describe('groups', () => {
  test('are made, changed, filled, emptied and deleted', async () => {
    const group = await ok(201, send('POST', `${account}/groups`, { name: 'Team', description: 'Blue' }))
    assert.deepEqual([group.contacts, group.isBlacklist], [0, false])
    await no(409, 5003, 'resource.value_not_unique', send('POST', `${account}/groups`, { name: 'Team' }))
    const path = `${account}/groups/${group.id}`
    const patched = await ok(
      200,
      send('PATCH', path, [
        { op: 'replace', path: '/isblacklist', value: 'true' },
        { op: 'remove', path: '/description' },
      ]),
    )
    assert.deepEqual([patched.isBlacklist, patched.description], [true, undefined])
    await ok(201, send('POST', `${account}/groups`, { name: 'Team 2' }))
    await no(409, 5003, 'resource.value_not_unique', send('PATCH', path, [{ op: 'replace', path: '/name', value: 'Team 2' }]))
    const [one, two] = [await contact(), await contact()]
    assert.equal((await ok(201, send('POST', `${path}/contacts`, { contacts: [one.id, two.id] }))).contacts, 2)
    assert.equal((await ok(200, send('DELETE', `${path}/contacts`, { contacts: [one.id] }))).contacts, 1)
    await no(404, 1300, 'resource.not_found', send('POST', `${path}/contacts`, { contacts: [1] }))
    await no(400, 1000, 'request.parameter_missing', send('POST', `${path}/contacts`, {}))
    await ok(204, ask('DELETE', path))
    await no(404, 1300, 'resource.not_found', ask('DELETE', path))
    assert.deepEqual((await ok(200, ask('GET', `${account}/contacts/${two.id}`))).groups, [])
  })
})

describe('batches', () => {
  const work = () => contactBatchesLoop.do(house.parts)
  const upload = (file: string, fields: Record<string, string> = {}, name = 'file') => {
    const form = Object.entries({ ...fields }).map(
      ([field, value]) => `--xx\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
    )
    const body = `${form.join('')}--xx\r\nContent-Disposition: form-data; name="${name}"; filename="c.csv"\r\n\r\n${file}\r\n--xx--\r\n`
    return ask('POST', `${account}/contacts/batches/createContacts`, {
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=xx' },
    })
  }

  test('a file without a header, into a group', async () => {
    const group = await ok(201, send('POST', `${account}/groups`, { name: 'Uploaded' }))
    const job = await ok(
      202,
      upload('6581110001,Ann\n6581110002,Bob\n', {
        fileHasHeader: 'false',
        fileColumns: 'msisdn, firstName',
        groups: String(group.id),
      }),
    )
    assert.equal(job.status, 'queued')
    await work()
    assert.equal((await ok(200, ask('GET', `${account}/batches/${job.id}`))).status, 'completed')
    assert.equal((await ok(200, ask('GET', `${account}/groups/${group.id}`))).contacts, 2)
  })

  test('what is wrong with a file is told at once', async () => {
    const wrong = async (reason: string, answer: Promise<HarnessAnswer>) => {
      const told = await answer
      assert.deepEqual([told.status, told.headers['offhook-reason']], [400, reason], told.text)
    }
    await wrong('request.parameter_missing', upload('msisdn\n1', {}, 'other'))
    await wrong('request.parameter_missing', upload('6581110001', { fileHasHeader: 'false' }))
    await wrong('request.boolean_invalid', upload('msisdn', { fileHasHeader: 'yes' }))
    await wrong('request.parameter_invalid', upload('name,age\nx,y'))
    await wrong('request.parameter_invalid', upload('msisdn\n"6581110001'))
    await wrong('request.content_type_invalid', send('POST', `${account}/contacts/batches/createContacts`, {}))
    assert.equal((await upload('msisdn\n6581110009', { groups: '5' })).status, 404)
  })

  test('deleting, copying and moving', async () => {
    const [from, to] = [
      await ok(201, send('POST', `${account}/groups`, { name: 'From' })),
      await ok(201, send('POST', `${account}/groups`, { name: 'To' })),
    ]
    const [one, two] = [await contact({ groups: [{ id: from.id }] }), await contact({ groups: [{ id: from.id }] })]
    const between = (kind: string) => ok(202, ask('POST', `${account}/groups/batches/${kind}?from=${from.id}&to=${to.id}`))
    await between('copyContacts')
    await work()
    const size = async (group: any) => (await ok(200, ask('GET', `${account}/groups/${group.id}`))).contacts
    assert.deepEqual([await size(from), await size(to)], [2, 2])
    await between('moveContacts')
    await ok(
      202,
      send('POST', `${account}/contacts/batches/deleteContacts`, {
        ids: [one.id],
        msisdns: [two.addresses.msisdn, '6588888888'],
      }),
    )
    await work()
    assert.deepEqual([await size(from), await size(to)], [0, 0])
    await ok(202, send('POST', `${account}/groups/batches/deleteGroups`, { ids: [from.id] }))
    await work()
    await no(404, 1300, 'resource.not_found', ask('GET', `${account}/groups/${from.id}`))
    const list = await ok(200, ask('GET', `${account}/batches?type=deleteGroups`))
    assert.deepEqual([list.totalFiltered, list.items[0].type], [1, 'deleteGroups'])
    await no(400, 1000, 'request.parameter_invalid', ask('GET', `${account}/batches?type=burn`))
    await no(400, 1000, 'request.parameter_missing', ask('POST', `${account}/groups/batches/copyContacts?to=${to.id}`))
    await no(400, 1000, 'request.one_of_required', send('POST', `${account}/contacts/batches/deleteContacts`, {}))
    await no(404, 4018, 'resource.not_found', ask('GET', `${account}/batches/11111111222243338444555555555555`))
    await no(400, 1000, 'request.parameter_invalid', ask('GET', `${account}/batches/7`))
  })
})

describe('webhooks', () => {
  test('are set and removed by scope, secrets hidden and sealed', async () => {
    const path = `${account}/webhooks`
    const oauth = { url: 'https://a.example/token', clientId: 'c', clientSecret: 'very secret', credentialsLocation: 'header' }
    const hooks = [
      { subAccountId: '*', url: 'https://a.example/h', httpAuthorization: 'Basic eDp5' },
      { subAccountId: 'sandbox_main', type: 'CADR', url: 'https://a.example/r', oauth, enabled: false },
    ]
    const set = await send('POST', path, hooks)
    assert.deepEqual([set.status, set.text], [200, ''])
    await send('POST', path, [{ subAccountId: '*', url: 'https://a.example/new', httpAuthorization: 'Basic eDp5' }])
    assert.deepEqual(await ok(200, ask('GET', path)), [
      { subAccountId: '*', url: 'https://a.example/new', enabled: true, httpAuthorization: '***' },
      {
        subAccountId: 'sandbox_main',
        type: 'CADR',
        url: 'https://a.example/r',
        enabled: false,
        oauth: { ...oauth, clientSecret: '***' },
      },
    ])
    const rows = JSON.stringify(
      await (await import('../../src/store/facets.ts')).facetsOf(house.parts.store, '8x8', house.sandbox.account.id),
    )
    assert.doesNotMatch(rows, /very secret|eDp5/)
    const message = await no(
      400,
      1000,
      'request.parameter_invalid',
      send('POST', path, [{ subAccountId: '*', type: 'DR', url: 'https://a.example/o', version: 9 }]),
    )
    assert.match(message, /https:\/\/a\.example\/new/)
    for (const body of [
      {},
      [],
      [{}],
      [{ subAccountId: '*', url: 'ftp://x' }],
      [{ subAccountId: '*', url: 'https://x', httpAuthorization: 'a\nb' }],
      [7],
    ]) {
      assert.equal((await send('POST', path, body)).status, 400, JSON.stringify(body))
    }
    const many = Array.from({ length: 101 }, () => ({ subAccountId: '*', url: 'https://x' }))
    await no(400, 1100, 'request.batch_too_large', send('POST', path, many))
    assert.equal((await ok(200, ask('GET', '/config/v1/webhook'))).length, 2)
    await ok(200, send('DELETE', '/config/v1/webhook', [{ subAccountId: '*' }, { subAccountId: 'sandbox_main', type: 'CADR' }]))
    assert.deepEqual(await ok(200, ask('GET', path)), [])
    await no(404, 1300, 'resource.not_found', send('DELETE', path, [{ subAccountId: '*' }]))
  })

  test('of voice: one a kind, and envelopes of their own', async () => {
    const path = '/api/v1/subaccounts/sandbox_main/webhooks'
    const set = await ok(
      200,
      send('POST', path, { type: 'VCA', url: 'https://a.example/v', active: true, httpAuthHeader: 'Bearer x' }),
    )
    assert.deepEqual(set, {
      subAccountId: 'sandbox_main',
      count: 1,
      webhooks: [{ type: 'VCA', url: 'https://a.example/v', enabled: true, httpAuthHeaderAvailable: true }],
      statusCode: 0,
      statusMessage: 'ok',
    })
    for (const [reason, body] of [
      ['request.json_invalid', '{"type":'],
      ['request.parameter_invalid', '{"type":"VXX","url":"https://a.example"}'],
      ['request.parameter_missing', '{"type":"VCA"}'],
      ['request.url_invalid', '{"type":"VCA","url":"nowhere"}'],
      ['request.unprocessable', '{"type":"VCA","url":"https://u:p@a.example/"}'],
    ] as const) {
      const told = await ask('POST', path, { body, headers: json })
      assert.deepEqual([told.status, told.headers['offhook-reason']], [422, reason])
      assert.deepEqual(Object.keys(told.json), ['errorId', 'statusCode', 'statusMessage', 'timestamp'])
      assert.equal(told.json.statusCode, '422')
    }
    const unknown = await ask('GET', path, { headers: { authorization: '' } })
    assert.deepEqual([unknown.status, unknown.json.statusCode], [401, '401'])
    const again = await ok(
      200,
      send('POST', path, { type: 'VCA', url: 'https://a.example/w', httpAuthHeader: null, enabled: null }),
    )
    const [hook] = again.webhooks
    assert.deepEqual(hook, { type: 'VCA', url: 'https://a.example/w', enabled: true, httpAuthHeaderAvailable: false })
    assert.deepEqual(await ok(200, ask('DELETE', `${path}/VCA`)), {
      subAccountId: 'sandbox_main',
      ...hook,
      statusCode: 0,
      statusMessage: 'deleted',
    })
    assert.equal((await ask('DELETE', `${path}/VCA`)).status, 404)
  })

  test('where recordings go', async () => {
    const path = '/api/v1/subaccounts/sandbox_main/recording-push-config'
    assert.equal((await ask('GET', path)).status, 404)
    const set = await ok(
      200,
      send('POST', path, { protocol: 'sftp', host: '192.0.2.9', username: 'u', password: 'p w', path: '/in' }),
    )
    assert.deepEqual([set.protocol, set.port, set.passwordSet, set.password], ['SFTP', 22, true, undefined])
    assert.deepEqual(await ok(200, ask('GET', path)), set)
    for (const body of [
      { protocol: 'S3', host: 'a.example' },
      { protocol: 'ftp', host: 'a b' },
      { protocol: 'ftp', host: 'a', password: 'x' },
      { protocol: 'tape', host: 'a' },
      { protocol: 'ftp', host: 'a', port: 0 },
    ]) {
      assert.equal((await send('POST', path, body)).status, 422, JSON.stringify(body))
    }
    assert.equal((await ok(200, ask('DELETE', path))).delete, true)
    assert.equal((await ask('GET', path)).status, 404)
  })
})

describe('numbers', () => {
  test('of a sub-account', async () => {
    const ids = new (await import('../../src/dialects/8x8/ids.ts')).Ids(house.parts.key)
    const sub = await ids.forSubAccount(house.parts.store, house.sandbox, 'sandbox_main')
    const { items } = await house.run(buyNumbersOperation, sub, { country: 'SG', type: 'local', region: 'Singapore' })
    const digits = items[0].number.replace('+', '')
    const path = '/api/v1/subaccounts/sandbox_main/numbers'
    const list = await ok(200, ask('GET', path))
    assert.deepEqual(
      [list.totalNumbers, list.statusCode, list.numbers[0].msisdn, list.numbers[0].operationalStatus],
      [1, 0, `+${digits}`, 'Active'],
    )
    assert.equal(list.numbers[0].uri, `/8x8${path}/${digits}`)
    const one = await ok(200, ask('GET', `${path}/${digits}`))
    assert.deepEqual(one.payload, { referenceId: list.numbers[0].referenceId, msisdn: `+${digits}`, countryCode: 'SG' })
    // In stock, unknown and another account's: alike.
    for (const number of ['6531580009', '6591230099', '14155550100']) {
      const told = await ask('GET', `${path}/${number}`)
      assert.equal(told.status, 404)
      assert.deepEqual(Object.keys(told.json), ['statusCode', 'statusMessage', 'timestamp'])
      assert.deepEqual([told.json.statusCode, told.headers['offhook-reason']], [404, 'number.not_found'])
    }
  })
})

describe('conventions', () => {
  test('unknown paths, wrong methods, old versions', async () => {
    await no(404, 1300, 'api.endpoint_unknown', ask('GET', '/api/v1/nothing'))
    await no(404, 1300, 'api.endpoint_unknown', ask('GET', '/api/v3/accounts'))
    await no(404, 1300, 'api.endpoint_unknown', ask('GET', ''))
    await no(410, 2002, 'api.version_retired', ask('GET', '/api/v0/accounts'))
    const wrong = await ask('PUT', `${account}/groups`)
    assert.deepEqual([wrong.headers['offhook-reason'], wrong.headers['allow']], ['api.method_not_allowed', 'GET, POST'])
    assert.deepEqual([(await ask('GET', '/sms/v1/status', { headers: { authorization: '' } })).status], [204])
  })

  test('the operator may end the old paths', async () => {
    const strict = await openHarness(eight, { options: { legacy: false } })
    const told = await strict.ask({ path: '/8x8/sms/v1/status' })
    assert.deepEqual([told.status, told.json.code, told.headers['offhook-reason']], [410, 2002, 'api.version_retired'])
    assert.equal((await strict.ask({ path: '/8x8/sms/v2/status' })).status, 404)
    await strict.close()
  })

  test('bodies: types, size, depth, repeated keys, encodings', async () => {
    const post = (body: string | Uint8Array, type = 'application/json') =>
      ask('POST', `${account}/groups`, { body, headers: { 'content-type': type } })
    await ok(201, post('{"name":"typed"}', 'text/json'))
    await no(400, 400, 'request.content_type_invalid', post('<a/>', 'application/xml'))
    await no(400, 400, 'request.json_invalid', post('{"name":'))
    await no(400, 400, 'request.duplicate_key', post('{"name":"a","name":"b"}'))
    await no(400, 400, 'request.nesting_too_deep', post('['.repeat(200) + ']'.repeat(200)))
    await no(400, 400, 'request.encoding_mismatch', post(Buffer.from([0x7b, 0xff, 0x7d])))
    await no(400, 1000, 'request.parameter_repeated', ask('GET', `${account}/groups?limit=1&limit=2`))
  })

  test('hostile text stays text', async () => {
    const hostile = `\\'>kkkk>jjj<img src=x onerror=alert(4)>\u2028`
    const one = await contact({ firstName: hostile, customAttributes: { [hostile]: hostile } })
    assert.deepEqual([one.firstName, one.customAttributes[hostile]], [hostile, hostile])
    const told = await ask('GET', `${account}/contacts/${encodeURIComponent(hostile)}`)
    assert.match(String(told.headers['content-type']), /^application\/json/)
    assert.ok(told.json.message.includes(hostile.slice(0, 20)))
  })

  test('rates are told with every answer', async () => {
    const { headers } = await ask('GET', account)
    assert.equal(headers['ratelimit-limit'], '10000')
  })

  test('nothing that was asked is a fault of ours', () => assert.deepEqual(house.faults, []))
})
