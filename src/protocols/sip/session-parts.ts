// What the user agent takes and tells: calls coming in, calls going out, sessions within their dialog. The work is in user-agent.ts and
// the files of each side (invite-server.ts, invite-client.ts, session.ts).

import type { DigestLogin } from './digest.ts'
import type { Replaces } from './header-values.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { ReasonValue } from './reason-header.ts'
import type { InviteServer } from './invite-server.ts'
import type { Session } from './session.ts'
import type { Destination, ExtraHeaders, Flow, ServerTransaction, SipCause } from './stack-parts.ts'

export interface UserAgentOptions {
  /** A call comes in. The session hooks are set by `invite.listen` before this returns. */
  readonly onInvite: (invite: InviteServer) => void
  /** Any other request outside a dialog: REGISTER, OPTIONS, MESSAGE, SUBSCRIBE, REFER ... Answer it with `respond`. Methods not in `methods` never come. */
  readonly onRequest: (transaction: ServerTransaction) => void
  /** Methods offered outside dialogs beyond INVITE, ACK, CANCEL and BYE; told in Allow. Default OPTIONS. Within dialogs see `SessionEvents`. */
  readonly methods?: readonly string[] | undefined
  /** Session timers (RFC 4028). */
  readonly sessionTimer?: SessionTimerOptions | undefined
  /** How long a call may ring at us without final answer; then 480 and `failed`. Default 180,000. 0 is never. */
  readonly ringMs?: number | undefined
}

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

export interface ProgressOptions extends RespondOptions {
  /** The status; default 180 for `ring`, 183 for `progress`. */
  readonly status?: number | undefined
  /**
   * Sent reliably (RFC 3262) when the peer supports it. Default: where it requires it, and for provisionals that carry SDP where it supports it.
   */
  readonly reliable?: boolean | undefined
}

/** Hooks of a call that comes in, until its session stands. */
export interface InviteServerEvents {
  /** The caller gave up (487 has gone out), the call rang too long, or it was replaced. Nothing more of it comes. */
  failed(cause: SipCause): void
  /** The ACK of our 2xx came. `answer` is its SDP where our 2xx carried the offer (late offer). The session stands since `accept`. */
  confirmed?(answer: Buffer | undefined): void
  /** A PRACK came: its SDP is the answer to an offer we made in a reliable provisional. An offer in a PRACK goes to `SessionEvents.offered`. */
  acknowledged?(answer: Buffer | undefined): void
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

/** What came of a request within a dialog. `ok` is a 2xx. */
export type Outcome =
  | { readonly ok: true; readonly response: SipResponse; readonly sdp: Buffer | undefined }
  | { readonly ok: false; readonly cause: SipCause }

/** Whom we are towards who asks with 401 or 407. */
export type Credentials = DigestLogin

export interface InviteOptions {
  /** The Request-URI. */
  readonly uri: string
  readonly to: Destination
  /** name-addr of From without tag, `"Ann" <sip:ann@example.net>`. */
  readonly from: string
  /** name-addr of To; default the Request-URI. */
  readonly toHeader?: string | undefined
  /** Route set for the first request (an outbound proxy, the Path of a registration (RFC 3327)), in order. */
  readonly route?: readonly string[] | undefined
  /** The user part of our Contact. */
  readonly contactUser?: string | undefined
  readonly headers?: ExtraHeaders | undefined
  /** The offer; without it the answerer makes it (late offer), and `AnsweredNews.accept` brings our answer. */
  readonly sdp?: Buffer | undefined
  readonly callId?: string | undefined
  /** Answers to 401 and 407 (RFC 8760); at most two rounds. */
  readonly credentials?: Credentials | undefined
  /** Dialog to take the place of. */
  readonly replaces?: Replaces | undefined
  /** Reliable provisionals (RFC 3262): `supported`, the default, `required` or `none`. */
  readonly reliable?: 'supported' | 'required' | 'none' | undefined
  /** CANCEL by itself after so long without final answer; `failed` with the timeout. Default none. */
  readonly ringMs?: number | undefined
  /** Of the CANCEL after that time: why nobody is waited for any longer (RFC 3326). */
  readonly ringOverHeaders?: ExtraHeaders | undefined
  /** Given up after so long without any sign, not even a 100: `failed` with the timeout; what comes later is ended. Default: as long as timer B. */
  readonly silentMs?: number | undefined
}

export interface InviteClientEvents {
  /** A provisional beyond 100. Those of one branch of a fork share `session`, which is early. Undefined where the response has no To tag. */
  progress?(news: ProgressNews): void
  /** A 2xx: the session stands. It has been acknowledged unless `accept` is there. Later 2xx of other branches are ACKed and BYEd unseen. */
  answered(news: AnsweredNews): void
  /** 3xx; `failed` does not follow. */
  redirected?(contacts: readonly string[], cause: SipCause & { kind: 'response' }): void
  /** No call came of it. After `cancel` the cause is the 487, or `local` where a 2xx crossed the CANCEL (ACKed and BYEd). */
  failed(cause: SipCause): void
  /**
   * The hooks of the session of each dialog as it arises, early or with the 2xx. Of an early one whose call fails `ended` is not called: `failed` tells; of
   * one that lost to another branch it is, with `local: cancel`.
   */
  session(session: Session): SessionEvents
}

export interface ProgressNews {
  readonly response: SipResponse
  readonly status: number
  readonly phrase: string
  readonly reasons: readonly ReasonValue[]
  /** The SDP: the answer, or in a reliable one to an INVITE without offer theirs, to be answered by `accept` (in the PRACK). */
  readonly sdp: Buffer | undefined
  readonly reliable: boolean
  readonly session: Session | undefined
  /** Set where the answer to an offer in a reliable provisional is awaited. */
  readonly accept: ((sdp: Buffer) => void) | undefined
}

export interface AnsweredNews {
  readonly response: SipResponse
  readonly session: Session
  readonly flow: Flow
  /** Theirs; undefined when the answer came in a reliable provisional already. */
  readonly sdp: Buffer | undefined
  /** Set when we sent no offer: the answer goes out in the ACK. */
  readonly accept: ((sdp: Buffer) => void) | undefined
}
