// What SIP says when a leg ends, as our reason and as the answer to "may another gateway do better?". What a status or a Q.850 cause
// usually stands for is told once, in reasons/network-causes.ts; here stands only what is different for a call that we placed for
// somebody else: a 401 of a carrier is no fault of our customer's credentials. Also the way back: a refusal of ours as status and cause.

import type { Slug } from '#reasons/catalogue.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { q850Causes, sipStatuses } from '#reasons/network-causes.ts'
import type { Params, Refusal } from '#reasons/refusal.ts'
import type { ReasonValue } from '#protocols/sip/reason-header.ts'
import type { SipCause } from '#protocols/sip/stack-parts.ts'
import type { LegCause } from '#voice/leg.ts'

type Next = LegCause['next']

/** How a leg stood when it ended. */
export interface LegStage {
  /** A provisional beyond 100 came: somebody may have heard it ring, so that no other way may be tried. */
  readonly progressed: boolean
  readonly answered: boolean
}

/**
 * Statuses that say something of our own signalling towards that gateway, never of the called party: whoever placed the call can do
 * nothing about them, so that their usual reasons (meant for who sent the request) would tell an untruth in its record.
 */
const betweenUs: ReadonlySet<number> = new Set([
  400, 401, 402, 403, 405, 407, 413, 414, 415, 420, 421, 423, 489, 491, 493, 494, 500, 501, 502, 504, 505, 513, 580,
])

/** Another gateway of the same or another carrier may take the call all the same. */
const elsewhereStatuses: ReadonlySet<number> = new Set([...betweenUs, 300, 301, 302, 305, 408, 482, 483, 488, 503, 606])

/** Q.850 causes that speak of the way, not of the party. */
const elsewhereCauses: ReadonlySet<number> = new Set([
  2, 3, 5, 6, 8, 9, 25, 29, 34, 38, 39, 41, 42, 43, 44, 46, 47, 49, 50, 58, 63, 65, 66, 69, 79, 82, 88, 91, 95, 96, 97, 98, 99,
  100, 101, 102, 110, 111,
])

/** Q.850 causes that say no more than that it ended: the status says more. */
const vagueCauses: ReadonlySet<number> = new Set([16, 30, 31, 40, 103, 127])

/** Of causes that speak of signalling or of subscriptions between us and the carrier. */
const causesBetweenUs: ReadonlySet<number> = new Set([29, 50, 57, 62, 63, 69, 79, 81, 95, 96, 97, 98, 99, 100, 101])

/** Texts of Reason headers that say more than their number; compared without case. */
const texts: Readonly<Record<string, Slug>> = {
  'call completed elsewhere': 'call.completed',
  'answered elsewhere': 'call.completed',
  user_busy: 'call.busy',
  no_answer: 'call.no_answer',
  'no answer': 'call.no_answer',
  call_rejected: 'call.declined',
  declined: 'call.declined',
  'rtp timeout': 'call.media_lost',
  'media timeout': 'call.media_lost',
  'no rtp': 'call.media_lost',
  'session timeout': 'call.network_failure',
}

/** RFC 8606 and practice: the Q.850 value of the first Reason of that protocol. */
function q850Of(reasons: readonly ReasonValue[]): number | undefined {
  return reasons.find(({ protocol, cause }) => /^q\.850$/i.test(protocol) && cause !== undefined)?.cause
}

const textReason = (reasons: readonly ReasonValue[]): Slug | undefined => {
  for (const { text } of reasons) {
    const slug = text === undefined ? undefined : texts[text.trim().toLowerCase()]
    if (slug !== undefined) return slug
  }
  return undefined
}

function reasonsRaw(reasons: readonly ReasonValue[]): string {
  return reasons
    .map(
      ({ protocol, cause, text }) =>
        `; ${protocol}${cause === undefined ? '' : `;cause=${cause}`}${text ? `;text="${text}"` : ''}`,
    )
    .join('')
}

const withCause = (reason: Slug, cause: string): { readonly reason: Slug; readonly params?: Params } =>
  'cause' in catalogue[reason].params ? { reason, params: { cause } } : { reason }

/** What the network's word stands for when the leg had not been answered. */
function refusedReason(status: number, q850: number | undefined, reasons: readonly ReasonValue[]): Slug {
  const told = textReason(reasons)
  if (told !== undefined) return told
  if (q850 !== undefined && !vagueCauses.has(q850)) {
    if (causesBetweenUs.has(q850)) return 'call.network_failure'
    const known = q850Causes[q850]
    // What was answered may be handed over; what was not is only sent elsewhere.
    if (known) return known.reason === 'call.transferred' ? 'call.redirected' : known.reason
  }
  if (betweenUs.has(status)) return 'call.network_failure'
  if (status >= 300 && status < 400) return status === 301 ? 'call.destination_changed' : 'call.redirected'
  const known = sipStatuses[status]
  if (known && status >= 300) return known.reason
  // RFC 3261 8.1.3.2: an unknown status counts as the x00 of its class.
  const byClass: Readonly<Record<number, Slug>> = { 5: 'call.network_failure', 6: 'call.declined' }
  return byClass[Math.floor(status / 100)] ?? 'call.unknown_cause'
}

function refusedNext(status: number, q850: number | undefined): Next {
  if (q850 !== undefined && !vagueCauses.has(q850)) return elsewhereCauses.has(q850) ? 'elsewhere' : 'never'
  if (elsewhereStatuses.has(status)) return 'elsewhere'
  return status >= 500 && status < 600 ? 'elsewhere' : 'never'
}

/** The end of a leg as the user agent told it, in our words. */
export function causeOf(cause: SipCause, stage: LegStage): LegCause {
  const made = rawCause(cause, stage)
  // Nobody else is tried once it may have rung somewhere, whatever the network says.
  return stage.progressed || stage.answered ? { ...made, next: 'never' } : made
}

function rawCause(cause: SipCause, stage: LegStage): LegCause {
  switch (cause.kind) {
    case 'response': {
      const q850 = q850Of(cause.reasons)
      const raw = `sip ${cause.status} ${cause.phrase}${reasonsRaw(cause.reasons)}`
      return {
        ...withCause(refusedReason(cause.status, q850, cause.reasons), raw),
        raw,
        sipStatus: cause.status,
        ...(q850 !== undefined && { q850 }),
        next: refusedNext(cause.status, q850),
      }
    }
    case 'bye':
    case 'cancel':
      return endedByPeer(cause, stage)
    case 'timeout':
      return timedOut(cause, stage)
    case 'transport':
    case 'unresolved':
      return failure('call.network_failure', `${cause.kind}: ${cause.detail}`, 'elsewhere')
    case 'ack_lost':
    case 'prack_lost':
      return failure('call.network_failure', `${cause.kind}: ${cause.detail}`, 'never')
    case 'session_expired':
      return failure('call.network_failure', `session timer: ${cause.detail}`, 'never')
    case 'protocol':
      return failure('call.network_failure', `protocol: ${cause.detail}`, 'elsewhere')
    case 'local':
      return { ...ended(stage), raw: `local ${cause.deed}`, next: 'never' }
  }
}

const ended = (stage: LegStage): { reason: Slug; sipStatus?: number } =>
  stage.answered ? { reason: 'call.completed' } : { reason: 'call.canceled_by_request', sipStatus: 487 }

const failure = (reason: Slug, raw: string, next: Next): LegCause => ({ ...withCause(reason, raw), raw, next })

function endedByPeer(cause: SipCause & { readonly kind: 'bye' | 'cancel' }, stage: LegStage): LegCause {
  const q850 = q850Of(cause.reasons)
  const raw = `sip ${cause.kind.toUpperCase()}${reasonsRaw(cause.reasons)}`
  const usual = ended(stage)
  const sip = cause.reasons.find(({ protocol }) => /^sip$/i.test(protocol))?.cause
  const told =
    textReason(cause.reasons) ??
    (q850 !== undefined && !vagueCauses.has(q850) ? q850Causes[q850]?.reason : undefined) ??
    (sip !== undefined && sip >= 300 ? sipStatuses[sip]?.reason : undefined)
  // A CANCEL that says it was answered elsewhere is still a call that was never answered here.
  const reason = told === undefined || (cause.kind === 'cancel' && told === 'call.completed') ? usual.reason : told
  return {
    ...withCause(reason, raw),
    raw,
    ...(usual.sipStatus !== undefined && { sipStatus: usual.sipStatus }),
    ...(q850 !== undefined && { q850 }),
    next: 'never',
  }
}

/** Silence from the first moment is a gateway that is gone; silence after a provisional is a party that did not pick up. */
function timedOut(cause: SipCause & { readonly kind: 'timeout' }, stage: LegStage): LegCause {
  const raw = `timeout: ${cause.detail}`
  if (cause.method !== 'INVITE' || stage.answered) return failure('call.network_failure', raw, 'never')
  if (stage.progressed) return { reason: 'call.no_answer', raw, sipStatus: 408, next: 'never' }
  if (cause.provisional) return { reason: 'call.unreachable', raw, sipStatus: 408, next: 'elsewhere' }
  return { ...failure('call.network_failure', raw, 'elsewhere'), sipStatus: 408 }
}

/** The other way round: how SIP is told a refusal of ours. A reason without a status of its own is our fault or nobody's. */
export function replyOf(refused: Refusal): { readonly status: number; readonly q850: number } {
  const { sip, q850, http } = catalogue[refused.reason]
  const status = sip !== null && sip >= 300 ? sip : statusByHttp(http)
  return { status, q850: q850 ?? (status >= 500 && status < 600 ? 41 : 31) }
}

/** For reasons that were made for requests: the nearest status of RFC 3261 21. */
function statusByHttp(http: number): number {
  if (http === 404 || http === 410) return http
  if (http === 429 || http === 503 || http === 507) return 503
  if (http >= 500) return 500
  if (http === 200) return 480
  return http === 400 || http === 422 ? 400 : 403
}
