// A session within its dialog, early or confirmed, in both roles: RFC 3261 12, 14 and 15, 3311, 3515, 4028, 6086.

import type { Outcome, RespondOptions, SessionEvents } from './session-parts.ts'
import type { ExtraHeaders, Flow } from './stack-parts.ts'

export declare class Session {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** URIs of the peer's Contact, and of From and To. */
  readonly remoteTarget: string
  readonly localUri: string
  readonly remoteUri: string
  readonly state: 'early' | 'confirmed' | 'ended'
  readonly flow: Flow
  /** Methods of the peer's Allow, upper case; empty where it told none. */
  readonly peerAllows: ReadonlySet<string>
  listen(events: SessionEvents): void
  /** BYE in a confirmed session (after the ACK, 15.1.1); once. An early one of ours is cancelled, one of theirs refused with 480. `ended` follows with `local`. */
  bye(headers?: ExtraHeaders): void
  /** A new offer by re-INVITE, or without SDP to ask for theirs: then `answer` makes ours of it, for the ACK. Glare (491) is retried once by the timers of 14.1. */
  reinvite(sdp: Buffer | undefined, options?: RespondOptions & { answer?: (offer: Buffer) => Buffer }): Promise<Outcome>
  /** UPDATE (RFC 3311), also before the answer. */
  update(sdp: Buffer | undefined, options?: RespondOptions): Promise<Outcome>
  info(contentType: string, body: Buffer, options?: RespondOptions): Promise<Outcome>
  message(contentType: string, body: Buffer, options?: RespondOptions): Promise<Outcome>
  options(): Promise<Outcome>
  /**
   * Asks the peer to call `target` (a URI; for attended transfer with `replaces`). The outcome is the answer to the REFER; `notified` hears each
   * sipfrag after it, `last` when the subscription has ended (by itself after 60 s of silence past its expiry).
   */
  refer(
    target: string,
    options?: RespondOptions & {
      replaces?: Session
      referredBy?: string
      notified?: (news: { status: number; phrase: string; last: boolean }) => void
    },
  ): Promise<Outcome>
}
