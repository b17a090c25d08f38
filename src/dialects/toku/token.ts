// POST /token (reference section 2.1): password, client_credentials and refresh_token, for a consumer key and secret in
// Basic. Parameters are read from the query and from a form, since the vendor documents one and shows the other. While a
// token is alive the same one is given again, with the seconds that it has left.

import type { Caller, CallerApp } from '#accounts/caller.ts'
import { requireSecondFactor } from '#accounts/sign-in.ts'
import type { TokenWanted } from '#accounts/tokens.ts'
import { takeUsualRates } from '#accounts/usual-rates.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { basicCredentials } from '#protocols/http/authorization.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseForm, parseQuery } from '#protocols/http/query.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { listTokens } from '#store/tokens.ts'
import { randomToken } from '#values/secrets.ts'
import type { TokuKnock } from './call.ts'
import { jsonAnswer } from './errors.ts'

const face = 'toku'
const accessLifeMs = 3600_000
const refreshLifeMs = 24 * 3600_000
const formType = 'application/x-www-form-urlencoded'

/** What is kept with an access token, so that it can be given again: texts sealed, since only hashes are kept otherwise. */
interface Kept {
  readonly grant: string
  readonly access: string
  readonly refresh?: string
}

interface Given {
  readonly access: string
  readonly refresh?: string | undefined
  readonly leftMs: number
}

type Form = ReadonlyMap<string, string>

export async function answerToken(parts: FaceParts, knock: TokuKnock): Promise<HttpAnswer> {
  const { request } = knock
  const { caller: owner, app } = await clientOf(parts, request)
  knock.caller = owner
  knock.rate = await takeUsualRates(parts, owner)
  const form = formOf(request)
  const given = await grant(parts, owner, app, form, request.source)
  const answer = jsonAnswer(200, {
    access_token: given.access,
    ...(given.refresh !== undefined && { refresh_token: given.refresh }),
    scope: 'default',
    token_type: 'Bearer',
    expires_in: Math.max(1, Math.floor(given.leftMs / 1000)),
  })
  answer.headers['pragma'] = 'no-cache'
  return answer
}

async function clientOf({ identity }: FaceParts, { headers, source }: HttpRequest): Promise<{ caller: Caller; app: CallerApp }> {
  const basic = basicCredentials(headers['authorization'])
  if (!basic) refuse('auth.client_credentials_invalid')
  const caller = await identity.byKey(face, basic.user, basic.password, {
    source,
    refusal: refusal('auth.client_credentials_invalid'),
  })
  const application = await identity.application(face, basic.user)
  return { caller, app: application!.app }
}

function formOf({ query, body, headers }: HttpRequest): Form {
  const pairs = parseQuery(query)
  if (body.length > 0) {
    const type = headers['content-type']
    if (mediaType(type)?.type !== formType)
      refuse('request.content_type_invalid', { contentType: type?.slice(0, 100) ?? '', allowed: [formType] })
    pairs.push(...parseForm(body))
  }
  const form = new Map<string, string>()
  for (const [name, value] of pairs) {
    const before = form.get(name)
    if (before !== undefined && before !== value) refuse('request.parameter_repeated', { parameter: name.slice(0, 100) })
    form.set(name, value)
  }
  return form
}

function field(form: Form, parameter: string): string {
  const value = form.get(parameter)
  if (value === undefined || value === '') refuse('request.parameter_missing', { parameter, location: 'parameter' })
  return value
}

async function grant(parts: FaceParts, owner: Caller, app: CallerApp, form: Form, source: string): Promise<Given> {
  const kind = field(form, 'grant_type')
  switch (kind) {
    case 'password':
      return again(parts, await userOf(parts, owner, app, form, source), kind)
    case 'client_credentials':
      return again(parts, { ...owner, app }, kind)
    case 'refresh_token':
      return refreshed(parts, app, field(form, 'refresh_token'))
    default:
      refuse('request.parameter_invalid', {
        parameter: 'grant_type',
        value: kind.slice(0, 60),
        expected: 'one of password, client_credentials, refresh_token',
      })
  }
}

async function userOf(parts: FaceParts, owner: Caller, app: CallerApp, form: Form, source: string): Promise<Caller> {
  const username = field(form, 'username')
  const caller = await parts.identity.byPassword(face, username, field(form, 'password'), { source })
  // A key of one account does not open another; a stranger is told no more than that.
  if (caller.account.id !== owner.account.id) refuse('auth.credentials_invalid', {})
  await requireSecondFactor(parts, caller, undefined, source)
  return { ...caller, app }
}

/** The living token of this login, else a new one. */
async function again(parts: FaceParts, caller: Caller, grantKind: string): Promise<Given> {
  requireOpen(caller)
  const { store, key, clock } = parts
  const now = clock.nowMs()
  const rows = await listTokens(store, {
    scope: caller.user?.id ?? 0,
    where: { face, kind: 'access', credential: caller.app!.credentialId },
    limit: 20,
  })
  for (const row of rows) {
    const kept = JSON.parse(row.detail) as Kept
    if (kept.grant !== grantKind || row.expires_ms - now < 1000) continue
    return { access: key.open(kept.access), refresh: kept.refresh && key.open(kept.refresh), leftMs: row.expires_ms - now }
  }
  const { wanted, given } = newTokens(parts, grantKind)
  await parts.tokens.issue(caller, wanted)
  return given
}

async function refreshed(parts: FaceParts, app: CallerApp, text: string): Promise<Given> {
  const { tokens, identity, clock } = parts
  const row = await tokens.find(face, 'refresh', text)
  if (!row || row.credential_id !== app.credentialId || row.used_ms !== null)
    refuse('auth.token_malformed', { fault: 'corrupted' })
  if (row.expires_ms <= clock.nowMs()) refuse('auth.token_expired', {})
  const caller = await identity.byUserId(face, row.user_id, app)
  if (caller?.user?.status !== 'active') refuse('auth.token_malformed', { fault: 'corrupted' })
  requireOpen(caller)
  const { wanted, given } = newTokens(parts, 'password')
  // A token that was refreshed is dead; only the newest of a login lives.
  const issued = await tokens.exchange(caller, row, wanted, { endOthers: true })
  if (!issued) refuse('auth.token_malformed', { fault: 'corrupted' })
  return given
}

/** A token that lives when its account is suspended meets -400; a new one is not given. */
function requireOpen({ account }: Caller): void {
  if (account.status !== 'active') refuse('auth.account_state_forbids_login', { state: account.status })
}

function newTokens({ key }: FaceParts, grantKind: string): { wanted: TokenWanted[]; given: Given } {
  const access = randomToken(32)
  // RFC 6749 4.4.3: no refresh token for client credentials; the client can ask again.
  const refresh = grantKind === 'password' ? randomToken(32) : undefined
  const detail: Kept = {
    grant: grantKind,
    access: key.seal(access),
    ...(refresh !== undefined && { refresh: key.seal(refresh) }),
  }
  const wanted: TokenWanted[] = [{ kind: 'access', lifeMs: accessLifeMs, text: access, detail }]
  if (refresh !== undefined) wanted.push({ kind: 'refresh', lifeMs: refreshLifeMs, text: refresh })
  return { wanted, given: { access, refresh, leftMs: accessLifeMs } }
}
