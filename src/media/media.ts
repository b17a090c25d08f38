// The media of this node: its worker threads, the ports they share, and who is let in. A worker that dies ends its streams, each
// with its news, and another takes its place. No audio passes here.
//
// Let in is who finds a port and a worker that keeps its time: one that holds its most streams, is too busy, or has been late for
// some seconds takes nobody new, so that whoever speaks already is not hurt.

import type { Clock } from '#values/clock.ts'
import { refuse } from '#reasons/refusal.ts'
import type { Media, Place } from './contract.ts'
import { HeldPlace, noPortLeft, retryAfterMs } from './held-place.ts'
import { MediaWorker } from './media-worker.ts'
import { PortPool } from './port-pool.ts'

export interface MediaParts {
  readonly clock: Clock
  readonly rtpPorts: { readonly from: number; readonly to: number }
  /** One for each core but the main thread's; at least one. */
  readonly workers: number
  /** Of one worker; the default is what a core was measured to hold. */
  readonly mostStreams?: number
  /** A worker ended by itself and was replaced. */
  readonly onWorkerDied?: (worker: number, streams: number, cause: unknown) => void
  /** A fault of ours in a worker that ended one stream. */
  readonly onFault?: (worker: number, detail: string) => void
}

/** docs/performance.md: beyond this a core no longer keeps 99 % of its packets within 5 ms. */
const usualMostStreams = 500

export class WorkerMedia implements Media {
  readonly #ports: PortPool
  readonly #workers: MediaWorker[]
  #lastStream = 0
  #stopped = false

  constructor(parts: MediaParts) {
    const { from, to } = parts.rtpPorts
    this.#ports = new PortPool(from, to, Math.random())
    const most = parts.mostStreams ?? usualMostStreams
    this.#workers = Array.from({ length: Math.max(1, parts.workers) }, (_, worker) => {
      return new MediaWorker(worker, parts.clock, most, {
        died: (streams, cause) => parts.onWorkerDied?.(worker, streams, cause),
        fault: (detail) => parts.onFault?.(worker, detail),
      })
    })
  }

  place(): Place {
    return new HeldPlace({
      ports: this.#ports,
      choose: () => this.#choose(),
      nextStream: () => (this.#lastStream += 1),
    })
  }

  #choose(): MediaWorker {
    if (this.#stopped) refuse('platform.draining')
    if (this.#ports.left === 0) throw noPortLeft()
    const [first, ...others] = this.#workers.filter((one) => one.fullBy('call') === undefined)
    if (!first) refuse('platform.media_full', { bound: this.#workers[0]!.fullBy('call'), retryAfterMs })
    return others.reduce((least, one) => (one.projected() < least.projected() ? one : least), first)
  }

  state(): ReturnType<Media['state']> {
    return this.#workers.map(({ index, streams, load, alive }) => ({
      worker: index,
      streams: streams.size,
      load: load.busy,
      lateMs: load.lateP99Ms,
      alive,
    }))
  }

  /** Ends one worker as a fault would; for tests of what happens then. */
  kill(worker: number): void {
    this.#workers[worker]?.kill()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#workers.map((one) => one.stop()))
  }
}
