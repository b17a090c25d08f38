// Strangers at the door: what they are answered, and what is held of them.

import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Lockouts } from '#accounts/lockouts.ts'
import { answerText, pickChallenge } from '#protocols/sip/digest.ts'
import { parseMessage } from '#protocols/sip/message-codec.ts'
import { openStore } from '#store/open-store.ts'
import { handClock } from '#values/clock.ts'
import { Coming, listening, openDoor, type OpenDoor } from '../../test/sip-place.ts'
import { until } from '../../test/until.ts'
import { sipLockoutRules } from './doorkeeper.ts'
import type { GuestLogin } from './sip-door.ts'

interface Stranger {
  readonly socket: Socket
  readonly answers: Coming<string>
  /** `lines` are headers beyond those that every request has. */
  ask(port: number, method: string, lines?: readonly string[]): Promise<string>
}

async function stranger(): Promise<Stranger> {
  const socket = createSocket('udp4')
  after(() => socket.close())
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound))
  const answers = new Coming<string>()
  socket.on('message', (bytes) => answers.push(bytes.toString()))
  let asked = 0
  return {
    socket,
    answers,
    ask(port, method, lines = []) {
      asked += 1
      const head = [
        `${method} sip:+4930222@127.0.0.1:${port} SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${asked};rport`,
        'From: <sip:ann@127.0.0.1>;tag=a',
        'To: <sip:ann@127.0.0.1>',
        `Call-ID: ${asked}`,
        `CSeq: ${asked} ${method}`,
        ...lines,
        'Content-Length: 0',
      ]
      socket.send(`${head.join('\r\n')}\r\n\r\n`, port, '127.0.0.1')
      return answers.next()
    },
  }
}

test('a stranger is answered once, and nothing is held of what it asked', async () => {
  const { door, port } = await listening(await openDoor())
  const { ask } = await stranger()
  for (const [method, status, lines] of [
    ['INVITE', 407, []],
    ['REGISTER', 401, []],
    ['OPTIONS', 200, []],
    ['INVITE', 420, ['Require: something']],
    ['INVITE', 407, [`Authorization: Digest username="ann", realm="test", nonce="n", uri="sip:x", response="0"`]],
  ] as const) {
    assert.match(await ask(port, method, lines), new RegExp(`^SIP/2.0 ${status} `))
    const { serverTransactions, absorbing } = door.stack.counts
    assert.deepEqual([method, serverTransactions, absorbing], [method, 0, 0])
  }
})

test('who asks by OPTIONS is told what can be done here (RFC 3261 11.2)', async () => {
  const { port } = await listening(await openDoor())
  const { ask } = await stranger()
  const told = await ask(port, 'OPTIONS')
  assert.match(told, /^Allow: INVITE, ACK, CANCEL, BYE, .*\r$/m)
  assert.match(told, /^Supported: 100rel, timer, replaces, norefersub\r$/m)
  assert.match(told, /^Accept: application\/sdp\r$/m)
})

/** A door that knows Ann, with real lockouts; `taken` has the numbers that she called. */
async function annsDoor(isGuest = false): Promise<OpenDoor & { readonly taken: string[] }> {
  const clock = handClock()
  const dataDir = mkdtempSync(join(tmpdir(), 'offhook-test-'))
  const store = await openStore({ clock, dataDir })
  after(async () => {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const open = await listening(await openDoor({ lockouts: new Lockouts(store, clock, sipLockoutRules) }))
  const taken: string[] = []
  const ann: GuestLogin = {
    subject: 'client 1',
    password: 'right',
    known: {},
    takeInvite(invite) {
      taken.push(invite.request.uri)
      invite.refuse(486)
    },
    takeRegister: (transaction) => void transaction.respond(200),
  }
  open.door.admit({ isGuest: () => isGuest, byName: async (name) => (name === 'ann' ? ann : undefined) })
  return { ...open, taken }
}

const headerOf = (answer: string, name: string): readonly string[] =>
  parseMessage(Buffer.from(answer)).message?.headers.lines(name) ?? []

const statusOf = (answer: string): number => Number(answer.split(' ')[1])

/** An answer to the challenge of a request of this method. */
async function answered(
  { ask }: Stranger,
  port: number,
  method: string,
  username: string,
  password: string,
  uri = 'sip:x',
): Promise<string[]> {
  const asked = await ask(port, method)
  const proxy = method === 'INVITE' ? 'Proxy-' : ''
  const challenge = pickChallenge(headerOf(asked, proxy === '' ? 'WWW-Authenticate' : 'Proxy-Authenticate'))
  assert.ok(challenge, asked)
  return [`${proxy}Authorization: ${answerText({ challenge, login: { username, password }, method, uri, cnonce: 'c' })}`]
}

test('what answers no challenge of ours counts for nobody: its source may be forged', async () => {
  const { port, counted } = await annsDoor()
  const forger = await stranger()
  const challenge = { realm: 'test', nonce: 'made up', algorithm: 'MD5', qop: 'auth', stale: false } as const
  for (let n = 0; n < 40; n += 1) {
    const login = { username: n % 2 ? 'ann' : 'bob', password: `${n}` }
    const text = answerText({ challenge, login, method: 'REGISTER', uri: 'sip:x', cnonce: 'c' })
    const answer = await forger.ask(port, 'REGISTER', [`Authorization: ${text}`])
    assert.equal(statusOf(answer), 401)
    assert.match(headerOf(answer, 'WWW-Authenticate')[0] ?? '', /stale=true/)
    assert.equal(statusOf(await forger.ask(port, 'REGISTER', ['Authorization: Bearer a.b.c'])), 401)
  }
  assert.deepEqual(counted, [])
  const phone = await stranger()
  const right = await answered(phone, port, 'REGISTER', 'ann', 'right')
  assert.equal(statusOf(await phone.ask(port, 'REGISTER', right)), 200)
})

test('names that nobody has are refused and locked as those that somebody has', async () => {
  const { port } = await annsDoor()
  const guesser = await stranger()
  const told: Record<string, string[]> = { ann: [], nobody: [] }
  for (const [name, all] of Object.entries(told)) {
    for (let n = 0; n < 12; n += 1) {
      const answer = await guesser.ask(port, 'REGISTER', await answered(guesser, port, 'REGISTER', name, `${n}`))
      all.push(`${statusOf(answer)} ${headerOf(answer, 'Reason').join()}`)
    }
  }
  assert.match(told['ann']!.at(-1)!, /locked/)
  assert.deepEqual(told['nobody'], told['ann'])
})

for (const isGuest of [false, true]) {
  test(`from a source that is locked ${isGuest ? 'who is registered is served' : 'nobody is served'}`, async () => {
    const { port, counted } = await annsDoor(isGuest)
    const guesser = await stranger()
    for (let n = 0; n < 30; n += 1)
      await guesser.ask(port, 'REGISTER', await answered(guesser, port, 'REGISTER', `name ${n}`, 'wrong'))
    const late = guesser.ask(port, 'REGISTER').then(statusOf)
    if (isGuest) assert.equal(await late, 401)
    else await until(() => counted.includes('locked'))
    assert.equal(counted.includes('locked'), !isGuest)
  })
}

test('an answer that was caught on its way calls nobody but whom it was made for (RFC 7616 3.4.6)', async () => {
  const { port, taken } = await annsDoor()
  const phone = await stranger()
  for (const [uri, status] of [
    ['sip:+4930222@proxy.example', 486],
    ['sip:proxy.example', 486],
    ['sip:+1900555@127.0.0.1', 403],
  ] as const) {
    const right = await answered(phone, port, 'INVITE', 'ann', 'right', uri)
    assert.equal(statusOf(await phone.ask(port, 'INVITE', right)), status)
  }
  assert.equal(taken.length, 2)
})
