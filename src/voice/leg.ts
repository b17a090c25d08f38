// What voice needs of a leg, stated as an interface: one party's side of a call. A phone on a trunk and a registered phone are its two
// ways of being. Voice knows no SIP; a leg knows no account, no script and no price.
//
//   voice  ---- ring, answer, refuse, hangUp, hold, refer ---->  leg  ---- SIP ---->  the party
//          <--- news: ringing, answered, ended(cause) ---------
//   media: the leg opens a stream in the place that voice gave it, and agrees codecs and addresses by itself.

import type { Place, Stream, StreamFigures } from '#media/contract.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Params, Refusal } from '#reasons/refusal.ts'
import type { CallTarget } from './verbs/verb.ts'

/** The network's or the party's word for how a leg ended, and ours beside it. */
export interface LegCause {
  readonly reason: Slug
  readonly params?: Params
  /** As it came: `sip 486 Busy Here; Q.850;cause=17`. */
  readonly raw: string
  /** The final SIP status, whoever gave it; absent when none was exchanged. */
  readonly sipStatus?: number
  /** ITU-T Q.850, as given in a Reason header. */
  readonly q850?: number
  /**
   * `elsewhere`: another gateway or route may do better, and none of this leg's phone has answered or rung yet.
   * Never `elsewhere` once a provisional answer other than 100 came: the INVITE may have reached somebody.
   */
  readonly next: 'elsewhere' | 'never'
  /** The called phone sends the call on: to whom, the best first. Followed above, as a target of the account like any other. */
  readonly deflectedTo?: readonly CallTarget[]
}

export interface LegEnd {
  /** Who ended it: the other side, we, or neither (lost, timed out). */
  readonly by: 'peer' | 'us' | 'network'
  readonly cause: LegCause
  /** How its media went, when there was any. */
  readonly figures?: StreamFigures
  /** Named when audio went only one way, in words with the cause: docs/voice.md. */
  readonly mediaVerdict?: string
  /** X- headers of the BYE or final answer, names as they came. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The other side asks to be connected elsewhere (RFC 3515). */
export interface ReferAsk {
  readonly target: string
  readonly referredBy?: string
  /** Call-ID and tags of a call that the target is to replace (RFC 3891): an attended transfer. */
  readonly replaces?: string
  accept(): void
  refuse(refusal: Refusal): void
  /** After `accept`: how it goes, told by NOTIFY. */
  progress(status: number, phrase: string): void
}

/** What a leg tells; each at its time, `ended` last and exactly once. */
export interface LegNews {
  /** `early`: there is audio before the answer. */
  ringing(early: boolean): void
  answered(headers: Readonly<Record<string, string>>): void
  ended(end: LegEnd): void
  referred?(ask: ReferAsk): void
  heldByPeer?(held: boolean): void
  /** A decision on the way, for its timeline: which gateway it goes to, and why not to another. */
  step?(what: string, data: object): void
}

export type StepOutcome =
  | { readonly done: true; readonly sipStatus: number }
  | { readonly done: false; readonly refusal: Refusal; readonly sipStatus?: number }

export interface ReferOutcome {
  readonly accepted: boolean
  readonly sipStatus?: number
  /** The last status of the sipfrag, if any NOTIFY came. */
  readonly notifiedStatus?: number
  readonly refusal?: Refusal
}

export interface Leg {
  /** The call's id, as its record has it. */
  readonly id: number
  readonly direction: 'in' | 'out'
  /** There once media is open: for a leg that came in after `answer` or `ringEarly`, for one that goes out from the first SDP on. */
  readonly stream: Stream | undefined
  readonly answered: boolean
  readonly ended: boolean
  /** Protocol and ids for evidence and support: `sip:<Call-ID>`. */
  readonly ref: string
  /** Of a leg that came in: how many servers its call may still pass, so that one which comes round in a circle ends (RFC 7332). Absent: nobody counts. */
  readonly hopsLeft?: number
  /** Tells the party that it rings here; only for a leg that came in. */
  ring(): void
  /** 183 with media: the caller hears before anybody answers. Rejects with a Refusal when no media can be agreed. */
  ringEarly(place: Place): Promise<void>
  /** Resolves once there is media. Rejects with a Refusal (`call.media_incompatible`, `platform.media_full`) and is refused then by the caller of this. */
  answer(place: Place, headers?: Readonly<Record<string, string>>): Promise<void>
  /** A leg that came in and is not answered: refused with the reason's SIP status and Reason headers. */
  refuse(refusal: Refusal, options?: { readonly retryAfterSeconds?: number; readonly status?: number }): void
  /** Ends it in whatever state it is: CANCEL, BYE or a final answer, with Reason headers. Idempotent. */
  hangUp(refusal: Refusal): void
  hold(): Promise<StepOutcome>
  resume(): Promise<StepOutcome>
  /** Blind transfer by REFER. */
  refer(target: string): Promise<ReferOutcome>
  /** Its media goes on in another place, by re-INVITE: `stream` is another one after that. Absent: it cannot. */
  moveTo?(place: Place): Promise<StepOutcome>
}

export interface Digest {
  readonly username: string
  readonly password: string
}

/** What a leg that goes out is to be. */
export interface LegWish {
  readonly id: number
  readonly place: Place
  /** Shown to the called party: E.164 with +, a short number, or a name of a client. */
  readonly from: string
  readonly fromName?: string
  readonly to: string
  /** P-Asserted-Identity, when the network is trusted with it. */
  readonly assertedFrom?: string
  readonly anonymous?: boolean
  /** X- headers and others that a script may set; checked already. */
  readonly headers: Readonly<Record<string, string>>
  readonly credentials?: Digest
  /** How long it may ring, ms. */
  readonly timeoutMs: number
  /** How many servers it may pass; absent: as many as any. */
  readonly hopsLeft?: number
  /** Identity header (RFC 8224) of the call it continues, passed on as it came. */
  readonly identity?: string
}
