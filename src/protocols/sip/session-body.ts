// The SDP of a message: the body itself, or its part in multipart/mixed (RFC 3261 7.4, RFC 5621). What the SDP says is not read here.

import type { SipMessage } from './message.ts'

/** `application/sdp`: Content-Type in lower case without its parameters. */
export function mediaType(message: SipMessage): string | undefined {
  return message.headers.get('Content-Type')?.split(';')[0]!.trim().toLowerCase()
}

/** Undefined when there is none. */
export function sdpOf(message: SipMessage): Buffer | undefined {
  if (message.body.length === 0) return undefined
  const type = mediaType(message)
  if (type === 'application/sdp') return message.body
  return type?.startsWith('multipart/') ? sdpPart(message) : undefined
}

/** Whether we can act on its body (8.2.3): SDP, alone or among other parts, or one whose handling is optional. */
export function isReadable(message: SipMessage): boolean {
  if (message.body.length === 0 || sdpOf(message) !== undefined) return true
  return /handling\s*=\s*"?optional/i.test(message.headers.get('Content-Disposition') ?? '')
}

function sdpPart(message: SipMessage): Buffer | undefined {
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(message.headers.get('Content-Type') ?? '')
  const mark = boundary && `--${boundary[1] ?? boundary[2]}`
  if (!mark) return undefined
  const { body } = message
  for (let at = body.indexOf(mark); at >= 0;) {
    const next = body.indexOf(mark, at + mark.length)
    if (next < 0) return undefined
    const headEnd = body.indexOf('\r\n\r\n', at)
    if (headEnd >= 0 && headEnd < next) {
      const head = body.toString('latin1', at, headEnd)
      // The line break before a boundary belongs to the boundary (RFC 2046 5.1.1).
      if (/^content-type:\s*application\/sdp\b/im.test(head)) return body.subarray(headEnd + 4, Math.max(headEnd + 4, next - 2))
    }
    at = next
  }
  return undefined
}
