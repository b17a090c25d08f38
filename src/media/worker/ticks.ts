// When each stream has its turn: every 20 ms, in four groups 5 ms apart, so that a worker's packets do not leave in one burst.
// By absolute times, so that a late timer makes no later ones late. After a stall the turns that were missed are not made up
// for: a burst would fill the other sides' jitter buffers. Each stream is told how many it missed, and moves its timestamps on.

import type { Clock, Timer } from '#values/clock.ts'
import { frameMs } from './frames.ts'

export const groups = 4
const stepMs = frameMs / groups

export interface Ticking {
  /** `missed`: frames that had their time since the last turn and got none. */
  tick(nowMs: number, missed: number): void
}

export class Ticks {
  /** How late turns began, since it was last asked. */
  #lateness: number[] = []
  readonly #clock: Clock
  readonly #groups: Set<Ticking>[] = Array.from({ length: groups }, () => new Set())
  /** The frame that each group had last. */
  readonly #done: number[] = Array.from({ length: groups }, () => 0)
  #startMs = 0
  #step = 0
  #timer: Timer | undefined
  readonly #onFault: (one: Ticking, error: unknown) => void

  constructor(clock: Clock, onFault: (one: Ticking, error: unknown) => void) {
    this.#clock = clock
    this.#onFault = onFault
  }

  add(one: Ticking): void {
    let least = this.#groups[0]!
    for (const group of this.#groups) if (group.size < least.size) least = group
    least.add(one)
    if (!this.#timer) this.#start()
  }

  remove(one: Ticking): void {
    for (const group of this.#groups) group.delete(one)
  }

  #start(): void {
    this.#startMs = this.#clock.elapsedMs()
    this.#step = 0
    this.#done.fill(0)
    this.#wait()
  }

  #wait(): void {
    const dueMs = this.#startMs + (this.#step + 1) * stepMs
    this.#timer = this.#clock.after(Math.max(0, dueMs - this.#clock.elapsedMs()), () => this.#turn())
  }

  #turn(): void {
    const began = this.#clock.elapsedMs()
    const reached = Math.floor((began - this.#startMs) / stepMs)
    // A timer may fire a fraction of a millisecond early.
    const step = Math.max(this.#step + 1, reached)
    this.#lateness.push(Math.max(0, began - this.#startMs - (this.#step + 1) * stepMs))
    // At most one turn for each group, the oldest first; what is further back is missed.
    for (let each = Math.max(this.#step + 1, step - groups + 1); each <= step; each += 1) this.#run(each, began)
    this.#step = step
    if (this.#groups.every((group) => group.size === 0)) this.#timer = undefined
    else this.#wait()
  }

  #run(step: number, nowMs: number): void {
    const index = step % groups
    const frame = Math.floor(step / groups)
    const missed = Math.max(0, frame - this.#done[index]! - 1)
    this.#done[index] = frame
    for (const one of this.#groups[index]!) {
      try {
        one.tick(nowMs, missed)
      } catch (error) {
        this.#onFault(one, error)
      }
    }
  }

  /** Of the turns since it was last asked. */
  takeLateP99Ms(): number {
    const late = this.#lateness.toSorted((a, b) => a - b)
    this.#lateness = []
    return late[Math.floor(late.length * 0.99)] ?? 0
  }
}
