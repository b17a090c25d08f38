// What several streams hear of each other. Each puts its latest frame into one sum and takes its own out of what it hears, so a
// conference costs each member the same however many there are. Members have their turns at different times: a frame stays in the
// sum until its speaker's next one, so that everybody meets it exactly once. With narrow and wide members there are two sums.

import type { Clip } from '../contract.ts'
import type { ClipCache } from './clip-cache.ts'
import { FrameRate, clamp, frameMs, frameOf, type RateHz } from './frames.ts'
import { Player, type Playing } from './player.ts'
import type { Ticking } from './ticks.ts'

type Sums = Record<RateHz, Int32Array>

/** What one speaker adds, at both rates; only the ones in use are kept up. */
class Voice {
  /** Made with the first sound: who calls may never be heard in a mix. */
  readonly #frames: Partial<Record<RateHz, Int16Array>> = {}
  #up: FrameRate | undefined
  #down: FrameRate | undefined
  isSilent = true

  frame(rateHz: RateHz): Int16Array | undefined {
    return this.isSilent ? undefined : this.#frames[rateHz]
  }

  set(frame: Int16Array | undefined, rateHz: RateHz, otherToo: boolean): void {
    this.isSilent = frame === undefined
    if (!frame) return
    this.#keep(rateHz, frame)
    if (!otherToo) return
    if (rateHz === 8000) this.#keep(16000, (this.#up ??= new FrameRate(8000, 16000)).run(frame))
    else this.#keep(8000, (this.#down ??= new FrameRate(16000, 8000)).run(frame))
  }

  #keep(rateHz: RateHz, frame: Int16Array): void {
    ;(this.#frames[rateHz] ??= frameOf(rateHz)).set(frame)
  }
}

export interface SeatWish {
  readonly stream: number
  readonly rateHz: RateHz
  readonly muted: boolean
  readonly deaf: boolean
  readonly whisperTo: readonly number[] | undefined
}

export class Seat {
  wish: SeatWish
  readonly voice = new Voice()
  readonly #mix: Mix

  constructor(mix: Mix, wish: SeatWish) {
    this.#mix = mix
    this.wish = wish
  }

  /** Heard by all. */
  get isAudible(): boolean {
    return !this.wish.muted && this.wish.whisperTo === undefined
  }

  /** What it says in this turn; undefined: nothing. */
  give(frame: Int16Array | undefined): void {
    this.#mix.give(this, this.wish.muted ? undefined : frame)
  }

  /** Puts what it hears into `out`; false when that is nothing, and `out` is as it was. */
  hear(out: Int16Array): boolean {
    return !this.wish.deaf && this.#mix.hear(this, out)
  }

  get other(): Seat | undefined {
    return this.#mix.otherOf(this)
  }
}

export class Mix implements Ticking {
  readonly name: string
  readonly seats = new Set<Seat>()
  /** What is played to all. */
  readonly player: Player
  readonly #music: Player
  readonly #house = new Voice()
  readonly #musicVoice = new Voice()
  readonly #sums: Partial<Sums> = {}
  #rates = new Set<RateHz>()
  #speaking = 0
  #audible = 0
  #whispering = 0
  #musicPlaying: Playing | undefined
  #scratch: Int16Array | undefined

  constructor(name: string, cache: ClipCache) {
    this.name = name
    this.player = new Player(8000, cache, () => undefined)
    this.#music = new Player(8000, cache, () => undefined)
  }

  get isEmpty(): boolean {
    return this.seats.size === 0 && !this.#musicPlaying
  }

  sit(wish: SeatWish): Seat {
    const seat = new Seat(this, wish)
    this.seats.add(seat)
    this.#count()
    return seat
  }

  change(seat: Seat, wish: SeatWish): void {
    this.give(seat, undefined)
    seat.wish = wish
    this.#count()
  }

  stand(seat: Seat): void {
    this.give(seat, undefined)
    this.seats.delete(seat)
    this.#count()
  }

  #count(): void {
    const rates = new Set([...this.seats].map((seat) => seat.wish.rateHz))
    this.#audible = [...this.seats].filter((seat) => seat.isAudible).length
    this.#whispering = [...this.seats].filter((seat) => seat.wish.whisperTo !== undefined).length
    if (rates.size === this.#rates.size && [...rates].every((rate) => this.#rates.has(rate))) return
    for (const seat of this.seats) this.give(seat, undefined)
    this.#add(this.#house, -1)
    this.#house.isSilent = true
    this.#musicVoice.isSilent = true
    this.#rates = rates
    const rateHz = rates.has(16000) ? 16000 : 8000
    this.player.setRate(rateHz)
    this.#music.setRate(rateHz)
    this.#scratch = undefined
  }

  setMusic(clips: readonly Clip[]): void {
    if (this.#musicPlaying) this.#music.stop(this.#musicPlaying)
    this.#musicPlaying = undefined
    this.#musicVoice.isSilent = true
    if (clips.length === 0) return
    const over = () => (this.#musicPlaying = undefined)
    this.#musicPlaying = this.#music.add({ clips, times: 0, stopOn: '' }, { ended: over, failed: over })
  }

  #sum(rateHz: RateHz): Int32Array {
    return (this.#sums[rateHz] ??= new Int32Array((rateHz * frameMs) / 1000))
  }

  #add(voice: Voice, sign: 1 | -1): void {
    for (const rateHz of this.#rates) {
      const frame = voice.frame(rateHz)
      if (!frame) continue
      const sum = this.#sum(rateHz)
      if (sign === 1) for (let n = 0; n < frame.length; n += 1) sum[n]! += frame[n]!
      else for (let n = 0; n < frame.length; n += 1) sum[n]! -= frame[n]!
    }
  }

  give(seat: Seat, frame: Int16Array | undefined): void {
    const { voice, wish } = seat
    const shared = wish.whisperTo === undefined
    if (shared && !voice.isSilent) {
      this.#add(voice, -1)
      this.#speaking -= 1
    }
    voice.set(frame, wish.rateHz, this.#rates.size > 1)
    if (shared && frame) {
      this.#add(voice, 1)
      this.#speaking += 1
    }
  }

  hear(seat: Seat, out: Int16Array): boolean {
    const { rateHz } = seat.wish
    const own = seat.wish.whisperTo === undefined ? seat.voice.frame(rateHz) : undefined
    const others = this.#speaking - (own ? 1 : 0) > 0 || !this.#house.isSilent
    if (others) {
      const sum = this.#sum(rateHz)
      if (own) for (let n = 0; n < out.length; n += 1) out[n] = clamp(sum[n]! - own[n]!)
      else for (let n = 0; n < out.length; n += 1) out[n] = clamp(sum[n]!)
    }
    let any = others
    if (this.#whispering > 0) any = this.#hearWhispers(seat, out, any)
    // Who may speak, as a phone that holds by `sendonly`, and says nothing, is no music.
    const music = others ? undefined : this.#musicVoice.frame(rateHz)
    if (!music) return any
    lay(music, out, any)
    return true
  }

  #hearWhispers(listener: Seat, out: Int16Array, any: boolean): boolean {
    let heard = any
    for (const seat of this.seats) {
      if (seat === listener || !seat.wish.whisperTo?.includes(listener.wish.stream)) continue
      const frame = seat.voice.frame(listener.wish.rateHz)
      if (!frame) continue
      lay(frame, out, heard)
      heard = true
    }
    return heard
  }

  /** Of exactly two that hear each other and nothing else, the other. */
  otherOf(seat: Seat): Seat | undefined {
    if (this.seats.size !== 2 || this.#whispering > 0 || this.#audible !== 2) return undefined
    if (!this.player.isIdle) return undefined
    for (const other of this.seats) if (other !== seat && !other.wish.deaf && !seat.wish.deaf) return other
    return undefined
  }

  /** The house's own turn: what is played to all, and the music. */
  tick(): void {
    const both = this.#rates.size > 1
    const rateHz = this.player.rateHz
    this.#add(this.#house, -1)
    this.#house.set(this.#read(this.player), rateHz, both)
    this.#add(this.#house, 1)
    this.#musicVoice.set(this.#musicPlaying ? this.#read(this.#music) : undefined, rateHz, both)
  }

  #read(player: Player): Int16Array | undefined {
    if (player.isIdle) return undefined
    const scratch = (this.#scratch ??= frameOf(player.rateHz))
    if (!player.read(scratch)) scratch.fill(0)
    player.layOver(scratch)
    return scratch
  }
}

function lay(frame: Int16Array, out: Int16Array, over: boolean): void {
  if (over) for (let n = 0; n < out.length; n += 1) out[n] = clamp(out[n]! + frame[n]!)
  else out.set(frame)
}
