// The program with SMSCs around it, for scenarios: carriers and routes made through the API by the operator, messages sent and read
// by an account. Each carrier has a prefix of its own, so that scenarios share a program and not a carrier.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startSmscProgram, type SmscProgram, type SmscWanted } from './fakes/smsc-program.ts'
import { newFolder, startProgram, type Program } from './program.ts'
import { until } from './until.ts'

/** As the API shows it. */
export interface Message {
  readonly id: string
  readonly to: string
  readonly state: string
  readonly final: boolean
  readonly reason: { readonly slug: string; readonly cause: string | null } | null
  readonly attempts: number
  readonly coding: string
  readonly segments: number
  readonly priceMicro: number
  readonly perhapsTwice: boolean
  readonly carrierId: string
  readonly sendAt: string | null
}

export interface Answer {
  readonly status: number
  readonly json: any
}

export interface CarrierWanted extends SmscWanted {
  /** Settings of the carrier, over short pauses for reconnecting. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>
  readonly prefix?: string
  readonly rank?: number
  /** An SMSC that is there already. */
  readonly smsc?: SmscProgram
}

export interface PlaceCarrier {
  readonly id: string
  readonly smsc: SmscProgram
  readonly prefix: string
  /** A recipient whose messages go over it. */
  to(n: number): string
}

export interface MessagingPlace {
  readonly data: string
  readonly from: string
  readonly program: Program
  readonly credentials: any
  /** `account`: one below that of the key, to act for. */
  ask(method: string, path: string, body?: object, key?: string, account?: string): Promise<Answer>
  /** Fails unless it is answered with 2xx. */
  good(method: string, path: string, body?: object, key?: string, account?: string): Promise<any>
  operate(method: string, path: string, body?: object): Promise<any>
  /** An SMSC, a carrier to it that is bound, and a route over it. */
  carrier(wanted?: CarrierWanted): Promise<PlaceCarrier>
  isUp(carrierId: string): Promise<void>
  send(to: string, more?: object): Promise<Message>
  read(id: string): Promise<Message>
  /** Reads it until it is so. */
  until(id: string, fine: (message: Message) => boolean): Promise<Message>
  /** Reads it until its end. */
  end(id: string): Promise<Message>
  /** Kills the program or stops it well, and starts it again over the same data. */
  restart(signal: 'SIGKILL' | 'SIGTERM', env?: Readonly<Record<string, string>>): Promise<void>
}

export const isFinal = ({ final }: Message): boolean => final

/** No submit of one destination more than once. */
export async function assertOnce(smsc: SmscProgram): Promise<void> {
  for (const [destination, lines] of await smsc.byDestination()) assert.equal(lines.length, 1, `submits to ${destination}`)
}

let carriers = 0

export async function openMessagingPlace(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
  data = newFolder(),
): Promise<MessagingPlace> {
  const settings = { OFFHOOK_SMPP: 'off', OFFHOOK_LOG: 'warn', OFFHOOK_DISK_RESERVE: '0', ...env }
  let program = await startProgram(t, data, settings)
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const own = credentials.api.key as string
  const operator = credentials.operator.key as string
  const ask = async (method: string, path: string, body?: object, key = own, account?: string): Promise<Answer> => {
    const answer = await fetch(`${program.url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(account !== undefined && { 'offhook-account': account }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) }
  }
  const good = async (method: string, path: string, body?: object, key?: string, account?: string): Promise<any> => {
    // Nodes share the rates of keys by slices, and one may have none left for a moment.
    const { status, json } = await until(
      () => ask(method, path, body, key, account),
      (told) => told.json?.reason !== 'rate.limit_exceeded',
    )
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`)
    return json
  }
  const operate = (method: string, path: string, body?: object) => good(method, path, body, operator)

  // What is not routed by a scenario goes nowhere, rather than over the pretend network.
  for (const { id } of (await operate('GET', '/routes')).items) await operate('DELETE', `/routes/${id}`)
  const { accountId } = await good('GET', '/whoami')
  const limits = { keyPerSecond: 100_000, accountPerSecond: 100_000 }
  await operate('PATCH', `/accounts/${accountId}`, { settings: { limits } })
  const owned = (await good('GET', '/numbers')).items
  const { items } = owned.length > 0 ? { items: owned } : await good('POST', '/numbers', { country: 'US', type: 'local' })

  const read = (id: string): Promise<Message> => good('GET', `/messages/${id}`)
  const untilRead = (id: string, fine: (message: Message) => boolean) => until(() => read(id), fine)
  const isUp = async (id: string): Promise<void> => {
    await until(async () => (await operate('GET', `/carriers/${id}`)).status?.state === 'up')
  }
  return {
    data,
    credentials,
    from: items[0].number,
    get program() {
      return program
    },
    ask,
    good,
    operate,
    isUp,
    async carrier({ detail = {}, prefix, rank = 1, smsc: given, ...wanted } = {}) {
      carriers += 1
      const number = carriers
      const smsc = given ?? (await startSmscProgram(wanted))
      if (!given) t.after(() => smsc.stop())
      // One whose time is up does nothing more afterwards, and what it leaves would keep its file for ever.
      if (t.signal.aborted) {
        await smsc.stop()
        throw new Error('the test is over')
      }
      const own = prefix ?? `+4477${String(number).padStart(2, '0')}`
      const { id } = await operate('POST', '/carriers', {
        name: `sim-${number}`,
        url: `smpp://offhook:offhook@127.0.0.1:${smsc.port}`,
        detail: { reconnectMinMs: 20, reconnectMaxMs: 100, ...detail },
      })
      await operate('POST', '/routes', { carrierId: id, prefix: own, rank })
      await isUp(id)
      return { id, smsc, prefix: own, to: (n) => `${own}${String(n).padStart(6, '0')}` }
    },
    send: (to, more = {}) => good('POST', '/messages', { from: items[0].number, to, text: 'Hello', ...more }),
    read,
    until: untilRead,
    end: (id) => untilRead(id, isFinal),
    async restart(signal, more = {}) {
      program.child.kill(signal)
      await program.ended
      program = await startProgram(t, data, { ...settings, ...more })
    },
  }
}
