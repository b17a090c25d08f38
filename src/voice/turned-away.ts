// A call, or another request of a phone or a carrier, that was refused before anything was written of it: strangers, numbers that nobody
// has, a trunk that is full. It has no record, so that this is all that is left of it. Plain data.

import type { Refusal } from '#reasons/refusal.ts'

export interface TurnedAway {
  readonly refusal: Refusal
  /** As the answer carried it. */
  readonly errorId: string
  /** Which network: `sip`, or the pretend one's. */
  readonly network: string
  /** `INVITE`, `REGISTER`. */
  readonly method: string
  /** What was asked for, as it came: a Request-URI. */
  readonly uri: string
  readonly from: string
  readonly to: string
  /** Address of the sender. */
  readonly source: string
  /** The id in anybody's trace: a Call-ID. */
  readonly ref: string
  /** Of the answer. */
  readonly status: number
  /** The trunk that it came over; null: it is no trunk's. */
  readonly carrierId: number | null
  /** The phone that it came from, where it is known as one. */
  readonly client: { readonly id: number; readonly accountId: number } | null
}

export type TellTurnedAway = (one: TurnedAway) => void
