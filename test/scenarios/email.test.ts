// E-mails over the running program and a mail server that really speaks SMTP: accepted, handed over, told true to the end,
// through our own door and through the one whose vendor has e-mail; and across a death of the process.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { listEmails } from '#store/emails.ts'
import { openStore } from '#store/open-store.ts'
import { systemClock } from '#values/clock.ts'
import { newFolder, startProgram } from '../program.ts'
import { until } from '../until.ts'

async function openMailServer(t: TestContext) {
  const received: { to: string[]; raw: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 50,
    onRcptTo: ({ address }, _, done) =>
      done(address.startsWith('nobody@') ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null),
    onData(stream, { envelope }, done) {
      let raw = ''
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString('latin1')))
      stream.on('end', () => {
        received.push({ to: envelope.rcptTo.map(({ address }) => address), raw })
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close(() => {}))
  return { received, port: (server.server.address() as { port: number }).port }
}

const credentialsOf = (data: string) => JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))

function asks(url: string, key: string) {
  return async (method: string, path: string, body?: object): Promise<{ status: number; json: any }> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return { status: answer.status, json: await answer.json() }
  }
}

const email = { from: 'noreply@harbor.example', to: ['kim@client.example'], subject: 'Receipt', body: 'Attached below' }

test('an e-mail is accepted, sent, and its end is told', { timeout: 60_000 }, async (t) => {
  const { received, port } = await openMailServer(t)
  const data = newFolder()
  const program = await startProgram(t, data, { OFFHOOK_SMTP: `smtp://127.0.0.1:${port}` })
  const { api, restcomm } = credentialsOf(data)
  const ask = asks(program.url, api.key)
  const settled = (id: string): Promise<any> =>
    until(
      async () => (await ask('GET', `/emails/${id}`)).json,
      ({ state }) => state !== 'queued',
    )
  const accepted = await ask('POST', '/emails', { ...email, cc: ['lee@client.example'] })
  assert.deepEqual([accepted.status, accepted.json.state], [202, 'queued'])
  const sent = await settled(accepted.json.id)
  assert.deepEqual([sent.state, sent.reason, sent.attempts], ['sent', null, 1])
  assert.deepEqual(received[0]!.to, ['kim@client.example', 'lee@client.example'])
  assert.match(received[0]!.raw, /^Subject: Receipt\r\n/m)

  const refused = await settled((await ask('POST', '/emails', { ...email, to: ['nobody@client.example'] })).json.id)
  assert.deepEqual([refused.state, refused.reason, refused.cause], ['failed', 'email.recipient_rejected', '550 no such mailbox'])

  const basic = Buffer.from(`${restcomm.accountSid}:${restcomm.authToken}`).toString('base64')
  const told = await fetch(`${program.url}/restcomm/2012-04-24/Accounts/${restcomm.accountSid}/Email/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ From: email.from, To: 'kim@client.example', Subject: 'From the door', Body: 'x' }),
  })
  assert.equal(told.status, 200)
  const [newest] = (await ask('GET', '/emails')).json.items
  await settled(newest.id)
  assert.match(received.at(-1)!.raw, /^Subject: From the door\r\n/m)
})

test('what was accepted is sent after a death of the process, once', { timeout: 60_000 }, async (t) => {
  const { received, port } = await openMailServer(t)
  const data = newFolder()
  // With no mail server yet, nothing is taken, as nobody could say when it would go out.
  const without = await startProgram(t, data)
  const { api } = credentialsOf(data)
  const told = await asks(without.url, api.key)('POST', '/emails', email)
  assert.deepEqual([told.status, told.json.reason], [503, 'email.gateway_not_configured'])
  without.child.kill('SIGKILL')
  await once(without.child, 'exit')

  const settings = { OFFHOOK_SMTP: `smtp://127.0.0.1:${port}` }
  const first = await startProgram(t, data, settings)
  const ask = asks(first.url, api.key)
  const subjects = Array.from({ length: 20 }, (_, n) => `number ${n}.`)
  const accepted = await Promise.all(subjects.map((subject) => ask('POST', '/emails', { ...email, subject })))
  assert.ok(accepted.every(({ status }) => status === 202))
  first.child.kill('SIGKILL')
  await first.ended
  // An attempt that was under way may have come to its end: it is made again only after a while.
  const store = await openStore({ dataDir: data, clock: systemClock })
  const left = await listEmails(store, { limit: 100, where: { state: 'queued' } })
  const underWay = left.filter(({ attempts }) => attempts > 0).length
  await store.close()

  const second = await startProgram(t, data, settings)
  const askAgain = asks(second.url, api.key)
  const queued = async (): Promise<number> => (await askAgain('GET', '/emails?state=queued')).json.items.length
  await until(queued, (count) => count <= underWay)
  const all = (await askAgain('GET', '/emails')).json.items as { state: string }[]
  assert.equal(all.length, 20)
  assert.equal(all.filter(({ state }) => state === 'sent').length, 20 - underWay)
  const got = received.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)![1])
  assert.equal(new Set(got).size, got.length, 'none twice')
  assert.ok(got.length >= 20 - underWay)
})
