// One lease as its holder sees it: taken, kept, given back. A store that only this process has needs none: there every lease is held, and
// nothing is written. What holding means, and what is done when it is lost, is its owner's.

import { releaseLease, renewLease, takeLease, type LeaseAsk } from '#store/leases.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'

export interface LeaseParts {
  readonly store: Store
  readonly clock: Clock
  /** Unique among the nodes that share the store. */
  readonly node: string
}

/** A holder that dies is replaced after so long, unless its lease says otherwise. */
export const leaseMs = 30_000

export class Lease {
  readonly #parts: LeaseParts
  readonly #thing: string
  readonly #forMs: number
  /** Under which it is held; null while it is not, or no store is shared. */
  #epoch: number | null = null

  constructor(thing: string, parts: LeaseParts, forMs = leaseMs) {
    this.#thing = thing
    this.#parts = parts
    this.#forMs = forMs
  }

  get isHeld(): boolean {
    return this.#parts.store.engine === 'sqlite' || this.#epoch !== null
  }

  /** False while another node holds it. */
  async take(): Promise<boolean> {
    const { store } = this.#parts
    if (store.engine === 'sqlite') return true
    this.#epoch = await store.write(takeLease, this.#ask())
    return this.#epoch !== null
  }

  /** False when it ran out or was never taken: another may have it. Where the store does not answer, it stays as it was. */
  async keep(): Promise<boolean> {
    const { store } = this.#parts
    if (store.engine === 'sqlite') return true
    if (this.#epoch !== null && !(await store.write(renewLease, { ...this.#ask(), epoch: this.#epoch }))) this.#epoch = null
    return this.#epoch !== null
  }

  /** Keeps it, or takes it where it cannot be kept. */
  async hold(): Promise<boolean> {
    return (await this.keep()) || (await this.take())
  }

  /** Is no more held, and not given back: the next take gets it where nobody else has it. */
  lose(): void {
    this.#epoch = null
  }

  /** Never rejects: a lease that cannot be given back runs out by itself. */
  async release(): Promise<void> {
    const { store, node } = this.#parts
    const epoch = this.#epoch
    this.#epoch = null
    if (epoch !== null) await store.write(releaseLease, { thing: this.#thing, node, epoch }).catch(() => false)
  }

  #ask(): LeaseAsk {
    const { node, clock } = this.#parts
    return { thing: this.#thing, node, nowMs: clock.nowMs(), forMs: this.#forMs }
  }
}
