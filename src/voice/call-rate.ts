// What a call costs by its length: its rate, its blocks, and how much of it is held at a time. Pure;
// call-meter.ts charges it.

import { amountOf } from '#credit/rate-tree.ts'

/** As rates have it, see rate-tree.ts. Units are seconds. */
export interface CallRate {
  readonly priceMicro: number
  readonly per: number
  readonly first: number
  readonly next: number
  /** So much is held at a time, or a block where that is longer; 60 unless told. */
  readonly sliceSeconds?: number
}

export const costOf = ({ priceMicro, per, first, next }: CallRate, seconds: number): number =>
  amountOf({ price_micro: priceMicro, per, first_block: first, next_block: next }, seconds)

/** `60/60`: the first block and each further one, in seconds. */
export const blockOf = ({ first, next }: CallRate): string => `${first}/${next}`

const usualSlice = 60

export const sliceOf = ({ sliceSeconds }: Pick<CallRate, 'sliceSeconds'>): Pick<CallRate, 'sliceSeconds'> =>
  sliceSeconds === undefined ? {} : { sliceSeconds }

/** Seconds that the first slice is good for. */
export const firstSlice = ({ first, next, sliceSeconds = usualSlice }: CallRate): number => upTo(first, next, sliceSeconds)

/** Those that the next slice is good up to. */
export const nextSlice = ({ first, next, sliceSeconds = usualSlice }: CallRate, heldSeconds: number): number =>
  upTo(first, next, heldSeconds + sliceSeconds)

const upTo = (first: number, next: number, seconds: number): number =>
  seconds <= first ? first : first + Math.ceil((seconds - first) / next) * next
