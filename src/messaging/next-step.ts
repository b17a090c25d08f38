// What becomes of a message once its carrier has said how the attempt went: sent, tried again, over which route, or ended. And what
// a carrier is given for an attempt. Decides only; the store makes it so.

import { inHandOf, type SegmentRef, type Step, type Why } from '#store/message-life.ts'
import type { MessageRow } from '#store/messages.ts'
import { canonicalRef } from './refs.ts'
import { pauseAfter } from './retry-table.ts'
import type { Cause, JobMedia, SubmitJob, SubmitOutcome } from './sms-carrier.ts'

/** What of a message's `detail` the way to the network needs. */
export interface SendDetail {
  /** Ids of its attachments. */
  readonly media?: readonly number[]
  readonly subject?: string
  /** All carriers for it, the best first; and those still to try in this round. Absent when there is one. */
  readonly routes?: readonly number[]
  readonly elsewhere?: readonly number[]
  /** Indexes of segments that are with the network already. */
  readonly done?: readonly number[]
  readonly attemptsAtMost?: number
  /** What the sender asked for, where that was not `auto`. */
  readonly codingWished?: SubmitJob['coding']
  readonly [name: string]: unknown
}

const nothing: SendDetail = {}

export const detailOf = (row: MessageRow): SendDetail => (row.detail === '{}' ? nothing : (JSON.parse(row.detail) as SendDetail))

export function jobOf(row: MessageRow, media?: readonly JobMedia[]): SubmitJob {
  const detail = detailOf(row)
  return {
    messageId: row.id,
    accountId: row.account_id,
    kind: row.kind as SubmitJob['kind'],
    sender: row.sender,
    recipient: row.recipient,
    text: row.body,
    coding: detail.codingWished ?? 'auto',
    wantsReceipt: row.report === 1,
    deadlineMs: row.deadline_ms ?? row.created_ms,
    priority: row.priority,
    attempt: row.attempts + 1,
    done: detail.done ?? [],
    ...(detail.subject !== undefined && { subject: detail.subject }),
    ...(media && { media }),
  }
}

/** For what did not come to an attempt: its account is suspended, its time is over. */
export function endUntried(row: MessageRow, why: Why): Step {
  const to = why.reason === 'message.validity_expired' ? 'expired' : 'failed'
  return { to, message: inHandOf(row), carrier: null, refs: [], attempts: row.attempts, why }
}

/** `receiptTimeoutMs` is how long a receipt is waited for. */
export function stepAfter(row: MessageRow, outcome: SubmitOutcome, now: number, receiptTimeoutMs: number): Step {
  const several = outcome.segments > 1 && !outcome.inOnePiece
  const refs = outcome.outcomes.flatMap(({ index, ref }) =>
    ref === undefined ? [] : [{ ref: canonicalRef(ref), raw: ref, segment: several ? index + 1 : 0 }],
  )
  const failure = gravest(outcome)
  if (failure) return againOrNever(row, outcome, failure, refs, now)
  return {
    to: 'sent',
    message: inHandOf(row),
    carrier: row.carrier_id!,
    refs,
    segments: outcome.segments,
    coding: outcome.coding ?? row.coding,
    attempts: row.attempts + 1,
    wakeMs: outcome.receiptExpected ? now + receiptTimeoutMs : null,
  }
}

const gravity = { again: 0, elsewhere: 1, never: 2 } as const

/** Of several segments' causes the one that leaves least to be done: a segment that must not go again keeps all from it. */
function gravest({ outcomes }: SubmitOutcome): Cause | undefined {
  let found: Cause | undefined
  for (const { cause } of outcomes) if (cause && (!found || gravity[cause.next] > gravity[found.next])) found = cause
  return found
}

function againOrNever(row: MessageRow, outcome: SubmitOutcome, failure: Cause, refs: readonly SegmentRef[], now: number): Step {
  const carrier = row.carrier_id!
  const message = inHandOf(row)
  const attempts = row.attempts + 1
  const detail = detailOf(row)
  const why: Why = {
    reason: failure.reason,
    params: failure.params ? JSON.stringify(failure.params) : null,
    cause: failure.raw,
  }
  const done = [...(detail.done ?? []), ...outcome.outcomes.filter(({ ref }) => ref !== undefined).map(({ index }) => index)]
  const perhapsTwice = outcome.outcomes.some(({ cause }) => cause?.mayHaveTaken === true)
  const again = (next: number, elsewhere: readonly number[], dueMs: number | null): Step => ({
    to: 'again',
    message,
    carrier: next,
    tried: carrier,
    refs,
    dueMs,
    deadlineMs: row.deadline_ms ?? now,
    attempts,
    why,
    detail: JSON.stringify({
      ...detail,
      ...(done.length > 0 && { done }),
      ...(perhapsTwice && { perhapsTwice }),
      ...(detail.elsewhere && { elsewhere }),
    }),
  })
  const [next, ...rest] = detail.elsewhere ?? []
  // Parts that one network has cannot be joined with parts over another.
  if (failure.next !== 'never' && next !== undefined && done.length === 0) return again(next, rest, null)
  if (failure.next === 'again') {
    const pauseMs = pauseAfter(attempts, failure.afterMs, detail.attemptsAtMost ?? failure.attemptsAtMost)
    // All routes were tried: the round begins anew.
    const [first = carrier, ...others] = done.length === 0 ? (detail.routes ?? []) : []
    if (pauseMs !== undefined && now + pauseMs < (row.deadline_ms ?? Infinity)) return again(first, others, now + pauseMs)
  }
  return { to: 'failed', message, carrier, refs, attempts, why }
}

/** How the row reads once the step is taken, for whoever goes on with it at once. */
export const rowAfter = (row: MessageRow, step: Step & { to: 'again' }): MessageRow => ({
  ...row,
  carrier_id: step.carrier,
  attempts: step.attempts,
  detail: step.detail,
  reason: step.why.reason,
})
