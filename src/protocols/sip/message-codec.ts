// One SIP message (RFC 3261 7): bytes to a request or response and back. The headers are cut into lines at once; what must hold for any
// element to act on the message at all is checked at once too (message-checks.ts); what a value means is read when it is asked for
// (message-reads.ts). Knows no connection, transaction or dialog: framing of streams is stream-framer.ts.

import { isUtf8 } from 'node:buffer'
import { SipHeaders } from './headers.ts'
import { isToken, readInteger } from './grammar.ts'
import { checkMessage } from './message-checks.ts'
import type { SipFault, SipMessage } from './message.ts'

/** With a fault, `message` is there as far as it was readable, so that a request can be answered. */
export type Parsed =
  | { readonly message: SipMessage; readonly fault?: undefined }
  | { readonly message?: SipMessage | undefined; readonly fault: SipFault }

/** The most octets of a message, headers and body. */
export const maxMessageBytes = 65_536
/** The most octets of start line and headers. */
export const maxHeadBytes = 32_768
/** The most header lines. */
export const maxHeaderLines = 256
/** The most characters of one header line, folds included. */
export const maxLineLength = 8_192

const version = 'SIP/2.0'
const noBody = Buffer.alloc(0)
const fault = (status: number, detail: string): { readonly fault: SipFault } => ({ fault: { status, detail } })

/** A datagram, or one message cut by the stream framer. Never throws; the body is a view of `bytes`. */
export function parseMessage(bytes: Buffer): Parsed {
  if (bytes.length > maxMessageBytes) return fault(513, `the message is longer than ${maxMessageBytes} octets (RFC 3261 21.5.7)`)
  let from = 0
  // 7.5: empty lines before the start line are passed over.
  while (bytes[from] === 0x0d && bytes[from + 1] === 0x0a) from += 2
  const end = bytes.indexOf('\r\n\r\n', from, 'latin1')
  if (end < 0) return headOnly(bytes, from)
  return readHead(bytes, from, end)
}

/** No empty line: the headers do not end (RFC 3261 7). What could be read is told. */
function headOnly(bytes: Buffer, from: number): Parsed {
  const read = readHead(bytes, from, bytes.length)
  return { message: read.message, fault: { status: 400, detail: 'the headers do not end with an empty line (RFC 3261 7)' } }
}

function readHead(bytes: Buffer, from: number, end: number): Parsed {
  if (end - from > maxHeadBytes) return fault(513, `the headers are longer than ${maxHeadBytes} octets (RFC 3261 21.5.7)`)
  const headBytes = bytes.subarray(from, end)
  // RFC 3261 7: UTF-8. Old phones send Latin-1 in display names; read as that it is at least legible.
  const head = headBytes.toString(isUtf8(headBytes) ? 'utf8' : 'latin1')
  const lineEnd = head.indexOf('\r\n')
  const start = lineEnd < 0 ? head : head.slice(0, lineEnd)
  if (start.length > maxLineLength)
    return fault(414, `the first line is longer than ${maxLineLength} characters (RFC 3261 21.4.12)`)
  const headers = new SipHeaders()
  const headersFault = lineEnd < 0 ? undefined : readHeaders(head, lineEnd + 2, headers)
  const body = bytes.subarray(Math.min(bytes.length, end + 4))
  const message = readStartLine(start, headers, body)
  if ('fault' in message) return message
  const wrong = startLineFault(start, message) ?? headersFault ?? cutBody(message) ?? checkMessage(message)
  return wrong === undefined ? { message } : { message, fault: wrong }
}

/** The message with what its start line says, as leniently as it can be read; `startLineFault` is strict. */
function readStartLine(start: string, headers: SipHeaders, body: Buffer): SipMessage | { readonly fault: SipFault } {
  if (start.startsWith('SIP/') && /^SIP\/[^ ]+ /.test(start)) {
    const [, digits = '', phrase = ''] = /^SIP\/\S+ +(\d*) ?(.*)$/s.exec(start) ?? []
    return { kind: 'response', status: readInteger(digits, 699) ?? 0, phrase, headers, body }
  }
  const space = start.indexOf(' ')
  const last = start.lastIndexOf(' SIP/')
  if (space <= 0 || last < space) return fault(400, 'the first line is that of no request and no response (RFC 3261 7)')
  return { kind: 'request', method: start.slice(0, space), uri: start.slice(space + 1, last), headers, body }
}

function startLineFault(start: string, message: SipMessage): SipFault | undefined {
  if (message.kind === 'response') {
    if (!start.startsWith('SIP/2.0 ')) return { status: 505, detail: 'a version other than SIP/2.0 (RFC 3261 7.1)' }
    if (!/^SIP\/2\.0 \d{3} /.test(start) || message.status < 100)
      return { status: 400, detail: 'the status is not a number from 100 to 699 (RFC 3261 7.2)' }
    return undefined
  }
  if (!isToken(message.method)) return { status: 400, detail: 'the method is not a token (RFC 3261 25.1)' }
  if (start.endsWith(' SIP/2.0')) return undefined
  return / SIP\/\d+\.\d+$/.test(start)
    ? { status: 505, detail: 'a version other than SIP/2.0 (RFC 3261 7.1)' }
    : { status: 400, detail: 'the request line does not end with SIP/2.0 (RFC 3261 7.1)' }
}

/** Cuts the lines from `at` on into `headers`. Lines that cannot be read are left out and told. */
function readHeaders(head: string, at: number, headers: SipHeaders): SipFault | undefined {
  let wrong: SipFault | undefined
  while (at < head.length) {
    let end = head.indexOf('\r\n', at)
    if (end < 0) end = head.length
    let next = end + 2
    let folded = false
    for (let code = head.charCodeAt(next); code === 0x20 || code === 0x09; code = head.charCodeAt(next)) {
      end = head.indexOf('\r\n', next)
      if (end < 0) end = head.length
      next = end + 2
      folded = true
    }
    if (end - at > maxLineLength) wrong ??= { status: 513, detail: `a header is longer than ${maxLineLength} characters` }
    else if (headers.size >= maxHeaderLines) return { status: 513, detail: `there are more than ${maxHeaderLines} header lines` }
    else wrong = readLine(head, at, end, folded, headers) ?? wrong
    at = next
  }
  return wrong
}

function readLine(head: string, at: number, end: number, folded: boolean, headers: SipHeaders): SipFault | undefined {
  const colon = head.indexOf(':', at)
  if (colon < 0 || colon >= end) return { status: 400, detail: 'a header line without a colon (RFC 3261 7.3.1)' }
  let nameEnd = colon
  while (nameEnd > at && isBlank(head.charCodeAt(nameEnd - 1))) nameEnd--
  let from = colon + 1
  while (from < end && isBlank(head.charCodeAt(from))) from++
  let to = end
  while (to > from && isBlank(head.charCodeAt(to - 1))) to--
  const name = head.slice(at, nameEnd)
  let value = head.slice(from, to)
  if (folded) value = value.replace(/\r\n[ \t]+/g, ' ').trim()
  if (!headers.appendRead(name, value)) return { status: 400, detail: 'a header name is not a token (RFC 3261 7.3.1)' }
  if (value.includes('\n') || value.includes('\r')) return { status: 400, detail: 'a bare CR or LF in a header (RFC 3261 25.1)' }
  return undefined
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

/** 18.3, 20.14: what is beyond Content-Length is dropped, a body that is shorter is refused. Without one the body is the rest. */
function cutBody(message: SipMessage): SipFault | undefined {
  const { headers } = message
  const text = headers.get('Content-Length')
  if (text === undefined) return undefined
  const length = readInteger(text)
  if (length === undefined) return { status: 400, detail: 'Content-Length is not a number (RFC 3261 20.14)' }
  if (length > message.body.length) return { status: 400, detail: 'the body is shorter than Content-Length (RFC 3261 18.3)' }
  if (length < message.body.length) message.body = length === 0 ? noBody : message.body.subarray(0, length)
  return undefined
}

const lineBreaks = /[\r\n]+/g

/** The message as it goes on the wire. Content-Length is that of the body, whatever the headers say. */
export function serialise(message: SipMessage): Buffer {
  const start =
    message.kind === 'request' ? `${message.method} ${message.uri} ${version}` : `${version} ${message.status} ${message.phrase}`
  const { body } = message
  const head =
    (start.includes('\n') || start.includes('\r') ? start.replace(lineBreaks, ' ') : start) +
    `\r\n${message.headers.text()}Content-Length: ${body.length}\r\n\r\n`
  if (body.length === 0) return Buffer.from(head)
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(head) + body.length)
  body.copy(bytes, bytes.write(head))
  return bytes
}
