// E-mails against a server that really speaks SMTP: sent, put off, refused, with login and TLS, and whole when a process died.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { createEmail, readEmail, type EmailRow } from '#store/emails.ts'
import type { Store } from '#store/store.ts'
import { handClock } from '#values/clock.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { makeCertificate } from '../../test/fakes/certificate.ts'
import { sendEmailsLoop, triedForMs, type EmailParts } from './send-emails.ts'
import { outcomeOf, SmtpSender, type SmtpConfig } from './smtp-sender.ts'

interface Received {
  readonly from: string
  readonly to: readonly string[]
  /** As it came over the wire. */
  readonly raw: string
  readonly user: string
  readonly secure: boolean
}

/** What the server says to an address; undefined: 250. */
type Answers = Readonly<Record<string, number>>

async function openServer(answers: Answers = {}, options: SMTPServerOptions = {}) {
  const received: Received[] = []
  const refusal = (address: string): Error | null => {
    const code = answers[address]
    return code === undefined ? null : Object.assign(new Error(`says ${code} to ${address}`), { responseCode: code })
  }
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 50,
    disabledCommands: ['STARTTLS'],
    onMailFrom: ({ address }, _, done) => done(refusal(address)),
    onRcptTo: ({ address }, _, done) => done(refusal(address)),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('latin1')
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom ? mailFrom.address : ''
        if (raw.includes('unwanted')) return done(Object.assign(new Error('says no to that'), { responseCode: 554 }))
        received.push({
          from,
          to: rcptTo.map(({ address }) => address),
          raw,
          user: String(session.user ?? ''),
          secure: session.secure,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  closers.push(() => new Promise((resolve) => server.close(() => resolve())))
  return { port, received, close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

const closers: (() => Promise<void>)[] = []
after(async () => {
  for (const close of closers.toReversed()) await close()
})

function senderTo(port: number, more: Partial<SmtpConfig> = {}): SmtpSender {
  const config = { host: '127.0.0.1', port, secure: false, user: '', password: '', tls: 'offered' as const, ...more }
  const sender = new SmtpSender(config, () => 'mail.example')
  closers.push(async () => sender.close())
  return sender
}

const email = (id: number, more: Partial<EmailRow> = {}, to = ['kim@client.example']): EmailRow => ({
  id,
  account_id: 7,
  face: 'test',
  sender: 'noreply@harbor.example',
  recipients: JSON.stringify({ to, cc: [], bcc: [] }),
  subject: 'Receipt',
  body: 'Attached below',
  type: 'text/plain',
  state: 'queued',
  reason: null,
  cause: null,
  attempts: 0,
  wake_ms: 0,
  deadline_ms: 1_750_000_000_000 + triedForMs,
  created_ms: 1_750_000_000_000,
  ended_ms: null,
  updated_ms: 0,
  ...more,
})

test('an e-mail goes out as it was given, its copies apart, whatever its letters', async () => {
  const { port, received } = await openServer()
  const sender = senderTo(port)
  const recipients = JSON.stringify({ to: ['a@x.example'], cc: ['b@x.example'], bcc: ['c@x.example'] })
  const outcome = await sender.send(email(41, { recipients, subject: 'Grüße', body: 'Ein Kätzchen\r\n.\r\nEnde' }))
  assert.deepEqual([outcome.state, outcome.reason], ['sent', undefined])
  const [{ from, to, raw }] = received as [Received]
  assert.deepEqual([from, to], ['noreply@harbor.example', ['a@x.example', 'b@x.example', 'c@x.example']])
  assert.match(raw, /^Message-ID: <41@mail\.example>\r$/m)
  assert.match(raw, /^Subject: =\?UTF-8\?/m)
  assert.match(raw, /^To: a@x\.example\r\nCc: b@x\.example\r$/m)
  assert.doesNotMatch(raw, /c@x\.example/)
  assert.match(raw, /^Date: Sun, 15 Jun 2025 15:06:40 \+0000\r$/m)
  assert.match(raw, /K=C3=A4tzchen|S8Oke|w6R0/)
  await sender.send(email(42, { type: 'text/html', body: '<p>hello</p>' }))
  assert.match(received[1]!.raw, /^Content-Type: text\/html; charset=utf-8\r$/m)
})

test('what the server refuses is told by whom it concerns, and what it puts off is tried again', async () => {
  const { port, received } = await openServer({
    'none@x.example': 550,
    'later@x.example': 451,
    'spoof@harbor.example': 553,
  })
  const sender = senderTo(port)
  const said = async (row: EmailRow) => {
    const { state, reason, cause } = await sender.send(row)
    return [state, reason, /says \d+|says no/.exec(cause)?.[0]]
  }
  assert.deepEqual(await said(email(1, {}, ['none@x.example'])), ['failed', 'email.recipient_rejected', 'says 550'])
  assert.deepEqual(await said(email(2, {}, ['later@x.example'])), ['again', 'email.gateway_unreachable', 'says 451'])
  assert.deepEqual(await said(email(3, { sender: 'spoof@harbor.example' })), ['failed', 'email.sender_rejected', 'says 553'])
  assert.deepEqual(await said(email(4, { body: 'unwanted' })), ['failed', 'email.content_rejected', 'says no'])
  assert.equal(received.length, 0)
  const some = await said(email(5, {}, ['good@x.example', 'none@x.example']))
  assert.deepEqual(some, ['sent', 'email.recipient_rejected', 'says 550'])
  assert.deepEqual(received[0]!.to, ['good@x.example'])
})

test('a password goes to a server that knows it; required TLS is used, or nothing is sent', async () => {
  const { key, cert } = makeCertificate('127.0.0.1')
  const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _, done) =>
    password === 'right' ? done(null, { user: username }) : done(new Error('says 535 to you'))
  const plain = await openServer({}, { authOptional: false, onAuth, allowInsecureAuth: true })
  assert.equal((await senderTo(plain.port, { user: 'me', password: 'right' }).send(email(1))).state, 'sent')
  assert.equal(plain.received[0]!.user, 'me')
  const wrong = await senderTo(plain.port, { user: 'me', password: 'wrong' }).send(email(2))
  assert.deepEqual([wrong.state, wrong.reason], ['again', 'email.gateway_login_failed'])
  const required = await senderTo(plain.port, { tls: 'required' }).send(email(3))
  assert.deepEqual([required.state, required.reason], ['again', 'email.gateway_unreachable'])
  assert.equal(plain.received.length, 1)
  // A certificate that nobody vouches for is none.
  const tls = await openServer({}, { secure: true, key, cert })
  const strange = await senderTo(tls.port, { secure: true }).send(email(4))
  assert.deepEqual([strange.state, strange.reason], ['again', 'email.gateway_unreachable'])
  assert.equal(tls.received.length, 0)
})

test('a probe says whether the server would take anything', async () => {
  const { port, received } = await openServer()
  assert.equal(await senderTo(port).probe(), undefined)
  assert.equal(received.length, 0)
  assert.match((await senderTo(1).probe()) ?? '', /ECONNREFUSED/)
})

test('every way of failing has its outcome', () => {
  const of = (fault: object) => {
    const { state, reason } = outcomeOf(Object.assign(new Error('x'), fault))
    return [state, reason]
  }
  assert.deepEqual(of({ code: 'ETIMEDOUT', command: 'CONN' }), ['again', 'email.gateway_unreachable'])
  assert.deepEqual(of({ code: 'EPROTOCOL', command: 'EHLO', responseCode: 554 }), ['again', 'email.gateway_unreachable'])
  assert.deepEqual(of({ code: 'EMESSAGE', command: 'DATA', responseCode: 452 }), ['again', 'email.gateway_unreachable'])
  const mixed = {
    code: 'EENVELOPE',
    command: 'RCPT TO',
    responseCode: 550,
    rejectedErrors: [{ responseCode: 550 }, { responseCode: 450 }],
  }
  assert.deepEqual(of(mixed), ['again', 'email.gateway_unreachable'])
})

onBothEngines('the loop of e-mails', ({ open }) => {
  const actor = { face: 'test' }
  const stateOf = async (store: Store, id: number) => {
    const { state, reason, attempts } = (await readEmail(store, 7, id))!
    return [state, reason, attempts]
  }

  test('each is sent once; one that is put off is tried again, and fails after a day', async () => {
    const store = await open()
    const clock = handClock()
    const { port, received, close } = await openServer({ 'later@x.example': 451, 'none@x.example': 550 })
    const sender = senderTo(port)
    const parts: EmailParts = { store, clock, sendEmail: (row) => sender.send(row) }
    for (const [id, to] of [
      ['1', 'a@x.example'],
      ['2', 'later@x.example'],
      ['3', 'none@x.example'],
    ] as const)
      await store.write(createEmail, { row: email(Number(id), {}, [to]), actor })
    assert.equal(await sendEmailsLoop.do(parts), 3)
    assert.deepEqual(await stateOf(store, 1), ['sent', null, 1])
    assert.deepEqual(await stateOf(store, 2), ['queued', 'email.gateway_unreachable', 1])
    assert.deepEqual(await stateOf(store, 3), ['failed', 'email.recipient_rejected', 1])
    assert.equal(await sendEmailsLoop.do(parts), 0)
    for (let hours = 0; hours < 30; hours += 1) {
      clock.advance(3_600_000)
      await sendEmailsLoop.do(parts)
    }
    const [state, reason, attempts] = await stateOf(store, 2)
    assert.deepEqual([state, reason], ['failed', 'email.gateway_unreachable'])
    assert.ok(Number(attempts) > 10 && Number(attempts) < 30, String(attempts))
    assert.equal(received.length, 1)
    await close()
  })

  test('an attempt whose process died is made again, and without a server all wait', async () => {
    const store = await open()
    const clock = handClock()
    await store.write(createEmail, { row: email(1), actor })
    assert.equal(await sendEmailsLoop.do({ store, clock, sendEmail: undefined }), 0)
    const abandoned = email(2, { deadline_ms: clock.nowMs() + 1000 })
    await store.write(createEmail, { row: abandoned, actor })
    assert.equal(await sendEmailsLoop.do({ store, clock, sendEmail: undefined }), 0)
    clock.advance(1000)
    assert.equal(await sendEmailsLoop.do({ store, clock, sendEmail: undefined }), 1)
    assert.deepEqual(await stateOf(store, 2), ['failed', 'email.gateway_not_configured', 1])
    const died = sendEmailsLoop.do({ store, clock, sendEmail: async () => Promise.reject(new Error('gone')) })
    await assert.rejects(died)
    const { port, received } = await openServer()
    const sender = senderTo(port)
    const parts: EmailParts = { store, clock, sendEmail: (row) => sender.send(row) }
    assert.equal(await sendEmailsLoop.do(parts), 0)
    clock.advance(11 * 60_000)
    assert.equal(await sendEmailsLoop.do(parts), 1)
    assert.deepEqual(await stateOf(store, 1), ['sent', null, 2])
    assert.equal(received.length, 1)
  })
})
