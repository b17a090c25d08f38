// POST /restapi/oauth/token and /restapi/oauth/revoke (RFC 6749, 7009, 7523, 7636; reference 3.2, 3.3 and the ladder of
// 12.6). The application has proven itself before; here its user does. Never tells which of name and password was wrong.

import { createHash } from 'node:crypto'
import { actFor } from '#accounts/act-for.ts'
import type { Caller, CallerApp } from '#accounts/caller.ts'
import { requireSecondFactor } from '#accounts/sign-in.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { sameSecret } from '#values/secrets.ts'
import { face, grantNames, grantsOf, redirectUrisOf } from './applications.ts'
import { noStore } from './errors.ts'
import { readJwt } from './jwt.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { logIn, requireLoginState } from './log-in.ts'
import { needed } from './oauth-form.ts'
import { scopeOf } from './permissions.ts'
import { graceMs, pairWanted, readTokenDetail, seedOf, tokenBody, type TokenRow, type Wishes } from './session-tokens.ts'

/** Sessions of one extension through one application; a sixth login ends the oldest (reference 3.3). */
const keptSessions = 5

export const knownBrand = '1210'

interface CodeDetail {
  readonly redirectUri: string
  /** Whether the authorization request named it; then the token request must too. */
  readonly redirectGiven: boolean
  readonly challenge?: string | undefined
  readonly method?: string | undefined
}

/** Whom a token request is about, as far as it tells before anything is looked up: names the rate window. */
export function subjectOf(form: ReadonlyMap<string, string>, source: string): string {
  const name = form.get('username')
  if (name !== undefined) return `name ${name.toLowerCase().slice(0, 200)} ${form.get('extension')?.slice(0, 20) ?? ''}`
  const jti = readJwt(form.get('assertion') ?? '')?.claims['jti']
  return typeof jti === 'string' ? `jwt ${jti.slice(0, 100)}` : `source ${source}`
}

export async function issueToken(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { form } = knock
  const app = knock.app!
  const grant = needed(form, 'grant_type')
  const name = grantNames[grant]
  if (name === undefined || !grantsOf(app).includes(name)) refuse('oauth.grant_not_allowed', { grant: grant.slice(0, 100) })
  const endpoint = form.get('endpoint_id')
  if (endpoint !== undefined && !/^[\w-]{1,64}$/.test(endpoint)) {
    refuse('request.parameter_invalid', {
      parameter: 'endpoint_id',
      value: endpoint.slice(0, 100),
      expected: '1 to 64 letters, digits, _ and -',
    })
  }
  const wishes: Wishes = { accessTtl: form.get('access_token_ttl'), refreshTtl: form.get('refresh_token_ttl'), endpoint }
  switch (name) {
    case 'password':
      return byPassword(room, knock, app, wishes)
    case 'authorization_code':
      return byCode(room, knock, app, wishes)
    case 'refresh_token':
      return byRefreshToken(room, knock, app, wishes)
    case 'jwt':
      return byAssertion(room, knock, app, wishes)
    default:
      return byClient(room, knock, app, wishes)
  }
}

async function byPassword(room: Room, knock: RingCentralKnock, app: CallerApp, wishes: Wishes): Promise<HttpAnswer> {
  const { form, request } = knock
  const { source } = request
  const given = {
    username: needed(form, 'username'),
    password: needed(form, 'password'),
    extension: form.get('extension'),
    source,
  }
  const caller = await logIn(room, given)
  // This grant has no place for a second factor.
  await requireSecondFactor(room.parts, caller, undefined, source)
  return begin(room, knock, { ...caller, app }, wishes)
}

async function byAssertion(room: Room, knock: RingCentralKnock, app: CallerApp, wishes: Wishes): Promise<HttpAnswer> {
  const assertion = needed(knock.form, 'assertion')
  const jti = readJwt(assertion)?.claims['jti']
  // An answer 401 would make the SDK log in a second time; the vendor's server says 400 to what cannot be read.
  if (typeof jti !== 'string') refuse('request.parameter_invalid', { parameter: 'assertion', expected: 'a JWT' })
  const { identity } = room.parts
  const wrong = refusal('auth.credentials_invalid', {})
  const held = await identity.byKey(face, jti, assertion, { source: knock.request.source, refusal: wrong })
  const credential = await identity.application(face, jti)
  const caller = held.user && (await identity.byUserId(face, held.user.id, app))
  if (!caller || credential?.app.detail['kind'] !== 'jwt') throw wrong
  const listed = credential.app.detail['applications']
  if (Array.isArray(listed) && !listed.includes(app.clientId)) refuse('oauth.application_wrong')
  requireLoginState(caller)
  return begin(room, knock, caller, wishes)
}

/** A token of the application itself, for an account and none of its extensions; there is nothing to refresh. */
async function byClient(room: Room, knock: RingCentralKnock, app: CallerApp, wishes: Wishes): Promise<HttpAnswer> {
  const { identity, store } = room.parts
  const brand = knock.form.get('brand_id')
  if (brand !== undefined && brand !== knownBrand) refuse('oauth.brand_invalid', { brand: brand.slice(0, 40) })
  const home = (await identity.application(face, app.clientId))?.account
  const own = home && (await identity.byAccountId(face, home.id, app))
  if (!own) refuse('oauth.application_id_wrong')
  const named = knock.form.get('account_id')
  const id = named === undefined ? own.account.id : room.ids.read('account', named)
  if (id === undefined) refuse('resource.not_found', { noun: 'account', parameter: 'account_id', id: named?.slice(0, 40) })
  const { account } = await actFor(store, own, id)
  const caller: Caller = { ...own, account, home: account }
  requireLoginState(caller)
  return begin(room, knock, caller, { ...wishes, refreshTtl: '0' })
}

async function byCode(room: Room, knock: RingCentralKnock, app: CallerApp, wishes: Wishes): Promise<HttpAnswer> {
  const { tokens, clock } = room.parts
  const { form } = knock
  const row = await tokens.find(face, 'code', needed(form, 'code'))
  if (!row) refuse('oauth.code_invalid')
  if (row.credential_id !== app.credentialId) refuse('oauth.code_of_other_application')
  if (row.used_ms !== null) return usedTwice(room, row)
  if (row.expires_ms <= clock.nowMs()) refuse('oauth.code_expired')
  const detail = JSON.parse(row.detail) as CodeDetail
  const redirectUri = form.get('redirect_uri')
  if (redirectUri === undefined ? detail.redirectGiven : redirectUri !== detail.redirectUri) {
    refuse('oauth.redirect_uri_mismatch', redirectUri === undefined ? {} : { redirectUri: redirectUri.slice(0, 200) })
  }
  if (!verifies(detail, form.get('code_verifier'))) refuse('oauth.code_invalid')
  const caller = await userOf(room, row, app)
  const wanted = pairWanted(app, wishes)
  const issued = await tokens.exchange(caller, row, wanted)
  if (!issued) return usedTwice(room, row)
  return answerPair(room, caller, app, issued)
}

/** RFC 6749 4.1.2: who redeems a code twice is not both times its owner; what came of it ends. */
async function usedTwice(room: Room, row: TokenRow): Promise<never> {
  await room.parts.tokens.revoke(row)
  refuse('oauth.code_invalid')
}

/** RFC 7636 4.6 */
function verifies({ challenge, method }: CodeDetail, verifier: string | undefined): boolean {
  if (challenge === undefined) return true
  if (verifier === undefined || !/^[\w.~-]{43,128}$/.test(verifier)) return false
  return sameSecret(method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier, challenge)
}

async function byRefreshToken(room: Room, knock: RingCentralKnock, app: CallerApp, wishes: Wishes): Promise<HttpAnswer> {
  const { tokens, clock } = room.parts
  const text = needed(knock.form, 'refresh_token')
  const row = await tokens.find(face, 'refresh', text)
  // Dead or never known: 400 and invalid_grant, upon which clients drop their tokens; the value is a secret and not repeated.
  if (!row || row.expires_ms <= clock.nowMs())
    refuse('request.parameter_invalid', { parameter: 'refresh_token', expected: 'a refresh token that is alive' })
  if (row.credential_id !== app.credentialId) refuse('oauth.application_wrong')
  const caller = await userOf(room, row, app)
  const wanted = pairWanted(app, wishes, readTokenDetail(row), { seed: seedOf(room.parts, text), id: row.id })
  const made = await Promise.all(wanted.map((one) => tokens.find(face, one.kind, one.text!)))
  // Asked before, the answer lost: the same pair again.
  const again = made.flatMap((one, at) => (one ? [{ text: wanted[at]!.text!, row: one }] : []))
  const issued = again.length === wanted.length ? again : await tokens.exchange(caller, row, wanted, { graceMs, endOthers: true })
  return answerPair(room, caller, app, issued!)
}

async function userOf(room: Room, row: TokenRow, app: CallerApp): Promise<Caller> {
  const caller = await room.parts.identity.byUserId(face, row.user_id, app)
  if (!caller) refuse('oauth.code_invalid')
  requireLoginState(caller)
  return caller
}

/** Opens a session. */
export async function beginSession(room: Room, caller: Caller, app: CallerApp, wishes: Wishes) {
  return room.parts.tokens.issue(caller, pairWanted(app, wishes), { keep: keptSessions })
}

async function begin(room: Room, knock: RingCentralKnock, caller: Caller, wishes: Wishes): Promise<HttpAnswer> {
  const app = knock.app!
  const asking: Caller = { ...caller, app }
  return answerPair(room, asking, app, await beginSession(room, asking, app, wishes))
}

type Issued = Parameters<typeof tokenBody>[0]

export function sessionBody(room: Room, caller: Caller, app: CallerApp, issued: Issued): Record<string, unknown> {
  return tokenBody(issued, room.parts.clock.nowMs(), {
    caller,
    app,
    scope: scopeOf(app),
    ownerId: caller.user ? String(room.ids.show('user', caller.user.id)) : undefined,
    sessionId: String(room.ids.show('session', issued[0]!.row.family)),
  })
}

function answerPair(room: Room, caller: Caller, app: CallerApp, issued: Issued): HttpAnswer {
  return noStore(json(sessionBody(room, caller, app, issued)))
}

/** A code for a user and an application, as the token endpoint will redeem it. */
export async function issueCode(room: Room, caller: Caller, detail: CodeDetail, lifeS: number): Promise<string> {
  const [code] = await room.parts.tokens.issue(caller, [{ kind: 'code', lifeMs: lifeS * 1000, detail }])
  return code!.text
}

/** Ends the whole session; a token that is dead already is answered alike, or the client would never get rid of it. */
export async function revokeToken(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const text = needed(knock.form, 'token')
  const { tokens } = room.parts
  const row = (await tokens.find(face, 'access', text)) ?? (await tokens.find(face, 'refresh', text))
  if (row) {
    if (row.credential_id !== knock.app!.credentialId) refuse('oauth.application_wrong')
    await tokens.revoke(row)
  }
  return noStore({ status: 200, headers: {}, body: '' })
}

/** Character by character among the registered ones. Gives oauth.redirect_uri_unregistered, oauth.redirect_uri_mismatch. */
export function redirectUriOf(app: CallerApp, given: string | undefined): string {
  const registered = redirectUrisOf(app)
  if (registered.length === 0) refuse('oauth.redirect_uri_unregistered')
  if (given === undefined && registered.length === 1) return registered[0]!
  const found = registered.find((uri) => uri === given)
  if (found === undefined) refuse('oauth.redirect_uri_mismatch', given === undefined ? {} : { redirectUri: given.slice(0, 200) })
  return found
}
