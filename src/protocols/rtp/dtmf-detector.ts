// Digits in the band: eight Goertzel filters over blocks of 12.75 ms, judged by the limits of ITU-T Q.24. Speech is kept out by what no speech does
// for two blocks on end: two tones, nearly all of the energy in them, of like strength, and each far above its neighbours.

import type { DigitListener } from './telephone-event.ts'
import { digitAt, dtmfHz } from './tones.ts'

/** 102 samples at 8 kHz: the frequencies lie near the middle of its bins, and 40 ms hold two whole ones. */
const blockSamplesAt8k = 102
/** The least power of a sample: -42 dBm0 or so. */
const leastPower = 3.2e4
/** Of all energy, that of the two. */
const leastShare = 0.8
const leastShareToGoOn = 0.3
/** The upper tone may be 4 dB (Q.24) and some stronger, the lower 8 dB. */
const mostHighOverLow = 4
const mostLowOverHigh = 8
/** Above all others of its four: 8 dB. */
const leastOverOthers = 6.3

/** Digits of one stream, at any rate from 8 kHz on; feed every frame of what is heard. Started after two blocks (25 ms), ended after two without. */
export class DtmfDetector {
  readonly #rateHz: number
  readonly #listener: DigitListener
  readonly #block: number
  readonly #factors: Float64Array
  readonly #last = new Float64Array(8)
  readonly #before = new Float64Array(8)
  readonly #powers = new Float64Array(8)
  #energy = 0
  #filled = 0
  #blocks = 0
  #candidate = ''
  #digit = ''
  #startedAt = 0
  #misses = 0

  constructor(rateHz: number, listener: DigitListener) {
    this.#rateHz = rateHz
    this.#listener = listener
    this.#block = Math.round((blockSamplesAt8k * rateHz) / 8000)
    this.#factors = Float64Array.from(dtmfHz, (hz) => 2 * Math.cos((2 * Math.PI * hz) / rateHz))
  }

  feed(pcm: Int16Array, samples: number): void {
    for (let at = 0; at < samples;) {
      const take = Math.min(samples - at, this.#block - this.#filled)
      this.#filter(pcm, at, at + take)
      at += take
      this.#filled += take
      if (this.#filled === this.#block) this.#endBlock()
    }
  }

  #filter(pcm: Int16Array, from: number, to: number): void {
    let energy = 0
    for (let n = from; n < to; n++) energy += pcm[n]! * pcm[n]!
    this.#energy += energy
    for (let tone = 0; tone < 8; tone++) {
      const factor = this.#factors[tone]!
      let last = this.#last[tone]!
      let before = this.#before[tone]!
      for (let n = from; n < to; n++) {
        const value = pcm[n]! + factor * last - before
        before = last
        last = value
      }
      this.#last[tone] = last
      this.#before[tone] = before
    }
  }

  #endBlock(): void {
    const isSound = this.#energy >= leastPower * this.#block
    if (isSound) this.#measure()
    const heard = isSound ? this.#judge() : ''
    if (this.#digit !== '') this.#judgeEnd(heard === this.#digit || (isSound && this.#goesOn()))
    if (this.#digit === '' && heard !== '' && heard === this.#candidate) {
      this.#digit = heard
      this.#startedAt = this.#blocks - 1
      this.#misses = 0
      this.#listener.digitStarted(heard)
    }
    this.#candidate = heard
    this.#blocks++
    this.#filled = 0
    this.#energy = 0
    this.#last.fill(0)
    this.#before.fill(0)
  }

  #judgeEnd(isHeard: boolean): void {
    this.#misses = isHeard ? 0 : this.#misses + 1
    if (this.#misses < 2) return
    const digit = this.#digit
    this.#digit = ''
    this.#listener.digitEnded(digit, Math.round(((this.#blocks - 1 - this.#startedAt) * this.#block * 1000) / this.#rateHz))
  }

  #measure(): void {
    for (let tone = 0; tone < 8; tone++) {
      const last = this.#last[tone]!
      const before = this.#before[tone]!
      this.#powers[tone] = last * last + before * before - this.#factors[tone]! * last * before
    }
  }

  /** The digit of this block; empty for none. */
  #judge(): string {
    const low = this.#strongest(0)
    const high = this.#strongest(4)
    if (!this.#standsOut(low, 0) || !this.#standsOut(high, 4)) return ''
    const lowPower = this.#powers[low]!
    const highPower = this.#powers[high]!
    if (highPower > lowPower * mostHighOverLow || lowPower > highPower * mostLowOverHigh) return ''
    return this.#shareOf(low, high) < leastShare ? '' : digitAt(low, high - 4)
  }

  /** A digit that is on is borne to be cut into: a gap of 10 ms ends none (Q.24). */
  #goesOn(): boolean {
    const low = this.#strongest(0)
    const high = this.#strongest(4)
    return digitAt(low, high - 4) === this.#digit && this.#shareOf(low, high) > leastShareToGoOn
  }

  /** A sine's power by the filter is N/2 times its energy. */
  #shareOf(low: number, high: number): number {
    return (2 * (this.#powers[low]! + this.#powers[high]!)) / this.#block / this.#energy
  }

  #strongest(from: number): number {
    let best = from
    for (let tone = from + 1; tone < from + 4; tone++) if (this.#powers[tone]! > this.#powers[best]!) best = tone
    return best
  }

  #standsOut(best: number, from: number): boolean {
    for (let tone = from; tone < from + 4; tone++)
      if (tone !== best && this.#powers[tone]! * leastOverOthers > this.#powers[best]!) return false
    return true
  }
}
