// Our sessions over real sockets: with one another, and with the npm package `smpp`, which nobody here wrote, in both roles.

import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { smppPackage, type PackagePdu, type PackageSession } from '../../../test/smpp-package.ts'
import { until } from '../../../test/until.ts'
import { systemClock as clock } from '#values/clock.ts'
import { dial, type DialOptions } from './dial.ts'
import { listen } from './listen.ts'
import type { RequestPdu } from './pdu.ts'
import type { Answer, Closed, Respond } from './session-parts.ts'
import type { Session } from './session.ts'

const dir = mkdtempSync(join(tmpdir(), 'offhook-smpp-'))
after(() => rmSync(dir, { recursive: true }))
const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'
const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
const files = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')]
execFileSync('openssl', [...request.split(' '), ...names, ...files], { stdio: 'ignore' })
const [cert, key] = [readFileSync(join(dir, 'cert.pem')), readFileSync(join(dir, 'key.pem'))]

const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** An SMSC of the package that answers everything and sends a receipt for each submit. */
async function packageSmsc(tls: object = {}): Promise<{ port: number; got: PackagePdu[]; stop(): void }> {
  const got: PackagePdu[] = []
  const sessions = new Set<PackageSession>()
  const server = smppPackage.createServer(tls, (session) => {
    sessions.add(session)
    session.on('error', () => {})
    session.on('pdu', (pdu: PackagePdu) => {
      got.push(pdu)
      if (pdu.command.endsWith('_resp')) return
      const messageId = pdu.command === 'submit_sm' ? { message_id: `id-${got.length}` } : {}
      const status = pdu.command.startsWith('bind') && pdu['password'] === 'wrong' ? { command_status: 0x0e } : {}
      session.send(pdu.response({ ...messageId, ...status }))
      if (pdu.command === 'unbind') session.close()
      if (pdu.command !== 'submit_sm') return
      const receipt = { source_addr: pdu['destination_addr'], destination_addr: pdu['source_addr'], esm_class: 4 }
      const tlvs = { receipted_message_id: messageId.message_id, message_state: 2 }
      session.send(
        new smppPackage.PDU('deliver_sm', { ...receipt, ...tlvs, data_coding: 0, short_message: Buffer.from('stat:DELIVRD') }),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    got,
    stop() {
      server.close()
      for (const session of sessions) session.destroy()
    },
  }
}

function dialOptions(port: number, more: Partial<DialOptions> = {}): DialOptions {
  return {
    host: '127.0.0.1',
    port,
    bind: { command: 'bind_transceiver', system_id: 'me', password: 'secret' },
    session: { clock },
    hooks: {},
    ...more,
  }
}

for (const secure of [false, true])
  test(`we bind to the package and submit ${secure ? 'over TLS' : 'over TCP'}`, async () => {
    const smsc = await packageSmsc(secure ? { key, cert } : {})
    const delivered: RequestPdu[] = []
    const dialled = await dial(
      dialOptions(smsc.port, {
        tls: secure ? { ca: cert } : undefined,
        hooks: {
          onRequest(pdu, respond) {
            delivered.push(pdu)
            respond()
          },
        },
      }),
    )
    assert.ok(dialled.session)
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        dialled.session.request({
          command: 'submit_sm',
          source_addr: '15551234567',
          destination_addr: String(447700900000 + n),
          short_message: Buffer.from(`message ${n}`),
          tlvs: { user_message_reference: n },
        }),
      ),
    )
    assert.ok(answers.every((answer) => answer.command === 'submit_sm_resp' && answer.message_id.startsWith('id-')))
    const submits = smsc.got.filter(({ command }) => command === 'submit_sm')
    assert.deepEqual(
      submits.map((pdu) => [pdu['destination_addr'], pdu['short_message'].message, pdu['user_message_reference']]),
      answers.map((_, n) => [String(447700900000 + n), `message ${n}`, n]),
    )
    // The receipts come behind the answers, and the package hears nothing more after an unbind.
    const acknowledged = () => smsc.got.filter(({ command }) => command === 'deliver_sm_resp').length
    await until(() => acknowledged() >= 200)
    assert.equal((await dialled.session.unbind()).cause, 'unbound')
    assert.equal(delivered.length, 200)
    const [first] = delivered
    assert.ok(
      first?.command === 'deliver_sm' && first.tlvs.receipted_message_id?.startsWith('id-') && first.tlvs.message_state === 2,
    )
    assert.equal(acknowledged(), 200)
    smsc.stop()
  })

test('what may go wrong while dialling is told apart', async () => {
  const smsc = await packageSmsc()
  const ends: Closed[] = []
  const bind = { command: 'bind_transmitter', password: 'wrong' } as const
  const refused = await dial(dialOptions(smsc.port, { bind, hooks: { onClose: (closed) => void ends.push(closed) } }))
  assert.deepEqual(refused, { cause: 'refused', status: 0x0e, detail: 'ESME_RINVPASWD' })
  assert.equal(ends.length, 1)
  const insecure = await dial(dialOptions(smsc.port, { tls: { ca: cert }, connectTimeoutMs: 200 }))
  assert.ok(!insecure.session && insecure.cause === 'not_connected')
  smsc.stop()

  const mute = createServer((socket) => void socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const unanswered = await dial(dialOptions(portOf(mute), { session: { clock, responseTimeoutMs: 50 } }))
  assert.ok(!unanswered.session && unanswered.cause === 'no_answer')
  const noTls = await dial(dialOptions(portOf(mute), { tls: { ca: cert }, connectTimeoutMs: 50 }))
  assert.ok(!noTls.session && noTls.cause === 'not_connected')
  const attempt = new AbortController()
  const end = Promise.withResolvers<Closed>()
  const givenUp = dial(
    dialOptions(portOf(mute), { signal: attempt.signal, hooks: { onPdu: () => attempt.abort(), onClose: end.resolve } }),
  )
  assert.equal((await end.promise).cause, 'closed')
  assert.ok(!(await givenUp).session)
  const never = await dial(dialOptions(portOf(mute), { signal: AbortSignal.abort() }))
  assert.ok(!never.session && never.cause === 'not_connected')
  const { port } = mute.address() as AddressInfo
  await new Promise((resolve) => mute.close(resolve))
  const nobody = await dial(dialOptions(port))
  assert.ok(!nobody.session && nobody.detail === 'ECONNREFUSED')
})

/** Our own SMSC: answers submits with their destination as id, and tells a receipt. */
async function ourSmsc(tls?: object) {
  const got: RequestPdu[] = []
  const sessions: Session[] = []
  const ends: Closed[] = []
  const onRequest = (session: Session) => (pdu: RequestPdu, respond: Respond) => {
    got.push(pdu)
    if (pdu.command === 'submit_sm') {
      respond({ message_id: pdu.destination_addr })
      session.send({ command: 'deliver_sm', esm_class: 4, short_message: Buffer.from('id:1 stat:DELIVRD') }, () => {})
    } else respond({ system_id: 'offhook', tlvs: { sc_interface_version: 0x50 } })
  }
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    tls,
    session: { clock },
    onSession(session) {
      sessions.push(session)
      return { onRequest: onRequest(session), onClose: (closed) => void ends.push(closed) }
    },
  })
  return { listening, got, sessions, ends }
}

for (const secure of [false, true])
  test(`the package binds to us and submits ${secure ? 'over TLS' : 'over TCP'}`, async () => {
    const { listening, got, ends } = await ourSmsc(secure ? { key, cert } : undefined)
    const session = smppPackage.connect({ host: '127.0.0.1', port: listening.port, tls: secure, ca: cert })
    session.on('error', (error) => assert.fail(error))
    await once(session, secure ? 'secureConnect' : 'connect')
    const ask = (command: string, fields: object): Promise<PackagePdu> =>
      new Promise((resolve) => session.send(new smppPackage.PDU(command, fields), resolve))
    const deliveries: PackagePdu[] = []
    session.on('deliver_sm', (pdu: PackagePdu) => {
      deliveries.push(pdu)
      session.send(pdu.response())
    })
    const bound = await ask('bind_transceiver', { system_id: 'them', password: 'p' })
    assert.deepEqual([bound.command_status, bound['system_id'], bound['sc_interface_version']], [0, 'offhook', 0x50])
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        ask('submit_sm', { destination_addr: String(n), data_coding: 0, short_message: Buffer.from(`message ${n}`) }),
      ),
    )
    assert.deepEqual(
      answers.map((answer) => answer['message_id']),
      answers.map((_, n) => String(n)),
    )
    assert.equal((await ask('enquire_link', {})).command, 'enquire_link_resp')
    while (deliveries.length < 200) await new Promise((resolve) => setImmediate(resolve))
    assert.equal((await ask('unbind', {})).command, 'unbind_resp')
    assert.equal(got.length, 201)
    await once(session, 'close')
    assert.equal(ends[0]!.cause, 'peer_unbound')
    await listening.close()
  })

test('out of order and slow answers find their requests; both sides send at once', async () => {
  const { listening, sessions } = await ourSmsc()
  const dialled = await dial(
    dialOptions(listening.port, {
      session: { clock, window: 20, peerWindow: 5 },
      hooks: { onRequest: (_, respond) => void setImmediate(respond) },
    }),
  )
  assert.ok(dialled.session)
  const count = 3_000
  const answers = await new Promise<Answer[]>((resolve) => {
    const all: Answer[] = []
    for (let n = 0; n < count; n++)
      dialled.session.send({ command: 'submit_sm', destination_addr: String(n) }, (answer) => {
        all.push(answer)
        if (all.length === count) resolve(all)
      })
  })
  assert.deepEqual(
    answers.map((answer) => answer.command === 'submit_sm_resp' && answer.message_id),
    answers.map((_, n) => String(n)),
  )
  const server = sessions[0]!
  while (server.figures.outstanding + server.figures.waiting > 0) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(dialled.session.figures.unanswered, 0)
  const closed = dialled.session.closed
  await listening.close()
  assert.equal((await closed).cause, 'peer_unbound')
  assert.equal(listening.sessions.size, 0)
})

test('a peer that vanishes, and one that is not wanted', async () => {
  const { listening, sessions, ends } = await ourSmsc()
  const socket = connect(listening.port, '127.0.0.1')
  await once(socket, 'connect')
  while (sessions.length === 0) await new Promise((resolve) => setImmediate(resolve))
  socket.resetAndDestroy()
  await sessions[0]!.closed
  assert.ok(['connection_lost', 'peer_closed'].includes(ends[0]!.cause))
  await listening.close()

  const faults: unknown[] = []
  const closedDoor = await listen({
    host: '127.0.0.1',
    port: 0,
    session: { clock },
    onSession() {
      throw new Error('no')
    },
    onFault: (error) => void faults.push(error),
  })
  const unwanted = await dial(dialOptions(closedDoor.port))
  assert.ok(!unwanted.session && unwanted.cause === 'no_answer')
  assert.equal(faults.length, 1)
  await closedDoor.close()
})

test('no more connections than are allowed, and an unfinished handshake holds up nothing', async () => {
  const options = { host: '127.0.0.1', port: 0, maxSessions: 1, session: { clock } }
  const listening = await listen({ ...options, onSession: () => ({ onRequest: (_, respond) => respond() }) })
  const first = await dial(dialOptions(listening.port))
  assert.ok(first.session)
  const second = await dial(dialOptions(listening.port))
  assert.ok(!second.session)
  await listening.close()
  assert.equal((await first.session.closed).cause, 'peer_unbound')

  const secure = await listen({ ...options, tls: { key, cert, handshakeTimeout: 50 }, onSession: () => ({}) })
  const mute = connect(secure.port, '127.0.0.1')
    .on('error', () => {})
    .resume()
  await once(mute, 'connect')
  await secure.close()
})

test('no listeners are left behind', async () => {
  const { listening } = await ourSmsc()
  const dialled = await dial(dialOptions(listening.port))
  assert.ok(dialled.session)
  const warnings: unknown[] = []
  process.on('warning', (warning) => warnings.push(warning))
  await Promise.all(Array.from({ length: 500 }, () => dialled.session.request({ command: 'enquire_link' })))
  await dialled.session.unbind()
  await listening.close()
  assert.deepEqual(warnings, [])
})
