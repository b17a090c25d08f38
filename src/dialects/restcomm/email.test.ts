// E-mails at this vendor's door (reference 22).

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { listEmails } from '#store/emails.ts'
import { openHarness, type FaceHarness, type HarnessAnswer } from '../../../test/face-harness.ts'
import { restcomm } from './restcomm.ts'

let harness: FaceHarness
before(async () => {
  harness = await openHarness(restcomm)
})
after(() => harness.close())

const email = { From: 'noreply@harbor.example', To: 'kim@client.example', Subject: 'Receipt', Body: 'Receipt attached below' }

function send(form: Record<string, string>, { end = '.json', method = 'POST', headers = {} } = {}): Promise<HarnessAnswer> {
  const { accountSid, authToken } = harness.credentials
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const path = `/restcomm/2012-04-24/Accounts/${accountSid}/Email/Messages${end}`
  return harness.ask({
    method,
    path,
    headers: { authorization, ...headers },
    ...(method === 'POST' && { body: new URLSearchParams(form) }),
  })
}

const newest = async () => (await listEmails(harness.parts.store, { scope: harness.sandbox.account.id, limit: 1 }))[0]!

test('an e-mail is accepted with its copies, and shown as it was sent', async () => {
  const sent = await send({ ...email, CC: 'a@x.example, b@x.example', BCC: 'c@x.example', Type: 'text/html' })
  assert.equal(sent.status, 200, sent.text)
  assert.deepEqual(sent.json, {
    date_sent: sent.json.date_sent,
    account_sid: harness.credentials.accountSid,
    from: 'noreply@harbor.example',
    to: 'kim@client.example',
    body: 'Receipt attached below',
    subject: 'Receipt',
  })
  assert.match(sent.json.date_sent, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  const row = await newest()
  assert.deepEqual([row.type, row.state, row.face], ['text/html', 'queued', 'restcomm'])
  assert.deepEqual(JSON.parse(row.recipients), {
    to: ['kim@client.example'],
    cc: ['a@x.example', 'b@x.example'],
    bcc: ['c@x.example'],
  })
})

test('in XML unless asked otherwise; a long subject is cut, and is one line', async () => {
  const sent = await send({ ...email, Subject: `two\r\nlines ${'x'.repeat(200)}` }, { end: '' })
  assert.match(sent.text, /<RestcommResponse><EmailMessage><DateSent>/)
  const { subject, type } = await newest()
  assert.equal(subject, `two lines ${'x'.repeat(150)}`)
  assert.equal(type, 'text/plain')
})

test('the same key sends one e-mail', async () => {
  const headers = { 'idempotency-key': 'once' }
  const first = await send(email, { headers })
  const { id } = await newest()
  assert.deepEqual((await send(email, { headers })).json, first.json)
  assert.equal((await newest()).id, id)
})

test('what is missing or no address is refused', async () => {
  for (const name of Object.keys(email)) {
    const { [name as keyof typeof email]: _, ...rest } = email
    const answer = await send(rest)
    assert.deepEqual([answer.status, answer.text], [400, `${name} can not be null.`])
  }
  for (const [name, value] of [
    ['From', 'nobody'],
    ['To', 'kim@'],
    ['CC', 'a@x.example,,b@x.example'],
    ['BCC', 'a b@x.example'],
    ['Type', 'text/rtf'],
  ] as const) {
    const answer = await send({ ...email, [name]: value })
    assert.equal(answer.status, 400, answer.text)
    assert.match(answer.json.message, new RegExp(`^Invalid ${name}\\.`))
  }
  assert.equal((await send({}, { method: 'GET' })).status, 405)
})

test('an operator without a mail server takes no e-mails', async () => {
  const without = await openHarness(restcomm, { canSendEmail: false })
  try {
    const { accountSid, authToken } = without.credentials
    const answer = await without.ask({
      method: 'POST',
      path: `/restcomm/2012-04-24/Accounts/${accountSid}/Email/Messages.json`,
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
      body: new URLSearchParams(email),
    })
    assert.deepEqual([answer.status, answer.headers['offhook-reason']], [503, 'email.gateway_not_configured'])
  } finally {
    await without.close()
  }
})
