// Many timers over one of the clock's. The delays of SIP are few (T1 and its doubles, 64*T1, T4), so each delay has a list of its own in which
// timers lie in order of their time: to start and to stop one costs the same however many run.

import type { Clock, Timer } from '#values/clock.ts'

export interface Timed {
  dueMs: number
  before: Timed | undefined
  after: Timed | undefined
  list: DelayList | undefined
  act: () => void
}

interface DelayList {
  first: Timed | undefined
  last: Timed | undefined
}

export class TimerLists {
  readonly #clock: Clock
  readonly #lists = new Map<number, DelayList>()
  #armed: Timer | undefined
  #armedForMs = Infinity
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs `act` once after `delayMs`. `act` must not throw. */
  start(delayMs: number, act: () => void): Timed {
    let list = this.#lists.get(delayMs)
    if (!list) this.#lists.set(delayMs, (list = { first: undefined, last: undefined }))
    const timed: Timed = { dueMs: this.#clock.elapsedMs() + delayMs, before: list.last, after: undefined, list, act }
    if (list.last) list.last.after = timed
    else list.first = timed
    list.last = timed
    if (timed.dueMs < this.#armedForMs) this.#arm(timed.dueMs)
    return timed
  }

  stop(timed: Timed | undefined): void {
    if (!timed?.list) return
    const { list, before, after } = timed
    if (before) before.after = after
    else list.first = after
    if (after) after.before = before
    else list.last = before
    timed.list = timed.before = timed.after = undefined
  }

  close(): void {
    this.#closed = true
    this.#armed?.cancel()
    this.#lists.clear()
  }

  #arm(dueMs: number): void {
    if (this.#closed) return
    this.#armed?.cancel()
    this.#armedForMs = dueMs
    this.#armed = this.#clock.after(Math.max(1, Math.ceil(dueMs - this.#clock.elapsedMs())), () => this.#run())
  }

  #run(): void {
    this.#armed = undefined
    this.#armedForMs = Infinity
    for (;;) {
      const next = this.#earliest()
      if (!next) return
      if (next.dueMs > this.#clock.elapsedMs()) return this.#arm(next.dueMs)
      this.stop(next)
      next.act()
    }
  }

  #earliest(): Timed | undefined {
    let earliest: Timed | undefined
    for (const [delayMs, { first }] of this.#lists)
      if (!first) this.#lists.delete(delayMs)
      else if (!earliest || first.dueMs < earliest.dueMs) earliest = first
    return earliest
  }
}
