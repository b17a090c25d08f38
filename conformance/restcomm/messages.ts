// What the scenarios about messages share: a number, a customer's server that is told, messages sent and followed to their
// end, and both places where the end is told.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startSmsc, type BehaviourChange, type Smsc } from '../../test/fakes/smsc.ts'
import type { Answer, World } from '../scenario.ts'
import { until } from '../until.ts'
import { ask } from './client.ts'

export interface Number {
  readonly sid: string
  readonly phone: string
}

const accountPath = (world: World): string => `/Accounts/${world.credentials.restcomm.accountSid}`

/** A number of the sandbox account's own while something is done. */
export async function withNumber(world: World, act: (number: Number) => Promise<void>): Promise<void> {
  const bought = await ask(world, 'POST', `${accountPath(world)}/IncomingPhoneNumbers.json`, { AreaCode: '212' })
  assert.equal(bought.status, 200, bought.text)
  const { sid, phone_number: phone } = bought.json
  try {
    await act({ sid, phone })
  } finally {
    await ask(world, 'DELETE', `${accountPath(world)}/IncomingPhoneNumbers/${sid}.json`)
  }
}

export async function withServer(
  handle: (request: IncomingMessage, body: string, response: ServerResponse) => void,
  act: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => handle(request, body, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

export const send = (world: World, form: Record<string, string>): Promise<Answer> =>
  ask(world, 'POST', `${accountPath(world)}/SMS/Messages.json`, { Body: 'Your cab is outside', ...form })

export const record = (world: World, sid: string): Promise<Answer> =>
  ask(world, 'GET', `${accountPath(world)}/SMS/Messages/${sid}.json`)

interface End {
  readonly status: 'failed' | 'undelivered'
  readonly code: number
  readonly message: string
  /** In our own header of the callback. */
  readonly reason: string
}

export interface Callback {
  readonly fields: URLSearchParams
  readonly reason: string | undefined
}

export interface Told {
  /** Each status callback so far, the oldest first. */
  readonly callbacks: readonly Callback[]
  readonly url: string
}

/** A server that hears status callbacks while something is done. */
export async function withCallbacks(act: (told: Told) => Promise<void>): Promise<void> {
  const callbacks: Callback[] = []
  await withServer(
    ({ headers }, body, response) => {
      callbacks.push({ fields: new URLSearchParams(body), reason: headers['offhook-reason'] as string | undefined })
      response.end()
    },
    (url) => act({ callbacks, url: `${url}/status` }),
  )
}

/** The message ends so in its record, which is kept, and its last callback says the same. */
export async function assertEnds(world: World, sid: string, told: Told, { status, code, message, reason }: End): Promise<void> {
  const answer = await until(
    () => record(world, sid),
    ({ json }) => !['queued', 'sending', 'sent'].includes(json?.status),
    'the end of the message',
  )
  assert.equal(answer.status, 200, answer.text)
  const { status: ended, error_code: errorCode, error_message: errorMessage } = answer.json
  assert.deepEqual([ended, errorCode, errorMessage], [status, code, message])
  const last = await until(
    () => told.callbacks.find(({ fields }) => fields.get('MessageSid') === sid && fields.get('MessageStatus') === status),
    (one) => one !== undefined,
    'its callback',
  )
  assert.deepEqual(
    ['MessageStatus', 'ErrorCode', 'AccountSid', 'From', 'To', 'Body'].map((name) => last!.fields.get(name)),
    [status, String(code), answer.json.account_sid, answer.json.from, answer.json.to, answer.json.body],
  )
  assert.equal(last!.reason, reason)
  world.keep(answer)
}

/** Sends one, accepted with 200, and follows it to its end. */
export async function assertSentEnds(world: World, form: Record<string, string>, end: End): Promise<void> {
  await withNumber(world, async ({ phone }) => {
    await withCallbacks(async (told) => {
      const sent = await send(world, { From: phone, StatusCallback: told.url, ...form })
      assert.equal(sent.status, 200, sent.text)
      await assertEnds(world, sent.json.sid, told, end)
    })
  })
}

/** An SMSC that behaves so is the only way out while something is done. */
export async function withSmsc(
  world: World,
  behaviour: BehaviourChange,
  detail: object,
  act: (smsc: Smsc) => Promise<void>,
): Promise<void> {
  const smsc = await startSmsc({ behaviour })
  try {
    const whole = { host: '127.0.0.1', port: smsc.port, systemId: 'offhook', ...detail }
    const made = await world.operatorApi('POST', '/carriers', { name: 'gateway', kind: 'smpp', detail: whole, secret: 'secret' })
    assert.equal(made.status, 201, made.text)
    const { items } = (await world.operatorApi('GET', '/routes')).json
    for (const { id } of items) assert.equal((await world.operatorApi('DELETE', `/routes/${id}`)).status, 200)
    assert.equal((await world.operatorApi('POST', '/routes', { carrierId: made.json.id })).status, 201)
    await until(
      () => world.operatorApi('GET', `/carriers/${made.json.id}`),
      ({ json }) => json.status?.state === 'up',
      'the bind',
    )
    await act(smsc)
  } finally {
    await smsc.stop()
  }
}

/** Changes the sandbox account, as the operator; for servers with no other account. */
export async function changeSandbox(world: World, change: object): Promise<void> {
  const [sandbox] = (await world.operatorApi('GET', '/accounts')).json.items
  const changed = await world.operatorApi('PATCH', `/accounts/${sandbox.id}`, change)
  assert.equal(changed.status, 200, changed.text)
}

interface Unserved {
  /** In the message's record. */
  readonly code: number
  readonly message: string
  /** In the notification, where it has a number of its own. */
  readonly notification?: number
}

/**
 * Somebody writes to the number: nobody can be told. The record of the message says why and is kept; so does a
 * notification of that moment.
 */
export async function assertUnserved(
  world: World,
  { phone }: Number,
  { code, message, notification = code }: Unserved,
): Promise<void> {
  const text = `hello ${crypto.randomUUID()}`
  const written = await world.api('POST', '/handsets/%2B13105550160/messages', { to: phone, text })
  assert.equal(written.status, 200, written.text)
  const list = await until(
    () => ask(world, 'GET', `${accountPath(world)}/SMS/Messages.json?Body=${encodeURIComponent(text)}`),
    ({ json }) => json.total === 1 && json.messages[0].error_code !== null,
    'the message with its error',
  )
  const { sid, status, direction, error_code: errorCode, error_message: errorMessage } = list.json.messages[0]
  assert.deepEqual([status, direction, errorCode, errorMessage], ['received', 'inbound', code, message])
  const notes = await until(
    () => ask(world, 'GET', `${accountPath(world)}/Notifications.json?ErrorCode=${notification}`),
    ({ json }) => json.total > 0,
    'the notification',
  )
  assert.deepEqual([notes.json.notifications[0].error_code, notes.json.notifications[0].log], [notification, 0])
  world.keep(await record(world, sid))
}

/** The number's application answers so: the account's notifications say what is wrong with it, and where. */
export async function assertMarkupFault(
  world: World,
  markup: string,
  { code, says }: { readonly code: number; readonly says: RegExp },
): Promise<void> {
  const answer = (_: unknown, __: unknown, response: ServerResponse): void =>
    void response.writeHead(200, { 'content-type': 'text/xml' }).end(markup)
  await withServer(answer, async (url) => {
    await withNumber(world, async ({ sid, phone }) => {
      const SmsUrl = `${url}/rcml`
      const bound = await ask(world, 'POST', `${accountPath(world)}/IncomingPhoneNumbers/${sid}.json`, { SmsUrl })
      assert.equal(bound.status, 200, bound.text)
      const written = await world.api('POST', '/handsets/%2B13105550160/messages', { to: phone, text: 'hello' })
      assert.equal(written.status, 200, written.text)
      const query = `ErrorCode=${code}&RequestUrl=${encodeURIComponent(SmsUrl)}`
      const notes = await until(
        () => ask(world, 'GET', `${accountPath(world)}/Notifications.json?${query}`),
        ({ json }) => json.total > 0,
        'the notification',
      )
      const [note] = notes.json.notifications
      assert.deepEqual([note.error_code, note.log, note.request_method], [code, 0, 'POST'])
      assert.match(note.message_text, says)
      world.keep(notes)
    })
  })
}
