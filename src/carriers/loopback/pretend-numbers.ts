// The numbers at which the pretend network does something particular with a call. Data only: docs/sandbox.md shows this table, and a test holds
// the two together. The ranges are those of magic-numbers.ts, the last two digits are others. Every other number rings and is answered.

import type { LegCause } from '#voice/leg.ts'
import { magicPrefixes } from './magic-numbers.ts'

export interface CallPlan {
  /** Not answered, but refused: at once, or after it has rung. */
  readonly refusal?: { readonly cause: LegCause; readonly rings: boolean }
  /** Rings until the caller gives up. */
  readonly neverAnswers?: true
  /** Music can be heard before the answer. */
  readonly early?: true
  /** Once answered, in this order. */
  readonly says?: string
  readonly presses?: string
  /** Hangs up once it has done that, after so long. */
  readonly hangsUpAfterMs?: number
  /** Answers, and sends no sound at all. */
  readonly sendsNothing?: true
}

export interface CallNumber {
  /** The last two digits. */
  readonly digits: string
  readonly name: string
  /** What happens, for people. */
  readonly says: string
  readonly plan: CallPlan
}

const refused = (status: number, phrase: string, q850: number, reason: LegCause['reason'], rings: boolean): CallPlan => ({
  refusal: {
    cause: {
      reason,
      raw: `pretend sip ${status} ${phrase}; Q.850;cause=${q850}`,
      sipStatus: status,
      q850,
      next: status === 503 ? 'elsewhere' : 'never',
    },
    rings,
  },
})

/** What every other number does. */
const ordinaryCall: CallPlan = {}

export const callNumbers: readonly CallNumber[] = [
  { digits: '21', name: 'answers', says: 'It rings and is answered.', plan: ordinaryCall },
  { digits: '22', name: 'busy', says: 'It is busy.', plan: refused(486, 'Busy Here', 17, 'call.busy', false) },
  { digits: '23', name: 'no answer', says: 'It rings, and nobody answers.', plan: { neverAnswers: true } },
  {
    digits: '24',
    name: 'declined',
    says: 'It rings, and is declined.',
    plan: refused(603, 'Decline', 21, 'call.declined', true),
  },
  {
    digits: '25',
    name: 'unreachable',
    says: 'It is switched off or out of reach.',
    plan: refused(480, 'Temporarily Unavailable', 20, 'call.unreachable', false),
  },
  {
    digits: '26',
    name: 'unknown number',
    says: 'Nobody has the number.',
    plan: refused(404, 'Not Found', 1, 'call.destination_unknown', false),
  },
  {
    digits: '27',
    name: 'congestion',
    says: 'The network has no room; another route is tried if there is one.',
    plan: refused(503, 'Service Unavailable', 34, 'call.congestion', false),
  },
  {
    digits: '28',
    name: 'short call',
    says: 'It is answered, and hung up after a second.',
    plan: { hangsUpAfterMs: 1000 },
  },
  { digits: '29', name: 'silent', says: 'It is answered, and no sound ever comes from it.', plan: { sendsNothing: true } },
  { digits: '30', name: 'says sales', says: 'It is answered, and the word "sales" is said.', plan: { says: 'sales' } },
  { digits: '31', name: 'presses 1', says: 'It is answered, and the key 1 is pressed.', plan: { presses: '1' } },
  { digits: '32', name: 'presses 1234#', says: 'It is answered, and 1234# is pressed.', plan: { presses: '1234#' } },
  { digits: '33', name: 'early media', says: 'Sound comes before it is answered.', plan: { early: true } },
  {
    digits: '34',
    name: 'answering machine',
    says: 'It is answered by a machine, which speaks and hangs up after five seconds.',
    plan: { says: 'Nobody is at home. Please leave a message after the tone.', hangsUpAfterMs: 5000 },
  },
  {
    digits: '35',
    name: 'no common codec',
    says: 'It is refused because no codec fits.',
    plan: refused(488, 'Not Acceptable Here', 88, 'call.media_incompatible', false),
  },
]

const byNumber = new Map<string, CallPlan>(
  magicPrefixes.flatMap((prefix) => callNumbers.map((one) => [`${prefix}${one.digits}`, one.plan] as const)),
)

/** What the pretend network does with a call to that number (E.164 with +). */
export const callPlanFor = (recipient: string): CallPlan => byNumber.get(recipient) ?? ordinaryCall
