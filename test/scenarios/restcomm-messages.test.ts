// Messages at the door of Restcomm over the running program: sent and told to their end by record and by callback, listed
// and read, channel identities, and messages that come in and are answered in markup.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { startWebhookServer, type Heard, type WebhookServer } from '../fakes/webhook-server.ts'
import { newFolder, startProgram, type Program } from '../program.ts'
import { until } from '../until.ts'

const data = newFolder()
const root = '/restcomm/2012-04-24'
let program: Program
let credentials: any
let account: string
let number: { sid: string; phone_number: string }

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: any
}

async function request(method: string, path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(program.url + path, { method, ...init })
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: response.status, headers: response.headers, text, json }
}

const authorization = () =>
  `Basic ${Buffer.from(`${credentials.restcomm.accountSid}:${credentials.restcomm.authToken}`).toString('base64')}`

const ask = (method: string, path: string, form?: Record<string, string>) =>
  request(method, root + account + path, {
    headers: { authorization: authorization() },
    ...(form && { body: new URLSearchParams(form) }),
  })

const askJson = (method: string, path: string, body?: object) =>
  request(method, `/api/2012-04-24${account}${path}`, {
    headers: { authorization: authorization(), ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })

const native = (method: string, path: string, body?: object, key = credentials.api.key) =>
  request(method, `/v1${path}`, {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })

async function good(answer: Promise<Answer>): Promise<any> {
  const { status, text, json } = await answer
  assert.equal(status, 200, text)
  return json
}

before(async (t) => {
  // E-mails are accepted; that nobody takes them there is another story.
  program = await startProgram(t as never, data, { OFFHOOK_SMTP: 'smtp://127.0.0.1:1' })
  credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  account = `/Accounts/${credentials.restcomm.accountSid}`
  number = await good(ask('POST', '/IncomingPhoneNumbers.json', { AreaCode: '415' }))
})

const send = (to: string, more: Record<string, string> = {}) =>
  ask('POST', '/SMS/Messages.json', { From: number.phone_number, To: to, Body: 'Your cab is outside', ...more })

const ended = (sid: string) =>
  until(
    () => good(ask('GET', `/SMS/Messages/${sid}.json`)),
    ({ status }) => ['delivered', 'undelivered', 'failed'].includes(status),
  )

const form = ({ body }: Heard): URLSearchParams => new URLSearchParams(body)

test('an SMS is sent, told to its callback step by step, and read', { timeout: 90_000 }, async () => {
  const server = await startWebhookServer()
  const sent = await good(send('+13105550142', { StatusCallback: `${server.url}/status` }))
  assert.match(sent.sid, /^SM[0-9a-f]{32}$/)
  assert.deepEqual(sent, {
    sid: sent.sid,
    date_created: sent.date_created,
    date_updated: sent.date_created,
    date_sent: null,
    account_sid: credentials.restcomm.accountSid,
    from: number.phone_number,
    to: '+13105550142',
    body: 'Your cab is outside',
    status: 'sending',
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    price: sent.price,
    price_unit: 'USD',
    api_version: '2012-04-24',
    uri: `${root}${account}/SMS/Messages/${sent.sid}.json`,
  })
  assert.match(sent.date_created, /^\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/)
  const done = await ended(sent.sid)
  assert.deepEqual([done.status, done.error_code], ['delivered', null])
  assert.equal(new Date(done.date_sent).toISOString(), done.date_sent)
  await server.until(2)
  const [first, second] = server.heard
  assert.equal(first!.headers['content-type'], 'application/x-www-form-urlencoded')
  assert.deepEqual(
    [...form(first!)],
    [
      ['From', number.phone_number],
      ['To', '+13105550142'],
      ['Body', 'Your cab is outside'],
      ['Body', 'Your cab is outside'],
      ['AccountSid', credentials.restcomm.accountSid],
      ['MessageSid', sent.sid],
      ['MessageStatus', 'sent'],
      ['SmsSid', sent.sid],
      ['SmsStatus', 'sent'],
    ],
  )
  assert.equal(form(second!).get('MessageStatus'), 'delivered')
  const xml = await ask('GET', `/SMS/Messages/${sent.sid}`)
  assert.match(xml.text, new RegExp(`<RestcommResponse><SMSMessage><Sid>${sent.sid}</Sid>.*<Status>delivered</Status>`))
})

test('why it failed stands in the record and in the callback', { timeout: 90_000 }, async () => {
  const server = await startWebhookServer()
  const sent = await good(
    send('+13105550107', { StatusCallback: `${server.url}/status?my=1`, StatusCallbackMethod: 'GET', Encoding: 'UCS-2' }),
  )
  const done = await ended(sent.sid)
  assert.deepEqual([done.status, done.error_code, done.error_message], ['undelivered', 30005, 'Unknown destination handset'])
  await server.until(2)
  const last = new URL(server.heard[1]!.path, server.url).searchParams
  assert.deepEqual([last.get('my'), last.get('MessageStatus'), last.get('ErrorCode')], ['1', 'undelivered', '30005'])
  assert.equal(server.heard[1]!.method, 'GET')
  assert.equal(server.heard[1]!.headers['offhook-reason'], 'message.handset_unknown')
})

test('one that is refused and kept has one error id: in the answer, the record, the callback, and to look it up', async () => {
  const server = await startWebhookServer()
  const native = async (method: string, path: string, body?: object): Promise<any> => {
    const headers = { authorization: `Bearer ${credentials.api.key}`, 'content-type': 'application/json' }
    return (await fetch(`${program.url}/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })).json()
  }
  await native('POST', '/opt-outs', { to: '+13105550177' })
  const { status, headers, json } = await send('+13105550177', { StatusCallback: `${server.url}/status` })
  assert.deepEqual([status, json.status, json.error_code], [200, 'failed', 30004])
  assert.equal(headers.get('offhook-reason'), 'message.recipient_opted_out')
  const errorId = headers.get('offhook-error-id')
  assert.match(String(errorId), /^[0-9a-f-]{36}$/)
  await server.until(1)
  assert.equal(server.heard[0]!.headers['offhook-error-id'], errorId)
  const record = (await native('GET', '/messages?limit=1')).items[0]
  assert.deepEqual([record.to, record.errorId], ['+13105550177', errorId])
  assert.equal((await native('GET', `/refusals/${errorId}`)).reason, 'message.recipient_opted_out')
  assert.equal((await send('+13105550101')).headers.get('offhook-error-id'), null, 'what is accepted has none')
})

test('what a client can see beforehand is refused', async () => {
  for (const name of ['From', 'To', 'Body']) {
    const refused = await send('+13105550142', { [name]: '' })
    assert.deepEqual([refused.status, refused.text], [400, `${name} can not be null.`])
  }
  const cases: readonly (readonly [Record<string, string>, number, string, number | undefined])[] = [
    [{ To: '12' }, 400, 'message.recipient_invalid', undefined],
    [{ From: '+12125550199' }, 404, 'message.sender_not_owned', 3101],
    [{ Encoding: 'EBCDIC' }, 400, 'request.parameter_invalid', undefined],
    [{ Encoding: 'GSM', Body: 'ж' }, 400, 'message.content_unencodable', undefined],
    [{ Body: 'a'.repeat(1601) }, 400, 'message.content_too_long', undefined],
    [{ StatusCallback: 'javascript:1' }, 400, 'request.url_invalid', undefined],
    [{ MaxPrice: 'little' }, 400, 'request.parameter_invalid', undefined],
    [{ To: 'client:nobody' }, 500, 'client.not_found', 1202],
    [{ To: 'nobody' }, 500, 'client.not_found', 1202],
  ]
  for (const [more, status, reason, code] of cases) {
    const refused = await send('+13105550142', more)
    assert.deepEqual([refused.status, refused.headers.get('offhook-reason'), refused.json.code], [status, reason, code], reason)
  }
  assert.equal((await ask('GET', `/SMS/Messages/SM${'0'.repeat(32)}.json`)).status, 404)
  assert.equal((await ask('GET', '/SMS/Messages/nonsense.json')).status, 404)
})

test('a list narrows by party, text, day and status, pages, and turns round', { timeout: 90_000 }, async () => {
  const sids: string[] = []
  for (const [to, text] of [
    ['+13105550150', 'one 50'],
    ['+13105550151', 'two'],
    ['+442079460907', 'three'],
  ] as const)
    sids.push((await good(send(to, { Body: text }))).sid)
  for (const sid of sids) await ended(sid)
  const list = (query: string) => good(ask('GET', `/SMS/Messages.json?${query}`))
  const found = async (query: string): Promise<string[]> => (await list(query)).messages.map((one: any) => one.sid)
  assert.deepEqual(await found('To=%2B1310555015%25'), [sids[1], sids[0]])
  assert.deepEqual(await found('To=%2B1310555015%25&SortBy=DateCreated'), [sids[0], sids[1]])
  assert.deepEqual(await found('To=%2B1310555015%25&SortBy=To:desc'), [sids[1], sids[0]])
  assert.deepEqual(await found('Body=three'), [sids[2]])
  assert.deepEqual(await found('Body=three&Status=delivered'), [])
  assert.deepEqual(await found('Body=three&Status=undelivered'), [sids[2]])
  assert.deepEqual(await found('Body=three&EndTime=2020-01-01'), [])
  assert.deepEqual(await found(`Body=three&StartTime=2020-01-01&From=${encodeURIComponent(number.phone_number)}`), [sids[2]])
  const page = await list('To=%2B1310555015%25&PageSize=1&Page=1')
  assert.deepEqual([page.page, page.num_pages, page.total, page.messages[0].sid], [1, 2, 2, sids[0]])
  assert.match(page.first_page_uri, /&To=%2B1310555015%25$/)
  for (const query of ['Status=lost', 'SortBy=DateCreated:invalid', 'StartTime=today', 'Page=99'])
    assert.equal((await ask('GET', `/SMS/Messages.json?${query}`)).status, 400, query)
  const child = await good(
    request('POST', `${root}/Accounts.json`, {
      headers: { authorization: authorization() },
      body: new URLSearchParams({ EmailAddress: 'branch@customer.example', Password: 'Grey-heron-41' }),
    }),
  )
  const below = `${root}/Accounts/${child.sid}/SMS/Messages.json`
  assert.equal((await good(request('GET', below, { headers: { authorization: authorization() } }))).total, 0)
  assert.ok((await list('SubAccounts=true')).total >= 3)
})

test('channel identities: an SMS, and an MMS over a number that has none', { timeout: 90_000 }, async () => {
  const server = await startWebhookServer()
  const from = `sms:${number.phone_number}`
  const body = { from, to: 'sms:+13105550142', body: 'Your cab is outside', status_callback: `${server.url}/m` }
  const sent = await good(askJson('POST', '/Messages', body))
  assert.deepEqual(
    [sent.from, sent.to, sent.status, sent.status_description, sent.media],
    [from, 'sms:+13105550142', 'sending', 'Accepted, on its way to the network.', []],
  )
  await server.until(2)
  const last = form(server.heard[1]!)
  assert.deepEqual(
    ['From', 'To', 'MessageSid', 'MessageStatus', 'StatusDescription'].map((name) => last.get(name)),
    [from, 'sms:+13105550142', sent.sid, 'delivered', 'The handset has it.'],
  )
  assert.equal((await good(askJson('GET', `/Messages/${sent.sid}`))).status, 'delivered')
  assert.equal((await good(askJson('GET', '/Messages?To=sms:%2B13105550142&PageSize=1'))).messages[0].sid, sent.sid)

  // A channel that cannot carry files: the message fails, is told, and costs nothing.
  const media = [`${server.url}/cat.png`]
  server.answer = (response, { path }) =>
    void response
      .writeHead(200, { 'content-type': 'image/png' })
      .end(path === '/cat.png' ? Buffer.from('\x89PNG\r\n\x1a\n of a cat', 'latin1') : '')
  const failed = await good(askJson('POST', '/Messages', { ...body, media }))
  assert.deepEqual([failed.status, failed.price], ['failed', '0.00'])
  await until(
    async () => server.heard.map((one) => form(one)),
    (all) => all.some((one) => one.get('MessageSid') === failed.sid && one.get('MessageStatus') === 'failed'),
  )
  for (const wrong of [{ from: number.phone_number }, { to: 'mms:+13105550142' }, { to: 'fax:+13105550142' }, { media: [{}] }])
    assert.equal((await askJson('POST', '/Messages', { ...body, ...wrong })).status, 400, JSON.stringify(wrong))
})

async function attach(server: WebhookServer, more: Record<string, string> = {}): Promise<void> {
  await good(ask('POST', `/IncomingPhoneNumbers/${number.sid}.json`, { SmsUrl: `${server.url}/sms`, SmsMethod: 'POST', ...more }))
}

const write = async (handset: string, text: string, more: object = {}): Promise<void> => {
  const body = { to: number.phone_number, text, ...more }
  const told = await native('POST', `/handsets/${encodeURIComponent(handset)}/messages`, body)
  assert.equal(told.status, 200, told.text)
}

const notifications = async (query: string): Promise<any[]> =>
  (await good(ask('GET', `/Notifications.json?${query}`))).notifications

test('a message that comes in is told, and its answer is done verb by verb', { timeout: 90_000 }, async () => {
  const server = await startWebhookServer()
  await attach(server)
  server.answer = (response, { path }) => {
    response.setHeader('content-type', 'text/xml; charset=utf-8')
    if (path === '/sms')
      response.end(`<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Say>not here</Say>
  <Sms statusCallback="/status">Bonnie & Clyde</Sms>
  <Redirect method="GET">next?step=1</Redirect>
  <Sms>never</Sms>
</Response>`)
    else if (path.startsWith('/next'))
      response.end('<Response><Sms to="+13105550144" action="/done">to another</Sms><Sms>never</Sms></Response>')
    else if (path === '/done') response.end('<Response/>')
    else response.end()
  }
  await write('+13105550160', 'where is it?')
  await until(
    async () => server.heard.map(({ path }) => path),
    (paths) => paths.includes('/done') && paths.filter((path) => path === '/status').length === 2,
  )
  const [first] = server.heard
  const asked = form(first!)
  assert.deepEqual(
    ['AccountSid', 'From', 'To', 'Body'].map((name) => asked.get(name)),
    [credentials.restcomm.accountSid, '+13105550160', number.phone_number, 'where is it?'],
  )
  const inbound = await good(ask('GET', `/SMS/Messages/${asked.get('SmsSid')}.json`))
  assert.deepEqual([inbound.direction, inbound.status, inbound.error_code], ['inbound', 'received', null])
  const next = server.heard.find(({ path }) => path.startsWith('/next'))!
  const again = new URL(next.path, server.url).searchParams
  assert.deepEqual([next.method, again.get('step'), again.get('SmsSid')], ['GET', '1', asked.get('SmsSid')])
  const done = form(server.heard.find(({ path }) => path === '/done')!)
  assert.deepEqual([done.get('SmsStatus'), done.get('MessageStatus')], ['sending', 'sending'])
  const replies = (await good(ask('GET', '/SMS/Messages.json?SortBy=DateCreated'))).messages.filter(
    (one: any) => one.direction === 'outbound-reply',
  )
  assert.deepEqual(
    replies.map((one: any) => [one.to, one.body]),
    [
      ['+13105550160', 'Bonnie & Clyde'],
      ['+13105550144', 'to another'],
    ],
  )
  assert.equal(done.get('MessageSid'), replies[1].sid)
  const [warning] = await until(
    () => notifications('ErrorCode=14110'),
    (found) => found.length > 0,
  )
  assert.deepEqual([warning.log, warning.request_url, warning.request_method], [1, `${server.url}/sms`, 'POST'])
  assert.match(warning.message_text, /Say has no place.*line 3, column \d+, element Say/)
})

test('what is wrong with an answer is told in notifications, with its line', { timeout: 60_000 }, async () => {
  const server = await startWebhookServer()
  const said = { type: 'text/xml', text: '', status: 200 }
  server.answer = (response) => void response.writeHead(said.status, { 'content-type': said.type }).end(said.text)
  await attach(server)
  const cases: readonly (readonly [Partial<typeof said>, number, RegExp])[] = [
    [{ text: '<Response>\n<Sms> </Sms></Response>' }, 14103, /no text, line 2, column 1, element Sms/],
    [{ text: '<Response><Sms to="12">a</Sms></Response>' }, 14101, /12 is no number.*attribute to/],
    [{ text: '<Response><Sms from="no sender at all">a</Sms></Response>' }, 14102, /no sender.*attribute from/],
    [{ text: '<Response><Sms method="PATCH" action="/x">a</Sms></Response>' }, 14104, /PATCH is none of/],
    [{ text: '<Response><Redirect method="PUT">/sms2</Redirect></Response>' }, 13710, /PUT is none of/],
    [{ text: '<Response><Redirect>gopher://a</Redirect></Response>' }, 11100, /no URL/],
    [{ text: '<Response><Redirect/></Response>' }, 11101, /empty/],
    [{ text: '<Response>\n<Sms>a</Response>' }, 2000, /mismatch/],
    [{ text: '<Answer/>' }, 2000, /must be Response/],
    [{ text: '<!DOCTYPE a><Response/>' }, 2000, /document type/],
    [{ text: '<Response><Email to="a@b.example">x</Email></Response>' }, 2001, /from is missing/],
    [{ text: 'hello', type: 'text/plain' }, 12300, /text\/plain/],
    [{ status: 404 }, 21402, /404/],
  ]
  for (const [answer, code, says] of cases) {
    Object.assign(said, { type: 'text/xml', text: '', status: 200 }, answer)
    const before = (await notifications(`ErrorCode=${code}`)).length
    await write('+13105550161', `about ${code}`)
    const [newest] = await until(
      () => notifications(`ErrorCode=${code}`),
      (found) => found.length > before,
    )
    assert.match(newest.message_text, says, String(code))
    said.text = ''
    said.status = 200
  }
})

test('the fallback URL is asked by its own method; a number without a URL is told', { timeout: 90_000 }, async () => {
  const server = await startWebhookServer()
  await attach(server, { SmsUrl: `${server.url}/first`, SmsFallbackUrl: `${server.url}/second`, SmsFallbackMethod: 'GET' })
  server.answer = (response, { path }) => {
    if (path === '/first') response.writeHead(500).end()
    else response.writeHead(200, { 'content-type': 'application/xml' }).end('<Response><Sms>from the second</Sms></Response>')
  }
  await write('+13105550162', 'anyone?')
  await server.until(2)
  assert.deepEqual(
    server.heard.map(({ method, path }) => [method, path.split('?')[0]]),
    [
      ['POST', '/first'],
      ['GET', '/second'],
    ],
  )
  await until(
    () => good(ask('GET', '/SMS/Messages.json?Body=from the second')),
    ({ total }) => total === 1,
  )
  await good(ask('POST', `/IncomingPhoneNumbers/${number.sid}.json`, { SmsUrl: '', SmsFallbackUrl: '' }))
  await write('+13105550163', 'nobody')
  const [told] = await until(
    () => notifications('ErrorCode=12003'),
    (found) => found.length > 0,
  )
  assert.match(told.message_text, /no application for Sms/)
  const { messages } = await until(
    () => good(ask('GET', '/SMS/Messages.json?Body=nobody')),
    (found) => found.total === 1 && found.messages[0].error_code !== null,
  )
  assert.deepEqual(
    [messages[0].status, messages[0].error_code, messages[0].error_message],
    ['received', 3102, 'Number not bound (Sms)'],
  )
})

test('an MMS comes to an application with links to its files; one that is gone is told', { timeout: 90_000 }, async () => {
  const server = await startWebhookServer()
  const png = Buffer.from('\x89PNG\r\n\x1a\n of a cat', 'latin1')
  server.answer = (response, { path }) => {
    if (path === '/cat.png') response.writeHead(200, { 'content-type': 'image/png' }).end(png)
    else response.writeHead(200, { 'content-type': 'text/xml' }).end('<Response><Message>seen</Message></Response>')
  }
  const application = await good(
    ask('POST', '/Applications.json', { FriendlyName: 'Pictures', Kind: 'sms', RcmlUrl: `${server.url}/app` }),
  )
  await good(ask('POST', `/IncomingPhoneNumbers/${number.sid}.json`, { SmsApplicationSid: application.sid }))
  await write('+13105550164', 'look', { media: [{ url: `${server.url}/cat.png`, type: 'image/png', name: 'cat.png' }] })
  const told = await until(
    async () => server.heard.find(({ path }) => path === '/app'),
    (found) => found !== undefined,
  )
  const fields = form(told!)
  assert.deepEqual(
    ['From', 'To', 'Body', 'NumMedia', 'MediaContentType0'].map((name) => fields.get(name)),
    ['mms:+13105550164', `mms:${number.phone_number}`, 'look', '1', 'image/png'],
  )
  const file = await fetch(fields.get('MediaUrl0')!)
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), png)
  const shown = await good(askJson('GET', `/Messages/${fields.get('MessageSid')}`))
  assert.deepEqual([shown.from, shown.status, shown.media.length], ['mms:+13105550164', 'received', 1])
  assert.equal((await ask('GET', `/SMS/Messages/${fields.get('MessageSid')}.json`)).status, 404)
  await until(
    () => good(ask('GET', '/SMS/Messages.json?Body=seen')),
    ({ total }) => total === 1,
  )

  assert.equal((await ask('DELETE', `/Applications/${application.sid}.json`)).status, 200)
  await write('+13105550165', 'still there?')
  const { messages } = await until(
    () => good(ask('GET', '/SMS/Messages.json?Body=still there?')),
    (found) => found.total === 1 && found.messages[0].error_code !== null,
  )
  assert.deepEqual([messages[0].error_code, messages[0].error_message], [3201, 'Application not found'])
  await good(ask('POST', `/IncomingPhoneNumbers/${number.sid}.json`, { SmsApplicationSid: '' }))
})

test(
  'an answer may send an e-mail; what the core refuses is a notification, and the rest is done',
  { timeout: 90_000 },
  async () => {
    const server = await startWebhookServer()
    await attach(server)
    server.answer = (response) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end(
        `<Response>
          <Sms from="+12125550199">from a number of others</Sms>
          <Email from="noreply@harbor.example" to="kim@client.example" subject="Seen">They wrote</Email>
        </Response>`,
      )
    await write('+13105550166', 'tell Kim')
    const { items } = (
      await until(
        () => native('GET', '/emails'),
        ({ json }) => json.items.length > 0,
      )
    ).json
    assert.deepEqual([items[0].from, items[0].to, items[0].subject], ['noreply@harbor.example', ['kim@client.example'], 'Seen'])
    const [refused] = await until(
      () => notifications(`ErrorCode=3101&RequestUrl=${encodeURIComponent(`${server.url}/sms`)}`),
      (found) => found.length > 0,
    )
    assert.match(refused.message_text, /12125550199.*does not belong/)
  },
)

test('what was asked of the application stands in the trace records', { timeout: 90_000 }, async () => {
  const server = await startWebhookServer()
  const sent = await good(send('+13105550167', { StatusCallback: `${server.url}/traced` }))
  await server.until(2)
  const { traces } = await until(
    () => good(ask('GET', '/Traces.json?PageSize=2')),
    (page) => page.traces.every((one: any) => one.session_sid === sent.sid && one.response !== null),
  )
  const [last, first] = traces
  assert.deepEqual(
    [first, last].map((one) => new URLSearchParams(one.request.body).get('MessageStatus')),
    ['sent', 'delivered'],
  )
  assert.deepEqual([last.request.path, last.request.method, last.response.status.code], ['/traced', 'POST', 200])
  assert.deepEqual(await good(ask('GET', `/Traces/${last.sid}.json`)), last)
  assert.equal((await ask('GET', `/Traces/TC${'0'.repeat(32)}.json`)).status, 404)
})
