// By what a message finds its transaction: RFC 3261 17.1.3 and 17.2.3. The keys are flat texts of their own and hold nothing of the message.

import { callIdOf, cseqOf, fromOf, topVia } from './message-reads.ts'
import type { SipRequest, SipResponse } from './message.ts'

/** What a branch of RFC 3261 begins with (8.1.1.7). */
export const cookie = 'z9hG4bK'

/** `method` is INVITE for an ACK and for the INVITE that a CANCEL is about. */
export function serverKey(request: SipRequest, method = request.method): string {
  const via = topVia(request)
  const branch = via?.params.get('branch')
  const by = via ? `${via.host.toLowerCase()}:${via.port ?? ''}` : ''
  if (branch?.startsWith(cookie)) return `${branch} ${by} ${method}`
  // RFC 2543 peers send no branch of that kind: the whole of what identifies the request (17.2.3). The To tag is left out, as the ACK's differs.
  const sequence = cseqOf(request)?.number
  return `${request.uri} ${fromOf(request)?.params.get('tag')} ${callIdOf(request)} ${sequence} ${by} ${branch} ${method}`
}

/** By the branch of the top Via and the method of CSeq. */
export function clientKey(response: SipResponse): string {
  return `${topVia(response)?.params.get('branch')} ${cseqOf(response)?.method}`
}
