// What numbers cost whoever rents them, inside the write that gives them away.

import { chargeCredit, readPayer, type CreditShort } from './credit.ts'
import type { Transaction } from './store.ts'

interface Rented {
  readonly id: number
  readonly price_micro: number
  readonly currency: string
}

export interface Rent {
  readonly account: number
  /** Charged at once; prices are by the month. */
  readonly months: number
  readonly now: number
}

/** All of them or none. Gives why when they cannot be paid; then nothing was taken. */
export async function chargeNumbers(tx: Transaction, rows: readonly Rented[], rent: Rent): Promise<CreditShort | null> {
  const { account, months, now } = rent
  const byCurrency = Map.groupBy(rows, (row) => row.currency)
  const priced = [...byCurrency].map(([currency, numbers]) => {
    const monthly = numbers.reduce((sum, row) => sum + Number(row.price_micro), 0)
    return {
      currency,
      amountMicro: monthly * months,
      nounId: numbers.length === 1 ? numbers[0]!.id : null,
      items: numbers.length,
    }
  })
  const [first, ...others] = priced.filter(({ amountMicro }) => amountMicro > 0)
  // A balance has one currency: of two, one cannot be charged.
  if (first && others.length > 0) {
    const payer = await readPayer(tx, account)
    const { amountMicro: requiredMicro, currency } = others.find((one) => one.currency !== payer?.currency)!
    if (payer) return { why: 'broken', requiredMicro, balanceMicro: 0, currency }
  }
  for (const one of priced) {
    const short = await chargeCredit(tx, { ...one, account, noun: 'numbers', service: 'number', now })
    if (short) return short
  }
  return null
}
