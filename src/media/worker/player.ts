// What one stream, or all of a mix, is played: one play after the other, and over them those that were asked for so.
// A play takes the place of what is heard else; one that is `over` is laid on it at half its level.

import type { Slug } from '#reasons/catalogue.ts'
import type { Clip, Play, PlayEnd } from '../contract.ts'
import type { ClipCache } from './clip-cache.ts'
import { clamp, type RateHz } from './frames.ts'
import { digitTones, pcm, silence, tones, type Source } from './sources.ts'

export type PlayNews = {
  started?(): void
  ended(how: PlayEnd, digit?: string): void
  failed(reason: Slug, detail: string): void
}

/** Sends digits apart from the audio (RFC 4733); absent: as tones. */
export interface DigitWay {
  send(digits: string): void
  sending(): boolean
}

export class Playing {
  readonly play: Omit<Play, 'to'>
  readonly news: PlayNews
  started = false
  over = false
  round = 0
  clip = 0
  /** Samples of this round: one that gives none would go round for ever. */
  given = 0
  source: Source | undefined
  loading = false

  constructor(play: Omit<Play, 'to'>, news: PlayNews) {
    this.play = play
    this.news = news
  }
}

export class Player {
  readonly #cache: ClipCache
  #rateHz: RateHz
  readonly #digitWay: () => DigitWay | undefined
  readonly #queue: Playing[] = []
  readonly #overs: Playing[] = []
  #scratch = new Int16Array(0)

  constructor(rateHz: RateHz, cache: ClipCache, digitWay: () => DigitWay | undefined) {
    this.#rateHz = rateHz
    this.#cache = cache
    this.#digitWay = digitWay
  }

  get rateHz(): RateHz {
    return this.#rateHz
  }

  /** What plays begins its clip anew. */
  setRate(rateHz: RateHz): void {
    if (rateHz === this.#rateHz) return
    this.#rateHz = rateHz
    for (const playing of [...this.#queue, ...this.#overs]) {
      if (!playing.source) continue
      playing.source = undefined
      playing.clip -= 1
    }
  }

  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#overs.length === 0
  }

  add(play: Omit<Play, 'to'>, news: PlayNews): Playing {
    const playing = new Playing(play, news)
    ;(play.over ? this.#overs : this.#queue).push(playing)
    // Read while others play.
    for (const clip of play.clips) {
      if (clip.kind === 'pcm' && !this.#cache.known(clip.path)) this.#cache.read(clip.path).catch(() => {})
    }
    return playing
  }

  stop(playing: Playing, how: PlayEnd = 'stopped', digit?: string): void {
    if (playing.over) return
    this.#remove(playing)
    playing.news.ended(how, digit)
  }

  /** Nobody is left to hear anything. */
  stopAll(): void {
    for (const playing of [...this.#queue, ...this.#overs]) this.stop(playing)
  }

  #remove(playing: Playing): void {
    playing.over = true
    const list = playing.play.over ? this.#overs : this.#queue
    const at = list.indexOf(playing)
    if (at >= 0) list.splice(at, 1)
  }

  /** Puts the frame of the play at the head into `out`; false when there is none, and `out` is as it was. */
  read(out: Int16Array): boolean {
    let filled = 0
    let any = false
    while (filled < out.length) {
      const playing = this.#queue[0]
      if (!playing) break
      any = true
      filled += this.#fill(playing, out, filled)
      if (!playing.over && filled < out.length) break
    }
    if (any && filled < out.length) out.fill(0, filled)
    return any
  }

  /** Lays what is played over `out`. */
  layOver(out: Int16Array): void {
    if (this.#overs.length === 0) return
    if (this.#scratch.length !== out.length) this.#scratch = new Int16Array(out.length)
    // From the last on: one that is over leaves the list.
    for (let at = this.#overs.length - 1; at >= 0; at -= 1) {
      const filled = this.#fill(this.#overs[at]!, this.#scratch, 0)
      for (let n = 0; n < filled; n += 1) out[n] = clamp(out[n]! + (this.#scratch[n]! >> 1))
    }
  }

  /** How many samples it gave; its end is told here. */
  #fill(playing: Playing, out: Int16Array, from: number): number {
    let at = from
    while (at < out.length && !playing.over) {
      if (playing.loading) break
      if (!playing.source) {
        const clip = this.#nextClip(playing)
        if (clip) this.#open(playing, clip)
        continue
      }
      if (!playing.started) {
        playing.started = true
        playing.news.started?.()
      }
      const count = playing.source.read(out, at)
      playing.given += count
      at += count
      if (at < out.length) playing.source = undefined
    }
    return at - from
  }

  #nextClip(playing: Playing): Clip | undefined {
    const { clips, times } = playing.play
    if (playing.clip >= clips.length) {
      playing.round += 1
      if (playing.given === 0 || (times > 0 && playing.round >= times)) {
        this.#remove(playing)
        playing.news.ended('over')
        return undefined
      }
      playing.clip = 0
      playing.given = 0
    }
    playing.clip += 1
    return clips[playing.clip - 1]
  }

  #open(playing: Playing, clip: Clip): void {
    if (clip.kind === 'silence') playing.source = silence(clip.ms, this.#rateHz)
    else if (clip.kind === 'tones') playing.source = tones(clip, this.#rateHz)
    else if (clip.kind === 'digits') playing.source = this.#digits(clip.digits)
    else {
      const samples = this.#cache.known(clip.path)
      if (samples) playing.source = pcm(samples, clip.rateHz, this.#rateHz)
      else this.#load(playing, clip.path, clip.rateHz)
    }
  }

  #digits(digits: string): Source {
    const way = this.#digitWay()
    if (!way) return digitTones(digits, this.#rateHz)
    way.send(digits)
    const digitWay = this.#digitWay
    return {
      read(out, at) {
        // By whoever sends now: meanwhile the session may have been agreed anew.
        if (!digitWay()?.sending()) return 0
        out.fill(0, at)
        return out.length - at
      },
    }
  }

  #load(playing: Playing, path: string, rateHz: number): void {
    playing.loading = true
    this.#cache.read(path).then(
      (samples) => {
        playing.loading = false
        playing.source = pcm(samples, rateHz, this.#rateHz)
      },
      (error: unknown) => {
        playing.loading = false
        if (playing.over) return
        this.#remove(playing)
        playing.news.failed('platform.media_operation_failed', `a clip cannot be read: ${String(error)}`)
      },
    )
  }
}
