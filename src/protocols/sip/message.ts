// One SIP message (RFC 3261 7) as this room knows it. Its bytes are message-codec.ts's, what its values mean message-reads.ts's.

import { SipHeaders } from './headers.ts'

export { SipHeaders }

export interface SipRequest {
  readonly kind: 'request'
  method: string
  /** The Request-URI as it stands. */
  uri: string
  readonly headers: SipHeaders
  body: Buffer
}

export interface SipResponse {
  readonly kind: 'response'
  /** 100 to 699. */
  status: number
  phrase: string
  readonly headers: SipHeaders
  body: Buffer
}

export type SipMessage = SipRequest | SipResponse

/** What is wrong with a message. */
export interface SipFault {
  /** What a request is answered with; a faulty response or ACK is discarded. */
  readonly status: number
  /** In words, with the clause. Holds nothing of the message but header names. */
  readonly detail: string
}
