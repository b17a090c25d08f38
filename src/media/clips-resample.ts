// Sound at one rate made sound at another, a piece at a time: a windowed sinc in as many phases as the two rates have, so that what
// lies above the new band is gone before it can fold into it. Exact in time: no drift however long the sound is.

/** Zero crossings of the sinc on either side, at the lower of the two rates. */
const crossings = 16
/** Of the lower rate's band; the rest is where the filter falls. */
const pass = 0.94

export class Resampler {
  readonly #phases: number
  readonly #step: number
  readonly #half: number
  readonly #kernel: Float32Array
  #held: Float32Array
  /** Of the next sample to make: where in `held` its middle is, and the phase after that. */
  #at: number
  #phase = 0

  constructor(fromHz: number, toHz: number) {
    const shared = greatestShared(fromHz, toHz)
    this.#phases = toHz / shared
    this.#step = fromHz / shared
    const band = Math.min(1, toHz / fromHz)
    this.#half = Math.ceil(crossings / band)
    this.#kernel = kernel(this.#phases, this.#half, band * pass)
    // Silence before the first sample, so that its middle has a left side.
    this.#held = new Float32Array(this.#half)
    this.#at = this.#half
  }

  push(samples: Float32Array): Float32Array {
    const held = new Float32Array(this.#held.length + samples.length)
    held.set(this.#held)
    held.set(samples, this.#held.length)
    const half = this.#half
    const taps = half * 2
    const made: number[] = []
    // A middle needs `half` samples to its right.
    while (this.#at + half < held.length) {
      const from = this.#at - half + 1
      const row = this.#phase * taps
      let sum = 0
      for (let tap = 0; tap < taps; tap += 1) sum += held[from + tap]! * this.#kernel[row + tap]!
      made.push(sum)
      this.#phase += this.#step
      this.#at += Math.floor(this.#phase / this.#phases)
      this.#phase %= this.#phases
    }
    const gone = Math.min(Math.max(0, this.#at - half), held.length)
    this.#held = held.subarray(gone)
    this.#at -= gone
    return Float32Array.from(made)
  }

  /** What the last samples still make. */
  end(): Float32Array {
    return this.push(new Float32Array(this.#half))
  }
}

function greatestShared(a: number, b: number): number {
  return b === 0 ? a : greatestShared(b, a % b)
}

/** For each phase the weights of the samples around it, summing to one. */
function kernel(phases: number, half: number, cutoff: number): Float32Array {
  const taps = half * 2
  const all = new Float32Array(phases * taps)
  for (let phase = 0; phase < phases; phase += 1) {
    let sum = 0
    for (let tap = 0; tap < taps; tap += 1) {
      const away = tap - half + 1 - phase / phases
      const x = Math.PI * away * cutoff
      const sinc = x === 0 ? 1 : Math.sin(x) / x
      // Blackman's window over the width of the kernel.
      const w = (Math.PI * away) / half
      const weight = Math.abs(away) >= half ? 0 : sinc * (0.42 + 0.5 * Math.cos(w) + 0.08 * Math.cos(2 * w))
      all[phase * taps + tap] = weight
      sum += weight
    }
    for (let tap = 0; tap < taps; tap += 1) all[phase * taps + tap]! /= sum
  }
  return all
}
