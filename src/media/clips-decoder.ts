// The main thread's side of the decoding thread: jobs go out, ends come back. It is started with the first job, stopped when it had
// none for a minute, and ended when a job takes too long or the thread dies; what else was waiting is given to a new one.

import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '#values/clock.ts'
import { threadFile } from '#values/thread-file.ts'
import type { DecodeEnd, DecodeJob } from './clips-thread.ts'

export type DecodeWish = Omit<DecodeJob, 'id'>
type End<E = DecodeEnd> = E extends DecodeEnd ? Omit<E, 'id'> : never

/** A file of the longest length that is allowed takes a few seconds. */
const jobMs = 30_000
const idleMs = 60_000

interface Waiting {
  readonly job: DecodeJob
  readonly resolve: (end: DecodeEnd) => void
}

export class ClipsDecoder {
  readonly #clock: Clock
  /** In order: the first is the one under way. */
  readonly #waiting: Waiting[] = []
  #thread: Worker | undefined
  #timer: Timer | undefined
  #lastId = 0
  #isStopped = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  decode(wish: DecodeWish): Promise<End> {
    return new Promise((resolve) => {
      this.#lastId += 1
      this.#waiting.push({ job: { id: this.#lastId, ...wish }, resolve })
      if (this.#waiting.length === 1) this.#next()
    })
  }

  /** What is under way ends as broken. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const { job } of this.#waiting.slice()) this.#end({ id: job.id, unsupported: 'stopped' })
    await this.#drop()
  }

  #next(): void {
    this.#timer?.cancel()
    const [first] = this.#waiting
    if (this.#isStopped) return
    if (!first) {
      // One that waits does not keep the platform running.
      this.#thread?.unref()
      this.#timer = this.#clock.after(idleMs, () => void this.#drop())
      return
    }
    this.#timer = this.#clock.after(jobMs, () => void this.#giveUp())
    const thread = this.#running()
    thread.ref()
    thread.postMessage(first.job)
  }

  #running(): Worker {
    if (this.#thread) return this.#thread
    const options = { resourceLimits: { maxOldGenerationSizeMb: 256 }, env: {}, stdout: true, stderr: true }
    const thread = new Worker(threadFile(import.meta.url, 'clips-thread'), options)
    // The decoder writes a line for each broken frame: what somebody sends must not fill our log.
    thread.stdout.resume()
    thread.stderr.resume()
    thread.on('message', (end: DecodeEnd) => this.#end(end))
    // An error is followed by an exit.
    thread.on('error', () => {})
    thread.on('exit', () => {
      if (this.#thread === thread) void this.#giveUp()
    })
    this.#thread = thread
    return thread
  }

  #end(end: DecodeEnd): void {
    if (this.#waiting[0]?.job.id !== end.id) return
    this.#waiting.shift()!.resolve(end)
    this.#next()
  }

  /** The job under way hangs or has killed its thread. */
  async #giveUp(): Promise<void> {
    await this.#drop()
    const [first] = this.#waiting
    if (first) this.#end({ id: first.job.id, unsupported: 'broken sound' })
  }

  async #drop(): Promise<void> {
    this.#timer?.cancel()
    const thread = this.#thread
    this.#thread = undefined
    await thread?.terminate()
  }
}
