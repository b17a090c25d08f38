// This vendor's own numbers of what is wrong with a request for a callflow (reference section 20.5). What the reader of callflows found has
// its number with it; what the core refused is told by its reason; all else repeats the status.

import type { Refusal } from '#reasons/refusal.ts'

/** Refusals of the reader, with their numbers. */
export const callflowCodes = new WeakMap<Refusal, number>()

interface Told {
  readonly code: number
  readonly status: number
}

const ofReason: Readonly<Record<string, Told>> = {
  'request.json_invalid': { code: -1001, status: 400 },
  'request.encoding_mismatch': { code: -1001, status: 400 },
  'request.duplicate_key': { code: -1001, status: 400 },
  'request.nesting_too_deep': { code: -1001, status: 400 },
  'request.body_empty': { code: -1001, status: 400 },
  'number.not_owned': { code: -1014, status: 422 },
  'number.not_active': { code: -1014, status: 422 },
  'number.expired': { code: -1014, status: 422 },
  'number.blocked': { code: -1014, status: 422 },
  'destination.invalid': { code: -1017, status: 422 },
  'platform.internal_error': { code: 500, status: 500 },
}

/** `status` is what the refusal has elsewhere. */
export function callflowCode(refused: Refusal, status: number): Told {
  const own = callflowCodes.get(refused)
  if (own !== undefined) return { code: own, status: own > -1010 ? 400 : 422 }
  return ofReason[refused.reason] ?? { code: status, status }
}
