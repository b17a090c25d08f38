// Which refusals are kept where anybody can cause them: so many a minute of one source and of all together, so that nobody fills the disk.
// What is left out is counted, and the next one of its source that is kept says how many.

import type { Clock } from '#values/clock.ts'

const windowMs = 60_000
const maxSources = 10_000
/** Of whom nobody knows; of a trunk or a phone, where a wrong number is nobody's attack; of all. */
const mostOf = { strangers: 20, known: 120, all: 1_200 }

export interface Sampled {
  readonly kept: boolean
  /** Of the same source, since the last one that was kept. */
  readonly leftOut: number
}

interface Source {
  startMs: number
  taken: number
  leftOut: number
}

export class RefusalSample {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #sources = new Map<string, Source>()
  #all: Source = { startMs: 0, taken: 0, leftOut: 0 }

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  take(source: string, kind: 'strangers' | 'known'): Sampled {
    const now = this.#clock.nowMs()
    const of = this.#sourceOf(`${kind} ${source}`, now)
    if (now - this.#all.startMs > windowMs) this.#all = { startMs: now, taken: 0, leftOut: 0 }
    if (of.taken >= mostOf[kind] || this.#all.taken >= mostOf.all) {
      of.leftOut += 1
      return { kept: false, leftOut: 0 }
    }
    of.taken += 1
    this.#all.taken += 1
    const { leftOut } = of
    of.leftOut = 0
    return { kept: true, leftOut }
  }

  #sourceOf(key: string, now: number): Source {
    const known = this.#sources.get(key)
    if (known) {
      if (now - known.startMs > windowMs) Object.assign(known, { startMs: now, taken: 0 })
      return known
    }
    if (this.#sources.size >= maxSources) this.#sources.clear()
    const made = { startMs: now, taken: 0, leftOut: 0 }
    this.#sources.set(key, made)
    return made
  }
}
