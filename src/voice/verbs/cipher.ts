// The cipher that an application keeps the key of: AES (FIPS 197), whose block is 16 bytes.

import { refuse } from '#reasons/refusal.ts'
import type { RecordCall } from './verb.ts'

/** Gives markup.schema_invalid for a key or a vector that is none. */
export function requireCipher({ cipher, at = {} }: Pick<RecordCall, 'cipher' | 'at'>): void {
  if (!cipher) return
  const { key, iv } = cipher
  if (/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(key) && /^[0-9a-f]{32}$/i.test(iv)) return
  const { line, column, element } = at
  const expected = 'a key of 16, 24 or 32 bytes and a vector of 16, in hex'
  refuse('markup.schema_invalid', { attribute: 'cipher', expected, line, column, element })
}
