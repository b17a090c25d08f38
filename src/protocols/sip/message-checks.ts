// What every element asks of a message before it acts on it (RFC 3261 8.1.1, 8.2, 16.3; RFC 4475 3.1.2): a Request-URI, and the headers
// that must be there, once, and readable. What only some elements mind (unknown schemes, Require, content types, hops) is for the layers above.

import type { SipHeaders } from './headers.ts'
import type { SipFault, SipMessage, SipRequest } from './message.ts'
import { contactsOf, cseqOf, fromOf, maxForwardsOf, toOf, viasOf } from './message-reads.ts'
import { parseUri } from './uri.ts'

/** 7.3.1: not lists, so that a second one makes the message ambiguous (RFC 4475 3.3.8, 3.3.9). */
const once: ReadonlySet<string> = new Set([
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Date',
])

const bad = (detail: string): SipFault => ({ status: 400, detail })

/** What is wrong with a message whose lines could be cut; undefined when nothing is. */
export function checkMessage(message: SipMessage): SipFault | undefined {
  const { headers } = message
  const repeated = headers.repeated(once)
  if (repeated !== undefined) return bad(`${repeated} stands there more than once (RFC 3261 7.3.1)`)
  const wrong = checkAlways(message)
  return wrong ?? (message.kind === 'request' ? checkRequest(message) : undefined)
}

function checkAlways(message: SipMessage): SipFault | undefined {
  const { headers } = message
  const vias = viasOf(message)
  if (vias === undefined) return bad('Via cannot be read (RFC 3261 20.42)')
  if (vias.length === 0) return missing('Via')
  if (fromOf(message) === undefined) return headers.has('From') ? bad('From cannot be read (RFC 3261 20.20)') : missing('From')
  if (toOf(message) === undefined) return headers.has('To') ? bad('To cannot be read (RFC 3261 20.39)') : missing('To')
  if (!headers.get('Call-ID')) return missing('Call-ID')
  if (cseqOf(message) !== undefined) return undefined
  return headers.has('CSeq') ? bad('CSeq is not a number below 2 to the 32nd and a method (RFC 3261 20.16)') : missing('CSeq')
}

const missing = (name: string): SipFault => bad(`${name} is missing (RFC 3261 8.1.1)`)

function checkRequest(request: SipRequest): SipFault | undefined {
  const { headers, uri } = request
  if (cseqOf(request)?.method !== request.method) return bad('CSeq names another method than the request line (RFC 3261 8.1.1.5)')
  if (!anyUri.test(uri)) return bad('the Request-URI is no URI (RFC 3261 7.1, 25.1)')
  if (isSip.test(uri)) {
    const parsed = parseUri(uri)
    if (parsed === undefined) return bad('the Request-URI is no SIP URI (RFC 3261 19.1.1)')
    if (parsed.headers.length > 0) return bad('headers in the Request-URI (RFC 3261 19.1.1)')
  }
  if (contactsOf(request) === undefined) return bad('Contact cannot be read (RFC 3261 20.10)')
  // Hops are optional here: RFC 2543 knows none (RFC 4475 3.4.1).
  if (headers.has('Max-Forwards') && maxForwardsOf(request) === undefined)
    return bad('Max-Forwards is not a number of at most 255 (RFC 3261 20.22)')
  return isDate(headers) ? undefined : bad('Date is no date in GMT (RFC 3261 20.17)')
}

const anyUri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/
const isSip = /^sips?:/i
const sipDate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/i

function isDate(headers: SipHeaders): boolean {
  const date = headers.get('Date')
  return date === undefined || sipDate.test(date)
}
