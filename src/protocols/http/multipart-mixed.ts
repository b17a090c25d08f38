// Bodies of several parts that are no form (RFC 2046 5.1.3): each with its headers, its bytes decoded from base64 where it says
// so. Parts within parts are not taken apart.

import { refuse } from '#reasons/refusal.ts'
import { mediaType } from './media-type.ts'

export interface MixedPart {
  /** Without parameters; text/plain where the part names none (RFC 2046 5.2). */
  readonly type: string
  /** Of Content-Disposition, else the `name` of Content-Type; empty when there is none. */
  readonly fileName: string
  readonly body: Buffer
}

const lineEnd = Buffer.from('\r\n')

/** Parts in the order sent. Refuses `request.unparsable`. */
export function parseMixed(body: Buffer, boundary: string, maxParts = 200): MixedPart[] {
  const mark = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter may stand at the very beginning.
  const whole = Buffer.concat([lineEnd, body])
  const parts: MixedPart[] = []
  let at = whole.indexOf(mark)
  for (;;) {
    if (at < 0) refuse('request.unparsable', { fault: 'not multipart' })
    const start = at + mark.length
    if (whole.subarray(start, start + 2).toString('latin1') === '--') return parts
    const next = whole.indexOf(mark, start)
    // RFC 2046 5.1.1: blanks may follow the boundary on its line.
    const line = whole.indexOf(lineEnd, start)
    if (next < 0 || line < 0 || line > next) refuse('request.unparsable', { fault: 'a part without an end' })
    if (parts.length >= maxParts) refuse('request.unparsable', { fault: 'too many parts' })
    parts.push(readPart(whole.subarray(line, next)))
    at = next
  }
}

/** From the line end before the headers up to that before the next delimiter. */
function readPart(bytes: Buffer): MixedPart {
  const gap = bytes.indexOf('\r\n\r\n')
  if (gap < 0) refuse('request.unparsable', { fault: 'a part without an empty line' })
  const headers = new Map<string, string>()
  for (const line of bytes
    .subarray(0, gap)
    .toString('utf8')
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  const body = bytes.subarray(gap + 4)
  const type = headers.get('content-type')
  const isBase64 = headers.get('content-transfer-encoding')?.toLowerCase() === 'base64'
  return {
    type: type === undefined ? 'text/plain' : (mediaType(type)?.type ?? ''),
    fileName: named(headers.get('content-disposition'), 'filename') ?? named(type, 'name') ?? '',
    body: isBase64 ? Buffer.from(body.toString('latin1'), 'base64') : body,
  }
}

/** A parameter of a header, quoted or not; of the forms with a star (RFC 8187) only UTF-8. */
function named(header: string | undefined, name: string): string | undefined {
  const whole = new RegExp(`;\\s*${name}\\*=UTF-8'[^']*'([^;\\s]+)`, 'i').exec(header ?? '')?.[1]
  if (whole !== undefined) return decoded(whole)
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header ?? '')
  return found?.[1]?.replaceAll(/\\(.)/g, '$1') ?? found?.[2]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
