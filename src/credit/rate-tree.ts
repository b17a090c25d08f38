// The rates of one deck in memory: a tree of digits for each service and direction, in which the longest prefix of a number
// is found by walking it once.

import type { RateRow } from '#store/rate-decks.ts'
import { amountInBlocks } from '#values/charging-block.ts'

interface Branch {
  rate: RateRow | undefined
  readonly next: (Branch | undefined)[]
}

const branch = (): Branch => ({ rate: undefined, next: [] })

const zero = '0'.charCodeAt(0)

export class RateTree {
  readonly currency: string
  readonly #roots = new Map<string, Branch>()

  constructor(currency: string, rates: readonly RateRow[]) {
    this.currency = currency
    for (const rate of rates) this.#plant(rate)
  }

  #plant(rate: RateRow): void {
    const key = `${rate.service} ${rate.direction}`
    let at = this.#roots.get(key)
    if (!at) this.#roots.set(key, (at = branch()))
    for (let index = 0; index < rate.prefix.length; index += 1) {
      const digit = rate.prefix.charCodeAt(index) - zero
      at = at.next[digit] ??= branch()
    }
    at.rate = rate
  }

  /** Of the longest prefix of the number, with or without `+`. What is no number has the rate of the empty prefix. */
  find(service: string, direction: 'out' | 'in', number: string): RateRow | undefined {
    let at = this.#roots.get(direction === 'out' ? `${service} out` : `${service} in`)
    let found = at?.rate
    for (let index = number.charCodeAt(0) === 0x2b ? 1 : 0; at && index < number.length; index += 1) {
      const digit = number.charCodeAt(index) - zero
      at = digit >= 0 && digit <= 9 ? at.next[digit] : undefined
      found = at?.rate ?? found
    }
    return found
  }
}

/** What so many units cost by a rate, see values/charging-block.ts. */
export function amountOf(rate: Pick<RateRow, 'price_micro' | 'per' | 'first_block' | 'next_block'>, units: number): number {
  const { price_micro: priceMicro, per, first_block: first, next_block: next } = rate
  return amountInBlocks({ priceMicro, per, first, next }, units)
}
