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
  readonly #beganMs: number
  #digits = ''
  /** From when the next digit is waited for; undefined while the prompt plays. */
  #sinceMs: number | undefined
  #speaks = false
  #over = false

  constructor(collect: Collect, nowMs: number, news: CollectorNews) {
    this.#collect = collect
    this.#news = news
    this.#beganMs = nowMs
    if (!collect.prompt?.length) this.#sinceMs = nowMs
  }

  get isOver(): boolean {
    return this.#over
  }

  promptOver(nowMs: number): void {
    this.#sinceMs ??= nowMs
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
    if (inAllMs !== undefined && nowMs - this.#beganMs >= inAllMs) return this.end('in_all')
    if (this.#sinceMs === undefined) return
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
