// One collection of digits: which count, when it is over. Knows no audio; times are handed in.

import type { Collect, CollectEnd } from '../contract.ts'

export interface CollectorNews {
  collected(how: CollectEnd, digits: string, finishedBy?: string): void
  /** A digit that counts came while the prompt plays. */
  bargedIn(): void
}

export class Collector {
  readonly #collect: Collect
  readonly #news: CollectorNews
  /** From when on it is waited for at all: with a prompt, from its end or the digit that ended it. */
  #openedMs = 0
  #digits = ''
  /** From when the next digit is waited for; undefined while the prompt plays. */
  #sinceMs: number | undefined
  #speaks = false
  #over = false

  constructor(collect: Collect, news: CollectorNews) {
    this.#collect = collect
    this.#news = news
  }

  get isOver(): boolean {
    return this.#over
  }

  /** It waits from now on: its prompt, if it has one, is over. */
  opens(nowMs: number): void {
    if (this.#sinceMs !== undefined) return
    this.#openedMs = nowMs
    this.#sinceMs = nowMs
  }

  /** They speak: the first digit is not waited for any more. */
  speaks(): void {
    this.#speaks = true
  }

  /** True when it counted. */
  digit(digit: string, nowMs: number): boolean {
    if (this.#over) return false
    const { finishOn, valid, bargeIn, typeAhead, most } = this.#collect
    const finishes = finishOn.includes(digit)
    if (!finishes && !valid.includes(digit)) return false
    if (this.#sinceMs === undefined) {
      if (bargeIn) this.#news.bargedIn()
      else if (!typeAhead) return false
    }
    if (this.#sinceMs !== undefined) this.#sinceMs = nowMs
    if (finishes) this.end('finished', digit)
    else this.#digits += digit
    if (most > 0 && this.#digits.length >= most) this.end('most')
    return true
  }

  tick(nowMs: number): void {
    if (this.#over) return
    const { firstMs, betweenMs, inAllMs } = this.#collect
    if (this.#sinceMs === undefined) return
    if (inAllMs !== undefined && nowMs - this.#openedMs >= inAllMs) return this.end('in_all')
    const waitedMs = nowMs - this.#sinceMs
    if (this.#digits === '' && !this.#speaks && waitedMs >= firstMs) this.end('first_timeout')
    else if (this.#digits !== '' && waitedMs >= betweenMs) this.end('between_timeout')
  }

  end(how: CollectEnd, finishedBy?: string): void {
    if (this.#over) return
    this.#over = true
    this.#news.collected(how, this.#digits, finishedBy)
  }
}
