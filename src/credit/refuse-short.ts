// How a write that could not charge becomes a refusal.

import { refuse } from '#reasons/refusal.ts'
import type { CreditShort } from '#store/credit.ts'

/** Gives credit.insufficient, or credit.deduction_failed where the balance could be charged nothing at all. */
export function refuseShort({ why, requiredMicro, balanceMicro, currency }: CreditShort): never {
  if (why === 'broken') refuse('credit.deduction_failed')
  refuse('credit.insufficient', {
    requiredMicros: requiredMicro,
    ...(balanceMicro !== null && { balanceMicros: balanceMicro }),
    currency,
  })
}
