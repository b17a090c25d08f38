// What an Authorization header that could not be read is told, at whatever door. Reads none.

import { refuse } from '#reasons/refusal.ts'

/**
 * For an Authorization header that could not be read: it names another scheme than the one that is taken, or this one without what belongs to it
 * (RFC 9110 11.6.2). Gives auth.method_unsupported, auth.header_invalid.
 */
export function refuseAuthorization(header: string, taken: 'Basic' | 'Bearer'): never {
  const method = header.split(' ')[0]!.slice(0, 40)
  if (method.toLowerCase() === taken.toLowerCase()) refuse('auth.header_invalid', { part: 'value' })
  refuse('auth.method_unsupported', { method })
}
