// Writes the steps of calls, many calls a commit: while one batch is being written the next one gathers. Steps of one call are written in
// their order. A store that cannot commit is asked again until it can, so that no end of a call is lost while this process lives.

import type { Journal } from '#journal/journal.ts'
import { settleCalls, type CallStep, type StepResult } from '#store/call-life.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'

export interface CallBookParts {
  readonly store: Pick<Store, 'write'>
  readonly clock: Clock
  readonly journal: Pick<Journal, 'loopFailed'>
}

const stepsAtOnce = 500
const againAfterMs = 500
/** So long nobody who calls is kept waiting for a store that cannot commit. */
const stuckAfterMs = 5_000

interface Waiting {
  readonly step: CallStep
  readonly done: (result: StepResult) => void
}

export class CallBook {
  readonly #parts: CallBookParts
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #closed = false
  /** Since when nothing could be committed, by the monotonic clock. */
  #failingSinceMs: number | undefined
  #stuck: () => void = () => {}

  constructor(parts: CallBookParts) {
    this.#parts = parts
  }

  /** Called again and again while nothing can be committed for long. */
  onStuck(act: () => void): void {
    this.#stuck = act
  }

  get isStuck(): boolean {
    return this.#failingSinceMs !== undefined && this.#parts.clock.elapsedMs() - this.#failingSinceMs >= stuckAfterMs
  }

  /** Resolves once it is committed. Never rejects: a step that the row no longer takes comes out as `late`. */
  write(step: CallStep): Promise<StepResult> {
    return new Promise((done) => {
      this.#waiting.push({ step, done })
      this.#writing ??= this.#writeAll()
    })
  }

  /** Resolves when all that was given so far is written, or the store is given up. */
  async written(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  /** What cannot be written from now on is dropped: the next start closes what stands open. */
  close(): void {
    this.#closed = true
  }

  async #writeAll(): Promise<void> {
    // What else comes in this turn goes along.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, stepsAtOnce)
      try {
        const results = await this.#parts.store.write(settleCalls, { steps: batch.map(({ step }) => step) })
        this.#failingSinceMs = undefined
        this.#waiting.splice(0, batch.length)
        for (const [index, { done }] of batch.entries()) done(results[index]!)
      } catch (error) {
        this.#parts.journal.loopFailed('calls', error)
        if (this.#closed) break
        this.#failingSinceMs ??= this.#parts.clock.elapsedMs()
        if (this.isStuck) this.#stuck()
        await this.#parts.clock.sleep(againAfterMs)
      }
    }
    this.#writing = undefined
  }
}
