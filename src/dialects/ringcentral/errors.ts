// Refusals in the vendor's words (reference 2.5): the list in `errors`, its first entry repeated at the top, and the old
// word that some codes still carry there. The OAuth endpoints have a body of their own; pages in a browser are HTML.

import { codeOf, refusedStatus, type Rendering } from '#reasons/dictionary.ts'
import { detailOf, type Refusal } from '#reasons/refusal.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { codes } from './codes.ts'
import { json, type RingCentralKnock } from './knock.ts'
import { nameOfPermission } from './permissions.ts'

export interface ErrorEntry {
  errorCode?: string
  message: string
  [extra: string]: unknown
}

/** Seen at the top in place of the code (reference 2.5). */
const oldWords: Readonly<Record<string, string>> = {
  'CMN-101': 'InvalidParameter',
  'CMN-401': 'InsufficientPermissions',
  'CMN-408': 'InsufficientPermissions',
  'MSG-240': 'InternationalProhibited',
  'MSG-241': 'InvalidParameter',
  'MSG-242': 'InvalidParameter',
  'MSG-243': 'InvalidParameter',
  'MSG-245': 'InvalidParameter',
  'OAU-129': 'TokenInvalid',
  'OAU-149': 'TokenInvalid',
}

/** RFC 6749 5.2 and 4.1.2.1, by code; invalid_request where none is named. */
const oauthWords: Readonly<Record<string, string>> = {
  'OAU-102': 'temporarily_unavailable',
  'OAU-105': 'invalid_grant',
  'OAU-106': 'invalid_grant',
  'OAU-108': 'invalid_grant',
  'OAU-109': 'invalid_grant',
  'OAU-110': 'invalid_grant',
  'OAU-112': 'unauthorized_client',
  'OAU-113': 'invalid_client',
  'OAU-116': 'unauthorized_client',
  'OAU-119': 'invalid_grant',
  'OAU-120': 'invalid_client',
  'OAU-121': 'invalid_grant',
  'OAU-123': 'invalid_client',
  'OAU-125': 'unauthorized_client',
  'OAU-127': 'invalid_client',
  'OAU-136': 'invalid_grant',
  'OAU-140': 'invalid_grant',
  'OAU-141': 'invalid_grant',
  'OAU-142': 'invalid_grant',
  'OAU-146': 'invalid_client',
  'OAU-147': 'invalid_grant',
  'OAU-148': 'invalid_grant',
  'OAU-168': 'invalid_grant',
  'CMN-301': 'temporarily_unavailable',
  'CMN-303': 'unauthorized_client',
  'CMN-109': 'access_denied',
  'CMN-201': 'temporarily_unavailable',
  'CMN-203': 'server_error',
}

const grants = new Set([
  'password',
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
])

/** Names what is at fault: the vendor's extra fields of an entry. */
function extras(refusal: Refusal, code: string | null): Record<string, unknown> {
  const params = refusal.params
  const named = (name: string) => (params[name] === undefined ? {} : { [name]: String(params[name]) })
  switch (code) {
    case 'CMN-101':
    case 'CMN-102':
    case 'CMN-108':
    case 'CMN-406': {
      const value = params['value'] ?? (code === 'CMN-102' ? params['id'] : undefined)
      return {
        ...(params['parameter'] !== undefined && { parameterName: params['parameter'] }),
        ...(value !== undefined && { parameterValue: String(value) }),
      }
    }
    case 'CMN-401':
    case 'CMN-402':
    case 'CMN-408':
      return params['permission'] === undefined ? {} : { permissionName: permissionName(refusal) }
    case 'CMN-407':
    case 'CMN-110':
      return {
        ...(params['header'] !== undefined && { parameterName: params['header'] }),
        ...(params['value'] !== undefined && { parameterValue: params['value'] }),
      }
    case 'CMN-105':
      return { ...named('method'), ...named('contentType') }
    case 'CMN-106':
      return named('limit')
    case 'CMN-109':
      return params['feature'] === undefined ? {} : { featureName: params['feature'] }
    case 'SUB-402':
      return { parameterName: 'eventFilters', ...(params['url'] !== undefined && { parameterValue: params['url'] }) }
    case 'SUB-403':
    case 'SUB-404':
    case 'SUB-405':
    case 'SUB-406':
    case 'SUB-408':
    case 'SUB-508':
      return { parameterName: 'eventFilters', ...(params['filter'] !== undefined && { parameterValue: params['filter'] }) }
    case 'SUB-507':
      return params['subscription'] === undefined ? {} : { subscriptionId: params['subscription'] }
    case 'SUB-509':
      return { parameterName: 'deliveryMode.transportType' }
    case 'CLG-101':
    case 'CLG-102':
    case 'CLG-103':
    case 'CLG-104':
    case 'CLG-105':
      return { parameterName: 'syncToken' }
    case 'CLG-110':
      return { parameterName: params['parameter'] }
    case 'OAU-101':
      return { parameterName: 'brandId', ...(params['brand'] !== undefined && { parameterValue: params['brand'] }) }
    case 'OAU-109':
      return { parameterName: 'redirect_uri' }
    case 'OAU-111':
      return { parameterName: params['parameter'] }
    case 'OAU-112':
    case 'OAU-125':
      return { parameterName: 'grant_type', ...(params['grant'] !== undefined && { parameterValue: params['grant'] }) }
    case 'OAU-120':
      return { parameterName: 'client_id' }
    case 'OAU-123':
      return { parameterName: 'Authorization' }
    case 'OAU-136':
      return { parameterName: 'extension' }
    case 'OAU-119':
      return { parameterName: 'username' }
    case 'OAU-150':
      return { queryParameterName: params['parameter'], requestParameterName: params['parameter'] }
    default:
      return extrasOfMessage(refusal, code)
  }
}

/** Of the codes about messages: the field, and the number in it. */
function extrasOfMessage({ reason, params }: Refusal, code: string | null): Record<string, unknown> {
  const field = code === null ? undefined : reason === 'number.blocked' ? 'from' : messageFields[code]
  const value = params['value'] ?? params['number'] ?? params['extension']
  return { ...(field !== undefined && { parameterName: field, ...(value !== undefined && { parameterValue: String(value) }) }) }
}

/** Reference 12.5; MSG-243 is about the recipient unless the sender's own number is blocked. */
const messageFields: Readonly<Record<string, string>> = {
  'MSG-240': 'to',
  'MSG-241': 'from',
  'MSG-242': 'from',
  'MSG-243': 'to',
  'MSG-245': 'from',
  'MSG-290': 'to',
  'MSG-304': 'from',
  'MSG-309': 'to',
  'MSG-310': 'to',
  'MSG-316': 'to',
  'MSG-324': 'to',
  'MSG-325': 'replyOn',
  'MSG-326': 'replyOn',
  'MSG-330': 'from',
  'MSG-331': 'from',
  'MSG-333': 'syncToken',
}

function permissionName(refusal: Refusal): string {
  return nameOfPermission(String(refusal.params['permission'] ?? ''), String(refusal.params['kind'] ?? ''))
}

function renderingOf(refusal: Refusal): Rendering {
  const kind = refusal.params['kind']
  if (refusal.reason !== 'permission.missing' || kind === undefined) return codeOf(codes, refusal)
  // An operation names our permission; here it has the vendor's name.
  return codeOf(codes, { reason: refusal.reason, params: { ...refusal.params, permission: permissionName(refusal) } })
}

function entryOf(refusal: Refusal, rendered: Rendering): ErrorEntry {
  return {
    ...(rendered.code !== null && { errorCode: rendered.code }),
    message: rendered.exact ? rendered.message : detailOf(refusal),
    ...extras(refusal, rendered.code),
  }
}

/** What a member of the body names and is not there is the body's fault (reference 6.2); of what a path names, the path's. */
const inBody = ({ reason, params }: Refusal): boolean =>
  reason === 'resource.not_found' && String(params['parameter'] ?? '').includes('.')

export interface Envelope {
  readonly status: number
  readonly code: string
  readonly body: Record<string, unknown>
}

/** The usual body; also a part of a 207. */
export function envelope(refusal: Refusal): Envelope {
  const faults = refusal.errors.length > 0 ? refusal.errors : [refusal]
  const rendered = inBody(refusal) ? { ...renderingOf(refusal), http: 400 } : renderingOf(refusal)
  const errors = faults.map((fault) => entryOf(fault, renderingOf(fault)))
  const first = errors[0]!
  const word = rendered.code === 'CMN-102' && rendered.http === 400 ? 'InvalidParameter' : oldWords[rendered.code ?? '']
  const top = word ?? rendered.code
  return {
    status: refusedStatus(rendered.http),
    code: rendered.code ?? '',
    body: { ...first, ...(top !== null && { errorCode: top }), message: first.message, errors },
  }
}

function oauthBody(refusal: Refusal): Envelope {
  const { status, code, body } = envelope(refusal)
  const errors = body['errors'] as ErrorEntry[]
  return { status, code, body: { error: oauthWord(refusal, code), error_description: errors[0]!.message, errors } }
}

function oauthWord(refusal: Refusal, code: string): string {
  const { params, reason } = refusal
  if (reason === 'oauth.grant_not_allowed' && !grants.has(String(params['grant']))) return 'unsupported_grant_type'
  if (reason === 'oauth.login_method_invalid' && params['method'] === 'response_type') return 'unsupported_response_type'
  // A refresh token or an assertion that cannot be used is an invalid grant (RFC 6749 5.2, RFC 7523 3.1).
  if (code === 'CMN-101' && (params['parameter'] === 'refresh_token' || params['parameter'] === 'assertion'))
    return 'invalid_grant'
  return oauthWords[code] ?? (code.startsWith('CMN-2') ? 'service_unavailable' : 'invalid_request')
}

/** The application failed to prove itself, not its user. Never told to a browser's page: it would ask for a password itself. */
const clientFaults = new Set(['OAU-120', 'OAU-123', 'OAU-127', 'OAU-146'])

const realm = 'realm="RingCentral REST API"'

/**
 * Where the vendor's live server answers otherwise than its list of errors (reference section 1, items 2 and 4): 503 when
 * a dependency is down, 400 at the token endpoint, 401 only for an application that did not prove itself.
 */
function liveStatus(status: number, code: string, knock: RingCentralKnock): number {
  if (code === 'CMN-201') return 503
  if (knock.route?.door !== 'client' || !code.startsWith('OAU-')) return status
  return clientFaults.has(code) ? 401 : 400
}

/** `live`: the operator wants the statuses of the vendor's live server in place of those of its list. */
export function refused(refusal: Refusal, knock: RingCentralKnock, live: boolean): HttpAnswer & { code?: string } {
  const isOauth = knock.request.path.startsWith(`${knock.base}/restapi/oauth/`)
  const { status: listed, code, body } = isOauth ? oauthBody(refusal) : envelope(refusal)
  const status = live ? liveStatus(listed, code, knock) : listed
  const page = isOauth && knock.page?.((body['error_description'] as string | undefined) ?? '', status, code)
  const answer = page || json(body, status)
  if (isOauth) noStore(answer)
  if (status === 401) {
    answer.headers['www-authenticate'] =
      knock.route?.door === 'client' && clientFaults.has(code)
        ? `Basic ${realm}`
        : `Bearer ${realm}${knock.tokenShown ? ', error="invalid_token"' : ''}`
  }
  if (refusal.reason === 'request.range_not_satisfiable')
    answer.headers['content-range'] = `bytes */${String(refusal.params['sizeBytes'] ?? '*')}`
  // RFC 9110 15.6.4: a client may be told when to come back; the vendor does so with every 503 and its like.
  if (code === 'CMN-201') answer.headers['retry-after'] = '10'
  return { ...answer, code }
}

/** RFC 6749 5.1 */
export function noStore(answer: HttpAnswer): HttpAnswer {
  answer.headers['cache-control'] = 'no-store'
  answer.headers['pragma'] = 'no-cache'
  return answer
}
