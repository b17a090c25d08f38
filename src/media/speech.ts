// One listening: the sound of a stream goes to a recognition provider as it comes, its words come back. Runs in a media worker; the
// words on the wire are those of speech-wire.ts. Decides nothing about when a gathering ends: who asked hears of speech and results.

import { WebSocket, type RawData } from 'ws'
import type { Slug } from '#reasons/catalogue.ts'
import { systemClock, type Clock, type Timer } from '#values/clock.ts'
import type { Listen } from './contract.ts'
import { readSpeechAnswer, type SpeechAnswer, type SpeechErrorWord, type SpeechFinish, type SpeechStart } from './speech-wire.ts'

const connectMs = 5_000
/** From `finish` to the last result. */
const finishMs = 5_000
/** Of sound, while a connection is made or does not keep up; then it fails. */
const waitingMs = 10_000

export interface ListenNews {
  /** Speech began; told by providers that tell it, and by none else before the first words. */
  speech(): void
  result(result: { readonly text: string; readonly confidence: number; readonly final: boolean }): void
  /** The one end, after which nothing is told: `reason` is one of ours when it went wrong, undefined after `finish` or when the provider was done. */
  ended(reason?: Slug, detail?: string): void
}

export interface Listening {
  /** Samples at the rate that was given; kept while it connects. Returns at once. */
  write(frame: Int16Array): void
  /** No more sound: the last results come, then `ended`. */
  finish(): void
  /** Now, and without further news. */
  close(): void
}

const reasonOfWord: Readonly<Record<SpeechErrorWord, Slug>> = {
  rate_unsupported: 'speech.band_too_narrow',
  language_unsupported: 'speech.language_invalid',
  busy: 'speech.unreachable',
  failed: 'speech.failed',
}

/** Begins to connect at once; `rateHz` is that of the samples that will be written. */
export function openListen(listen: Listen, rateHz: number, news: ListenNews, clock: Clock = systemClock): Listening {
  return new OpenListening(listen, rateHz, news, clock)
}

class OpenListening implements Listening {
  readonly #socket: WebSocket
  readonly #news: ListenNews
  readonly #clock: Clock
  readonly #mostBytes: number
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #timer: Timer
  #isFinished = false
  #hasEnded = false
  #hasSpeech = false

  constructor(listen: Listen, rateHz: number, news: ListenNews, clock: Clock) {
    this.#news = news
    this.#clock = clock
    this.#mostBytes = (waitingMs / 1000) * rateHz * 2
    this.#timer = clock.after(connectMs, () => this.#end('speech.unreachable', 'no connection in time'))
    this.#socket = new WebSocket(listen.url, {
      headers: listen.headers,
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: 64 * 1024,
    })
    this.#socket.on('open', () => this.#begin(listen, rateHz))
    this.#socket.on('message', (data, isBinary) => this.#hear(data, isBinary))
    this.#socket.on('error', (error) => this.#end('speech.unreachable', (error as NodeJS.ErrnoException).code ?? error.message))
    this.#socket.on('close', (code) => this.#closed(code))
  }

  write(frame: Int16Array): void {
    if (this.#hasEnded || this.#isFinished) return
    // The pipeline uses its frames again.
    const bytes = Buffer.from(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength))
    if (this.#socket.readyState === WebSocket.OPEN) this.#send(bytes)
    else this.#keep(bytes)
  }

  finish(): void {
    if (this.#hasEnded || this.#isFinished) return
    this.#isFinished = true
    if (this.#socket.readyState === WebSocket.OPEN) this.#sendFinish()
  }

  close(): void {
    this.#hasEnded = true
    this.#drop()
  }

  #begin(listen: Listen, rateHz: number): void {
    this.#timer.cancel()
    const { language, hints, partials, silenceMs } = listen
    const start: SpeechStart = { type: 'start', version: 1, encoding: 'pcm_s16le', rateHz, language, hints, partials, silenceMs }
    this.#socket.send(JSON.stringify(start))
    for (const bytes of this.#waiting) this.#socket.send(bytes)
    this.#waiting = []
    if (this.#isFinished) this.#sendFinish()
  }

  #sendFinish(): void {
    this.#socket.send(JSON.stringify({ type: 'finish' } satisfies SpeechFinish))
    this.#timer = this.#clock.after(finishMs, () => this.#end('speech.failed', 'no result in time'))
  }

  #keep(bytes: Buffer): void {
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes > this.#mostBytes) this.#end('speech.unreachable', 'no connection in time')
    else this.#waiting.push(bytes)
  }

  #send(bytes: Buffer): void {
    if (this.#socket.bufferedAmount > this.#mostBytes) this.#end('speech.failed', 'does not keep up')
    else this.#socket.send(bytes)
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#hasEnded) return
    const answer = isBinary ? undefined : readSpeechAnswer(String(data))
    if (!answer) this.#end('speech.failed', 'an answer that is none')
    else this.#take(answer)
  }

  #take(answer: SpeechAnswer): void {
    if (answer.type === 'error') return this.#end(reasonOfWord[answer.error], answer.message)
    if (!this.#hasSpeech) this.#news.speech()
    this.#hasSpeech = true
    if (answer.type === 'speech') return
    this.#news.result({ text: answer.text, confidence: answer.confidence, final: answer.type === 'final' })
    // The next utterance begins anew.
    if (answer.type === 'final') this.#hasSpeech = false
  }

  #closed(code: number): void {
    if (code === 1000) this.#end()
    else this.#end('speech.failed', `closed with ${code}`)
  }

  #end(reason?: Slug, detail?: string): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#drop()
    this.#news.ended(reason, detail)
  }

  #drop(): void {
    this.#timer.cancel()
    this.#waiting = []
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000)
    else this.#socket.terminate()
  }
}
