// A refusal as plain data, and back: kept under an idempotency key, or told by another node. Its evidence stays where it was raised.

import type { Slug } from '#reasons/catalogue.ts'
import { Refusal, type Params } from '#reasons/refusal.ts'

export interface KeptRefusal {
  readonly reason: Slug
  readonly params: Record<string, unknown>
  readonly errorId?: string
  readonly errors: readonly KeptRefusal[]
}

export const dryRefusal = (error: Refusal): KeptRefusal => ({
  reason: error.reason,
  params: { ...(error.params as Record<string, unknown>) },
  ...(error.errorId !== undefined && { errorId: error.errorId }),
  errors: error.errors.filter((other) => other !== error).map(dryRefusal),
})

export function revivedRefusal(kept: KeptRefusal): Refusal {
  const revived = new Refusal(kept.reason, kept.params as Params, undefined, kept.errors.map(revivedRefusal))
  if (kept.errorId !== undefined) revived.errorId = kept.errorId
  return revived
}
