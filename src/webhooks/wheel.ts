// Many things to do later, with one timer: for retries, of which there may be thousands. As fine as its tick.

import type { Clock, Timer } from '#values/clock.ts'

const tickMs = 50

export class Wheel {
  readonly #clock: Clock
  readonly #ticks = new Map<number, (() => void)[]>()
  #timer: Timer | undefined
  #last: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#last = this.#now()
  }

  #now(): number {
    return Math.floor(this.#clock.elapsedMs() / tickMs)
  }

  after(delayMs: number, act: () => void): void {
    if (this.#ticks.size === 0) this.#last = this.#now()
    const tick = Math.max(this.#last + 1, Math.ceil((this.#clock.elapsedMs() + delayMs) / tickMs))
    const acts = this.#ticks.get(tick)
    if (acts) acts.push(act)
    else this.#ticks.set(tick, [act])
    this.#timer ??= this.#clock.every(tickMs, () => this.#turn())
  }

  #turn(): void {
    const now = this.#now()
    // After a long sleep it is cheaper to look at what there is than at every tick that passed.
    const due =
      now - this.#last > this.#ticks.size ? [...this.#ticks.keys()].filter((tick) => tick <= now).toSorted((a, b) => a - b) : []
    if (due.length === 0) for (let tick = this.#last + 1; tick <= now; tick += 1) due.push(tick)
    this.#last = now
    for (const tick of due) {
      const acts = this.#ticks.get(tick)
      if (!acts) continue
      this.#ticks.delete(tick)
      for (const act of acts) act()
    }
    if (this.#ticks.size === 0) this.stop()
  }

  /** Forgets all. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#ticks.clear()
  }
}
