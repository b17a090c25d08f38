// How far a message has come, and why it ended so, in this vendor's words (reference 20 and 21).

import type { MessageValue } from '#operations/messages/message-view.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codeOf, entryOf } from '#reasons/dictionary.ts'
import type { Params } from '#reasons/refusal.ts'
import { codes } from './codes.ts'

export const statuses = ['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'received'] as const
export type Status = (typeof statuses)[number]

export type State = MessageValue['state']

/** What was accepted is being sent; what waits for its time is queued. */
const statusOfState: Readonly<Record<State, Status>> = {
  scheduled: 'queued',
  queued: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'undelivered',
  expired: 'failed',
  failed: 'failed',
  unconfirmed: 'failed',
  canceled: 'failed',
  received: 'received',
}

export const statusOf = (state: State): Status => statusOfState[state]

export const statesOf = (status: Status): State[] =>
  (Object.keys(statusOfState) as State[]).filter((state) => statusOfState[state] === status)

export const descriptions: Readonly<Record<Status, string>> = {
  queued: 'Waits for the time it is to be sent.',
  sending: 'Accepted, on its way to the network.',
  sent: 'The network has taken it.',
  delivered: 'The handset has it.',
  undelivered: 'The network could not deliver it.',
  failed: 'It was not sent, or came to an end without being delivered.',
  received: 'Came in from the network.',
}

export interface Ended {
  readonly state: State
  readonly final: boolean
  readonly reason: {
    readonly slug: string
    readonly params: Readonly<Record<string, unknown>>
    readonly cause: string | null
  } | null
}

export interface MessageError {
  readonly code: number
  readonly text: string
}

const unknownError = '30008'

/** Null while it is on its way, and for one that arrived. What waits again after a first attempt is no error yet. */
export function errorOf({ state, final, reason }: Ended): MessageError | null {
  if (!reason || state === 'delivered' || !(final || state === 'received')) return null
  const rendered = codeOf(codes, { reason: reason.slug as Slug, params: reason.params as Params })
  const code = rendered.code ?? String(rendered.http)
  // Reference 21: whatever else the network refuses it for is an unknown error. That it was throttled has its own number.
  if (reason.cause !== null && Number(code) < 1000 && reason.slug !== 'message.carrier_throttled')
    return { code: Number(unknownError), text: entryOf(codes, unknownError)!.message }
  return { code: Number(code), text: rendered.message }
}

/** The names of the open server's own list, which its older clients know (reference 31, quirk 14). */
const errorNames: Readonly<Record<number, string>> = {
  30001: 'QUEUE_OVERFLOW',
  30002: 'ACCOUNT_SUSPENDED',
  30003: 'UNREACHABLE_DESTINATION_HANDSET',
  30004: 'MESSAGE_BLOCKED',
  30005: 'UNKNOWN_DESTINATION_HANDSET',
  30006: 'LANDLINE_OR_UNREACHABLE_CARRIER',
  30007: 'CARRIER_VIOLATION',
  30008: 'UNKNOWN_ERROR',
  30009: 'MISSING_SEGMENT',
  30010: 'MESSAGE_PRICE_EXCEEDS_MAX_PRICE',
}

export const errorName = ({ code }: MessageError): string => errorNames[code] ?? String(code)
