// The user agent: dialogs and calls over a SipStack (RFC 3261 12 to 15, 3262, 3311, 3515, 3891, 4028). It takes the stack's requests, gives those
// of a dialog to its session and the others to the layer above. It reads no SDP: bodies are handed through.

import type { InviteClient } from './invite-client.ts'
import type { InviteClientEvents, InviteOptions, Replaces, UserAgentOptions } from './session-parts.ts'
import type { Session } from './session.ts'
import type { SipStack } from './sip-stack.ts'

export declare class UserAgent {
  constructor(stack: SipStack, options: UserAgentOptions)
  readonly stack: SipStack
  /** Places a call. News come no earlier than the next turn of the loop. */
  invite(options: InviteOptions, events: InviteClientEvents): InviteClient
  /** The session of a dialog, by its Call-ID and tags as the peer writes them (Replaces: to-tag is ours). */
  session(of: Replaces): Session | undefined
  readonly sessions: number
  /** Ends every session with BYE or CANCEL and these headers. */
  endAll(headers?: Iterable<readonly [string, string]>): void
}
