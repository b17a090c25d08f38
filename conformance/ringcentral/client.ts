// What the scenarios of this system have in common: applications, people, logging in by grant or through the pages, and
// the two envelopes. An outside client; what an administrator must set up first goes through the native API.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import type { Answer, World } from '../scenario.ts'

export interface App {
  readonly id: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
}

export const redirectUri = 'https://app.example.test/callback'
const everyGrant = ['password', 'authorization_code', 'refresh_token', 'jwt', 'client_credentials']
/** As often as a scenario asks, however long it waits. */
const plan = { light: 100_000, medium: 100_000, heavy: 100_000, auth: 100_000 }

/** Asks the native API for another account than one's own. */
export type Native = (method: string, path: string, body?: object) => Promise<Answer>

function must(answer: Answer, what: string): any {
  assert.ok(answer.status < 300, `${what}: ${answer.status} ${answer.text}`)
  return answer.json
}

/** A client application; without `permissions` it may what its account's administrator may. */
export async function makeApp(
  world: World,
  detail: object = {},
  permissions?: readonly string[],
  native: Native = world.api,
): Promise<App> {
  const body = {
    face: 'ringcentral',
    userId: null,
    name: 'A client',
    detail: { grants: everyGrant, redirectUris: [redirectUri], plan, ...detail },
  }
  const key = must(await native('POST', '/keys', permissions ? { ...body, permissions } : body), 'an application')
  return { id: key.id, clientId: key.publicId, clientSecret: key.secret, redirectUri }
}

export interface Person {
  readonly id: string
  readonly login: string
  readonly password: string
}

let people = 0

export async function makePerson(world: World, fields: object = {}, native: Native = world.api): Promise<Person> {
  people += 1
  const login = `person-${people}-${crypto.randomUUID().slice(0, 8)}@example.test`
  const password = `Pass-word-${crypto.randomUUID()}`
  const user = must(
    await native('POST', '/users', { login, password, name: 'Ada Byte', role: 'developer', ...fields }),
    'a person',
  )
  return { id: user.id, login, password }
}

/** An account of its own, which a scenario may suspend. */
export async function makeCompany(world: World): Promise<{ id: string; native: Native; change(body: object): Promise<void> }> {
  const account = must(await world.operatorApi('POST', '/accounts', { name: 'A company' }), 'an account')
  const native: Native = (method, path, body) =>
    world.ask({
      method,
      path: `/v1${path}`,
      headers: { authorization: `Bearer ${world.credentials.operator.key}`, 'offhook-account': account.id },
      ...(body && { body }),
    })
  return {
    id: account.id,
    native,
    async change(body) {
      must(await world.operatorApi('PATCH', `/accounts/${account.id}`, body), 'a changed account')
    },
  }
}

export const basic = ({ clientId, clientSecret }: Pick<App, 'clientId' | 'clientSecret'>): string =>
  `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`

/** POST /restapi/oauth/token as that application. */
export const askToken = (
  world: World,
  app: App,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  world.ask({
    method: 'POST',
    path: '/restapi/oauth/token',
    headers: { authorization: basic(app), ...headers },
    body: new URLSearchParams(fields),
  })

export const askLogin = (world: World, app: App, person: { login: string; password: string }): Promise<Answer> =>
  askToken(world, app, { grant_type: 'password', username: person.login, password: person.password })

export interface Session {
  readonly access_token: string
  readonly refresh_token: string
  readonly owner_id: string
}

/** As that person, the sandbox account's administrator unless told. */
export async function logIn(world: World, app: App, person?: Person): Promise<Session> {
  const { username, password } = world.credentials.ringcentral
  return must(await askLogin(world, app, person ?? { login: username, password }), 'a login')
}

export const api = '/restapi/v1.0'

export const asToken = (session: Pick<Session, 'access_token'>, headers: Record<string, string> = {}) => ({
  authorization: `Bearer ${session.access_token}`,
  ...headers,
})

export const get = (world: World, session: Session, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  world.ask({ method: 'GET', path: `${api}${path}`, headers: asToken(session, headers) })

export const send = (
  world: World,
  session: Session,
  method: string,
  path: string,
  body: NonNullable<Parameters<World['ask']>[0]['body']>,
  headers: Record<string, string> = {},
) => world.ask({ method, path: `${api}${path}`, headers: asToken(session, headers), body })

/** GET authorize as something that wants JSON, so that a refusal comes in the envelope. */
export const askAuthorize = (world: World, fields: Record<string, string>, accept = 'application/json'): Promise<Answer> =>
  world.ask({ method: 'GET', path: `/restapi/oauth/authorize?${new URLSearchParams(fields)}`, headers: { accept } })

const ticketIn = (html: string): string => {
  const found = /name="ticket" value="([^"]+)"/.exec(html)
  assert.ok(found, `no ticket in ${html}`)
  return found[1]!
}

export interface Consent {
  /** Presses Allow or Do not allow. */
  decide(decision: 'allow' | 'deny', accept?: string): Promise<Answer>
}

/** Through the login page, as a browser does it, up to the question whether the application may. */
export async function upToConsent(
  world: World,
  app: App,
  fields: Record<string, string> = {},
  person?: { login: string; password: string },
): Promise<Consent> {
  const html = 'text/html'
  const started = await askAuthorize(
    world,
    { response_type: 'code', client_id: app.clientId, redirect_uri: app.redirectUri, state: 'st ate', ...fields },
    html,
  )
  assert.equal(started.status, 302, started.text)
  const login = await world.ask({ method: 'GET', path: started.headers.get('location')!, headers: { accept: html } })
  assert.equal(login.status, 200, login.text)
  const cookie = login.headers.get('set-cookie')!.split(';')[0]!
  const { username, password } = world.credentials.ringcentral
  const who = person ?? { login: username, password }
  const page = (path: string, body: Record<string, string>, accept: string) =>
    world.ask({ method: 'POST', path: `/restapi/oauth/${path}`, headers: { accept, cookie }, body: new URLSearchParams(body) })
  const asked = await page('login', { ticket: ticketIn(login.text), username: who.login, password: who.password }, html)
  assert.equal(asked.status, 200, asked.text)
  const ticket = ticketIn(asked.text)
  return { decide: (decision, accept = html) => page('consent', { ticket, decision }, accept) }
}

/** An authorization code, got in the way of a browser. */
export async function getCode(world: World, app: App, fields: Record<string, string> = {}): Promise<string> {
  const done = await (await upToConsent(world, app, fields)).decide('allow')
  assert.equal(done.status, 302, done.text)
  const back = new URL(done.headers.get('location')!)
  assert.equal(back.searchParams.get('state'), 'st ate')
  return back.searchParams.get('code')!
}

export const redeem = (world: World, app: App, code: string, fields: Record<string, string> = {}): Promise<Answer> =>
  askToken(world, app, { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, ...fields })

/** The id by which this system knows its person. */
export async function extensionIdOf(world: World, app: App, person: Person): Promise<string> {
  return (await logIn(world, app, person)).owner_id
}

export interface Expected {
  readonly status: number
  readonly code: string
  readonly reason: string
  readonly message: string
  /** Further fields of the entry. */
  readonly extra?: Record<string, unknown>
  /** The old word at the top, where the code itself does not stand there. */
  readonly top?: string
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function sameHeaders(answer: Answer, { status, reason }: Pick<Expected, 'status' | 'reason'>): void {
  assert.equal(answer.status, status, answer.text)
  const { headers } = answer
  assert.equal(headers.get('offhook-reason'), reason)
  assert.match(headers.get('offhook-error-id') ?? '', uuid)
  assert.match(headers.get('rcrequestid') ?? '', uuid)
  assert.equal(headers.get('routingkey'), 'OH01P01')
  assert.equal(headers.get('content-type'), 'application/json')
  assert.equal(headers.get('content-language'), 'en-US')
}

/** A refusal of an API call, every field of it. */
export function isApiFault(answer: Answer, expected: Expected): void {
  sameHeaders(answer, expected)
  const { code, message, extra = {}, top = code } = expected
  assert.deepEqual(answer.json, { errorCode: top, message, ...extra, errors: [{ errorCode: code, message, ...extra }] })
  if (expected.status === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="RingCentral REST API"/)
}

/** A refusal of an OAuth endpoint, every field of it. */
export function isOauthFault(answer: Answer, expected: Expected & { readonly error: string }): void {
  sameHeaders(answer, expected)
  const { code, message, error, extra = {} } = expected
  assert.deepEqual(answer.json, { error, error_description: message, errors: [{ errorCode: code, message, ...extra }] })
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  if (expected.status === 401)
    assert.match(answer.headers.get('www-authenticate') ?? '', /^(Basic|Bearer) realm="RingCentral REST API"/)
}

/** RFC 6238, six digits in 30 s: what an authenticator shows. */
export function oneTimeCode(base32: string, nowMs: number): string {
  const bits = [...base32.replaceAll('=', '')]
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const at = mac[19]! & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
