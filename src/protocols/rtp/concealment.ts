// Packet loss concealment in the manner of ITU-T G.711 Appendix I, at any rate: the last pitch period goes on, from 10 ms on two and then three of
// them, fading out by 60 ms; what comes after is blended in. Unlike the appendix it holds nothing back, so it adds no delay.

const shortestMs = 5
const longestMs = 15
const compareMs = 20
const historyMs = longestMs * 3 + 5
const fadeFromMs = 10
const fadeToMs = 60

/** Of one stream, at any rate; frames of up to 60 ms. */
export class Concealment {
  readonly #rateHz: number
  readonly #history: Int16Array
  /** A loop of one to three pitch periods. */
  readonly #loop: Float32Array
  #loopSamples = 0
  #period = 0
  #periods = 0
  #at = 0
  /** Samples made up since the last good one. */
  #lost = 0

  constructor(rateHz: number) {
    this.#rateHz = rateHz
    this.#history = new Int16Array(this.#samples(historyMs))
    this.#loop = new Float32Array(this.#samples(longestMs) * 3)
  }

  #samples(ms: number): number {
    return Math.round((ms * this.#rateHz) / 1000)
  }

  /** A frame that came: kept, and after a loss blended in place with what was made up. */
  good(pcm: Int16Array, samples: number): void {
    if (this.#lost > 0) {
      const lostMs = (this.#lost * 1000) / this.#rateHz
      const blend = Math.min(samples, this.#samples(Math.min(10, 4 + lostMs * 0.4)))
      for (let n = 0; n < blend; n++) {
        const share = (n + 1) / (blend + 1)
        pcm[n] = pcm[n]! * share + this.#next() * (1 - share)
      }
      this.#lost = 0
      this.#periods = 0
    }
    this.#keep(pcm, samples)
  }

  /** A frame that did not; fades to silence within 60 ms. */
  conceal(into: Int16Array, samples: number): void {
    if (this.#lost === 0) this.#start()
    for (let n = 0; n < samples; n++) into[n] = this.#next()
  }

  #keep(pcm: Int16Array, samples: number): void {
    const history = this.#history
    const kept = Math.min(samples, history.length)
    history.copyWithin(0, kept)
    for (let n = 0; n < kept; n++) history[history.length - kept + n] = pcm[samples - kept + n]!
  }

  #start(): void {
    this.#period = this.#pitch()
    this.#periods = 1
    this.#at = 0
    this.#makeLoop()
  }

  /** The lag at which the past is most like itself. First each fourth (at 48 kHz each 24th) place, then all around the best. */
  #pitch(): number {
    const coarse = Math.max(1, Math.round(this.#rateHz / 2000))
    const [least, most] = [this.#samples(shortestMs), this.#samples(longestMs)]
    let best = this.#bestLag(least, most, coarse, Math.max(1, coarse >> 1))
    best = this.#bestLag(Math.max(least, best - coarse), Math.min(most, best + coarse), 1, Math.max(1, coarse >> 2))
    return best
  }

  #bestLag(from: number, to: number, step: number, stride: number): number {
    const history = this.#history
    const end = history.length
    const start = end - this.#samples(compareMs)
    let best = from
    let bestLikeness = -Infinity
    for (let lag = from; lag <= to; lag += step) {
      let cross = 0
      let energy = 1
      for (let n = start; n < end; n += stride) {
        const past = history[n - lag]!
        cross += history[n]! * past
        energy += past * past
      }
      const likeness = cross / Math.sqrt(energy)
      if (likeness > bestLikeness) {
        bestLikeness = likeness
        best = lag
      }
    }
    return best
  }

  /** The last periods, their end blended into what stood before their start, so that the loop closes. */
  #makeLoop(): void {
    const history = this.#history
    const samples = this.#period * this.#periods
    const from = history.length - samples
    for (let n = 0; n < samples; n++) this.#loop[n] = history[from + n]!
    const blend = Math.min(this.#period >> 2, from)
    for (let n = 0; n < blend; n++) {
      const share = (n + 1) / (blend + 1)
      const at = samples - blend + n
      this.#loop[at] = this.#loop[at]! * (1 - share) + history[from - blend + n]! * share
    }
    this.#loopSamples = samples
  }

  #next(): number {
    const lostMs = (this.#lost * 1000) / this.#rateHz
    const wanted = Math.min(3, 1 + Math.floor(lostMs / fadeFromMs))
    if (wanted > this.#periods) {
      // The place within the period stays.
      this.#at %= this.#period
      this.#periods = wanted
      this.#makeLoop()
    }
    const gain = lostMs <= fadeFromMs ? 1 : Math.max(0, (fadeToMs - lostMs) / (fadeToMs - fadeFromMs))
    const value = this.#loop[this.#at]! * gain
    this.#at = this.#at + 1 === this.#loopSamples ? 0 : this.#at + 1
    this.#lost++
    return value
  }
}
