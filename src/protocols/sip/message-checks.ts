// What every element asks of a message before it acts on it (RFC 3261 8.1.1, 8.2, 16.3; RFC 4475 3.1.2): the headers that must be there,
// once, and readable. What only one kind of element minds (Require, schemes, content types) is left to the layers above.

import { isToken, readInteger } from './grammar.ts'
import { contactsOf, cseqOf, fromOf, toOf, viasOf } from './message-reads.ts'
import type { SipFault, SipMessage } from './message.ts'

const once = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Length', 'Expires', 'Date'] as const

const bad = (detail: string): SipFault => ({ status: 400, detail })

export function checkMessage(message: SipMessage): SipFault | undefined {
  const { headers } = message
  for (const name of once) if (headers.count(name) > 1) return bad(`${name} stands there more than once (RFC 3261 7.3.1)`)
  const missing = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].find((name) => !headers.has(name))
  if (missing !== undefined) return bad(`${missing} is missing (RFC 3261 8.1.1)`)
  if (viasOf(message) === undefined) return bad('Via cannot be read (RFC 3261 20.42)')
  if (fromOf(message) === undefined) return bad('From cannot be read (RFC 3261 20.20)')
  if (toOf(message) === undefined) return bad('To cannot be read (RFC 3261 20.39)')
  if (contactsOf(message) === undefined) return bad('Contact cannot be read (RFC 3261 20.10)')
  const cseq = cseqOf(message)
  if (cseq === undefined) return bad('CSeq is not a number below 2 to the 32nd and a method (RFC 3261 20.16)')
  if (message.kind === 'request' && cseq.method !== message.method) return bad('CSeq names another method (RFC 3261 8.1.1.5)')
  return undefined
}
void isToken
void readInteger
