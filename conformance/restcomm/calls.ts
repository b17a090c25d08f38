// What the scenarios about calls share: an application that answers with markup, SIP phones that are clients of the account, calls in and
// out, and the code that the phone reads in a Reason header.

import type { IncomingHttpHeaders } from 'node:http'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Answer, World } from '../scenario.ts'
import type { PeerCall } from '../sip-call.ts'
import type { SipPeer } from '../sip-peer.ts'
import { reasonsOf, statusOf, type SipText } from '../sip-text.ts'
import { until } from '../until.ts'
import { ask } from './client.ts'
import { withServer } from './messages.ts'

export const accountPath = (world: World): string => `/Accounts/${world.credentials.restcomm.accountSid}`

export interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly fields: URLSearchParams
}

export interface Application {
  readonly url: string
  /** Every request so far, the oldest first. */
  readonly asked: readonly Asked[]
  /** The first request of that path that fits, once it has come. */
  heard(path: string, fits?: (fields: URLSearchParams) => boolean): Promise<URLSearchParams>
}

/** Markup by path, without the root element; a number is a status. */
export type Pages = Readonly<Record<string, string | number>>

/** A customer's server while something is done. */
export async function withApplication(pages: Pages, act: (application: Application) => Promise<void>): Promise<void> {
  const asked: Asked[] = []
  await withServer(
    ({ url = '/', headers }, body, response) => {
      const { pathname, search } = new URL(url, 'http://application.invalid')
      asked.push({ path: pathname, headers, fields: new URLSearchParams(body || search) })
      const page = pages[pathname] ?? 404
      if (typeof page === 'number') return void response.writeHead(page).end()
      response.writeHead(200, { 'content-type': 'application/xml' }).end(`<Response>${page}</Response>`)
    },
    (url) =>
      act({
        url,
        asked,
        heard: async (path, fits = () => true) =>
          (await until(
            () => asked.find((one) => one.path === path && fits(one.fields))?.fields,
            (found) => found !== undefined,
            `a request of ${path}`,
          ))!,
      }),
  )
}

export interface Phone {
  readonly peer: SipPeer
  readonly login: string
  readonly password: string
  readonly sid: string
  /** Calls as that client: what answers is its own page. */
  call(to?: string): Promise<PeerCall>
}

const password = 'Qp7!kz0_Lm4x'

/** A client of the account whose phone is registered; what it dials is answered by `voiceUrl`, where there is one. */
export async function openPhone(world: World, voiceUrl?: string, transport: 'udp' | 'tcp' = 'udp'): Promise<Phone> {
  const login = `phone-${randomBytes(4).toString('hex')}`
  const made = await ask(world, 'POST', `${accountPath(world)}/Clients.json`, {
    Login: login,
    Password: password,
    ...(voiceUrl !== undefined && { VoiceUrl: voiceUrl }),
  })
  assert.equal(made.status, 200, made.text)
  const peer = await world.phone(0, transport)
  const registered = await peer.register({ server: world.sip, login, password })
  assert.equal(statusOf(registered), 200, registered.raw)
  const credentials = { username: login, password }
  return {
    peer,
    login,
    password,
    sid: made.json.sid,
    call: (to = '+12125550199') => peer.call({ server: world.sip, from: login, to, credentials }),
  }
}

/** A phone calls, this markup answers: what comes of it. */
export async function withCall(
  world: World,
  pages: Pages,
  act: (call: PeerCall, application: Application, phone: Phone) => Promise<void>,
): Promise<void> {
  await withApplication(pages, async (application) => {
    const phone = await openPhone(world, `${application.url}/voice`)
    await act(await phone.call(), application, phone)
  })
}

export interface Told {
  readonly code: number
  readonly text: string
}

/** The dictionary's code with its words, and the network's cause beside it, as two headers of the message. */
export function assertTold(world: World, message: SipText, { code, text }: Told, request = ''): void {
  const reasons = reasonsOf(message)
  assert.deepEqual(reasons['CPaaS'], { cause: code, text }, message.raw)
  assert.ok((reasons['Q.850']?.cause ?? 0) > 0, message.raw)
  assert.equal(message.headers.get('reason')?.length, 2)
  world.keepText(request, message.raw)
}

/** The phone is answered and then hung up on with that code. */
export async function assertHungUp(world: World, call: PeerCall, told: Told): Promise<void> {
  const answered = await call.final()
  assert.equal(statusOf(answered), 200, answered.raw)
  assertTold(world, await call.ended(), told, call.asked)
}

/** The call of that phone, once its record says so. */
export async function recordOf(world: World, query: Record<string, string>, fine: (call: any) => boolean): Promise<any> {
  const found = await until(
    () => ask(world, 'GET', `${accountPath(world)}/Calls.json?${new URLSearchParams(query)}`),
    ({ json }) => json?.calls?.some(fine),
    'the record of the call',
  )
  return found.json.calls.find(fine)
}

/** Places a call through the API. */
export const place = (world: World, form: Record<string, string>): Promise<Answer> =>
  ask(world, 'POST', `${accountPath(world)}/Calls.json`, form)

/** A number of the account's own to call from: given back afterwards by whoever took it. */
export async function ownNumber(world: World): Promise<{ readonly sid: string; readonly phone: string }> {
  const bought = await ask(world, 'POST', `${accountPath(world)}/IncomingPhoneNumbers.json`, { AreaCode: '212' })
  assert.equal(bought.status, 200, bought.text)
  return { sid: bought.json.sid, phone: bought.json.phone_number }
}

/** Changes a call that is up. */
export const modify = (world: World, sid: string, form: Record<string, string>): Promise<Answer> =>
  ask(world, 'POST', `${accountPath(world)}/Calls/${sid}.json`, form)

/** The phone is refused with that status and code before it was answered. */
export async function assertRefusedCall(world: World, call: PeerCall, status: number, told: Told): Promise<void> {
  const answer = await call.final()
  assert.equal(statusOf(answer), status, answer.raw)
  assertTold(world, answer, told, call.asked)
}
