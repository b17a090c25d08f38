// A stream as the main thread holds it: deeds are posted to its worker, news come back to whoever listens.

import type { Collect, InMix, Play, Recording, Stream, StreamNews } from './contract.ts'
import type { AgreedMedia, LocalMedia } from '#protocols/sdp/agreed-media.ts'
import type { Deed } from './worker/messages.ts'

/** Asks are numbered over all streams, so that one number means one deed. */
let lastAsk = 0

export interface StreamWorker {
  tell(stream: number, deed: Deed): void
}

export class HeldStream implements Stream {
  readonly id: number
  readonly #worker: StreamWorker
  readonly #whenClosed: () => void
  readonly #listeners: ((news: StreamNews) => void)[] = []
  /** What came before anybody listened. */
  #early: StreamNews[] = []
  #local: LocalMedia | undefined
  #closed = false

  constructor(id: number, worker: StreamWorker, whenClosed: () => void) {
    this.id = id
    this.#worker = worker
    this.#whenClosed = whenClosed
  }

  get local(): LocalMedia {
    if (!this.#local) throw new Error('the stream is not open')
    return this.#local
  }

  opened(local: LocalMedia): void {
    this.#local = local
  }

  /** The worker's answer was no: nothing of it is left over there. */
  notOpened(): void {
    this.#closed = true
    this.#whenClosed()
  }

  news(news: StreamNews): void {
    if (this.#closed) return
    if (news.type === 'closed') {
      this.#closed = true
      this.#whenClosed()
    }
    if (this.#listeners.length === 0) this.#early.push(news)
    else for (const listener of this.#listeners) listener(news)
  }

  #tell(deed: Deed): void {
    if (!this.#closed) this.#worker.tell(this.id, deed)
  }

  #ask(deed: (ask: number) => Deed): number {
    const ask = (lastAsk += 1)
    this.#tell(deed(ask))
    return ask
  }

  connect(media: AgreedMedia): void {
    this.#tell({ do: 'connect', media })
  }

  play(play: Play): number {
    return this.#ask((ask) => ({ do: 'play', ask, play }))
  }

  collect(collect: Collect): number {
    return this.#ask((ask) => ({ do: 'collect', ask, collect }))
  }

  record(recording: Recording): number {
    return this.#ask((ask) => ({ do: 'record', ask, recording }))
  }

  stop(ask: number): void {
    this.#tell({ do: 'stop', ask })
  }

  sendDigits(digits: string): void {
    this.#tell({ do: 'sendDigits', digits })
  }

  heardDigit(digit: string, durationMs: number): void {
    this.#tell({ do: 'heardDigit', digit, durationMs })
  }

  join(mix: InMix): void {
    this.#tell({ do: 'join', mix })
  }

  leave(): void {
    this.#tell({ do: 'leave' })
  }

  close(): void {
    this.#tell({ do: 'close' })
  }

  onNews(listener: (news: StreamNews) => void): void {
    this.#listeners.push(listener)
    const early = this.#early
    this.#early = []
    for (const news of early) listener(news)
  }
}
