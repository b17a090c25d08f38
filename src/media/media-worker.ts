// One media worker seen from the main thread: its thread, the streams on it, how it keeps up. Started again when it dies, and ended when it
// hangs: its calls would hear nothing, and no ask of theirs would ever come to an end.

import { Worker } from 'node:worker_threads'
import { threadFile } from '#values/thread-file.ts'
import type { Clock } from '#values/clock.ts'
import type { OpenStream } from './contract.ts'
import type { LocalMedia } from '#protocols/sdp/agreed-media.ts'
import { Admission, type Wanted } from './admission.ts'
import type { HeldStream } from './held-stream.ts'
import { Pulse } from './pulse.ts'
import type { Deed, FromWorker, ToWorker, WorkerData, WorkerLoad } from './worker/messages.ts'

export type OpenAnswer =
  | { readonly local: LocalMedia }
  /** `taken`: another program has the port. `isWorkerGone`: it died, or is not there yet. */
  | { readonly taken: boolean; readonly detail: string; readonly isWorkerGone?: true }

export interface WorkerNews {
  died(streams: number, cause: unknown): void
  /** A fault of ours over there that ended one stream. */
  fault(detail: string): void
}

const stopWithinMs = 3_000
/** A worker that cannot even start is not started again at once. */
const againAfterMs = 1_000

export class MediaWorker {
  readonly index: number
  readonly streams = new Map<number, HeldStream>()
  alive = false
  readonly #clock: Clock
  readonly #admission: Admission
  readonly #pulse: Pulse
  readonly #news: WorkerNews
  readonly #opening = new Map<number, { readonly stream: HeldStream; answer(answer: OpenAnswer): void }>()
  #worker: Worker
  #outbox: ToWorker[] = []
  /** Those that were told to close, and have not told their end. */
  readonly #leaving = new Set<number>()
  #stopping = false
  #isReady = false
  /** Why it ends, once that is known. */
  #cause: unknown
  #ended: (() => void) | undefined

  constructor(index: number, clock: Clock, mostStreams: number, news: WorkerNews) {
    this.index = index
    this.#clock = clock
    this.#admission = new Admission(mostStreams)
    this.#pulse = new Pulse(clock, () => this.#hangs())
    this.#news = news
    this.#worker = this.#start()
  }

  #start(): Worker {
    this.#isReady = false
    this.#admission.restart()
    const worker = new Worker(threadFile(import.meta.url, 'worker/worker'), {
      workerData: { worker: this.index } satisfies WorkerData,
      // What packets leave behind dies young: with a small nursery it is cleared often and in no time, and 20 MB are saved.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    })
    this.#cause = undefined
    // What is posted before it listens waits in the port.
    this.alive = true
    worker.on('message', (messages: readonly FromWorker[]) => {
      this.#pulse.beat()
      for (const message of messages) this.#take(message)
    })
    worker.on('error', (error) => (this.#cause = error))
    worker.on('exit', () => this.#exited(this.#cause ?? new Error('the media worker ended')))
    return worker
  }

  #take(message: FromWorker): void {
    if ('ready' in message) this.#began()
    else if ('news' in message) {
      const { stream: id, news } = message
      const stream = this.streams.get(id)
      if (news.type === 'closed') this.#forget(id)
      stream?.news(news)
    } else if ('opened' in message) this.#opened(message.opened, { local: message.local })
    else if ('notOpened' in message) this.#opened(message.notOpened, message)
    else if ('load' in message) this.#admission.took(message.load, this.#held)
    else if ('fault' in message) this.#news.fault(message.fault)
  }

  #began(): void {
    this.#isReady = true
    this.#pulse.start()
  }

  #hangs(): void {
    this.#cause = new Error('the media worker hangs')
    this.kill()
  }

  #opened(id: number, answer: OpenAnswer): void {
    const opening = this.#opening.get(id)
    this.#opening.delete(id)
    if (!opening) return
    if ('local' in answer) opening.stream.opened(answer.local)
    else {
      this.#forget(id)
      opening.stream.notOpened()
    }
    opening.answer(answer)
  }

  #exited(cause: unknown): void {
    this.alive = false
    this.#pulse.stop()
    this.#outbox = []
    const lost = [...this.streams.values()]
    this.streams.clear()
    this.#leaving.clear()
    for (const id of this.#opening.keys()) this.#opened(id, { taken: false, detail: String(cause), isWorkerGone: true })
    for (const stream of lost) stream.news({ type: 'closed', why: this.#stopping ? 'asked' : 'worker_died' })
    this.#ended?.()
    if (this.#stopping) return
    this.#news.died(lost.length, cause)
    const again = () => {
      if (!this.#stopping) this.#worker = this.#start()
    }
    if (this.#isReady) again()
    else this.#clock.after(againAfterMs, again)
  }

  #forget(id: number): void {
    this.streams.delete(id)
    this.#leaving.delete(id)
  }

  /** What closes has its port until its file is written and its last packet sent, and no turns any more. */
  get #held(): number {
    return this.streams.size - this.#leaving.size
  }

  get load(): WorkerLoad {
    return this.#admission.load
  }

  /** Its load as it will be with one stream more. */
  projected(): number {
    return this.#admission.projected(this.#held)
  }

  /** Why it takes no more of what is wanted; undefined while it does. */
  fullBy(wanted: Wanted): string | undefined {
    return this.alive ? this.#admission.fullBy(this.#held, wanted) : 'the worker is starting again'
  }

  open(stream: HeldStream, port: number, wish: OpenStream): Promise<OpenAnswer> {
    if (!this.alive) {
      stream.notOpened()
      return Promise.resolve({ taken: false, detail: 'the media worker is not there', isWorkerGone: true })
    }
    return new Promise((answer) => {
      this.streams.set(stream.id, stream)
      this.#opening.set(stream.id, { stream, answer })
      this.tell(stream.id, { do: 'open', port, wish })
    })
  }

  tell(stream: number, deed: Deed): void {
    if (deed.do === 'close' && this.streams.has(stream)) this.#leaving.add(stream)
    this.post({ stream, deed })
  }

  /** With what else this turn of the loop brings. */
  post(message: ToWorker): void {
    this.#outbox.push(message)
    if (this.#outbox.length === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const messages = this.#outbox
    this.#outbox = []
    if (messages.length > 0) this.#worker.postMessage(messages satisfies readonly ToWorker[])
  }

  kill(): void {
    void this.#worker.terminate()
  }

  async stop(): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    if (!this.alive) return
    const ended = new Promise<void>((resolve) => (this.#ended = resolve))
    this.post({ stop: true })
    const late = this.#clock.after(stopWithinMs, () => void this.#worker.terminate())
    await ended
    late.cancel()
  }
}
