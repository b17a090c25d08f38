// From one sample rate to another: a windowed sinc in as many phases as the ratio has steps, sample by sample exact, over any number of frames.
// Ratios are of whole numbers (44,100 to 16,000 is 160 to 441); rates that drift are the jitter buffer's. For the frames of calls, which cannot
// wait, and for files, whose first sample stays the first.

interface Filter {
  /** Output samples for each `down` input samples. */
  readonly up: number
  readonly down: number
  readonly taps: number
  /** `taps` for each of `up` phases. */
  readonly weights: Float32Array
}

/** Taps at the lower of the two rates, and how much of its band is kept. */
const tapsAtLower = 32
const keptBand = 0.92
/** Kaiser's window, about 80 dB down. */
const beta = 8
/** Samples taken at once. */
const chunk = 960

/** The rates of calls. Their few filters are made once; what a file has is anybody's choice, and its filter goes with it. */
const ofCalls: ReadonlySet<number> = new Set([8000, 16_000, 48_000])
const filters = new Map<string, Filter>()

function filterOf(fromHz: number, toHz: number): Filter {
  if (!ofCalls.has(fromHz) || !ofCalls.has(toHz)) return makeFilter(fromHz, toHz)
  const key = `${fromHz}:${toHz}`
  const found = filters.get(key) ?? makeFilter(fromHz, toHz)
  filters.set(key, found)
  return found
}

function makeFilter(fromHz: number, toHz: number): Filter {
  let [divisor, rest] = [fromHz, toHz]
  while (rest !== 0) [divisor, rest] = [rest, divisor % rest]
  const [up, down] = [toHz / divisor, fromHz / divisor]
  const ratio = Math.min(1, toHz / fromHz)
  const taps = 4 * Math.ceil(tapsAtLower / ratio / 4)
  const weights = new Float32Array(up * taps)
  const bandwidth = keptBand * ratio
  for (let phase = 0; phase < up; phase++) {
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const x = tap + phase / up - taps / 2
      const weight = (x === 0 ? 1 : Math.sin(Math.PI * bandwidth * x) / (Math.PI * bandwidth * x)) * kaiser(x / (taps / 2))
      // The last tap first, so that weights and samples are walked in one direction.
      weights[phase * taps + taps - 1 - tap] = weight
      sum += weight
    }
    // Each phase alike for a constant, or the phases would be heard as a tone.
    for (let tap = 0; tap < taps; tap++) weights[phase * taps + tap]! /= sum
  }
  return { up, down, taps, weights }
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(beta * Math.sqrt(1 - x * x)) / besselI0(beta)
}

function besselI0(x: number): number {
  let [sum, term] = [1, 1]
  for (let n = 1; term > sum * 1e-12; n++) {
    term *= (x / (2 * n)) ** 2
    sum += term
  }
  return sum
}

/**
 * 16-bit samples of one channel, streaming; any two rates from 4 to 192 kHz, equal ones are copied. What comes out is late by 16 samples of the lower
 * rate, so that a frame in is a frame out. `aligned` is for files: the first sample out is of the time of the first one in, and `end` gives the last.
 */
export class Resampler {
  readonly #filter: Filter
  readonly #isSame: boolean
  /** What came before, and a chunk of what comes. */
  readonly #line: Float32Array
  /** Where `#at` begins. */
  readonly #first: number
  /** Of the next sample out: the newest sample it needs, and its phase. */
  #at: number
  #phase = 0

  constructor(fromHz: number, toHz: number, timing: 'late' | 'aligned' = 'late') {
    this.#filter = filterOf(fromHz, toHz)
    this.#isSame = fromHz === toHz
    this.#line = new Float32Array(this.#isSame ? 0 : this.#filter.taps - 1 + chunk)
    this.#first = this.#filter.taps - 1 + (timing === 'aligned' ? this.#filter.taps / 2 : 0)
    this.#at = this.#first
  }

  /** The most samples that `process` can give for so many. */
  most(samples: number): number {
    return Math.ceil((samples * this.#filter.up) / this.#filter.down) + 1
  }

  /** All of `samples` is taken; gives how many were written to `into` from `at` on. */
  process(from: Int16Array, samples: number, into: Int16Array, at = 0): number {
    if (this.#isSame) {
      for (let n = 0; n < samples; n++) into[at + n] = from[n]!
      return samples
    }
    let written = 0
    for (let taken = 0; taken < samples; taken += chunk)
      written += this.#processChunk(from, taken, Math.min(chunk, samples - taken), into, at + written)
    return written
  }

  #processChunk(from: Int16Array, taken: number, samples: number, into: Int16Array, at: number): number {
    const { up, down, taps, weights } = this.#filter
    const line = this.#line
    const before = taps - 1
    for (let n = 0; n < samples; n++) line[before + n] = from[taken + n]!
    const end = before + samples
    let [newest, phase, written] = [this.#at, this.#phase, at]
    while (newest < end) {
      let sum = 0
      let other = 0
      // Four at once: two sums that do not wait for one another.
      for (let weight = phase * taps, sample = newest - taps + 1; sample <= newest; weight += 4, sample += 4) {
        sum += weights[weight]! * line[sample]! + weights[weight + 1]! * line[sample + 1]!
        other += weights[weight + 2]! * line[sample + 2]! + weights[weight + 3]! * line[sample + 3]!
      }
      sum += other
      into[written++] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : Math.round(sum)
      phase += down
      while (phase >= up) {
        phase -= up
        newest++
      }
    }
    line.copyWithin(0, samples, end)
    this.#at = newest - samples
    this.#phase = phase
    return written - at
  }

  /** What the last samples still make, silence following them; gives how many were written, at most `most(endSamples)`. */
  end(into: Int16Array, at = 0): number {
    return this.#isSame ? 0 : this.process(new Int16Array(this.endSamples), this.endSamples, into, at)
  }

  /** How much silence `end` adds, at the rate that comes in. */
  get endSamples(): number {
    return this.#filter.taps / 2
  }
}
