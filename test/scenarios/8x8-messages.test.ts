// SMS at this vendor's door, over the running program: one and many, called back, read, forgotten, and told by hooks of today and of
// before, with an Authorization header that is fixed or comes from a token endpoint.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startWebhookServer, type WebhookServer } from '../fakes/webhook-server.ts'
import { newFolder, startProgram } from '../program.ts'
import { until } from '../until.ts'

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\dZ$/

async function openDoor(t: TestContext) {
  const data = newFolder()
  const program = await startProgram(t, data)
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const { apiKey, accountId, subAccountId } = credentials['8x8']
  const asks =
    (base: string, key: string, more: Record<string, string> = {}) =>
    async (
      method: string,
      path: string,
      body?: unknown,
    ): Promise<{ status: number; headers: Headers; text: string; json: any }> => {
      const headers = {
        authorization: `Bearer ${key}`,
        ...more,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      }
      const answer = await fetch(base + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
      const text = await answer.text()
      const isJson = /json/.test(answer.headers.get('content-type') ?? '')
      return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined }
    }
  const eight = asks(`${program.url}/8x8`, apiKey)
  const messages = `/api/v1/subaccounts/${subAccountId}/messages`
  const own = asks(`${program.url}/v1`, credentials.api.key)
  const sub = (await own('GET', '/accounts')).json.items.find(({ name }: any) => name === 'Sandbox main')
  return {
    eight,
    messages,
    subAccountId,
    hooks: `/api/v1/accounts/${accountId}/webhooks`,
    account: `/api/v1/accounts/${accountId}`,
    old: `/sms/v1/${subAccountId}`,
    own,
    /** The same as its sub-account. */
    below: asks(`${program.url}/v1`, credentials.api.key, { 'offhook-account': sub.id }),
    operator: asks(`${program.url}/v1`, credentials.operator.key),
    async ok(status: number, asked: Promise<{ status: number; json: any }>): Promise<any> {
      const answer = await asked
      assert.equal(answer.status, status, JSON.stringify(answer.json))
      return answer.json
    },
    async no(status: number, code: number, asked: Promise<{ status: number; json: any }>): Promise<void> {
      const answer = await asked
      assert.deepEqual([answer.status, answer.json?.code], [status, code], JSON.stringify(answer.json))
      assert.deepEqual(Object.keys(answer.json), ['code', 'message', 'errorId', 'timestamp'])
    },
  }
}

const said = (server: WebhookServer) => server.heard.map(({ body }) => JSON.parse(body))

/** Once a second: reads wait for the next. */
async function detail(door: Awaited<ReturnType<typeof openDoor>>, umid: string): Promise<any> {
  const answer = await until(
    () => door.eight('GET', `${door.messages}/${umid}`),
    ({ status, json, headers }) => {
      if (status === 429) assert.deepEqual([json.code, headers.get('retry-after')], [429, '1'])
      return status !== 429
    },
  )
  return answer.json
}

test('one message: accepted, told to its own URL, read, called back, forgotten', { timeout: 60_000 }, async (t) => {
  const door = await openDoor(t)
  const { eight, messages, ok, no } = door
  const server = await startWebhookServer()
  const good = { destination: '+447700900901', text: 'hi', source: 'Shop' }

  await t.test('accepted as clients expect it', async () => {
    const dlrCallbackUrl = `${server.url}/dlr`
    const sent = await ok(
      200,
      eight('POST', `${messages}/`, { ...good, clientMessageId: 'order-88', dlrCallbackUrl, track: 'Outcome' }),
    )
    const { umid, ...more } = sent
    assert.match(umid, guid)
    assert.deepEqual(more, {
      clientMessageId: 'order-88',
      destination: '447700900901',
      encoding: 'GSM7',
      status: { code: 'QUEUED', description: 'queued for sending' },
    })
    await server.until(2)
    const [first, last] = said(server)
    assert.deepEqual([first.payload.status.state, server.heard[0]!.path], ['sent', '/dlr'])
    const { timestamp, ...status } = last.payload.status
    assert.match(timestamp, time)
    assert.deepEqual(status, { state: 'delivered', detail: 'delivered_to_recipient' })
    const { price, ...payload } = last.payload
    assert.deepEqual(
      { ...last, payload },
      {
        namespace: 'SMS',
        eventType: 'outbound_message_status_changed',
        description: 'receipt',
        payload: {
          umid,
          clientMessageId: 'order-88',
          subAccountId: door.subAccountId,
          source: 'Shop',
          destination: '+447700900901',
          status: last.payload.status,
          smsCount: 1,
        },
      },
    )
    assert.ok(price === undefined || price.total === price.perSms)
    const read = await detail(door, umid)
    assert.deepEqual(
      [read.direction, read.msisdn, read.body, read.encoding, read.smsCount, read.status.state, read.clientMessageId],
      ['outbound', '+4477009xxxxx', '**MASKED**', 'GSM7', 1, 'delivered', 'order-88'],
    )
    assert.match(read.createdAt, time)
    const outcome = await eight('POST', `${messages}/${umid}/feedback`, { outcome: 'success' })
    assert.deepEqual([outcome.status, outcome.json], [200, undefined])
    await no(400, 1000, eight('POST', `${messages}/${umid}/feedback`, { outcome: 'perhaps' }))
    assert.equal((await eight('DELETE', `${messages}/${umid}/pii`)).status, 202)
    assert.deepEqual(await ok(200, eight('DELETE', `${messages}/${umid}`)), { cancelledCount: 0 })
  })

  await t.test('the encoding is what the text takes', async () => {
    const { encoding } = await ok(200, eight('POST', messages, { ...good, text: '你好' }))
    assert.equal(encoding, 'UCS2')
    const national = await ok(
      200,
      eight('POST', messages, { ...good, destination: '07700 900901', country: 'GB', encoding: 'UNICODE' }),
    )
    assert.deepEqual([national.destination, national.encoding], ['447700900901', 'UCS2'])
  })

  await t.test('a planned message is called back once', async () => {
    const scheduled = new Date(Date.now() + 60_000).toISOString()
    const { umid } = await ok(200, eight('POST', messages, { ...good, scheduled }))
    assert.deepEqual(await ok(200, eight('DELETE', `${messages}/${umid}`)), { cancelledCount: 1 })
    assert.deepEqual(await ok(200, eight('DELETE', `${messages}/${umid}`)), { cancelledCount: 0 })
  })

  await t.test('each field has its number', async () => {
    const far = new Date(Date.now() + 8 * 86_400_000).toISOString()
    const cases: [object, number][] = [
      [{ ...good, destination: '12ab' }, 1002],
      [{ ...good, destination: undefined }, 1000],
      [{ ...good, text: '  ' }, 1004],
      [{ ...good, text: undefined }, 1004],
      [{ ...good, encoding: 'EBCDIC' }, 1003],
      [{ ...good, source: 'A name that is long' }, 1005],
      [{ ...good, expiry: '2020-01-01T00:00:00Z' }, 1006],
      [{ ...good, country: 'Utopia' }, 1009],
      [{ ...good, scheduled: far }, 1011],
      [{ ...good, scheduled: 'tomorrow' }, 1011],
      [{ ...good, clientIp: 'here' }, 1012],
      [{ ...good, clientMessageId: 'x'.repeat(351) }, 1000],
      [{ ...good, dlrCallbackUrl: 'ftp://x' }, 1000],
      [{ ...good, track: 'All' }, 1000],
    ]
    for (const [body, code] of cases) await no(400, code, eight('POST', messages, body))
    await no(400, 1000, eight('GET', `${messages}/not-a-guid`))
    await no(404, 1300, eight('GET', `${messages}/7b0f4c1e-52aa-4d0e-9b1c-2f6d1a90c3e4`))
    await no(404, 1300, eight('DELETE', `${messages}/7b0f4c1e-52aa-4d0e-9b1c-2f6d1a90c3e4/pii`))
  })
})

test('many messages: each for itself', { timeout: 60_000 }, async (t) => {
  const door = await openDoor(t)
  const { eight, messages, ok, no, old } = door

  await t.test('the good ones go, the others say why', async () => {
    const two = [
      { destination: '+447700900901', text: 'one' },
      { destination: '12ab', text: 'two', clientMessageId: 'b' },
    ]
    const quiet = await ok(200, eight('POST', `${messages}/batch`, { messages: two, template: { source: 'Shop' } }))
    const { batchId, ...counts } = quiet
    assert.match(batchId, guid)
    assert.deepEqual(counts, { clientBatchId: null, acceptedCount: 1, rejectedCount: 1, messages: null })
    const loud = await ok(
      200,
      eight('POST', `${messages}/batch`, { messages: two, includeMessagesInResponse: true, clientBatchId: 'spring' }),
    )
    assert.deepEqual([loud.clientBatchId, loud.messages.length], ['spring', 2])
    assert.deepEqual(
      loud.messages.map((one: any) => one.status.code),
      ['QUEUED', 'REJECTED'],
    )
    assert.deepEqual([loud.messages[1].umid, loud.messages[1].clientMessageId], [null, 'b'])
    const read = await detail(door, loud.messages[0].umid)
    assert.deepEqual([read.batchId, read.clientBatchId], [loud.batchId, 'spring'])
  })

  await t.test('a template gives what a message does not say, its own goes before', async () => {
    const scheduled = new Date(Date.now() + 60_000).toISOString()
    const template = { text: 'all', source: 'Shop', scheduled }
    const given = { messages: [{ destination: '447700900901' }, { destination: '447700900902', text: 'mine' }], template }
    const { batchId, acceptedCount } = await ok(200, eight('POST', `${messages}/batch`, given))
    assert.equal(acceptedCount, 2)
    assert.deepEqual(await ok(200, eight('DELETE', `${messages}/batch/${batchId}`)), { cancelledCount: 2 })
    assert.deepEqual(await ok(200, eight('DELETE', `${messages}/batch/7b0f4c1e-52aa-4d0e-9b1c-2f6d1a90c3e4`)), {
      cancelledCount: 0,
    })
    const compact = { destinations: ['447700900901', '447700900902'], template }
    assert.equal((await ok(200, eight('POST', `${old}/many/compact`, compact))).acceptedCount, 2)
  })

  await t.test('nothing good is no error; too many, and none, are', async () => {
    const none = await ok(200, eight('POST', `${messages}/batch`, { destinations: ['x'] }))
    assert.deepEqual([none.acceptedCount, none.rejectedCount], [0, 1])
    await no(
      400,
      1100,
      eight('POST', `${messages}/batch`, { destinations: Array.from({ length: 10_001 }, () => '447700900901') }),
    )
    await no(400, 1000, eight('POST', `${messages}/batch`, { template: { text: 'x' } }))
    await no(400, 1000, eight('POST', `${messages}/batch`, { destinations: ['447700900901'], clientBatchId: 'x'.repeat(21) }))
  })

  await t.test('ten thousand are one request', async () => {
    const destinations = Array.from({ length: 10_000 }, (_, at) => `4477009${String(10_000 + at).slice(-5)}`)
    const scheduled = new Date(Date.now() + 3_600_000).toISOString()
    const template = { text: 'all', source: 'Shop', scheduled }
    const { acceptedCount, rejectedCount } = await ok(200, eight('POST', `${messages}/batch`, { destinations, template }))
    assert.equal(acceptedCount + rejectedCount, 10_000)
    assert.ok(acceptedCount > 0)
  })
})

test('hooks are told in their form, with their Authorization', { timeout: 60_000 }, async (t) => {
  const { eight, messages, hooks, ok, below, subAccountId } = await openDoor(t)
  const server = await startWebhookServer()
  const send = (destination: string) => ok(200, eight('POST', messages, { destination, text: 'hi', source: 'Shop' }))
  // Nothing of one test is told to the next.
  t.afterEach(async () => {
    const set: { subAccountId: string; type?: string }[] = await ok(200, eight('GET', hooks))
    await ok(
      200,
      eight(
        'DELETE',
        hooks,
        set.map(({ subAccountId: of, type }) => ({ subAccountId: of, type })),
      ),
    )
  })

  await t.test('the form of today; a fixed header, which no log shows', async () => {
    const hook = { subAccountId: '*', url: `${server.url}/new`, httpAuthorization: 'Basic eDp5' }
    await ok(200, eight('POST', hooks, [hook]))
    const { umid } = await send('447700900911')
    await server.until(2)
    const { payload } = said(server)[1]
    assert.equal(server.heard[1]!.headers.authorization, 'Basic eDp5')
    const { state, detail: what, errorCode, errorMessage } = payload.status
    assert.deepEqual(
      [payload.umid, payload.subAccountId, state, what, errorCode],
      [umid, subAccountId, 'undelivered', 'rejected_by_operator', 41],
    )
    assert.match(errorMessage, /^rejected by the SMSC: ./)
    const { items } = await ok(200, below('GET', '/webhook-deliveries'))
    // What was tried is noted a moment after it was heard.
    const { log } = await until(
      () => ok(200, below('GET', `/webhook-deliveries/${items[0].id}`)),
      (delivery) => delivery.log.length > 0,
    )
    assert.match(JSON.stringify(log), /authorization/)
    assert.doesNotMatch(JSON.stringify(log), /eDp5/)
  })

  await t.test('the receipt of before has a reason code where the carrier or the platform refused', async () => {
    const hook = { subAccountId, type: 'DR', version: 1, url: `${server.url}/old` }
    await ok(200, eight('POST', hooks, [hook]))
    const before = server.heard.length
    await send('447700900910')
    await server.until(before + 2)
    const [first, last] = said(server).slice(before)
    assert.deepEqual([first.status, first.error], ['SENT', null])
    assert.deepEqual(
      [last.eventType, last.status, last.error, last.clientMessageId, last.version],
      ['outboundMessageDelivery', 'REJECTED BY CARRIER', 403, null, 1],
    )
    const from = server.heard.length
    // Nobody may be written to there with letters as a sender: dropped here, and kept with why.
    const answer = await eight('POST', messages, { destination: '+12125550199', text: 'hi', source: 'Shop' })
    const dropped = answer.json
    assert.deepEqual([answer.status, dropped.status.code], [200, 'REJECTED'])
    assert.match(answer.headers.get('offhook-reason') ?? '', /^message\./)
    assert.match(answer.headers.get('offhook-error-id') ?? '', /^[0-9a-f-]{36}$/)
    await server.until(from + 1)
    const trashed = said(server)[from]
    assert.deepEqual([trashed.umid, trashed.status, trashed.error], [dropped.umid, 'TRASHED', 422])
  })

  await t.test('a token is fetched and kept; a server that fails is told again after a second', async () => {
    const endpoint = await startWebhookServer()
    endpoint.answer = (response) => void response.end(JSON.stringify({ access_token: 'abc', expires_in: 3600 }))
    const oauth = {
      url: `${endpoint.url}/token`,
      clientId: 'me',
      clientSecret: 'mine',
      credentialsLocation: 'body',
      scope: 'hooks',
    }
    await ok(200, eight('POST', hooks, [{ subAccountId, url: `${server.url}/oauth`, oauth }]))
    const before = server.heard.length
    let failed = false
    server.answer = (response) => {
      response.statusCode = failed ? 200 : 500
      failed = true
      response.end()
    }
    await send('447700900901')
    await server.until(before + 3)
    const [first, again] = server.heard.slice(before)
    assert.equal(first!.body, again!.body)
    assert.ok(server.heard.slice(before).every(({ headers }) => headers.authorization === 'Bearer abc'))
    assert.equal(endpoint.heard.length, 1)
    assert.deepEqual(Object.fromEntries(new URLSearchParams(endpoint.heard[0]!.body)), {
      grant_type: 'client_credentials',
      scope: 'hooks',
      client_id: 'me',
      client_secret: 'mine',
    })
  })
})

test('what comes in is told to the hooks of its sub-account', { timeout: 60_000 }, async (t) => {
  const { eight, account, messages, hooks, ok, own } = await openDoor(t)
  const server = await startWebhookServer()
  const { items } = await ok(201, own('POST', '/numbers', { country: 'SG', type: 'mobile' }))
  const { number } = items[0]
  const { subAccountId } = (await ok(200, eight('GET', `${account}/subaccounts`))).items[0]
  assert.ok(subAccountId)
  await ok(200, eight('POST', hooks, [{ subAccountId: '*', url: `${server.url}/in`, type: 'MSG' }]))
  await own('POST', '/handsets/%2B447700900950/messages', { to: number, text: 'Good evening' })
  await server.until(1)
  const { namespace, eventType, payload } = said(server)[0]
  assert.deepEqual([namespace, eventType], ['SMS', 'inbound_message_received'])
  const { umid, timestamp, ...more } = payload
  assert.match(umid, guid)
  assert.match(timestamp, time)
  assert.deepEqual(
    [more.source, more.destination, more.body, more.encoding, more.smsCount],
    ['+447700900950', number, 'Good evening', 'GSM7', 1],
  )
  assert.ok(messages)
})

test('prices are told by country, of one sub-account or of all', { timeout: 60_000 }, async (t) => {
  const { eight, account, ok, no, subAccountId } = await openDoor(t)
  const all = await ok(200, eight('GET', `${account}/prices`))
  const [first] = all.subAccounts
  assert.deepEqual([all.subAccounts.length, first.subAccountId], [1, subAccountId])
  const one = await ok(200, eight('GET', `${account}/prices?country=SG&direction=outbound&subAccountId=${subAccountId}`))
  const { countries } = one.subAccounts[0].outbound
  assert.equal('inbound' in one.subAccounts[0], false)
  assert.deepEqual(
    countries.map((one: any) => [one.alpha2Code, one.countryName, one.dialingPrefix, one.operators[0].price.currency]),
    [['SG', 'Singapore', '+65', 'USD']],
  )
  const none = await ok(200, eight('GET', `${account}/prices?mcc=525&mnc=01&direction=outbound`))
  assert.deepEqual(none.subAccounts[0].outbound.countries, [])
  await no(400, 1000, eight('GET', `${account}/prices?mcc=525`))
  await no(400, 1009, eight('GET', `${account}/prices?country=Utopia`))
  await no(400, 1000, eight('GET', `${account}/prices?direction=sideways`))
})

test('the balance of an account that has one, and of one that has none', { timeout: 60_000 }, async (t) => {
  const { eight, account, ok } = await openDoor(t)
  const { balance, currency } = await ok(200, eight('GET', `${account}/balance`))
  assert.ok(balance > 0)
  assert.equal(currency, 'USD')
})

test('an export finds its messages, and its files are written when they are fetched', { timeout: 60_000 }, async (t) => {
  const { eight, messages, ok, no, subAccountId } = await openDoor(t)
  const send = (destination: string, text: string) =>
    ok(200, eight('POST', messages, { destination, text, source: 'Shop', clientMessageId: 'a,b' }))
  const { umid } = await send('447700900901', 'private')
  await send('+6591230001', 'elsewhere')

  const finished = async (body: object): Promise<any> => {
    const { jobId } = await ok(202, eight('POST', `${messages}/exports`, body))
    const job = await until(
      () => ok(200, eight('GET', `${messages}/exports/${jobId}`)),
      ({ status }) => status !== 'queued' && status !== 'running',
    )
    return { ...job, jobId }
  }
  const fetched = async (url: string): Promise<string[]> => {
    const answer = await eight('GET', new URL(url).pathname.slice('/8x8'.length))
    assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8')
    return answer.text.split('\r\n')
  }

  const all = await finished({})
  assert.deepEqual([all.status, all.data.length], ['succeeded', 1])
  assert.match(all.expires, time)
  const lines = await fetched(all.data[0])
  assert.ok(lines[0]!.startsWith('umid,subaccountid,direction,country,operator,'))
  assert.equal(lines.length, 4)
  assert.ok(lines[1]!.startsWith(`${umid},${subAccountId},1,`))
  assert.ok(lines[1]!.includes('+4477009xxxxx') && lines[1]!.endsWith(',"a,b",,,**MASKED**'))

  const some = await finished({ countries: ['SG'], from: '2020-01-01', to: '2099-12-31', limit: 1 })
  assert.equal((await fetched(some.data[0])).length, 3)
  assert.equal((await finished({ phoneNumber: '+447700900999' })).status, 'empty')

  assert.equal((await eight('DELETE', `${messages}/exports/${all.jobId}`)).status, 204)
  const gone = await ok(200, eight('GET', `${messages}/exports/${all.jobId}`))
  assert.deepEqual(gone, { status: 'cancelled' })
  await no(404, 4018, eight('GET', new URL(all.data[0]).pathname.slice('/8x8'.length)))
  for (const job of ['bogus', '7b0f4c1e52aa4d0e9b1c2f6d1a90c3e4'])
    for (const method of ['GET', 'DELETE']) await no(404, 4018, eight(method, `${messages}/exports/${job}`))
  await no(400, 1000, eight('POST', `${messages}/exports`, { from: 'yesterday' }))
  await no(400, 1002, eight('POST', `${messages}/exports`, { phoneNumber: '12' }))
})
