// What a call tells of itself while it is up, and how it came out. Plain data.

import type { Slug } from '#reasons/catalogue.ts'
import type { Params } from '#reasons/refusal.ts'
import type { LegEnd, ReferAsk } from './leg.ts'
import type { CallState } from './script-form.ts'

/** Who ended a call; `network` where neither side and nobody here did. */
export type EndedBy = 'caller' | 'callee' | 'platform' | 'application' | 'network'

/** How a call came out. */
export interface CallEnd {
  readonly state: Extract<CallState, 'completed' | 'busy' | 'no_answer' | 'failed' | 'canceled'>
  readonly reason: Slug
  readonly params: Params
  readonly by: EndedBy
  /** Of the leg, once it told; absent where the leg was lost without a word. */
  readonly leg?: LegEnd
  readonly endedMs: number
  /** Between answer and end; 0 without an answer. */
  readonly durationMs: number
  readonly errorId: string | null
}

/** What a call tells whoever listens. `ended` comes last and exactly once, whatever dies. */
export interface CallNews {
  ringing?(early: boolean): void
  answered?(headers: Readonly<Record<string, string>>): void
  ended?(end: CallEnd): void
  /** Nobody listening: the ask is refused. */
  referred?(ask: ReferAsk): void
  heldByPeer?(held: boolean): void
}
