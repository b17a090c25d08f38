// How fast: a bucket of tokens for the limit that was agreed, and a pace of our own below it while the SMSC says that we are too fast.
// A complaint halves the pace and lets everything rest for a moment; each quiet second lets it grow again.

import type { Clock } from '#values/clock.ts'

const restMs = 250
const longestRestMs = 5_000
const growth = 1.25
const slowest = 1
/** Without a limit, no complaint is about less than this. */
const leastSeen = 20
/** How much of a second's allowance may go at once. */
const burst = 0.1

export class Pace {
  readonly #clock: Clock
  /** PDUs a second; Infinity without a limit. */
  readonly #agreed: number
  #current: number
  #tokens: number
  #filledMs: number
  #restUntilMs = 0
  #restMs = restMs
  #grownMs = 0
  /** Beyond this an unlimited pace is unlimited again. */
  #ceiling = 0

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock
    this.#agreed = perSecond === 0 ? Infinity : perSecond
    this.#current = this.#agreed
    this.#filledMs = clock.elapsedMs()
    this.#tokens = this.#size
  }

  get #size(): number {
    return Math.max(1, this.#current * burst)
  }

  /** PDUs a second at present; 0 without a limit. */
  get perSecond(): number {
    return this.#current === Infinity ? 0 : Math.round(this.#current)
  }

  /** How many may go now; Infinity without a limit. */
  room(): number {
    const now = this.#clock.elapsedMs()
    if (now < this.#restUntilMs) return 0
    if (this.#current === Infinity) return Infinity
    this.#grow(now)
    if (this.#current === Infinity) return Infinity
    this.#tokens = Math.min(this.#size, this.#tokens + ((now - this.#filledMs) / 1000) * this.#current)
    this.#filledMs = now
    return Math.max(0, Math.floor(this.#tokens))
  }

  /** May go below zero: a message of several segments is not torn apart for it. */
  take(pdus: number): void {
    if (this.#current !== Infinity) this.#tokens -= pdus
  }

  /** When `room` will be above 0 again, from now; only for when it is 0. */
  waitMs(): number {
    const now = this.#clock.elapsedMs()
    const rest = Math.max(0, this.#restUntilMs - now)
    const fill = this.#current === Infinity ? 0 : ((Math.min(this.#size, 1) - this.#tokens) / this.#current) * 1000
    return Math.max(1, Math.ceil(Math.max(rest, fill)))
  }

  /** The SMSC complained, while so many a second were going. Complaints of one burst count once. */
  slowDown(seenPerSecond: number): void {
    const now = this.#clock.elapsedMs()
    if (now < this.#restUntilMs) return
    const from = this.#current === Infinity ? Math.max(seenPerSecond, leastSeen) : this.#current
    this.#current = Math.max(slowest, from / 2)
    this.#tokens = 0
    this.#restUntilMs = now + this.#restMs
    this.#filledMs = this.#restUntilMs
    this.#restMs = Math.min(longestRestMs, this.#restMs * 2)
    this.#grownMs = this.#restUntilMs
    this.#ceiling = Math.max(from * 2, this.#ceiling)
  }

  #grow(now: number): void {
    if (this.#current === this.#agreed) return
    for (; this.#grownMs + 1000 <= now; this.#grownMs += 1000) {
      this.#current *= growth
      this.#restMs = restMs
      if (this.#current >= this.#agreed || (this.#agreed === Infinity && this.#current > this.#ceiling)) {
        this.#current = this.#agreed
        this.#ceiling = 0
        return
      }
    }
  }
}
