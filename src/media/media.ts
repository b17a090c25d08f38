// The media of this node: its worker threads, the ports they share, and who is let in. A worker that dies ends its streams, each
// with its news, and another takes its place. No audio passes here.
//
// Let in is who finds a port and a worker that keeps its time: one that holds its most streams, is too busy, or has been late for
// some seconds takes nobody new, so that whoever speaks already is not hurt.

import type { Clock } from '#values/clock.ts'
import { refuse, refusal } from '#reasons/refusal.ts'
import type { Clip, Media, OpenStream, Place, Stream } from './contract.ts'
import { HeldStream } from './held-stream.ts'
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
/** Ports that another program has are passed over, so many for one stream. */
const portTries = 256
const retryAfterMs = 5_000

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
    if (this.#stopped) refuse('platform.draining')
    if (this.#ports.left === 0) refuse('platform.media_full', { bound: 'no RTP port is left', retryAfterMs })
    const admitting = this.#workers.filter((one) => one.fullBy() === undefined)
    const [first, ...others] = admitting
    if (!first) refuse('platform.media_full', { bound: this.#workers[0]!.fullBy(), retryAfterMs })
    const worker = others.reduce((least, one) => (one.projected() < least.projected() ? one : least), first)
    return {
      worker: worker.index,
      open: (wish) => this.#open(worker, wish),
      setMixMusic: (mix: string, clips: readonly Clip[]) => worker.post({ mix, music: clips }),
    }
  }

  async #open(worker: MediaWorker, wish: OpenStream): Promise<Stream> {
    const bound = worker.fullBy()
    if (bound !== undefined) refuse('platform.media_full', { bound, retryAfterMs })
    for (let tried = 0; tried < portTries; tried += 1) {
      const port = this.#ports.take()
      if (port === undefined) break
      const stream = new HeldStream((this.#lastStream += 1), worker, () => this.#ports.giveBack(port))
      const answer = await worker.open(stream, port, wish)
      if ('local' in answer) return stream
      if (!answer.taken) {
        throw refusal('platform.media_operation_failed', { operation: 'open' }, { evidence: answer.detail })
      }
    }
    return refuse('platform.media_full', { bound: 'no RTP port is left', retryAfterMs })
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
