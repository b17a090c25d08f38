// GET or POST /restapi/oauth/authorize, and the pages that follow in a browser: log in, consent, back to the application
// (RFC 6749 4.1 and 4.2, RFC 7636; reference 3.1). What the request said travels with the pages in a sealed ticket; a
// cookie ties the pages to one browser. Nothing is redirected to an address that is not registered.

import { requireSecondFactor } from '#accounts/sign-in.ts'
import type { Caller, CallerApp } from '#accounts/caller.ts'
import type { Application } from '#accounts/identity.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { hashToken, randomToken, sameSecret } from '#values/secrets.ts'
import { face, grantsOf, isApplication, lifetimesOf } from './applications.ts'
import { noStore } from './errors.ts'
import type { RingCentralKnock, Room } from './knock.ts'
import { logIn } from './log-in.ts'
import { consentPage, loginPage, messagePage } from './login-pages.ts'
import { needed, oauthForm } from './oauth-form.ts'
import { scopeOf } from './permissions.ts'
import { takeGroup } from './rate-groups.ts'
import { beginSession, issueCode, knownBrand, redirectUriOf, sessionBody } from './token-endpoint.ts'

interface Ticket {
  readonly client: string
  readonly redirectUri: string
  readonly redirectGiven: boolean
  readonly responseType: 'code' | 'token'
  readonly state: string | undefined
  readonly challenge: string | undefined
  readonly method: string | undefined
  readonly expiresMs: number
  /** Once logged in: who, in which browser. */
  readonly userId?: number
  readonly browser?: string
}

const ticketLifeMs = 15 * 60_000
const cookieName = 'offhook_login'

/** Gives what the page routes give before anybody logs in; nothing of it is redirected. */
export async function startAuthorization(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  asPage(knock)
  const form = oauthForm(knock)
  const { app } = await applicationOf(room, needed(form, 'client_id'))
  await takeGroup(room.parts.rates, app, 'auth', `source ${knock.request.source}`, (state) => (knock.group = state))
  const given = form.get('redirect_uri')
  const redirectUri = redirectUriOf(app, given)
  const responseType = needed(form, 'response_type')
  if (responseType === 'token' ? !grantsOf(app).includes('implicit') : responseType !== 'code') {
    refuse('oauth.login_method_invalid', { method: 'response_type' })
  }
  if (responseType === 'code' && !grantsOf(app).includes('authorization_code'))
    refuse('oauth.grant_not_allowed', { grant: 'authorization_code' })
  const brand = form.get('brand_id')
  if (brand !== undefined && brand !== knownBrand) refuse('oauth.brand_invalid', { brand: brand.slice(0, 40) })
  const challenge = form.get('code_challenge')
  const method = form.get('code_challenge_method') ?? 'plain'
  if (method !== 'S256' && method !== 'plain') wrong('code_challenge_method', method, 'S256 or plain')
  if (challenge !== undefined && !/^[\w.~-]{43,128}$/.test(challenge)) wrong('code_challenge', challenge, '43 to 128 characters')
  const prompts = (form.get('prompt') ?? 'login').split(' ').filter(Boolean)
  const strange = prompts.find((word) => !['login', 'sso', 'consent', 'none'].includes(word))
  if (strange !== undefined) wrong('prompt', strange, 'login, sso, consent, none')
  // Single sign-on is set up for nobody here; with `login` beside it there is another way.
  if (prompts.length === 1 && prompts[0] === 'sso') refuse('oauth.login_method_invalid', { method: 'sso' })
  const ticket: Ticket = {
    client: app.clientId,
    redirectUri,
    redirectGiven: given !== undefined,
    responseType: responseType as 'code' | 'token',
    state: form.get('state'),
    challenge,
    method,
    expiresMs: room.parts.clock.nowMs() + ticketLifeMs,
  }
  // OpenID Connect Core 3.1.2.6: nobody may be asked, and nobody is logged in.
  if (prompts.includes('none'))
    return redirect(backTo(ticket, { error: 'login_required', error_description: 'Nobody is logged in.' }))
  const language = form.get('ui_locales') ?? form.get('localeId')
  const query = new URLSearchParams({
    ticket: seal(room, ticket),
    ...(language !== undefined && { language: language.slice(0, 35) }),
  })
  return redirect(`${knock.base}/restapi/oauth/login?${query}`)
}

export async function showLogin(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  asPage(knock)
  const form = oauthForm(knock)
  const ticket = open(room, form.get('ticket'))
  const { app } = await applicationOf(room, ticket.client)
  const answer = loginPage({
    app: app.name,
    ticket: form.get('ticket')!,
    redirectUri: ticket.redirectUri,
    askCode: false,
    username: '',
  })
  if (cookieOf(knock) === undefined) setCookie(knock, answer, randomToken(32))
  return noStore(answer)
}

export async function takeLogin(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  asPage(knock)
  const form = oauthForm(knock)
  const sealed = form.get('ticket')
  const ticket = open(room, sealed)
  const { app } = await applicationOf(room, ticket.client)
  const browser = cookieOf(knock)
  if (browser === undefined) refuse('auth.session_expired')
  const username = form.get('username') ?? ''
  const show = { app: app.name, ticket: sealed!, redirectUri: ticket.redirectUri, username }
  knock.page = (message, status) => withStatus(loginPage({ ...show, askCode: false, message }), status)
  const caller = await logIn(room, {
    username: needed(form, 'username'),
    extension: form.get('extension'),
    password: needed(form, 'password'),
    source: knock.request.source,
  })
  const code = form.get('code')
  try {
    await requireSecondFactor(room.parts, caller, code, knock.request.source)
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'auth.mfa_required') return noStore(loginPage({ ...show, askCode: true }))
    knock.page = (message, status) => withStatus(loginPage({ ...show, askCode: true, message }), status)
    throw error
  }
  const next: Ticket = {
    ...ticket,
    userId: caller.user!.id,
    browser: hashToken(browser),
    expiresMs: room.parts.clock.nowMs() + ticketLifeMs,
  }
  return noStore(
    consentPage({
      app: app.name,
      ticket: seal(room, next),
      redirectUri: ticket.redirectUri,
      user: caller.user!.name,
      account: caller.account.name,
      scope: scopeOf(app),
    }),
  )
}

export async function takeConsent(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  asPage(knock)
  const form = oauthForm(knock)
  const ticket = open(room, form.get('ticket'))
  const browser = cookieOf(knock)
  if (ticket.userId === undefined || browser === undefined || !sameSecret(hashToken(browser), ticket.browser ?? ''))
    refuse('auth.session_expired')
  if (form.get('decision') !== 'allow') {
    return redirect(backTo(ticket, { error: 'access_denied', error_description: 'The user did not allow the access.' }))
  }
  const { app, caller } = await stillThere(room, ticket)
  const asking: Caller = { ...caller, app }
  if (ticket.responseType === 'token') return redirect(await implicit(room, asking, app, ticket))
  const { redirectUri, redirectGiven, challenge, method } = ticket
  const lifeS = lifetimesOf(app).codeS
  const code = await issueCode(room, asking, { redirectUri, redirectGiven, challenge, method }, lifeS)
  return redirect(backTo(ticket, { code, expires_in: String(lifeS) }))
}

/** The application or the user may have changed while the page stood open: then no code can be issued. */
async function stillThere(room: Room, ticket: Ticket): Promise<{ app: CallerApp; caller: Caller }> {
  const { identity } = room.parts
  const known = await identity.application(face, ticket.client)
  const caller = await identity.byUserId(face, ticket.userId!)
  if (!known?.active || caller?.user?.status !== 'active' || caller.account.status !== 'active') refuse('oauth.code_not_issued')
  return { app: known.app, caller }
}

/** RFC 6749 4.2.2; no refresh token leaves this way. */
async function implicit(room: Room, caller: Caller, app: CallerApp, ticket: Ticket): Promise<string> {
  const issued = await beginSession(room, caller, app, { accessTtl: undefined, refreshTtl: '0', endpoint: undefined })
  const body = sessionBody(room, caller, app, issued)
  const fields = Object.entries(body).map(([name, value]): [string, string] => [name, String(value)])
  if (ticket.state !== undefined) fields.push(['state', ticket.state])
  return `${ticket.redirectUri}#${new URLSearchParams(fields)}`
}

async function applicationOf(room: Room, id: string): Promise<Application> {
  const known = await room.parts.identity.application(face, id)
  if (!known || !isApplication(known.app)) refuse('oauth.application_id_wrong')
  if (!known.active) refuse('oauth.application_release_invalid')
  return known
}

function wrong(parameter: string, value: string, expected: string): never {
  refuse('request.parameter_invalid', { parameter, value: value.slice(0, 100), expected })
}

const seal = (room: Room, ticket: Ticket): string => room.parts.key.seal(JSON.stringify(ticket))

function open(room: Room, sealed: string | undefined): Ticket {
  if (sealed === undefined) refuse('request.parameter_missing', { parameter: 'ticket', location: 'payload' })
  let ticket: Ticket
  try {
    ticket = JSON.parse(room.parts.key.open(sealed)) as Ticket
  } catch {
    refuse('request.parameter_invalid', { parameter: 'ticket', expected: 'what the login page was opened with' })
  }
  if (ticket.client === undefined || ticket.expiresMs <= room.parts.clock.nowMs()) refuse('auth.session_expired')
  return ticket
}

/** `state` comes back as it was sent, with success and failure alike. */
function backTo(ticket: Ticket, fields: Record<string, string>): string {
  const query = new URLSearchParams({ ...fields, ...(ticket.state !== undefined && { state: ticket.state }) })
  const { redirectUri } = ticket
  return ticket.responseType === 'token'
    ? `${redirectUri}#${query}`
    : `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`
}

/** A registered address may have characters that a header cannot. */
const redirect = (location: string): HttpAnswer =>
  noStore({ status: 302, headers: { location: location.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent) }, body: '' })

const withStatus = (answer: HttpAnswer, status: number): HttpAnswer => ({ ...answer, status })

/** Browsers get a page; what asks for JSON gets JSON. */
function asPage(knock: RingCentralKnock): void {
  if ((knock.request.headers['accept'] ?? '').includes('text/html')) {
    knock.page = (message, status, code) => withStatus(messagePage(message, code), status)
  }
}

function cookieOf(knock: RingCentralKnock): string | undefined {
  return new RegExp(`(?:^|; ?)${cookieName}=([0-9A-Za-z]{32})(?:;|$)`).exec(knock.request.headers['cookie'] ?? '')?.[1]
}

function setCookie(knock: RingCentralKnock, answer: HttpAnswer, value: string): void {
  const secure = knock.request.secure ? '; Secure' : ''
  answer.headers['set-cookie'] =
    `${cookieName}=${value}; Path=${knock.base}/restapi/oauth; HttpOnly; SameSite=Lax; Max-Age=900${secure}`
}
