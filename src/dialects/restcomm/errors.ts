// Refusals in the vendor's forms (reference 3): a structured message with the code where the dictionary has one, a plain
// sentence for what is missing, the bare number for a number that cannot be had, nothing at all for a page that is not there.

import { STATUS_CODES } from 'node:http'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { codeOf, refusedStatus, type Rendering } from '#reasons/dictionary.ts'
import { detailOf, Refusal } from '#reasons/refusal.ts'
import { codes } from './codes.ts'
import type { RestcommKnock, Route } from './knock.ts'
import { beyondLastPage } from './paging.ts'
import { errorBody } from './write.ts'

/** What the open server answers when a number is not to be had (reference 3). */
const numberFailed = '21452'

/** Reference 2.1. */
const challenge = 'Basic realm="Restcomm realm"'

/** Reference 9.1 writes this one in two words; others go by their parameter's name. */
const plainNames: Readonly<Record<string, string>> = { PhoneNumber: 'Phone number' }

const text = { 'content-type': 'text/plain; charset=utf-8' }

export function refused(
  refusal: Refusal,
  knock: RestcommKnock,
  moreInfo: string | undefined,
): HttpAnswer & { readonly code: string } {
  const told = inVendorWords(refusal, knock.route)
  const rendered = codeOf(codes, told)
  const code = rendered.code ?? ''
  const status = knock.route?.changesCall && refusal.reason === 'call.not_found' ? 410 : statusOf(rendered)
  if (refusal.reason === 'request.number_out_of_range' && refusal.params['parameter'] === beyondLastPage)
    return { status, headers: {}, body: '', code }
  if (knock.route?.provisionsNumber && (code === '3100' || refusal.reason === 'number.invalid')) {
    return {
      status: 400,
      headers: { ...(knock.json ? { 'content-type': 'application/json' } : text) },
      body: numberFailed,
      code: '3100',
    }
  }
  if (refusal.reason === 'request.parameter_missing') {
    const name = String(refusal.params['parameter'])
    return {
      status: knock.route?.precondition ? 412 : status,
      headers: { ...text },
      body: `${plainNames[name] ?? name} can not be null.`,
      code,
    }
  }
  const { headers, body } = errorBody(knock.json || knock.route?.jsonOnly === true, {
    message: rendered.exact ? rendered.message : messageOf(told),
    error: wordOf(refusal, knock.route),
    // 0 to 999 say no more than the status does.
    code: rendered.exact || Number(code) >= 1000 ? Number(code) : undefined,
    more_info: moreInfo,
  })
  if (status === 401) headers['www-authenticate'] = challenge
  if (refusal.reason === 'api.method_not_allowed') headers['allow'] = (refusal.params['allowed'] as readonly string[]).join(', ')
  return { status, headers, body, code }
}

/** What ends a call when it is told later has the status of its code when it is told at once: 0 to 999 are such. */
function statusOf({ http, code }: Rendering): number {
  return http < 400 && code !== null && Object.hasOwn(STATUS_CODES, code) ? Number(code) : refusedStatus(http)
}

/** A conference that has completed is not found (reference 28). Where a live call is to be changed, one that is not there and one that is not in that conference are both unknown calls. */
const unknownCalls: ReadonlySet<string> = new Set(['call.record_not_found', 'conference.participant_not_found'])

/** Permissions by the vendor's names: `RestComm:Modify:IncomingPhoneNumbers` (reference 2.2). */
function inVendorWords(refusal: Refusal, route: Route | undefined): Refusal {
  if (refusal.reason === 'conference.not_running') return new Refusal('conference.not_found', refusal.params)
  // Reference 28, 1202: names no client, or none is registered. Only a call that is placed is refused with it.
  if (refusal.reason === 'call.unreachable') return new Refusal('client.not_found', refusal.params)
  if (route?.changesCall && unknownCalls.has(refusal.reason)) {
    const call = refusal.params['call'] ?? refusal.params['participant']
    return new Refusal('call.not_found', call === undefined ? {} : { call })
  }
  if (refusal.reason !== 'permission.missing' || !route) return refusal
  return new Refusal(refusal.reason, { ...refusal.params, permission: `RestComm:${route.deed}:${route.resource}` })
}

/** The words that some refusals carry besides (reference 9.1 and 21). */
function wordOf({ reason, params }: Refusal, route: Route | undefined): string | undefined {
  if (reason === 'resource.limit_reached' && params['noun'] === 'number') return 'DID_QUOTA_EXCEEDED'
  return reason === 'policy.session_blocked' && route?.resource === 'SmsMessages' ? 'SMS_LIMIT_EXCEEDED' : undefined
}

/** Clients look for the words "weak" and "Invalid" (reference 30, cases 27 and 29). */
function messageOf(refusal: Refusal): string {
  if (refusal.reason === 'account.password_weak') return 'Password too weak'
  if (refusal.reason === 'request.parameter_invalid')
    return `Invalid ${String(refusal.params['parameter'])}. ${detailOf(refusal)}`
  return detailOf(refusal)
}
