// What messaging needs of a network, stated as an interface: the carriers at the south edge are its two or three ways of
// being. Messaging knows no protocol; a carrier knows no account, no price and no queue.
//
//   messaging ---- submit(job) ------> carrier ---- submit_sm ----> SMSC
//             <--- outcome ----------          <--- submit_sm_resp
//             <--- news.receipts ----          <--- deliver_sm (receipt)
//             <--- news.inbound -----          <--- deliver_sm (message)

import type { Slug } from '#reasons/catalogue.ts'
import type { Params } from '#reasons/refusal.ts'
import type { PlanOptions } from '#values/sms-text.ts'
import type { CarrierConfig, CarrierSettings, SettingFault } from '#values/carrier-settings.ts'

/** What a carrier is to send. Everything a carrier may need is here; it reads no store. */
export interface SubmitJob {
  readonly messageId: number
  readonly accountId: number
  readonly kind: 'sms' | 'flash' | 'mms'
  /** As the sender gave it, normalised: E.164 with +, a short code, or letters. */
  readonly sender: string
  /** E.164 with + */
  readonly recipient: string
  readonly text: string
  /** The wish of the sender; `auto` leaves it to the text. */
  readonly coding: 'auto' | 'gsm7' | 'ucs2'
  readonly wantsReceipt: boolean
  /** When the message is of no more use, ms UTC. */
  readonly deadlineMs: number
  readonly priority: number
  /** 1 for the first time. */
  readonly attempt: number
  /** Segments that an earlier attempt has handed over already, by index from 0. */
  readonly done: readonly number[]
  /** For MMS: what to send along. `url` is where the carrier may fetch it. */
  readonly media?: readonly JobMedia[]
  readonly subject?: string
}

export interface JobMedia {
  readonly url: string
  readonly type: string
  readonly sizeBytes: number
  readonly name: string
}

/** The network's word for what went wrong, and ours beside it. */
export interface Cause {
  readonly reason: Slug
  readonly params?: Params
  /** The raw cause as the network gave it: `smpp 0x00000058 ESME_RTHROTTLED`, `receipt UNDELIV err:005`. */
  readonly raw: string
  /**
   * What to do: `again` over the same carrier after a pause, `elsewhere` over the next route, `never`.
   * Rows of the carrier's own table, see its causes.
   */
  readonly next: 'again' | 'elsewhere' | 'never'
  /** The pause before another attempt; absent: messaging's own table. */
  readonly afterMs?: number
  /** How many attempts in all make sense with this cause. */
  readonly attemptsAtMost?: number
  /** True when the network may have taken the message though it did not say so. */
  readonly mayHaveTaken?: boolean
}

/** What became of one segment: the network's id for it, or why not. */
export interface SegmentOutcome {
  readonly index: number
  /** As the network gave it. */
  readonly ref?: string
  readonly cause?: Cause
}

export interface SubmitOutcome {
  /** How many segments the handset gets of it. */
  readonly segments: number
  /** The network was given all of them as one piece, with one id, and cuts it itself. */
  readonly inOnePiece?: boolean
  /** The coding it was written in; absent: as was expected when it was accepted. */
  readonly coding?: string
  /** One for each segment that was tried now. */
  readonly outcomes: readonly SegmentOutcome[]
  /** False when this carrier gives no receipt for it: then handed over is the end. */
  readonly receiptExpected: boolean
}

/** How far a message has come by a receipt. `unknown` ends it without anybody knowing how. */
export type ReceiptState = 'enroute' | 'accepted' | 'delivered' | 'undelivered' | 'expired' | 'deleted' | 'rejected' | 'unknown'

export interface Receipt {
  readonly ref: string
  readonly state: ReceiptState
  /** False for an intermediate notification. */
  readonly final: boolean
  /** Absent when it was delivered. */
  readonly cause?: Cause
  /** Both its addresses as the network wrote them, for some do not swap them: they tell whose receipt it is where the id may be two. */
  readonly addresses?: readonly string[]
  /** As the network wrote it, for the record. */
  readonly raw: string
  /** When the network says it happened, ms UTC. */
  readonly doneMs?: number
}

/** A message from the network, or one segment of it. */
export interface InboundSms {
  readonly sender: string
  readonly recipient: string
  readonly text: string
  readonly coding: string
  /** Absent when it is whole. */
  readonly concat?: { readonly reference: number; readonly total: number; readonly part: number }
  readonly media?: readonly JobMedia[]
  readonly subject?: string
  readonly kind: 'sms' | 'mms'
}

/** Bytes that went over the wire, for a message's timeline. */
export interface WireRecord {
  /** 0 when only the network's id is known, as of a receipt: then `ref` is it, and `carrierId` says whose. */
  readonly messageId: number
  readonly ref?: string
  readonly carrierId?: number
  readonly direction: 'out' | 'in'
  readonly protocol: string
  /** A view: who keeps it for long copies it. */
  readonly bytes: Uint8Array
  readonly atMs: number
}

/** `messageId` is absent for a segment that awaits the others. */
export type InboundTaken =
  | { readonly taken: true; readonly messageId?: number }
  | { readonly taken: false; readonly reason: Slug }

/** What a carrier tells messaging. Both answer after the durable write: only then the network is told that we have it. */
export interface CarrierNews {
  receipts(carrierId: number, receipts: readonly Receipt[]): Promise<void>
  /** False when this message is not wanted here (nobody owns the number): the network is told so. */
  inbound(carrierId: number, message: InboundSms): Promise<InboundTaken>
  /** The carrier can take more: its window has room again, or a bind came up. */
  room(carrierId: number): void
  wire(record: WireRecord): void
}

export interface CarrierState {
  /** `up`: takes messages now. `down`: it does not and tries to. `closed`: switched off. */
  readonly state: 'up' | 'down' | 'closed'
  readonly binds: readonly {
    readonly name: string
    readonly state: string
    readonly sinceMs: number
    readonly outstanding: number
  }[]
  /** How many messages are with it and unanswered, and how many may be. */
  readonly outstanding: number
  readonly window: number
  readonly submitted: number
  readonly refused: number
  readonly receipts: number
  readonly inbound: number
  /** Messages a second over the last ten seconds. */
  readonly ratePerSecond: number
  /** At most so many a second at present, by agreement or because the network complained; 0 or absent: no limit. */
  readonly limitPerSecond?: number
  readonly lastError?: { readonly atMs: number; readonly text: string; readonly reason: Slug }
}

/** What carriers can do differs, and some refusals depend on it. */
export interface CarrierAbilities {
  readonly kinds: readonly SubmitJob['kind'][]
  readonly multipart: boolean
  readonly receipts: boolean
  readonly codings: readonly ('gsm7' | 'ucs2')[]
  /** How it writes texts, where that is not as `planText` does by itself: messages for it are counted and priced so. */
  readonly writing?: Pick<PlanOptions, 'concat' | 'national' | 'plain'>
}

export interface SmsCarrier {
  readonly id: number
  readonly abilities: CarrierAbilities
  /** Messages that `submit` takes at once now; 0 while it is down or its rate is used up. */
  room(): number
  /** What `state` calls `up`; asked for each message, so it makes nothing. */
  isUp(): boolean
  /** Never rejects: what goes wrong is an outcome. A carrier that stops settles what it has with a cause. */
  submit(job: SubmitJob): Promise<SubmitOutcome>
  state(): CarrierState
  /** Takes nothing more, waits for what is under way up to the time, closes. */
  stop(withinMs: number): Promise<void>
}

/** A kind of carrier, handed in by the roof: `loopback`, `smpp`, `mms-http`. */
export interface CarrierKind {
  readonly kind: string
  /** What a configuration may say. */
  readonly settings: CarrierSettings
  /** All faults of a configuration, in our words; empty when it is good. */
  faults(detail: Readonly<Record<string, unknown>>): readonly SettingFault[]
  /** For kinds whose carriers are named by one URL; undefined when the text is none of theirs. */
  fromUrl?(url: string): { readonly detail: Readonly<Record<string, unknown>>; readonly secret: string } | undefined
  open(config: CarrierConfig, news: CarrierNews): SmsCarrier
}
