// A client library that nobody here wrote, made for the interface that this vendor's is modelled on, against the real
// program. Only where its requests go is changed (host, and the version in the path); what it sends and reads is its own.
// Nothing here imports from src/.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import twilio from 'twilio'
import { startServer, type RunningServer } from '../../conformance/server.ts'

let server: RunningServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

/** The library's own HTTP client, its requests turned towards the server under test. */
class Turned extends twilio.RequestClient {
  override request(options: any): Promise<any> {
    const { pathname, search } = new URL(options.uri)
    const path = pathname.replace(/^\/2010-04-01(?=\/)/, '/restcomm/2012-04-24')
    return super.request({ ...options, uri: server.baseUrl + path + search })
  }
}

function client(accountSid: string, authToken: string) {
  return twilio(accountSid, authToken, { httpClient: new Turned() })
}

const first = () => {
  const { accountSid, authToken } = server.credentials.restcomm
  return client(accountSid, authToken)
}

/** An account of its own, without what the first start gave to others. */
async function newAccount() {
  const { accountSid, authToken } = server.credentials.restcomm
  const answer = await fetch(`${server.baseUrl}/restcomm/2012-04-24/Accounts.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({ EmailAddress: `${crypto.randomUUID()}@customer.example`, Password: 'Grey-heron-41' }),
  })
  const made = (await answer.json()) as { sid: string; auth_token: string }
  return client(made.sid, made.auth_token)
}

test('it reads its account', async () => {
  const { accountSid, authToken } = server.credentials.restcomm
  const account = await first().api.v2010.accounts(accountSid).fetch()
  assert.equal(account.sid, accountSid)
  assert.equal(account.friendlyName, 'Sandbox')
  assert.equal(account.status, 'active')
  assert.equal(account.type, 'Full')
  assert.equal(account.authToken, authToken)
  assert.ok(account.dateCreated instanceof Date && !Number.isNaN(account.dateCreated.getTime()))
})

test('it buys numbers, lists them over pages, changes one and gives it back', async () => {
  const numbers = (await newAccount()).incomingPhoneNumbers
  const bought: string[] = []
  for (let i = 0; i < 3; i += 1) bought.push((await numbers.create({ areaCode: '415', friendlyName: `desk ${i}` })).phoneNumber)
  const listed = await numbers.list({ limit: 3 })
  assert.deepEqual(
    listed.map(({ phoneNumber }) => phoneNumber),
    bought,
  )
  assert.deepEqual(
    listed.map(({ friendlyName }) => friendlyName),
    ['desk 0', 'desk 1', 'desk 2'],
  )
  // Three rows by two pages: the library follows next_page_uri.
  const page = await numbers.page({ pageSize: 2 })
  const next = await page.nextPage()
  assert.deepEqual(
    [...page.instances, ...next!.instances].map(({ phoneNumber }) => phoneNumber),
    bought,
  )
  const { sid } = listed[0]!
  const changed = await numbers(sid).update({ voiceUrl: 'https://app.example/voice', voiceMethod: 'GET' })
  assert.deepEqual([changed.voiceUrl, changed.voiceMethod], ['https://app.example/voice', 'GET'])
  assert.equal(await numbers(sid).remove(), true)
  await assert.rejects(
    numbers(sid).fetch(),
    (error: InstanceType<typeof twilio.RestException>) => error.status === 404 && error.code === 3101,
  )
})

test('it makes an application and reads it', async () => {
  const application = await first().applications.create({ friendlyName: 'Night desk' })
  assert.match(application.sid, /^AP[0-9a-f]{32}$/)
  assert.equal(application.accountSid, server.credentials.restcomm.accountSid)
  const fetched = await first().applications(application.sid).fetch()
  assert.equal(fetched.friendlyName, 'Night desk')
})

test('it tells a wrong token and an unknown account', async () => {
  const { accountSid, authToken } = server.credentials.restcomm
  const stranger = client(accountSid, '0'.repeat(32))
  await assert.rejects(
    stranger.api.v2010.accounts(accountSid).fetch(),
    (error: InstanceType<typeof twilio.RestException>) => error.status === 401,
  )
  const unknown = `AC${'f'.repeat(32)}`
  await assert.rejects(
    client(accountSid, authToken).api.v2010.accounts(unknown).fetch(),
    (error: InstanceType<typeof twilio.RestException>) => error.status === 404 && error.message.includes('account'),
  )
})
