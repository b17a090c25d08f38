// The calls that are up on this node, and the one way to start, find and end them. What comes in goes through incoming.ts, what goes out
// through admit-call.ts and route-call.ts; here they become live calls with a record. It runs no script itself.

import type { Media } from '#media/contract.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { CallWish, ScriptStart } from './call-wish.ts'
import type { IncomingCall } from './line.ts'
import type { LiveCall } from './live-call.ts'

/** Runs a script on a call; returns at once. What goes wrong is told to the developer and ends the call. */
export type RunScript = (call: LiveCall, start: ScriptStart) => void

export interface CallsParts {
  readonly store: Store
  readonly clock: Clock
  readonly media: Media
  readonly runScript: RunScript
}

export interface Calls {
  /** For whoever hears calls first: trunks, phones. Never throws. */
  takeIncoming(call: IncomingCall): void
  /** For scripts: admits, writes and rings. Rejects with a Refusal; what comes later is news of the call. */
  place(wish: CallWish): Promise<LiveCall>
  find(id: number): LiveCall | undefined
  ofAccount(accountId: number): LiveCall[]
  ofSession(sessionId: number): LiveCall[]
  readonly size: number
  endAll(why: Refusal): void
}

export const stopped = refusal('call.terminated_by_request')
