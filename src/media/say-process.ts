// The main thread's side of the speaking process: started with the first text, one text at a time, killed when a text takes too long,
// started again when it died, stopped when nothing was said for a while. Knows no provider and no refusal: an end is a value.

import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Clock, Timer } from '#values/clock.ts'
import { threadFile } from '#values/thread-file.ts'
import { FrameReader, frameOf, type EspeakVoice, type SpeakAnswer, type SpeakRequest } from './say-wire.ts'

export interface SpokenSamples {
  /** 16-bit little-endian PCM, mono. */
  readonly samples: Buffer
  readonly rateHz: number
}

export interface EspeakVoices {
  readonly voices: readonly EspeakVoice[]
  readonly variants: readonly string[]
}

export type SpeakEnd = SpokenSamples | { readonly failed: string }

/** Of which its start takes a fifth of a second, and the longest text about one. */
const textMs = 15_000
const startMs = 10_000
/** It holds 140 MB. */
const idleMs = 10 * 60_000
/** Beyond these a caller would wait for longer than they stay. */
const waitingAtMost = 200

interface Waiting {
  readonly request: SpeakRequest
  readonly resolve: (end: SpeakEnd) => void
}

export class SayProcess {
  readonly #clock: Clock
  /** In order: the first is the one under way, once the process is ready. */
  #waiting: Waiting[] = []
  #child: ChildProcess | undefined
  #ready: PromiseWithResolvers<EspeakVoices | undefined> | undefined
  #isReady = false
  #timer: Timer | undefined
  #lastId = 0
  #isStopped = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** For a test that kills it. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** What it can say; starts it. Undefined when it does not start. */
  voices(): Promise<EspeakVoices | undefined> {
    if (this.#isStopped) return Promise.resolve(undefined)
    this.#ready ??= this.#start()
    return this.#ready.promise
  }

  async speak(wish: Omit<SpeakRequest, 'id'>): Promise<SpeakEnd> {
    if (this.#waiting.length >= waitingAtMost) return { failed: 'too many texts are waiting' }
    return new Promise((resolve) => {
      this.#lastId += 1
      this.#waiting.push({ request: { id: this.#lastId, ...wish }, resolve })
      if (this.#waiting.length === 1) this.#next()
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#died('stopped')
  }

  #start(): PromiseWithResolvers<EspeakVoices | undefined> {
    const ready = Promise.withResolvers<EspeakVoices | undefined>()
    const program = fileURLToPath(threadFile(import.meta.url, 'say-program'))
    // It needs to read its package and nothing else: no environment with our secrets, no files to write, no other processes.
    const options = ['--permission', '--allow-fs-read=*', '--max-old-space-size=256', program]
    const child = spawn(process.execPath, options, { env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
    const reader = new FrameReader<SpeakAnswer>()
    const isCurrent = (): boolean => this.#child === child
    child.stdout.on('data', (piece: Buffer) => {
      if (isCurrent()) this.#hear(reader, piece)
    })
    // Written to while it died; its exit says so too.
    child.stdin.on('error', () => {})
    child.on('error', () => isCurrent() && this.#died('does not start'))
    child.on('exit', () => isCurrent() && this.#died('the speaking process died'))
    this.#child = child
    this.#timer?.cancel()
    this.#timer = this.#clock.after(startMs, () => this.#died('does not start'))
    return ready
  }

  #hear(reader: FrameReader<SpeakAnswer>, piece: Buffer): void {
    try {
      for (const { json, bytes } of reader.push(piece)) this.#take(json, bytes)
    } catch {
      this.#died('the speaking process is out of step')
    }
  }

  #take(answer: SpeakAnswer, bytes: Buffer): void {
    if (answer.type === 'ready') {
      this.#isReady = true
      this.#ready?.resolve({ voices: answer.voices, variants: answer.variants })
      this.#next()
    } else if (this.#waiting[0]?.request.id === answer.id) {
      const end = answer.type === 'spoken' ? { samples: bytes, rateHz: answer.rateHz } : { failed: answer.detail }
      this.#waiting.shift()!.resolve(end)
      this.#next()
    }
  }

  #next(): void {
    this.#timer?.cancel()
    const [first] = this.#waiting
    if (this.#child) holdPlatform(this.#child, first !== undefined)
    if (!first) this.#timer = this.#clock.after(idleMs, () => this.#died('idle'))
    else if (this.#isStopped) this.#died('stopped')
    else if (!this.#isReady) void this.voices()
    else {
      this.#timer = this.#clock.after(textMs, () => this.#died('took too long'))
      this.#child!.stdin!.write(frameOf(first.request))
    }
  }

  /** Whatever it was: the text under way has failed, as it may have been the cause; the others are said by a new process. */
  #died(why: string): void {
    const child = this.#child
    const wasReady = this.#isReady
    this.#child = undefined
    this.#isReady = false
    this.#timer?.cancel()
    child?.kill('SIGKILL')
    this.#ready?.resolve(undefined)
    this.#ready = undefined
    // One that does not even start is not started again for each that waits.
    const failed = wasReady && !this.#isStopped ? this.#waiting.splice(0, 1) : this.#waiting.splice(0)
    for (const { resolve } of failed) resolve({ failed: why })
    if (this.#waiting.length > 0) this.#next()
  }
}

/** The platform does not stop while a text is under way, and is not kept by a speaker that waits. */
function holdPlatform(child: ChildProcess, isBusy: boolean): void {
  // Pipes to a process are sockets.
  for (const handle of [child, child.stdin as Socket, child.stdout as Socket]) {
    if (isBusy) handle.ref()
    else handle.unref()
  }
}
