// A message as this face shows it, to who reads it and to who is told of it. The vendor publishes no such form: it follows that of
// its call events (reference section 11.2).

import type { Account } from '#accounts/account.ts'
import { codeOf, type Refused } from '#reasons/dictionary.ts'
import { codes } from './codes.ts'
import { decimalOf, gmtOf, localTime, plainNumber } from './formats.ts'
import type { TokuIds } from './ids.ts'

export interface MessageFacts {
  readonly id: number
  readonly direction: 'in' | 'out'
  readonly from: string
  readonly to: string
  readonly text: string
  readonly state: string
  readonly final: boolean
  readonly segments: number
  readonly priceMicro: number
  readonly currency: string
  readonly clientRef: string
  /** ms UTC */
  readonly createdMs: number
  readonly sentMs: number | null
  readonly endedMs: number | null
  /** Why it ended so, or why it waits. */
  readonly why: Refused | null
}

type Fields = Record<string, string | number>

/** `error_code` is 0 unless the message has failed; times are the account's, and empty until they come. */
export function messageFields(facts: MessageFacts, ids: TokuIds, account: Account, nowMs: number): Fields {
  const { direction, clientRef, state, final, createdMs, sentMs, endedMs } = facts
  const time = (ms: number | null): string => (ms === null ? '' : localTime(account, ms))
  const { code, message } = errorOf(facts)
  return {
    message_id: ids.show('message', facts.id),
    ...(clientRef !== '' && { reference_id: clientRef }),
    direction: direction === 'in' ? 0 : 1,
    from: plainNumber(facts.from),
    to: plainNumber(facts.to),
    message: facts.text,
    status: state.toUpperCase(),
    error_code: code,
    error_desc: message,
    segments: facts.segments,
    charge: decimalOf(facts.priceMicro),
    currency: facts.currency,
    create_time: time(createdMs),
    sent_time: time(sentMs),
    end_time: time(final ? endedMs : null),
    gmt: gmtOf(account, nowMs),
  }
}

const wellEnded = new Set(['delivered', 'received', 'canceled'])

/** The code of how it ended; 0 while it is under way, and where it ended well. */
export function errorOf({ state, final, why }: Pick<MessageFacts, 'state' | 'final' | 'why'>): { code: number; message: string } {
  if (!final || wellEnded.has(state) || !why) return { code: 0, message: 'success' }
  const { code, message } = codeOf(codes, why)
  return { code: Number(code ?? -1), message }
}
