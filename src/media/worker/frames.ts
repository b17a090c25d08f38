// Frames of 20 ms: their rates, and from one rate to another. Inside, streams and mixes work narrow or wide; Opus at 48 kHz is
// made wide at the edge of its stream, as more than 16 kHz is lost on telephones.

import { Resampler } from '#protocols/rtp/resampler.ts'

export type RateHz = 8000 | 16000

export const frameMs = 20

/** A frame of zeros at this rate. */
export function frameOf(rateHz: number): Int16Array {
  return new Int16Array((rateHz * frameMs) / 1000)
}

const silences = new Map<number, Int16Array>()

/** A frame of nothing, for all to read and nobody to write. */
export function silenceOf(rateHz: number): Int16Array {
  let frame = silences.get(rateHz)
  if (!frame) silences.set(rateHz, (frame = frameOf(rateHz)))
  return frame
}

/** Within 16 bits. */
export function clamp(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value
}

/** Frame by frame to another rate; what a filter holds back at the start is made up for by silence, once. */
export class FrameRate {
  readonly out: Int16Array
  readonly #resampler: Resampler
  readonly #held: Int16Array
  #count = 0

  constructor(fromHz: number, toHz: number) {
    this.#resampler = new Resampler(fromHz, toHz)
    this.out = frameOf(toHz)
    this.#held = new Int16Array(this.out.length + this.#resampler.most((fromHz * frameMs) / 1000) + 8)
  }

  run(from: Int16Array): Int16Array {
    const held = this.#held
    const wanted = this.out.length
    this.#count += this.#resampler.process(from, from.length, held, this.#count)
    if (this.#count < wanted) {
      const lack = wanted - this.#count
      held.copyWithin(lack, 0, this.#count)
      held.fill(0, 0, lack)
      this.#count = wanted
    }
    this.out.set(held.subarray(0, wanted))
    held.copyWithin(0, wanted, this.#count)
    this.#count = Math.min(this.#count - wanted, wanted)
    return this.out
  }
}
