// How many a second, over the last ten whole seconds. Counts only; limits nothing.

import type { Clock } from '#values/clock.ts'

const seconds = 10

export class RateMeter {
  readonly #clock: Clock
  /** One for each of the last seconds and the one under way. */
  readonly #counts = new Float64Array(seconds + 1)
  #second = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#second = this.#now()
  }

  add(count = 1): void {
    this.#turn()
    this.#counts[this.#second % this.#counts.length]! += count
  }

  perSecond(): number {
    this.#turn()
    let sum = 0
    for (const count of this.#counts) sum += count
    return (sum - this.#counts[this.#second % this.#counts.length]!) / seconds
  }

  /** The most that went in one of these seconds, the one under way among them. */
  peak(): number {
    this.#turn()
    return Math.max(...this.#counts)
  }

  #now(): number {
    return Math.floor(this.#clock.elapsedMs() / 1000)
  }

  #turn(): void {
    const now = this.#now()
    for (let passed = Math.min(now - this.#second, this.#counts.length); passed > 0; passed -= 1) {
      this.#counts[(now - passed + 1) % this.#counts.length] = 0
    }
    this.#second = now
  }
}
