// A message in this vendor's words, the same where it is asked for and where it is told: its state, who to whom, and why it
// failed. Reference section 11; the numbers of `aculab_msg_err` other than 000 are ours, as no source lists the vendor's.

import type { Slug } from '#reasons/catalogue.ts'
import { codeOf } from '#reasons/dictionary.ts'
import { detailOf, Refusal, type Params } from '#reasons/refusal.ts'
import { codes } from './codes.ts'
import { digitsOf, stamp } from './formats.ts'
import type { MessageRefs } from './message-refs.ts'

/** What an operation's view and a webhook's subject have in common. */
export interface MessageFacts {
  readonly id: number
  readonly direction: 'out' | 'in'
  readonly kind: string
  readonly from: string
  readonly to: string
  readonly state: string
  readonly final: boolean
  readonly segments: number
  /** Of a message that did not arrive. */
  readonly why: { readonly reason: Slug; readonly params: Readonly<Record<string, unknown>> } | null
  readonly atMs: number
}

const states: Readonly<Record<string, string>> = {
  scheduled: 'queued',
  queued: 'queued',
  canceled: 'cancelled',
  delivered: 'delivered',
  received: 'received',
  failed: 'failed',
  undelivered: 'failed',
  expired: 'failed',
}

/** `sent` is the end of a message without a delivery report; one that waits for its report is with the carrier until then. */
export function statusOf({ state, final }: Pick<MessageFacts, 'state' | 'final'>): string {
  if (state === 'sent') return final ? 'sent' : 'submitted_to_carrier'
  return states[state] ?? 'unknown'
}

const noError = '000'
const otherError = '999'

/** The last three digits of the vendor's code for the reason, where it has one: 701 for 0701. */
function errorOf(reason: Slug, params: Params): string {
  const { code } = codeOf(codes, { reason, params })
  return code !== null && /^0\d{3}$/.test(code) ? code.slice(1) : otherError
}

/** `segment` is the one that is spoken of, where the reference names one. */
export function messageTold(refs: MessageRefs, facts: MessageFacts, segment?: number) {
  const { id, direction, kind, from, to, segments, why, atMs } = facts
  const status = statusOf(facts)
  const cause = why && (status === 'failed' || status === 'unknown') ? why : null
  const params = (cause?.params ?? {}) as Params
  return {
    status,
    direction: direction === 'in' ? 'receive' : 'send',
    type: kind,
    from: digitsOf(from),
    to: digitsOf(to),
    msg_ref: refs.refOf(id, segment),
    timestamp: stamp(atMs),
    aculab_msg_err: cause ? errorOf(cause.reason, params) : noError,
    ...(cause && { failure_cause: detailOf(new Refusal(cause.reason, params)) }),
    ...(segment !== undefined && { multipart_uid: refs.refOf(id), multipart_position: segment, multipart_count: segments }),
  }
}
