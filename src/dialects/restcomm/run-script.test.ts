// What an answer asks for is done once, however often it is read; and a session comes to an end.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { MessageSubject } from '#messaging/message-subject.ts'
import { listMessagesOperation } from '#operations/messages/list-messages.ts'
import type { ToldRefusal } from '#operations/knock.ts'
import type { FetchGuarded, OutgoingRequest } from '#protocols/http/outgoing.ts'
import type { Delivery, WebhookForm } from '#webhooks/webhook-form.ts'
import { openHarness, type FaceHarness } from '../../../test/face-harness.ts'
import { restcomm } from './restcomm.ts'
import { restcommWebhookForm } from './webhook-form.ts'

let harness: FaceHarness
let form: WebhookForm
let number: string
const asked: OutgoingRequest[] = []
const told: ToldRefusal[] = []
/** What each document of the application says, by its path. */
const documents: Record<string, string> = {}

const application: FetchGuarded = async (request) => {
  asked.push(request)
  const body = Buffer.from(documents[new URL(request.url).pathname] ?? '')
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body,
    isCut: false,
    tookMs: 1,
    address: '192.0.2.1',
    url: request.url,
  }
}

before(async () => {
  harness = await openHarness(restcomm)
  form = restcommWebhookForm({ ...harness.parts, fetch: application, told: (one) => void told.push(one) })
  const { accountSid, authToken } = harness.credentials
  const bought = await harness.ask({
    method: 'POST',
    path: `/restcomm/2012-04-24/Accounts/${accountSid}/IncomingPhoneNumbers.json`,
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    body: new URLSearchParams({ AreaCode: '212' }),
  })
  number = bought.json.phone_number
})
after(() => harness.close())

function answeredWith(id: number, text: string): Promise<void> {
  const accountId = harness.sandbox.account.id
  const subject: Partial<MessageSubject> = {
    id: 5,
    account: accountId,
    kind: 'sms',
    from: '+13105550160',
    to: number,
    text: 'hi',
    media: [],
  }
  const delivery: Delivery = {
    id,
    accountId,
    endpointId: null,
    face: 'restcomm',
    kind: 'message.inbound',
    noun: 'messages',
    nounId: 5,
    method: 'POST',
    url: 'https://app.example/sms',
    subject,
    loopback: false,
  }
  const headers = { 'content-type': 'text/xml' }
  return form.answered!(delivery, { status: 200, headers, body: Buffer.from(text), url: 'https://app.example/sms' })
}

const texts = async (): Promise<string[]> =>
  (await harness.run(listMessagesOperation, harness.sandbox, { oldestFirst: true })).items.map(
    (one: { text: string }) => one.text,
  )

test('an answer that is read twice sends once, and tells its faults by the same ids', async () => {
  const script = '<Response><Sms>one</Sms><Say>no</Say><Sms to="+13105550161">two</Sms></Response>'
  await answeredWith(1, script)
  await answeredWith(1, script)
  assert.deepEqual(await texts(), ['one', 'two'])
  assert.deepEqual([told.length, new Set(told.map(({ errorId }) => errorId)).size], [2, 1])
  // Another delivery is another session.
  await answeredWith(2, script)
  assert.deepEqual(await texts(), ['one', 'two', 'one', 'two'])
})

test('an action and a redirect go on where they say, relative to the document they stand in', async () => {
  documents['/deep/next'] = '<Response><Redirect method="GET">../last?a=1</Redirect></Response>'
  await answeredWith(3, '<Response><Sms action="deep/next">three</Sms><Sms>never</Sms></Response>')
  assert.deepEqual(
    asked.splice(0).map(({ method, url }) => `${method} ${url.split('&')[0]}`),
    ['POST https://app.example/deep/next', 'GET https://app.example/last?a=1'],
  )
  assert.deepEqual((await texts()).slice(4), ['three'])
})

test('an application that redirects to itself is left after twenty documents', async () => {
  told.length = 0
  documents['/round'] = '<Response><Redirect>/round</Redirect></Response>'
  await answeredWith(4, documents['/round'])
  assert.equal(asked.length, 20)
  assert.deepEqual(
    told.map(({ code, refusal }) => [code, refusal.reason]),
    [['2000', 'markup.error']],
  )
})
