// What voice needs of the ways out and in: trunks to carriers, registered phones, and any SIP address. Stated as interfaces; the roof hands
// in what carriers/sip-trunk and phones/ make of them.

import type { Slug } from '#reasons/catalogue.ts'
import type { Leg, LegNews, LegWish } from './leg.ts'

/** A call that came in, before anybody decided about it. `leg` is unanswered. */
export interface IncomingCall {
  /** The id for its record, made by whoever heard it first. */
  readonly id: number
  readonly leg: Leg
  /** Sets who hears of the leg; what came before is told at once. */
  listen(news: LegNews): void
  /** As dialled: E.164 with + where the trunk's number format gives one, else the user part as it came. */
  readonly to: string
  readonly toHost: string
  readonly from: string
  readonly fromName: string
  /** Whoever calls asks not to be shown (RFC 3323). */
  readonly isPrivate?: boolean
  /** Of Diversion or History-Info: who sent it on. */
  readonly forwardedFrom?: string
  readonly via:
    | { readonly kind: 'trunk'; readonly carrierId: number }
    | { readonly kind: 'phone'; readonly clientId: number; readonly accountId: number; readonly login: string }
  /** X- headers and Diversion, names as they came. */
  readonly headers: Readonly<Record<string, string>>
  /** `ip:port` of the sender. */
  readonly source: string
  /** The Identity header and what its check gave (RFC 8224): kept, never decided here. */
  readonly identity?: { readonly header: string; readonly verdict?: string }
  /** The leg whose place it asks to take (RFC 3891): the end of an attended transfer. Answering it ends that leg. */
  readonly replaces?: number
  /** What SIP said, for the record: `sip INVITE ...`. */
  readonly raw: string
}

/** Trunks to carriers: rows of `carriers` of kind sip-trunk, opened. */
export interface Trunk {
  readonly id: number
  /** Some gateway of it answers OPTIONS (or is not asked) and it takes a call now: channels and calls a second. */
  takes(): boolean
  /** Why it does not, when it does not. */
  unable(): { readonly reason: Slug; readonly text: string } | undefined
  place(wish: LegWish, news: LegNews): Leg
  state(): TrunkState
}

export interface TrunkState {
  readonly state: 'up' | 'down' | 'closed'
  readonly gateways: readonly {
    readonly name: string
    readonly state: string
    readonly sinceMs: number
    readonly calls: number
  }[]
  readonly registration?: {
    readonly state: 'registered' | 'trying' | 'refused'
    readonly expiresMs?: number
    readonly cause?: string
  }
  readonly calls: number
  readonly channels: number
  readonly callsPerSecond: number
  readonly lastError?: { readonly atMs: number; readonly text: string; readonly reason: Slug }
}

/** One place where a client is registered now. */
export interface PhoneContact {
  readonly registrationId: number
  readonly clientId: number
  readonly uri: string
  readonly userAgent: string
  readonly expiresMs: number
}

export interface Phones {
  /** Where a client can be rung now; empty: registered nowhere. */
  contactsOf(clientId: number): Promise<readonly PhoneContact[]>
  /** Whether it was ever registered and its registration ran out: client.registration_expired instead of client.not_registered. */
  lapsed(clientId: number): Promise<boolean>
  /** The node that alone can ring it, since it is connected to that one; undefined where none is. */
  elsewhere(clientId: number): Promise<string | undefined>
  place(contact: PhoneContact, wish: LegWish, news: LegNews): Leg
}

/** A SIP address that was looked up and may be called. */
export interface FoundAddress {
  readonly uri: string
  /** Numeric: what was judged is what is called. */
  readonly host: string
  readonly port?: number
  readonly transport: 'udp' | 'tcp' | 'tls'
}

/** Any SIP address, by DNS; guarded against private addresses unless the account may. */
export interface SipAddresses {
  /** Rejects with destination.invalid, call.destination_unknown, destination.not_allowed. */
  find(uri: string, guard: { readonly loopback: boolean }): Promise<FoundAddress>
  place(address: FoundAddress, wish: LegWish, news: LegNews): Leg
}

/** Who takes what comes in; never throws: what goes wrong is a refusal on the leg. */
export type TakeIncoming = (call: IncomingCall) => void
