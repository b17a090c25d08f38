// How a write that could not charge becomes a refusal.

import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { CreditShort } from '#store/credit.ts'

/** Throws credit.insufficient, or credit.deduction_failed where the balance could be charged nothing at all. */
export function refuseShort(short: CreditShort): never {
  throw shortRefusal(short)
}

export function shortRefusal({ why, requiredMicro, balanceMicro, currency }: CreditShort): Refusal {
  if (why === 'broken') return refusal('credit.deduction_failed')
  return refusal('credit.insufficient', {
    requiredMicros: requiredMicro,
    ...(balanceMicro !== null && { balanceMicros: balanceMicro }),
    currency,
  })
}
