// The error id of a message that did not arrive: the same in its record, its webhook and its timeline. A message ends once, so its
// own id says which; worked out, so that a write which is repeated says the same.

import { hash } from 'node:crypto'

/** A UUID of version 8 (RFC 9562 5.8): the first 122 bits of a hash. */
export function errorIdOf(messageId: number): string {
  const hex = hash('sha256', `message ${messageId}`, 'hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
