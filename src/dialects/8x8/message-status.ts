// How far a message has come, in this vendor's words of today and of before (reference section 7), and why it went no further
// (20.2). A reason code, one of the twelve of the vendor's error list, stands with REJECTED BY CARRIER and TRASHED alone.

import type { Slug } from '#reasons/catalogue.ts'
import { codeOf } from '#reasons/dictionary.ts'
import { detailOf, Refusal, type Params } from '#reasons/refusal.ts'
import { codes } from './codes.ts'
import { timestamp } from './formats.ts'

export interface Stand {
  readonly state: string
  /** A slug, with its parameters. */
  readonly reason: string | null
  readonly params: Readonly<Record<string, unknown>>
  /** ms UTC; null: the network never had it. */
  readonly sentMs: number | null
  /** The network's own words, if it said any. */
  readonly cause: string | null
  readonly atMs: number
}

type Legacy =
  | 'RECEIVED FOR PROCESSING'
  | 'SENT'
  | 'DELIVERED TO CARRIER'
  | 'DELIVERED TO DEVICE'
  | 'REJECTED BY CARRIER'
  | 'REJECTED BY DEVICE'
  | 'TRASHED'

interface Standing {
  readonly legacy: Legacy
  readonly state: 'queued' | 'sent' | 'delivered' | 'undelivered' | 'rejected'
  readonly detail?: 'delivered_to_operator' | 'delivered_to_recipient' | 'rejected_by_operator' | 'undelivered_to_recipient'
}

const standings = {
  queued: { legacy: 'RECEIVED FOR PROCESSING', state: 'queued' },
  sent: { legacy: 'SENT', state: 'sent' },
  operator: { legacy: 'DELIVERED TO CARRIER', state: 'delivered', detail: 'delivered_to_operator' },
  delivered: { legacy: 'DELIVERED TO DEVICE', state: 'delivered', detail: 'delivered_to_recipient' },
  refused: { legacy: 'REJECTED BY CARRIER', state: 'undelivered', detail: 'rejected_by_operator' },
  missed: { legacy: 'REJECTED BY DEVICE', state: 'undelivered', detail: 'undelivered_to_recipient' },
  trashed: { legacy: 'TRASHED', state: 'rejected' },
} as const satisfies Record<string, Standing>

/** The handset did not take it; all else that the network says is its own refusal. */
const byHandset = new Set(['message.handset_unreachable', 'message.segment_missing', 'message.delivery_timeout'])

function standingOf({ state, reason, sentMs, cause }: Stand): Standing {
  switch (state) {
    case 'scheduled':
    case 'queued':
      return standings.queued
    case 'sent':
      return standings.sent
    case 'delivered':
    case 'received':
      return standings.delivered
    // The operator took it; more was never told.
    case 'unconfirmed':
      return standings.operator
  }
  // What the network never had, and never refused, was dropped here.
  if (sentMs === null && (cause === null || ownEnds.has(reason ?? ''))) return standings.trashed
  return byHandset.has(reason ?? '') ? standings.missed : standings.refused
}

/** Ends that the platform makes, whatever the network said before. */
const ownEnds = new Set(['message.validity_expired', 'message.canceled_by_request', 'message.gateway_unreachable'])

/** Reference section 20.2. */
const numbers: Readonly<Record<string, readonly [code: number, words: string]>> = {
  'message.handset_unreachable': [46, 'not reachable'],
  'message.handset_unknown': [59, 'unknown subscriber'],
  'message.landline': [37, 'SMS not supported'],
  'message.carrier_unreachable': [33, 'no route'],
  'message.carrier_throttled': [50, 'throttled'],
  'message.blocked': [26, 'barred'],
  'message.carrier_violation': [41, 'rejected by the SMSC'],
  'message.unknown_error': [57, 'unknown error'],
  'message.segment_missing': [3, 'data missing'],
  'message.recipient_opted_out': [8, 'denied'],
  'message.queue_overflow': [11, 'flooding'],
  'policy.traffic_pumping': [11, 'flooding'],
  'policy.quiet_hours': [8, 'denied'],
  'message.send_failed': [40, 'SMSC error'],
  'message.gateway_no_response': [51, 'time-out'],
  'message.gateway_unreachable': [47, 'temporarily unavailable'],
  'message.gateway_not_found': [33, 'no route'],
  'rating.no_rate': [33, 'no route'],
  'message.validity_expired': [36, 'expired'],
  'message.delivery_timeout': [36, 'expired'],
  'message.canceled_by_request': [20, 'cancelled here'],
  'credit.insufficient': [42, 'no credit'],
  'credit.deduction_failed': [42, 'no credit'],
  'message.recipient_invalid': [15, 'destination invalid'],
  'message.sender_invalid': [19, 'source address'],
  'message.sender_not_owned': [19, 'source address'],
  'message.sender_barred': [19, 'source address'],
  'message.sender_not_enabled': [19, 'source address'],
  'message.content_unencodable': [16, 'format'],
  'message.content_too_long': [17, 'length'],
  'message.country_not_served': [8, 'denied'],
  'number.not_in_whitelist': [8, 'denied'],
}

function numberOf(standing: Standing, reason: string | null): readonly [code: number, words: string] {
  const found = reason === null ? undefined : numbers[reason]
  return found ?? (standing === standings.trashed ? [14, 'internal'] : [57, 'unknown error'])
}

const hasFailed = ({ state }: Standing): boolean => state === 'undelivered' || state === 'rejected'

/** The object of receipts; where a message is read, `rejected` is called `failed` (section 7). */
export function statusShown(stand: Stand, where: 'receipt' | 'detail'): object {
  const standing = standingOf(stand)
  const { state, detail } = standing
  const [errorCode, words] = numberOf(standing, stand.reason)
  return {
    state: where === 'detail' && state === 'rejected' ? 'failed' : state,
    ...(detail !== undefined && { detail }),
    timestamp: timestamp(stand.atMs),
    ...(hasFailed(standing) && { errorCode, errorMessage: messageOf(stand, words) }),
  }
}

/** The older status, and the reason code where there is one. */
export function legacyStatus(stand: Stand): { readonly status: Legacy; readonly error: number | null } {
  const { legacy: status } = standingOf(stand)
  const isCoded = status === 'REJECTED BY CARRIER' || status === 'TRASHED'
  return { status, error: isCoded ? reasonCode(stand) : null }
}

function reasonCode({ reason, params }: Stand): number {
  const { code } = codeOf(codes, { reason: (reason ?? 'message.unknown_error') as Slug, params: params as Params })
  return Number(code ?? 500)
}

/** What happened this time; the table's words where that says nothing. */
function messageOf({ reason, params }: Stand, words: string): string {
  if (reason === null) return words
  return `${words}: ${detailOf(new Refusal(reason as Slug, params as Params))}`
}
