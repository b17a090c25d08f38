// Reads the Authorization header: Basic (RFC 7617) and Bearer (RFC 6750 2.1). Checks nothing.

import { isUtf8 } from 'node:buffer'

/** Undefined when it is another scheme or malformed. The user may be empty; the password may hold colons. */
export function basicCredentials(header: string | undefined): { user: string; password: string } | undefined {
  if (header === undefined || header.slice(0, 6).toLowerCase() !== 'basic ') return undefined
  const encoded = header.slice(6).trim()
  if (!/^[0-9A-Za-z+/_-]+={0,2}$/.test(encoded)) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  // Old clients send Latin-1; RFC 7617 2.1 wants UTF-8.
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Undefined when it is another scheme or malformed. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  const token = header.slice(7).trim()
  return /^[0-9A-Za-z\-._~+/]+=*$/.test(token) ? token : undefined
}
