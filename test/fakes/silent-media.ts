// Media that make no sound: places and streams that remember what they were told, for tests of what stands above them.

import type { OpenStream, Place, Stream, StreamFigures, StreamNews } from '../../src/media/contract.ts'
import type { AgreedMedia, LocalMedia } from '../../src/protocols/sdp/agreed-media.ts'

export class SilentStream implements Stream {
  readonly id: number
  readonly local: LocalMedia
  readonly wish: OpenStream
  readonly agreed: AgreedMedia[] = []
  readonly heard: string[] = []
  readonly sent: string[] = []
  closed = false
  figures: StreamFigures
  readonly #listeners: ((news: StreamNews) => void)[] = []

  constructor(id: number, port: number, wish: OpenStream) {
    this.id = id
    this.wish = wish
    this.local = { host: wish.advertisedHost, port, ssrc: id, cname: 'fake' }
    this.figures = {
      atMs: 10_000,
      sent: { packets: 500, bytes: 80_000 },
      received: { packets: 500, bytes: 80_000, lost: 0, late: 0, duplicates: 0 },
      jitterMs: 0,
      codec: 'PCMU',
    }
  }

  get last(): AgreedMedia | undefined {
    return this.agreed.at(-1)
  }

  tell(news: StreamNews): void {
    for (const listener of this.#listeners) listener(news)
  }

  connect(media: AgreedMedia): void {
    this.agreed.push(media)
  }

  play(): number {
    return 1
  }

  collect(): number {
    return 2
  }

  record(): number {
    return 3
  }

  stop(): void {}

  sendDigits(digits: string): void {
    this.sent.push(digits)
  }

  heardDigit(digit: string): void {
    this.heard.push(digit)
  }

  join(): void {}

  leave(): void {}

  close(): void {
    if (this.closed) return
    this.closed = true
    queueMicrotask(() => this.tell({ type: 'closed', why: 'asked', figures: this.figures }))
  }

  onNews(listener: (news: StreamNews) => void): void {
    this.#listeners.push(listener)
  }
}

export class SilentPlace implements Place {
  readonly worker = 0
  readonly streams: SilentStream[] = []
  #lastPort = 40_000

  async open(wish: OpenStream): Promise<Stream> {
    const stream = new SilentStream(this.streams.length + 1, (this.#lastPort += 2), wish)
    this.streams.push(stream)
    return stream
  }

  setMixMusic(): void {}
}
