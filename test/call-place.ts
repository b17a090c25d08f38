// The program with SIP, for scenarios of calls that go wrong: parties of an outside network as raw peers, an application's server that may
// misbehave, and an endpoint that is told of everything. `ended` holds each call to what is promised of all: one record, one end, one
// last event.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { SipPeer } from '../conformance/sip-peer.ts'
import { openSipRelay, type SipRelay } from './fakes/sip-relay.ts'
import { startWebhookServer, type WebhookServer } from './fakes/webhook-server.ts'
import { startProgram, type Program } from './program.ts'
import { freePort } from './ports.ts'
import { until } from './until.ts'

/** What answers a page: markup, a status, or anything at all. */
export type CallPage = string | number | ((request: IncomingMessage, response: ServerResponse) => void)

export interface CallEnding {
  readonly state: string
  readonly reason: string
  readonly fault: string
  readonly cause: string | null
  readonly endedBy: string
  readonly sipStatus: number | null
}

export interface Route {
  readonly carrierId: string
  readonly peer: SipPeer
  readonly relay: SipRelay
}

/** Of a call that a phone dialled both legs go to the same. */
export type EndedCall = { readonly from: string } | { readonly to: string; readonly direction?: 'in' | 'out' }

export interface CallPlace {
  readonly program: Program
  /** Ends the program so and starts it again on what it left; gives its exit code. */
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
  readonly sip: { readonly host: string; readonly port: number }
  readonly pages: Map<string, CallPage>
  /** Where the pages are. */
  readonly url: string
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  readonly hooks: WebhookServer
  readonly data: string
  /** For requests that are to be refused. */
  readonly apiKey: string
  api(method: string, path: string, body?: object): Promise<any>
  operator(method: string, path: string, body?: object): Promise<any>
  restcomm(path: string, form: Record<string, string>): Promise<any>
  /** A number of the account whose calls are answered by that page; `refer`: by which what a phone hands over is. */
  number(page: string, more?: { readonly fallback?: string; readonly refer?: string }): Promise<string>
  /** A party of the network that calls come from, behind a relay: `relay.port` is where it calls. */
  party(): Promise<{ readonly peer: SipPeer; readonly relay: SipRelay; readonly server: { host: string; port: number } }>
  /** A carrier for numbers that begin so, such as `+1212`, behind a relay. */
  route(prefix: string, more?: { readonly detail?: object; readonly rank?: number }): Promise<Route>
  /** Once it has ended, and was told of. */
  ended(call: EndedCall): Promise<CallEnding & { readonly record: any }>
}

export const rcml = (verbs: string): string => `<?xml version="1.0"?><Response>${verbs}</Response>`

export interface CallPlaceWish {
  readonly data: string
  readonly settings?: Readonly<Record<string, string>>
  readonly limits?: object
}

/** For the whole of a test file. Faults of SIP are given up after 64 times T1: a fast network makes that 6.4 s. */
export async function openCallPlace({ data, settings = {}, limits: accountLimits = {} }: CallPlaceWish): Promise<CallPlace> {
  const port = await freePort()
  const pages = new Map<string, CallPage>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    asked.push(path)
    const page = pages.get(path) ?? 404
    request.resume()
    request.on('error', () => {})
    response.on('error', () => {})
    if (typeof page === 'function') return page(request, response)
    if (typeof page === 'number') return void response.writeHead(page).end()
    response.writeHead(200, { 'content-type': 'application/xml' }).end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const hooks = await startWebhookServer()
  const open: { close(): void }[] = []
  after(() => {
    server.closeAllConnections()
    server.close()
    for (const one of open) one.close()
  })
  const start = (): Promise<Program> =>
    startProgram({ after } as unknown as TestContext, data, {
      OFFHOOK_SIP: `127.0.0.1:${port}`,
      OFFHOOK_SIP_T1_MS: '100',
      OFFHOOK_SMPP: 'off',
      OFFHOOK_MEDIA_WORKERS: '1',
      OFFHOOK_OUTGOING_ALLOW: '127.0.0.1',
      ...settings,
    })
  let program = await start()
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const request = async (method: string, path: string, init: RequestInit): Promise<any> => {
    const response = await fetch(program.url + path, { method, ...init })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const withKey = (key: string) => (method: string, path: string, body?: object) =>
    request(method, `/v1${path}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  const api = withKey(credentials.api.key)
  const operator = withKey(credentials.operator.key)
  const { accountSid, authToken } = credentials.restcomm
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const restcomm = (path: string, form: Record<string, string>) =>
    request('POST', `/restcomm/2012-04-24/Accounts/${accountSid}${path}`, {
      headers: { authorization },
      body: new URLSearchParams(form),
    })
  const sip = { host: '127.0.0.1', port }
  const limits = { keyPerSecond: 100_000, accountPerSecond: 100_000, ...accountLimits }
  await operator('PATCH', `/accounts/${(await api('GET', '/whoami')).accountId}`, { settings: { limits } })
  await api('POST', '/webhook-endpoints', { url: `${hooks.url}/all`, events: ['call.*'], name: 'all' })
  // Nothing goes to the pretend network.
  for (const { id } of (await operator('GET', '/routes')).items) await operator('DELETE', `/routes/${id}`)
  const carrier = (name: string, detail: object) =>
    operator('POST', '/carriers', { name, kind: 'sip-trunk', detail: { optionsSeconds: 0, ...detail } })
  // Everybody on this machine is of its network.
  await carrier('network', { gateways: '127.0.0.1:9', sources: '127.0.0.1' })
  const party = async () => {
    const peer = await SipPeer.open()
    const relay = await openSipRelay({ peer: peer.port, program: port })
    open.push(peer, relay)
    return { peer, relay, server: { host: '127.0.0.1', port: relay.port } }
  }
  return {
    get program() {
      return program
    },
    async restart(signal) {
      program.child.kill(signal)
      const code = await program.ended
      program = await start()
      return code
    },
    sip,
    pages,
    url,
    asked,
    hooks,
    data,
    apiKey: credentials.api.key,
    api,
    operator,
    restcomm,
    party,
    async number(page, { fallback, refer } = {}) {
      const { sid, phone_number: number } = await restcomm('/IncomingPhoneNumbers.json', { AreaCode: '415' })
      await restcomm(`/IncomingPhoneNumbers/${sid}.json`, {
        VoiceUrl: url + page,
        ...(fallback && { VoiceFallbackUrl: url + fallback }),
        ...(refer && { ReferUrl: url + refer }),
      })
      return number
    },
    async route(prefix, { detail = {}, rank } = {}) {
      const { peer, relay } = await party()
      const { id } = await carrier(`to-${peer.port}`, { gateways: `127.0.0.1:${relay.port}`, inbound: 'none', ...detail })
      await operator('POST', '/routes', {
        carrierId: id,
        prefix,
        kind: 'voice',
        ...(rank !== undefined && { rank }),
      })
      await until(
        () => operator('GET', `/carriers/${id}`),
        ({ trunk }) => trunk?.state === 'up',
      )
      return { carrierId: id, peer, relay }
    },
    async ended(call) {
      const query = new URLSearchParams(call).toString()
      const { items } = await until(
        () => api('GET', `/calls?${query}`),
        (page: any) => page.items.length > 0 && page.items.every(({ final }: { final: boolean }) => final),
      )
      assert.equal(items.length, 1, 'one record')
      const [record] = items
      const told = await until(
        () => toldEnds(hooks, record.id),
        (ends) => ends.length > 0,
      )
      assert.equal(new Set(told.map(({ delivery }) => delivery)).size, 1, 'one last event')
      assert.deepEqual(told[0]!.data.reason, record.reason)
      const { state, endedBy, sipStatus } = record
      const { slug, fault, cause } = record.reason
      return { state, reason: slug, fault, cause, endedBy, sipStatus, record }
    },
  }
}

/** What the endpoint was told of the end of a call, with the delivery that told it. */
export function toldEnds(hooks: WebhookServer, id: string): { readonly delivery: string; readonly data: any }[] {
  return hooks.heard.flatMap(({ headers, body }) => {
    if (headers['offhook-event'] !== 'call.ended') return []
    const { data } = JSON.parse(body)
    return data.id === id ? [{ delivery: String(headers['webhook-id']), data }] : []
  })
}
