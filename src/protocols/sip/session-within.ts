// A session as those know it who do one thing within its dialog: what the peer sends, a re-INVITE, a REFER, a transfer. session.ts is it.

import type { AnsweredInvite } from './answered-invite.ts'
import type { Dialog } from './dialog.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { Credentials, Outcome, ReferWatch, SessionEvents } from './session-parts.ts'
import type { Agreed } from './session-timer.ts'
import type { ExtraHeaders, Flow, ServerTransaction, SipCause } from './stack-parts.ts'

/** A request to be sent within the dialog. */
export interface Draft {
  readonly headers?: ExtraHeaders | undefined
  readonly body?: Buffer | undefined
  readonly contentType?: string
  /** Told the CSeq of each request that is made of it: one that is challenged goes out again under another. */
  sent?(sequence: number): void
}

/** Takes the offer of a PRACK, and answers it. */
export interface PrackTaker {
  pracked(transaction: ServerTransaction): void
}

export interface SessionWithin {
  readonly dialog: Dialog
  readonly state: 'early' | 'confirmed' | 'ended'
  readonly events: SessionEvents
  readonly localUri: string
  readonly credentials: Credentials | undefined
  /** Subscriptions that REFERs of ours made, by their CSeq. */
  readonly watches: Map<number, ReferWatch>
  /** The last SDP of ours. */
  lastSdp: Buffer | undefined
  /** Whose offer waits for its answer (RFC 3264 4: one at a time). */
  offering: 'none' | 'ours' | 'theirs'
  /** Neither an offer waits for its answer nor a 2xx of ours for its ACK. */
  readonly mayOffer: boolean
  /** Until there may be an offer, or the session has ended. */
  offersDone(): Promise<void>
  /** 14.1: how long after a 491 the next try is. */
  glareMs(): number
  contact(flow?: Flow): string
  /** One request other than INVITE within the dialog. */
  send(method: string, draft: Draft): Promise<Outcome>
  /** Reads Allow and Supported of the peer. */
  learn(message: SipRequest | SipResponse): void
  setTimer(agreed: Agreed | undefined): void
  /** Session-Expires and Min-SE of a re-INVITE of ours (RFC 4028 7.4). */
  prepareRefresh(request: SipRequest): void
  /** Whether a 422 (RFC 4028 7.3) asks for more than we knew of: then it is sent again. */
  raiseLeast(response: SipResponse): boolean
  /** A 2xx to a re-INVITE of ours. */
  refreshed(response: SipResponse): void
  /** A 2xx of ours waits for the ACK with this CSeq. */
  awaitAck(sequence: number, answered: AnsweredInvite): void
  ackLost(sequence: number): void
  /** The ACK of a 2xx to this INVITE of ours, kept for when the 2xx comes again. */
  acknowledge(invite: SipRequest, body: Buffer | undefined): void
  acknowledgeAgain(response: SipResponse): void
  /** A BYE of the caller in an early session of ours as callee. */
  readonly byeBeforeAnswer: ((bye: SipRequest) => void) | undefined
  /** Takes a PRACK; false when it belongs to no reliable provisional. */
  readonly pracked: ((transaction: ServerTransaction, inbound: PrackTaker) => boolean) | undefined
  /** The one end. */
  ended(cause: SipCause): void
  /** Ends a session that went wrong: BYE, and this cause. */
  fail(cause: SipCause): void
}
