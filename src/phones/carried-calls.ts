// How many calls of other nodes go down connections of this one, so that a stop can wait for them as it waits for its own. It is only a count
// by Call-ID: what a request needs on its way stands in its Route, and who is lost sight of here is served all the same.

import type { Clock } from '#values/clock.ts'

interface Carried {
  /** The internal address of the node that has the call. */
  readonly fellow: string
  readonly flow: string
  readonly untilMs: number
}

export class CarriedCalls {
  readonly #clock: Pick<Clock, 'nowMs' | 'after'>
  readonly #mostMs: number
  /** The first that began is the first. */
  readonly #calls = new Map<string, Carried>()
  #emptied: (() => void) | undefined

  /** `mostMs`: no call lasts longer; of one whose node died without a word nobody hears the end. */
  constructor(clock: Pick<Clock, 'nowMs' | 'after'>, mostMs: number) {
    this.#clock = clock
    this.#mostMs = mostMs
  }

  begun(callId: string, { fellow, flow }: Pick<Carried, 'fellow' | 'flow'>): void {
    const now = this.#clock.nowMs()
    for (const [old, { untilMs }] of this.#calls) {
      if (untilMs > now) break
      this.#calls.delete(old)
    }
    this.#calls.set(callId, { fellow, flow, untilMs: now + this.#mostMs })
  }

  over(callId: string): void {
    if (this.#calls.delete(callId)) this.#look()
  }

  flowGone(gone: string): void {
    for (const [callId, { flow }] of this.#calls) if (flow === gone) this.#calls.delete(callId)
    this.#look()
  }

  /** All but those of nodes that live. */
  async forgetDead(isAlive: (fellow: string) => Promise<boolean>): Promise<void> {
    for (const fellow of new Set([...this.#calls.values()].map((one) => one.fellow))) {
      if (await isAlive(fellow)) continue
      for (const [callId, one] of this.#calls) if (one.fellow === fellow) this.#calls.delete(callId)
    }
    this.#look()
  }

  /** Resolves when none is left, or after that time. */
  ended(waitMs: number): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#emptied = undefined
        timer.cancel()
        resolve()
      }
      const timer = this.#clock.after(waitMs, done)
      this.#emptied = done
    })
  }

  #look(): void {
    if (this.#calls.size === 0) this.#emptied?.()
  }
}
