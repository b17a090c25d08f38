// The program with a number, an application's server and phones of others, for tests in which calls are heard. Calls end in one record and
// one last webhook each; `ended` looks at both.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startScriptServer, type ScriptServer } from './fakes/script-server.ts'
import { hearingPhone, type HearingPhone, type HearingPhoneWish } from './fakes/hearing-phone.ts'
import { startProgram, type Program } from './program.ts'
import { freePort } from './ports.ts'
import { until } from './until.ts'

export const password = 'Heard-1-well'

export interface HeardPlace {
  readonly program: Program
  /** Where it takes SIP over UDP and TCP. */
  readonly port: number
  /** And over WebSocket. */
  readonly wsPort: number
  /** Its pages answer the number: `/start` when it is called. */
  readonly scripts: ScriptServer
  readonly number: string
  api(method: string, path: string, body?: object): Promise<any>
  operator(method: string, path: string, body?: object): Promise<any>
  client(login: string): Promise<void>
  phone(wish: Omit<HearingPhoneWish, 'password' | 'port'>): Promise<HearingPhone>
  /** A test begins: calls and requests so far are none of its, and pages are gone. */
  begin(): Promise<void>
  /** The record of whom it is from or to, once it has ended. */
  ended(call: { readonly from?: string; readonly to?: string }): Promise<any>
  /** The records of a call that goes on as it came: who calls, and who is called. Once both have ended. */
  bothLegs(call: { readonly from: string; readonly to: string }): Promise<any[]>
  /** The record of whom it is from or to, while it is up. */
  up(call: { readonly from?: string; readonly to?: string }): Promise<any>
}

export async function heardPlace(
  t: TestContext,
  data: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<HeardPlace> {
  const [port, wsPort] = [await freePort(), await freePort()]
  const scripts = await startScriptServer()
  const program = await startProgram(t, data, {
    OFFHOOK_SIP: `127.0.0.1:${port},ws://127.0.0.1:${wsPort}`,
    OFFHOOK_SMPP: 'off',
    OFFHOOK_MEDIA_WORKERS: '1',
    OFFHOOK_OUTGOING_ALLOW: '127.0.0.1',
    ...settings,
  })
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const request = async (method: string, path: string, init: RequestInit): Promise<any> => {
    const response = await fetch(program.url + path, { method, ...init })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text
  }
  const asKey = (key: string) => (method: string, path: string, body?: object) =>
    request(method, `/v1${path}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  const { accountSid, authToken } = credentials.restcomm
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const restcomm = (path: string, form: Record<string, string>) =>
    request('POST', `/restcomm/2012-04-24/Accounts/${accountSid}${path}`, {
      headers: { authorization },
      body: new URLSearchParams(form),
    })
  const api = asKey(credentials.api.key)
  const number = await restcomm('/IncomingPhoneNumbers.json', { AreaCode: '415' })
  await restcomm(`/IncomingPhoneNumbers/${number.sid}.json`, {
    VoiceUrl: `${scripts.url}/start`,
    VoiceFallbackUrl: `${scripts.url}/fallback`,
    StatusCallback: `${scripts.url}/status`,
    ReferUrl: `${scripts.url}/refer`,
  })
  const logins = new Set<string>()
  const client = async (login: string): Promise<void> => {
    if (logins.has(login)) return
    logins.add(login)
    await api('POST', '/clients', { login, password })
  }
  const seen = new Set<string>()
  const calls = async (fits: { from?: string; to?: string }): Promise<any[]> =>
    (await api('GET', '/calls')).items.filter(
      (one: any) => !seen.has(one.id) && (fits.from ?? one.from) === one.from && (fits.to ?? one.to) === one.to,
    )
  const find = (fits: { from?: string; to?: string }, also: (one: any) => boolean): Promise<any> =>
    until(
      async () => (await calls(fits)).find(also),
      (one) => one !== undefined,
    )
  return {
    program,
    port,
    wsPort,
    scripts,
    number: number.phone_number,
    api,
    operator: asKey(credentials.operator.key),
    client,
    async phone(wish) {
      await client(wish.login)
      return hearingPhone({ ...wish, password, port })
    },
    async begin() {
      scripts.begin()
      for (const { id } of (await api('GET', '/calls')).items) seen.add(id)
    },
    bothLegs: (fits) =>
      until(
        () => calls(fits),
        (legs) => legs.length === 2 && legs.every((one) => one.final),
      ),
    ended: (fits) => find(fits, (one) => one.final),
    up: (fits) => find(fits, (one) => one.state === 'answered'),
  }
}
