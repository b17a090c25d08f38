// Things that fall due at some time, handed over in batches: one timer for all that fall into the same few milliseconds.

import type { Clock, Timer } from '#values/clock.ts'

const grainMs = 10

export class DueList<T> {
  readonly #clock: Clock
  readonly #due: (items: T[]) => void
  readonly #slots = new Map<number, { readonly items: T[]; readonly timer: Timer }>()

  constructor(clock: Clock, due: (items: T[]) => void) {
    this.#clock = clock
    this.#due = due
  }

  add(afterMs: number, item: T): void {
    const now = this.#clock.elapsedMs()
    const slot = Math.ceil((now + afterMs) / grainMs)
    const known = this.#slots.get(slot)
    if (known) {
      known.items.push(item)
      return
    }
    const items = [item]
    const timer = this.#clock.after(slot * grainMs - now, () => {
      this.#slots.delete(slot)
      this.#due(items)
    })
    this.#slots.set(slot, { items, timer })
  }

  get size(): number {
    let size = 0
    for (const { items } of this.#slots.values()) size += items.length
    return size
  }

  clear(): void {
    for (const { timer } of this.#slots.values()) timer.cancel()
    this.#slots.clear()
  }
}
