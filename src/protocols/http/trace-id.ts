// Trace ids of W3C Trace Context (level 1): taken from `traceparent`, else made. Sampling flags and tracestate are not kept.

import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4096)
let used = pool.length

/** 32 lower-case hex digits. A malformed or all-zero parent is ignored, as section 3.2.2 asks. */
export function traceIdOf(traceparent: string | undefined): string {
  if (traceparent !== undefined) {
    const found = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/.exec(traceparent)
    if (found && (traceparent.length === 55 || !traceparent.startsWith('00'))) return found[1] as string
  }
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 16
  return pool.toString('hex', used - 16, used)
}
