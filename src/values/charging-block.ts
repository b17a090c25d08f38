// What time costs in blocks: a first one that is charged in any case, then whole further ones. Pure.

export interface BlockRate {
  /** Price of `per` units, in millionths of a currency. */
  readonly priceMicro: number
  readonly per: number
  /** Units charged at least. */
  readonly first: number
  /** Steps in which further units are charged. */
  readonly next: number
}

/** Rounded up to a whole millionth. 61 seconds at 60/60 are charged as 120, at 1/1 as 61. */
export function amountInBlocks({ priceMicro, per, first, next }: BlockRate, units: number): number {
  const charged = units <= first ? first : first + Math.ceil((units - first) / next) * next
  return Math.ceil((priceMicro * charged) / per)
}

/** `60/1`: the first block and the further ones, whole units of at least one each. Undefined for anything else. */
export function readChargingBlock(text: string): Pick<BlockRate, 'first' | 'next'> | undefined {
  const found = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text)
  return found ? { first: Number(found[1]), next: Number(found[2]) } : undefined
}
