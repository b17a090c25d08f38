// What a session takes and tells (session.ts), within its dialog, in both roles. What a call takes and tells until its session stands is
// invite-parts.ts.

import type { DigestLogin } from './digest.ts'
import type { Replaces } from './header-values.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { ExtraHeaders, SipCause } from './stack-parts.ts'

export interface SessionTimerOptions {
  /** What we ask for. Default 1,800. 0 offers none, and refreshes only where the peer insists. */
  readonly intervalSeconds: number
  /** The least we agree to; below it 422. Default 90 (RFC 4028 5). */
  readonly minSeconds: number
}

export interface RespondOptions {
  readonly headers?: ExtraHeaders | undefined
  readonly phrase?: string | undefined
}

/** Hooks of a session, in both roles, from its first dialog to its end. */
export interface SessionEvents {
  /** The one end. Nothing comes after it. */
  ended(cause: SipCause): void
  /** A new offer, or the wish for one, in a re-INVITE, UPDATE or PRACK. Without this hook it is refused with 488. */
  offered?(offer: Offer): void
  /** INFO: DTMF and others (RFC 6086 and before). Answer it. Without the hook: 415 for bodies, 200 without. */
  info?(request: Inquiry): void
  /** MESSAGE within the dialog. Without the hook 405. */
  message?(request: Inquiry): void
  /** REFER (RFC 3515). Without the hook 603. */
  referred?(transfer: Transfer): void
  /** A refresh changed the peer's Contact, or the timer was renewed. */
  refreshed?(): void
}

/** An offer of the peer in an established session (RFC 3264), to be answered exactly once. */
export interface Offer {
  readonly method: 'INVITE' | 'UPDATE' | 'PRACK'
  readonly request: SipRequest
  /** Undefined in a re-INVITE without SDP: we make the offer, and `answered` brings theirs. */
  readonly sdp: Buffer | undefined
  /** With the answer, or our offer where there was none. */
  accept(sdp: Buffer, options?: RespondOptions & { answered?: (answer: Buffer | undefined) => void }): void
  /** Default 488. The session goes on as it was. */
  refuse(status?: number, options?: RespondOptions): void
}

/** A request within the dialog that the layer above answers. */
export interface Inquiry {
  readonly request: SipRequest
  readonly contentType: string | undefined
  readonly body: Buffer
  respond(status: number, options?: RespondOptions): void
}

/** The peer asks us to call somebody else. `accept` answers 202; news go back as sipfrag in NOTIFY, the last one ends the subscription. */
export interface Transfer {
  readonly request: SipRequest
  /** The URI of Refer-To, without angle brackets, its header part taken off. */
  readonly target: string
  /** The dialog that the new call shall take the place of (attended transfer, RFC 3891). */
  readonly replaces: Replaces | undefined
  readonly referredBy: string | undefined
  accept(options?: RespondOptions): void
  /** `100 Trying`, `180 Ringing`, and as the last `200 OK` or the refusal. Nothing is sent when the peer asked for norefersub (RFC 4488). */
  notify(status: number, phrase?: string): void
  refuse(status?: number, options?: RespondOptions): void
}

/** One sipfrag; after `last` none follows. */
export interface ReferNews {
  readonly status: number
  readonly phrase: string
  readonly last: boolean
}

export interface ReferWatch {
  notified(news: ReferNews): void
  over(): void
}

/** What came of a request within a dialog. `ok` is a 2xx. */
export type Outcome =
  | { readonly ok: true; readonly response: SipResponse; readonly sdp: Buffer | undefined }
  | { readonly ok: false; readonly cause: SipCause }

/** Whom we are towards who asks with 401 or 407. */
export type Credentials = DigestLogin
