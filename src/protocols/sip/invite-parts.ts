// What calls take and tell until their session stands: those that come in (invite-server.ts) and those that go out (invite-client.ts).

import type { Replaces } from './header-values.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { ReasonValue } from './reason-header.ts'
import type { Credentials, RespondOptions, SessionEvents } from './session-parts.ts'
import type { Session, SessionAgent } from './session.ts'
import type { Destination, ExtraHeaders, Flow, SipCause } from './stack-parts.ts'

/** What a call needs of the user agent that it belongs to. */
export interface CallAgent extends SessionAgent {
  readonly ringMs: number
  session(of: Replaces): Session | undefined
  /** This INVITE has its final response. */
  inviteOver(request: SipRequest): void
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
  /** The PRACK of a provisional with SDP came: its own SDP is the answer where that was an offer of ours. An offer in a PRACK goes to `SessionEvents.offered`. */
  acknowledged?(answer: Buffer | undefined): void
}

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
  /** Reliable provisionals (RFC 3262): `supported`, the default, or `required`. */
  readonly reliable?: 'supported' | 'required' | undefined
  /** How many servers it may pass: fewer where it continues a call that passed some. Default 70. */
  readonly maxForwards?: number | undefined
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
