// What is asked of a stream, each ask with its end as a promise. One listener per stream sorts the news; whoever asks may give up by a
// signal, and still gets the end that the worker tells. A stream that is closed, or closes, ends every ask. Decides nothing.

import type { Collect, CollectEnd, Play, PlayEnd, Recording, RecordEnd, Stream, StreamNews } from '#media/contract.ts'
import { Refusal } from '#reasons/refusal.ts'

export type Closed = Extract<StreamNews, { type: 'closed' }>

interface Ended<How> {
  /** `closed`: with its stream. `failed`: see `refusal`. */
  readonly how: How | 'closed' | 'failed'
  readonly refusal?: Refusal
}

export interface Played extends Ended<PlayEnd> {
  readonly digit?: string
}

export interface Collected extends Ended<CollectEnd> {
  readonly digits: string
  readonly finishedBy?: string
  /** What was heard last, final or not. */
  readonly speech?: { readonly text: string; readonly confidence: number; readonly final: boolean }
}

export interface Recorded extends Ended<RecordEnd> {
  readonly durationMs: number
  readonly sizeBytes: number
  readonly hasSound: boolean
  readonly digit?: string
}

export interface Ask<T> {
  readonly ended: Promise<T>
  /** Ends it early; `ended` tells it as stopped. */
  stop(): void
}

type AskNews = Extract<StreamNews, { ask: number }>
type Heard = Extract<StreamNews, { type: 'heard' }>

/** A digit as pressed; true: it was meant for this listener, and no other one is told. */
export type OnDigit = (digit: string) => void

const nothing = { durationMs: 0, sizeBytes: 0, hasSound: false }

export class StreamAsks {
  readonly stream: Stream
  readonly #waiting = new Map<number, (news: AskNews | Closed) => void>()
  readonly #onDigit = new Set<OnDigit>()
  readonly #onNews = new Set<(news: StreamNews) => void>()
  /** Set when it was closed. */
  closed: Closed | undefined

  constructor(stream: Stream) {
    this.stream = stream
    stream.onNews((news) => this.#news(news))
  }

  play(play: Play, signal?: AbortSignal): Ask<Played> {
    return this.#ask<Played>(
      () => this.stream.play(play),
      signal,
      (news) =>
        news.type === 'playEnded' ? { how: news.how, ...(news.digit !== undefined && { digit: news.digit }) } : ending(news),
    )
  }

  collect(collect: Collect, signal?: AbortSignal, onHeard?: (heard: Heard) => void): Ask<Collected> {
    let speech: Collected['speech']
    return this.#ask<Collected>(
      () => this.stream.collect(collect),
      signal,
      (news) => {
        if (news.type === 'heard') {
          const { text, confidence, final } = news
          // A later guess does not stand against what was final.
          if (final || !speech?.final) speech = { text, confidence, final }
          onHeard?.(news)
          return undefined
        }
        const heard = speech && { speech }
        if (news.type !== 'collected') return then(ending(news), (end) => ({ ...end, digits: '', ...heard }))
        const { how, digits, finishedBy } = news
        return { how, digits, ...(finishedBy !== undefined && { finishedBy }), ...heard }
      },
    )
  }

  record(recording: Recording, signal?: AbortSignal): Ask<Recorded> {
    return this.#ask<Recorded>(
      () => this.stream.record(recording),
      signal,
      (news) => {
        if (news.type !== 'recorded') return then(ending(news), (end) => ({ ...end, ...nothing }))
        const { how, durationMs, sizeBytes, hasSound, digit } = news
        return { how, durationMs, sizeBytes, hasSound, ...(digit !== undefined && { digit }) }
      },
    )
  }

  /** Hears every digit until the function that it gives is called. */
  onDigit(listener: OnDigit): () => void {
    this.#onDigit.add(listener)
    return () => void this.#onDigit.delete(listener)
  }

  onNews(listener: (news: StreamNews) => void): () => void {
    this.#onNews.add(listener)
    return () => void this.#onNews.delete(listener)
  }

  /** `read` gives the end that news are, undefined while they are none. */
  #ask<T>(begin: () => number, signal: AbortSignal | undefined, read: (news: AskNews | Closed) => T | undefined): Ask<T> {
    if (this.closed) return { ended: Promise.resolve(read(this.closed)!), stop: () => {} }
    const ask = begin()
    const stop = (): void => {
      if (this.#waiting.has(ask)) this.stream.stop(ask)
    }
    const ended = new Promise<T>((resolve) => {
      this.#waiting.set(ask, (news) => {
        const end = read(news)
        if (end === undefined) return
        this.#waiting.delete(ask)
        signal?.removeEventListener('abort', stop)
        resolve(end)
      })
    })
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
    return { ended, stop }
  }

  #news(news: StreamNews): void {
    if (news.type === 'closed') {
      this.closed = news
      for (const wait of this.#waiting.values()) wait(news)
    } else if ('ask' in news) this.#waiting.get(news.ask)?.(news)
    else if (news.type === 'digit') for (const listener of this.#onDigit) listener(news.digit)
    for (const listener of this.#onNews) listener(news)
  }
}

function ending(news: AskNews | Closed): { how: 'closed' | 'failed'; refusal?: Refusal } | undefined {
  if (news.type === 'closed') return { how: 'closed' }
  if (news.type !== 'failed') return undefined
  // The worker names one of our reasons; what it adds is for the operator's eyes.
  return { how: 'failed', refusal: new Refusal(news.reason, undefined, { evidence: news.detail }) }
}

const then = <A, B>(value: A | undefined, make: (value: A) => B): B | undefined => (value === undefined ? undefined : make(value))

const known = new WeakMap<Stream, StreamAsks>()

/** One for each stream: all that is asked of it is seen by the same. */
export function asksOf(stream: Stream): StreamAsks {
  let asks = known.get(stream)
  if (!asks) known.set(stream, (asks = new StreamAsks(stream)))
  return asks
}
