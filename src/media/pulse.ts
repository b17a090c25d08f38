// Whether a thread still does anything: it tells something each second, and one that has told nothing for two looks on end hangs. Two, as a
// process that was stopped for a while and goes on looks before it hears.

import type { Clock, Timer } from '#values/clock.ts'

/** Many times what a busy machine keeps a thread waiting. */
export const lookMs = 5_000
const looksAtMost = 2

export class Pulse {
  readonly #clock: Clock
  readonly #lost: () => void
  #timer: Timer | undefined
  #looks = 0

  /** `lost` is told once after each `start`. */
  constructor(clock: Clock, lost: () => void) {
    this.#clock = clock
    this.#lost = lost
  }

  start(): void {
    this.stop()
    this.#looks = 0
    this.#timer = this.#clock.every(lookMs, () => this.#look())
  }

  /** It told something. */
  beat(): void {
    this.#looks = 0
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #look(): void {
    this.#looks += 1
    if (this.#looks <= looksAtMost) return
    this.stop()
    this.#lost()
  }
}
