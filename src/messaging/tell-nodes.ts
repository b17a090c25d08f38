// Nodes that share a store: the one that has a carrier's binds sends what is queued for it, whichever node accepted it. Who queues
// for a carrier that is another's says so, many at once; who hears it looks into the store. Word that is lost is made good by
// looking now and then anyway.

import type { Journal } from '#journal/journal.ts'
import { messageNews, tellQueued } from '#store/message-news.ts'
import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { Dispatch } from './dispatch.ts'

export interface TellNodesParts {
  readonly store: Store
  readonly clock: Clock
  readonly journal: Pick<Journal, 'loopFailed'>
  carriersHere(): readonly number[] | null
}

/** What is queued within so long is told, and heard, together. */
const togetherMs = 25
const againMs = 1_000
const lookAnywayMs = 10_000

export class TellNodes {
  readonly #parts: TellNodesParts
  readonly #dispatch: Pick<Dispatch, 'takeUp' | 'withdraw'>
  /** Carriers of others, to be told of. */
  #theirs = new Set<number>()
  #telling: Timer | undefined
  /** Carriers of ours, to be looked at. */
  #ours = new Set<number>()
  #looking: Timer | undefined
  #anyway: Timer | undefined
  #stopped = false

  constructor(parts: TellNodesParts, dispatch: Pick<Dispatch, 'takeUp' | 'withdraw'>) {
    this.#parts = parts
    this.#dispatch = dispatch
    parts.store.onChange((nouns) => this.#hear(nouns))
  }

  start(): void {
    this.#anyway = this.#parts.clock.every(lookAnywayMs, () => this.#look(this.#parts.carriersHere() ?? []))
  }

  stop(): void {
    this.#stopped = true
    for (const timer of [this.#telling, this.#looking, this.#anyway]) timer?.cancel()
  }

  /** Something is queued for a carrier that is not open here. */
  tell(carrierId: number): void {
    this.#theirs.add(carrierId)
    this.#tellAfter(togetherMs)
  }

  #tellAfter(ms: number): void {
    if (!this.#stopped) this.#telling ??= this.#parts.clock.after(ms, () => void this.#tellNow())
  }

  async #tellNow(): Promise<void> {
    const { store, journal } = this.#parts
    this.#telling = undefined
    const carriers = this.#theirs
    this.#theirs = new Set()
    try {
      await store.write(tellQueued, { carriers: [...carriers] })
    } catch (error) {
      journal.loopFailed('messages elsewhere', error)
      for (const id of carriers) this.#theirs.add(id)
      this.#tellAfter(againMs)
    }
  }

  #hear(nouns: ReadonlySet<string>): void {
    const here = this.#parts.carriersHere() ?? []
    // The word of others was not heard for a while.
    if (nouns.has('*')) return this.#look(here)
    const { carriers, ended } = messageNews(nouns)
    for (const id of ended) this.#dispatch.withdraw(id)
    this.#look(carriers.filter((id) => here.includes(id)))
  }

  #look(carriers: readonly number[]): void {
    if (carriers.length === 0 || this.#stopped) return
    for (const id of carriers) this.#ours.add(id)
    this.#looking ??= this.#parts.clock.after(togetherMs, () => {
      this.#looking = undefined
      const ours = this.#ours
      this.#ours = new Set()
      for (const id of ours) void this.#dispatch.takeUp(id)
    })
  }
}
