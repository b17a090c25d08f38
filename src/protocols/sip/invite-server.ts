// A call that comes in, until its session stands: RFC 3261 13.3, 3262, 3311 5.

import type { InviteServerEvents, ProgressOptions, RespondOptions } from './session-parts.ts'
import type { SessionEvents } from './session-parts.ts'
import type { Session } from './session.ts'
import type { Flow, ServerTransaction, SipAddress } from './stack-parts.ts'
import type { SipRequest } from './message.ts'

export declare class InviteServer {
  readonly request: SipRequest
  readonly flow: Flow
  readonly source: SipAddress
  readonly transaction: ServerTransaction
  readonly callId: string
  /** The SDP of the INVITE; undefined is a late offer: ours goes into the 2xx (or a reliable provisional), theirs comes as `confirmed`. */
  readonly offer: Buffer | undefined
  /** The session whose place this call takes (RFC 3891 3), checked to exist. `accept` ends it with BYE and `local: replaced`. */
  readonly replaces: Session | undefined
  /** Early until `accept`. */
  readonly session: Session
  /** False once a final response went out or a CANCEL came. */
  readonly open: boolean
  listen(events: InviteServerEvents, session: SessionEvents): void
  /** 180, or 181, 182, 199. */
  ring(options?: ProgressOptions): void
  /** 183 with SDP (early media). */
  progress(sdp: Buffer, options?: ProgressOptions): void
  /** 200; retransmitted until the ACK. `sdp` may lack where the answer went out in a reliable provisional. Answers the session, or undefined when the call is over. */
  accept(sdp: Buffer | undefined, options?: RespondOptions): Session | undefined
  /** 302 with these name-addrs as Contacts. */
  redirect(contacts: readonly string[], options?: RespondOptions & { status?: number }): void
  /** A final response from 300 on; `Reason`, `Retry-After`, `WWW-Authenticate` and so on in `headers`. */
  refuse(status: number, options?: RespondOptions): void
}
