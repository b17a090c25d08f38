// Media without sound: streams that keep what was asked of them and tell what a test says. Nothing happens by itself, but for a stop and
// a close, which a worker answers at once.

import type {
  Clip,
  Collect,
  CollectEnd,
  InMix,
  Place,
  Play,
  PlayEnd,
  Recording,
  RecordEnd,
  Stream,
  StreamNews,
} from '#media/contract.ts'
import type { LocalMedia } from '#protocols/sdp/agreed-media.ts'

type Asked =
  | { readonly kind: 'play'; readonly ask: number; readonly play: Play }
  | { readonly kind: 'collect'; readonly ask: number; readonly collect: Collect }
  | { readonly kind: 'record'; readonly ask: number; readonly recording: Recording }

let lastAsk = 0

export class FakeStream implements Stream {
  readonly id: number
  readonly local: LocalMedia = { host: '127.0.0.1', port: 40_000, ssrc: 1, cname: 'fake' }
  /** All that was ever asked, and what is still under way. */
  readonly asked: Asked[] = []
  readonly running = new Map<number, Asked>()
  mix: InMix | undefined
  digits = ''
  isClosed = false
  readonly #listeners: ((news: StreamNews) => void)[] = []

  constructor(id: number) {
    this.id = id
  }

  tell(news: StreamNews): void {
    for (const listener of this.#listeners) listener(news)
  }

  #ask(make: (ask: number) => Asked): number {
    const ask = (lastAsk += 1)
    const one = make(ask)
    this.asked.push(one)
    this.running.set(ask, one)
    return ask
  }

  play(play: Play): number {
    return this.#ask((ask) => ({ kind: 'play', ask, play }))
  }

  collect(collect: Collect): number {
    return this.#ask((ask) => ({ kind: 'collect', ask, collect }))
  }

  record(recording: Recording): number {
    return this.#ask((ask) => ({ kind: 'record', ask, recording }))
  }

  stop(ask: number): void {
    const one = this.running.get(ask)
    if (one) this.#end(one, 'stopped')
  }

  /** What is under way of a kind, the last one. */
  now<K extends Asked['kind']>(kind: K): Extract<Asked, { kind: K }> {
    const found = [...this.running.values()].findLast((one) => one.kind === kind)
    if (!found) throw new Error(`no ${kind} is under way`)
    return found as Extract<Asked, { kind: K }>
  }

  played(how: PlayEnd = 'over'): void {
    const { ask } = this.now('play')
    this.running.delete(ask)
    this.tell({ type: 'playEnded', ask, how })
  }

  collected(digits: string, how: CollectEnd = 'finished'): void {
    const { ask } = this.now('collect')
    this.running.delete(ask)
    this.tell({ type: 'collected', ask, how, digits })
  }

  recorded(durationMs: number, how: RecordEnd = 'silence', hasSound = durationMs > 0): void {
    const { ask } = this.now('record')
    this.running.delete(ask)
    this.tell({ type: 'recorded', ask, how, durationMs, sizeBytes: durationMs * 16, hasSound })
  }

  press(digit: string): void {
    this.tell({ type: 'digit', digit, durationMs: 100, by: 'rfc4733' })
  }

  #end(one: Asked, how: 'stopped'): void {
    const { ask } = one
    this.running.delete(ask)
    if (one.kind === 'play') this.tell({ type: 'playEnded', ask, how })
    else if (one.kind === 'collect') this.tell({ type: 'collected', ask, how, digits: '' })
    else this.tell({ type: 'recorded', ask, how, durationMs: 1000, sizeBytes: 16_044, hasSound: true })
  }

  connect(): void {}

  sendDigits(digits: string): void {
    this.digits += digits
  }

  heardDigit(digit: string): void {
    this.press(digit)
  }

  join(mix: InMix): void {
    this.mix = mix
  }

  leave(): void {
    this.mix = undefined
  }

  close(why: 'asked' | 'worker_died' = 'asked'): void {
    if (this.isClosed) return
    this.isClosed = true
    this.mix = undefined
    for (const one of this.running.values()) {
      if (one.kind !== 'record' || why !== 'asked') continue
      const { ask } = one
      this.tell({ type: 'recorded', ask, how: 'closed', durationMs: 1000, sizeBytes: 16_044, hasSound: true })
    }
    this.running.clear()
    this.tell({ type: 'closed', why })
  }

  onNews(listener: (news: StreamNews) => void): void {
    this.#listeners.push(listener)
  }
}

export class FakePlace implements Place {
  readonly worker: number
  readonly streams: FakeStream[] = []
  readonly music = new Map<string, readonly Clip[]>()

  constructor(worker = 0) {
    this.worker = worker
  }

  async open(): Promise<FakeStream> {
    return this.add()
  }

  add(): FakeStream {
    const stream = new FakeStream(this.streams.length + 1)
    this.streams.push(stream)
    return stream
  }

  setMixMusic(mix: string, clips: readonly Clip[]): void {
    this.music.set(mix, clips)
  }
}
