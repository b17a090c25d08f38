// The place of one call as the main thread holds it. It is with the worker that had most room when it was asked for; while nothing of
// the call is there yet, a worker that has filled up or died since gives way to another. From its first stream on it stays.

import { refusal, refuse, type Refusal } from '#reasons/refusal.ts'
import type { Clip, OpenStream, Place, Stream } from './contract.ts'
import { HeldStream } from './held-stream.ts'
import type { MediaWorker } from './media-worker.ts'
import type { PortPool } from './port-pool.ts'

export interface PlaceParts {
  readonly ports: PortPool
  /** The least busy worker that lets a call in; throws a Refusal `platform.media_full` where none does. */
  choose(): MediaWorker
  nextStream(): number
}

type Opened = { readonly stream: Stream } | { readonly refusal: Refusal; readonly isWorkerGone: boolean }

/** Ports that another program has are passed over, so many for one stream. */
const portTries = 256
/** Workers that die while they are asked. */
const workerTries = 3
export const retryAfterMs = 5_000

export class HeldPlace implements Place {
  readonly #parts: PlaceParts
  #worker: MediaWorker
  /** Streams that were opened here, or are being. */
  #streams = 0
  #hasMusic = false

  constructor(parts: PlaceParts) {
    this.#parts = parts
    this.#worker = parts.choose()
  }

  get worker(): number {
    return this.#worker.index
  }

  setMixMusic(mix: string, music: readonly Clip[]): void {
    this.#hasMusic = true
    this.#worker.post({ mix, music })
  }

  async open(wish: OpenStream): Promise<Stream> {
    for (let tried = 1; ; tried += 1) {
      this.#admit()
      this.#streams += 1
      const opened = await this.#openHere(wish)
      if ('stream' in opened) return opened.stream
      this.#streams -= 1
      const isElsewhereAsGood = opened.isWorkerGone && !this.#isBound
      if (!isElsewhereAsGood || tried === workerTries) throw opened.refusal
    }
  }

  /** All streams of a call, and what they hear of each other, are on one worker. */
  get #isBound(): boolean {
    return this.#streams > 0 || this.#hasMusic
  }

  #admit(): void {
    const bound = this.#worker.fullBy(this.#isBound ? 'leg' : 'call')
    if (bound === undefined) return
    if (this.#isBound) refuse('platform.media_full', { bound, retryAfterMs })
    this.#worker = this.#parts.choose()
  }

  async #openHere(wish: OpenStream): Promise<Opened> {
    const worker = this.#worker
    const { ports, nextStream } = this.#parts
    for (let tried = 0; tried < portTries; tried += 1) {
      const port = ports.take()
      if (port === undefined) break
      const stream = new HeldStream(nextStream(), worker, () => ports.giveBack(port))
      const answer = await worker.open(stream, port, wish)
      if ('local' in answer) return { stream }
      if (answer.taken) continue
      const why = refusal('platform.media_operation_failed', { operation: 'open' }, { evidence: answer.detail })
      return { refusal: why, isWorkerGone: answer.isWorkerGone === true }
    }
    return { refusal: noPortLeft(), isWorkerGone: false }
  }
}

export const noPortLeft = (): Refusal => refusal('platform.media_full', { bound: 'no RTP port is left', retryAfterMs })
