// Events of calls in the vendor's words (reference section 11): the fields that call handles and status URLs are told alike, and what a
// call's end is called. GET has them in its query, POST in a form.

import { loadAccount, type Account } from '#accounts/account.ts'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { codeOf, type Refused } from '#reasons/dictionary.ts'
import type { Params } from '#reasons/refusal.ts'
import { readNumber, servicesOf } from '#store/numbers.ts'
import type { Reader } from '#store/store.ts'
import type { CallView } from '#voice/script-form.ts'
import { codes } from './codes.ts'
import { gmtOf, localTime, plainNumber } from './formats.ts'
import type { TokuIds } from './ids.ts'

export type EventFields = [name: string, value: string][]

export interface EventParts {
  readonly read: Reader
  readonly ids: TokuIds
}

/** Whose call it is, and which service it came in to. */
export interface Served {
  readonly account: Account
  readonly service: string
  /** `P2I`, `I2P`, `IP_FORWARD`; empty for a call between telephones. */
  readonly type: '' | 'P2I' | 'I2P' | 'IP_FORWARD'
}

export async function servedBy({ read }: EventParts, call: CallView): Promise<Served> {
  const account = await loadAccount(read, call.accountId)
  if (!account) throw new Error('a call is told of an account that is gone')
  const number = call.numberId === null ? undefined : await readNumber(read, call.accountId, call.numberId)
  const isOfPhone = call.direction === 'in' && call.clientId !== null
  const service = (number && servicesOf(number)[0]) ?? (isOfPhone ? 'PROGRAMMABLE_VOIP' : 'PROGRAMMABLE_CALL')
  if (isOfPhone) return { account, service, type: 'I2P' }
  if (service !== 'PROGRAMMABLE_VOIP') return { account, service, type: '' }
  const { forwardTo } = JSON.parse(number!.detail) as { forwardTo?: string | null }
  return { account, service, type: forwardTo ? 'IP_FORWARD' : 'P2I' }
}

export type CallStatus = 'SETUP' | 'ALERT' | 'CONNECT' | 'DISCONNECT'

/** What the vendor may say of how a call ended (reference section 11.6). */
const causes = new Set(
  [
    [200, 400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 413, 414, 415, 416, 420, 423],
    [480, 481, 482, 483, 484, 485, 486, 487, 488, 491, 493, 501, 502, 503, 504, 505, 513, 603, 604, 606],
  ].flat(),
)

type Ended = Pick<CallView, 'reason' | 'sipStatus' | 'answeredMs'>

/** A SIP status of the vendor's list. */
export function causeOf({ reason, sipStatus, answeredMs }: Ended): number {
  if (answeredMs !== null) return 200
  const status = sipStatus ?? (reason === null ? null : catalogue[reason as Slug].sip) ?? 480
  if (causes.has(status)) return status
  if (status === 600) return 486
  return status >= 500 && status < 600 ? 503 : 480
}

export interface Result {
  readonly code: number
  readonly words: string
}

export const success: Result = { code: 0, words: 'success' }

/** How calls end between people: the cause says it, and nothing went wrong. */
const isOrdinary = (reason: Slug): boolean =>
  catalogue[reason].class === 'OK' || reason.startsWith('call.') || reason === 'markup.ended' || reason === 'markup.rejected'

/** A code of section 15; -300 for an answer of a call handle that could not be had or read. */
export function resultOf(refused: Refused): Result {
  const { reason } = refused
  const { code, message, exact } = codeOf(codes, refused)
  if (exact || !isOrdinary(reason)) {
    const isHandle = !exact && (reason.startsWith('webhook.') || reason.startsWith('markup.'))
    return isHandle ? { code: -300, words: message } : { code: Number(code ?? -1), words: message }
  }
  return success
}

/** What a script keeps of a command that was passed over. */
export interface KeptFault {
  readonly reason: string
  readonly params: Params
}

export function keptFaultIn(kept: Readonly<Record<string, unknown>>): KeptFault | undefined {
  const fault = kept['fault'] as KeptFault | null | undefined
  return fault && Object.hasOwn(catalogue, fault.reason) ? fault : undefined
}

export const resultOfFault = ({ reason, params }: KeptFault): Result => resultOf({ reason: reason as Slug, params })

/** Which leg of its session: 0 for the one that began it. */
export const channelOf = ({ id, sessionId }: Pick<CallView, 'id' | 'sessionId'>): string => (id === sessionId ? '0' : '1')

/** What every event begins with. */
const fieldsOfAll = (
  { ids }: EventParts,
  call: CallView,
  service: string,
  status: string,
  { code, words }: Result,
): EventFields => [
  ['result', String(code)],
  ['result_desc', words],
  ['service_name', service],
  ['session_id', ids.show('call', call.sessionId)],
  ['channel', channelOf(call)],
  ['call_status', status],
]

/** Fields of SETUP, ALERT, CONNECT and DISCONNECT (reference section 11.2). */
export function callFields(
  parts: EventParts,
  call: CallView,
  { account, service, type }: Served,
  { status, result, seconds }: { readonly status: CallStatus; readonly result: Result; readonly seconds: number },
): EventFields {
  const time = (ms: number | null): string => (ms === null ? '' : localTime(account, ms))
  const isOver = status === 'DISCONNECT'
  const fields: EventFields = [
    ...fieldsOfAll(parts, call, service, status, result),
    ['calling_party', plainNumber(call.from)],
    ['called_party', plainNumber(call.to)],
    ['redirecting_number', plainNumber(call.forwardedFrom)],
    ['direction', call.direction === 'in' && type !== 'I2P' ? '0' : '1'],
    ['reference_id', call.clientRef],
    ['call_setup_time', time(call.createdMs)],
    ['call_alert_time', time(call.ringingMs)],
    ['call_connected_time', time(call.answeredMs)],
    ['call_disconnected_time', isOver ? time(call.endedMs) : ''],
    ['gmt', String(gmtOf(account, call.createdMs))],
    ['call_cause', isOver ? String(causeOf(call)) : ''],
    // Never true and false: the vendor's own clients would take the word false for a yes (reference section 3).
    ['call_connected', call.answeredMs === null ? '0' : '1'],
    ['call_duration', String(seconds)],
    ['number', plainNumber(call.number)],
  ]
  if (type !== '') fields.push(['call_type', type])
  if (call.clientLogin !== '') fields.push(['voip_login', call.clientLogin], ['voip_caller_number', plainNumber(call.number)])
  return fields
}

/** Fields of DTMF and SPEECH_TO_TEXT; `referenceid` is written so by the vendor (reference section 11.3). */
export function inputFields(
  parts: EventParts,
  call: CallView,
  { service }: Served,
  status: 'DTMF' | 'SPEECH_TO_TEXT',
  result: Result,
  input: readonly [name: 'dtmf' | 'text', value: string],
): EventFields {
  return [
    ...fieldsOfAll(parts, call, service, status, result),
    ['number', plainNumber(call.number)],
    ['direction', call.direction === 'in' ? '0' : '1'],
    [...input],
    ['referenceid', call.clientRef],
  ]
}

export interface EventRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function eventRequest(method: 'GET' | 'POST', url: string, fields: EventFields): EventRequest {
  if (method === 'POST') {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return { method, url, headers, body: new URLSearchParams(fields).toString() }
  }
  const whole = new URL(url)
  for (const [name, value] of fields) whole.searchParams.set(name, value)
  return { method, url: whole.href, headers: {}, body: '' }
}
