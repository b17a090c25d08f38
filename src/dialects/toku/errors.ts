// Refusals in this vendor's words (reference section 4): `result`, `result_desc` and what names the culprit. What the gateway
// refuses before a result is chosen, and all that the token endpoint refuses, has no `result` but OAuth's `error` (RFC 6749 5.2).

import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { codeOf, refusedStatus, type Rendering } from '#reasons/dictionary.ts'
import { detailOf, type Params, type Refusal } from '#reasons/refusal.ts'
import type { TokuKnock } from './call.ts'
import { codes } from './codes.ts'
import { plainNumber } from './formats.ts'

export function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(value) }
}

export function refusedAnswer(refusal: Refusal, knock: TokuKnock, always200: boolean): HttpAnswer & { code?: string } {
  const rendering = codeOf(codes, refusal)
  const answer = knock.atToken
    ? tokenFault(refusal, rendering)
    : rendering.code === null
      ? gatewayFault(refusal, rendering)
      : undefined
  if (answer) return answer
  const code = rendering.code as string
  const body = { result: Number(code), result_desc: rendering.message, ...culprit(refusal, knock, code), ...echo(knock) }
  const made = jsonAnswer(always200 ? 200 : refusedStatus(rendering.http), body)
  if (refusal.reason === 'api.method_not_allowed')
    made.headers['allow'] = (refusal.params['allowed'] as readonly string[]).join(', ')
  return { ...made, code }
}

export const echo = ({ referenceId }: Pick<TokuKnock, 'referenceId'>): { reference_id?: string } =>
  referenceId === undefined ? {} : { reference_id: referenceId }

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined

/** The field of a message that a code is about (section 15). */
const smsFields: Readonly<Record<string, string>> = { '-2004': 'from', '-2005': 'to', '-2006': 'message', '-2007': 'send_time' }

const isUrlFamily = (family: number): boolean => family >= 1205 && family <= 1209 && family !== 1208

/** Codes about a session: that of the path is told again. */
const sessionFamilies = new Set([1208, 1210, 1216, 1217, 1218, 1219, 1220, 1221, 1222, 1223, 1225, 1227])

function partyOf(params: Params, { body }: TokuKnock): string | undefined {
  const party =
    textOf(params['destination']) ?? textOf(params['number']) ?? textOf(body['called_party']) ?? textOf(body['destination'])
  return party === undefined ? undefined : plainNumber(party)
}

/** Section 15's column of extra fields, by families of codes. */
function culprit({ params, reason }: Refusal, knock: TokuKnock, code: string): Record<string, string> {
  const family = -Number(code)
  const fields: Record<string, string | undefined> = {}
  const parameter = textOf(params['parameter']) ?? (params['parameters'] as readonly string[] | undefined)?.[0]
  if ((family >= 301 && family <= 306) || isUrlFamily(family)) fields['param'] = parameter
  if (family === 1206) fields['param'] = 'max_call_duration'
  if (Object.hasOwn(smsFields, code)) fields['param'] = smsFields[code]
  if (family === 1010 || family === 1011) fields['called_party'] = partyOf(params, knock)
  else if ((family >= 1001 && family <= 1014) || (family >= 1201 && family <= 1204)) {
    const number = textOf(params['number']) ?? knock.params['number'] ?? textOf(knock.body['number'])
    fields['number'] = number === undefined ? undefined : plainNumber(number)
  }
  if (family === 1211) {
    const number = textOf(params['number']) ?? textOf(knock.body['secret_number'])
    fields['secret_number'] = number === undefined ? undefined : plainNumber(number)
  }
  if (sessionFamilies.has(family)) fields['session_id'] = knock.params['session_id']
  if (family >= 1230 && family <= 1232) fields['record_id'] = knock.params['record_id']
  if (reason === 'number.price_invalid') fields['price'] = textOf(params['price'])
  if (family >= 1401 && family <= 1403)
    fields['group'] = textOf(params['group']) ?? knock.params['group'] ?? textOf(knock.body['group'])
  if (family >= 1404 && family <= 1411) {
    fields['user_name'] = knock.params['user_name'] ?? textOf(knock.body['user_name'])
    if (family === 1411) {
      const number = textOf(params['number'])
      fields['number'] = number === undefined ? undefined : plainNumber(number)
    }
  }
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined))
}

/** Refused by the gateway: no token, a locked source, and the like. */
function gatewayFault(refusal: Refusal, { http }: Rendering): HttpAnswer {
  const shown = refusal.reason.startsWith('auth.token')
  const error =
    http === 401
      ? shown
        ? 'invalid_token'
        : 'invalid_request'
      : http >= 500 || http === 429
        ? 'temporarily_unavailable'
        : 'access_denied'
  const answer = jsonAnswer(http, { error, error_description: detailOf(refusal) })
  // RFC 6750 3: no error code in the challenge when no token was shown.
  if (http === 401)
    answer.headers['www-authenticate'] = shown ? 'Bearer realm="Offhook", error="invalid_token"' : 'Bearer realm="Offhook"'
  return answer
}

function tokenFault(refusal: Refusal, { http }: Rendering): HttpAnswer {
  const [status, error] = oauthError(refusal, http)
  const answer = jsonAnswer(status, { error, error_description: detailOf(refusal) })
  answer.headers['pragma'] = 'no-cache'
  if (status === 401) answer.headers['www-authenticate'] = 'Basic realm="Offhook"'
  if (refusal.reason === 'api.method_not_allowed') answer.headers['allow'] = 'POST'
  return answer
}

/** RFC 6749 5.2, with the states of reference section 2.1. */
function oauthError({ reason, params }: Refusal, http: number): [status: number, error: string] {
  switch (reason) {
    case 'auth.client_credentials_invalid':
      return [401, 'invalid_client']
    case 'auth.credentials_invalid':
    case 'auth.token_malformed':
    case 'auth.token_expired':
    case 'auth.mfa_required':
    case 'auth.account_state_forbids_login':
      return [400, 'invalid_grant']
    case 'oauth.grant_not_allowed':
      return [400, 'unauthorized_client']
    case 'request.parameter_invalid':
      return [400, params['parameter'] === 'grant_type' ? 'unsupported_grant_type' : 'invalid_request']
  }
  if (http >= 500) return [http, http === 503 ? 'temporarily_unavailable' : 'server_error']
  if (http === 429) return [429, 'temporarily_unavailable']
  if (reason.startsWith('auth.')) return [http, 'access_denied']
  return [http, 'invalid_request']
}
