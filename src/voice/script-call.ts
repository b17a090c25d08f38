// What scripts, bridges and conferences need of a live call: one leg with its record. live-call.ts is it. They know no table, no price
// and no route: who may call whom is decided where legs are placed.

import type { Clip, Place } from '#media/contract.ts'
import type { Refusal } from '#reasons/refusal.ts'
import type { Leg, LegEnd, LegNews } from './leg.ts'
import type { CallView } from './script-form.ts'
import type { Audio, DialTarget } from './verbs/verb.ts'

/** Who ended a call: one of its parties, the platform, or the application by its script or a request. */
export type EndedBy = 'caller' | 'callee' | 'platform' | 'application'

export interface EndOptions {
  /** The SIP status of a leg that is refused, where the reason's own would not do. */
  readonly status?: number
}

export interface ScriptCall {
  readonly id: number
  readonly accountId: number
  readonly leg: Leg
  /** Where its media is; the legs that it dials are opened there too. */
  readonly place: Place
  /** Of its account, ISO 3166 alpha-2: which tones it hears. */
  readonly country: string
  /** Whether its pages may be on this machine: for the sandbox account. */
  readonly loopback: boolean
  /** As it stands now. */
  view(): CallView
  ring(): void
  /** Media before the answer. Rejects with a Refusal. */
  ringEarly(): Promise<void>
  /** Resolves at once when it is answered. Rejects with a Refusal; the call is ended then by whoever asked. */
  answer(headers?: Readonly<Record<string, string>>): Promise<void>
  /** In whatever state it is; once. What comes later is not heard. */
  end(refusal: Refusal, by: EndedBy, options?: EndOptions): void
  /** Tells from now on; `ended` at once when it has ended. Gives how to stop listening. */
  listen(news: CallNews): () => void
}

export interface CallNews extends Partial<Omit<LegNews, 'ended'>> {
  /** `by`: as its record has it. `refusal`: its reason. */
  ended?(end: CallEnd): void
}

export interface CallEnd {
  readonly state: 'completed' | 'busy' | 'no_answer' | 'failed' | 'canceled'
  readonly by: EndedBy
  readonly refusal: Refusal
  readonly leg?: LegEnd
}

/** One leg that a script dials. */
export interface DialWish {
  readonly parent: ScriptCall
  readonly target: DialTarget
  /** Absent: the caller's own. */
  readonly callerId?: string
  readonly timeoutMs: number
  /** The longest that it may last once it is connected. */
  readonly mostMs: number
}

/**
 * Rings one target, after every check that a placed call passes: one call for each place where it rings, as a client may have several
 * phones. Rejects with a Refusal when there is none. News come to `listen` of each.
 */
export type DialLegs = (wish: DialWish) => Promise<readonly ScriptCall[]>

/** Sound of a script made playable. Rejects with a Refusal `play.*`, `tts.*`, `webhook.*`. */
export type ClipsOf = (call: ScriptCall, audio: readonly Audio[]) => Promise<readonly Clip[]>
