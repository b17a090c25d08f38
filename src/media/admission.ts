// Whether one media worker takes a stream more: by how many it holds, how busy its core is, and whether its packets come late. New
// calls are refused before the further legs of those that were let in are: a call that nobody can be connected to is of no use. It
// counts and compares; streams and threads are media-worker.ts's.

import type { WorkerLoad } from './worker/messages.ts'

/** Turns that begin later than this for some seconds are a worker beyond its limit; for one second, something else that ran. */
const latestMs = 5
const lateSeconds = 3
/** Shares of a core: beyond the first no call is let in, beyond the second no leg of one that is. */
const busiest = { call: 0.85, leg: 0.95 } as const
/** What its most streams keep a core busy with, as far as nothing better is known. */
const fullBusy = 0.8
/** Of one stream, at most: where many come and go, it is that which keeps the thread busy, not those that are up. */
const busiestStream = 0.002
/** With fewer streams, or with so little of its own to do, lateness is another's doing, and refusing calls would not mend it. */
const fewStreams = 40
const littleBusy = 0.4

/** call: the first stream of one. leg: another of a call that has one there. */
export type Wanted = keyof typeof busiest

const idle: WorkerLoad = { streams: 0, busy: 0, lateP99Ms: 0 }

export class Admission {
  readonly #mostStreams: number
  load: WorkerLoad = idle
  #lateFor = 0
  /** How many were held when `load` was told, by the same count as is asked with. */
  #heldThen = 0

  constructor(mostStreams: number) {
    this.#mostStreams = mostStreams
  }

  /** The worker told its load while it held so many. */
  took(load: WorkerLoad, held: number): void {
    this.#lateFor = load.lateP99Ms > latestMs ? this.#lateFor + 1 : 0
    this.load = load
    this.#heldThen = held
  }

  /** Another thread takes its place. */
  restart(): void {
    this.took(idle, 0)
  }

  /** Its load with one stream more than are `held`. Whoever came and went since it was told adds nothing. */
  projected(held: number): number {
    const { busy } = this.load
    const ofOne = this.#heldThen < fewStreams ? fullBusy / this.#mostStreams : Math.min(busy / this.#heldThen, busiestStream)
    return busy + (held + 1 - this.#heldThen) * ofOne
  }

  /** Why it takes no more than are `held`; undefined while it does. */
  fullBy(held: number, wanted: Wanted): string | undefined {
    if (held >= this.#mostStreams) return `a worker holds at most ${this.#mostStreams} streams`
    if (held < fewStreams) return undefined
    const { busy, lateP99Ms } = this.load
    if (wanted === 'call' && this.#lateFor >= lateSeconds && busy > littleBusy)
      return `its packets are ${lateP99Ms.toFixed(1)} ms late`
    if (this.projected(held) > busiest[wanted]) return `its core is ${Math.round(busy * 100)} % busy`
    return undefined
  }
}
