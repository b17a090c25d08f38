// G.722 (ITU-T G.722, mode 1: 64 kbit/s), in the recommendation's own arithmetic of whole numbers: a band each for below and above 4 kHz, each
// coded by ADPCM. 16,000 samples a second, two to an octet. Names are those of the recommendation where it has one (clauses 3 to 6).

import type { SpeechCodec } from './speech-codec.ts'

// Table 14, decision levels; tables 15 to 21, the codes and their values.
const q6 = Int32Array.from([
  0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612,
  1765, 1980, 2195, 2557, 2919,
])
const qm4 = Int32Array.from([
  0, -20_456, -12_896, -8968, -6288, -4240, -2584, -1200, 20_456, 12_896, 8968, 6288, 4240, 2584, 1200, 0,
])
const qm6 = Int32Array.from([
  -136, -136, -136, -136, -24_808, -21_904, -19_008, -16_704, -14_984, -13_512, -12_280, -11_192, -10_232, -9360, -8576, -7856,
  -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24_808, 21_904,
  19_008, 16_704, 14_984, 13_512, 12_280, 11_192, 10_232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168,
  2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
])
const qm2 = Int32Array.from([-7408, -1616, 7408, 1616])
const rl42 = Int32Array.from([0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0])
const wl = Int32Array.from([-60, -30, 58, 172, 334, 538, 1198, 3042])
/** By the two bits of the upper band. */
const wh = Int32Array.from([798, -214, 798, -214])
const ilb = Int32Array.from([
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158,
  3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
])
/** Table 11: half of the 24 coefficients of the mirror filters. */
const qmf = Int32Array.from([3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11])

const saturated = (value: number): number => (value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value)

/** A band's predictor and quantiser: what coder and decoder keep alike (3.5, 3.6; BLOCK 2 to 4 of clause 6). */
class Band {
  /** The predicted sample. */
  s = 0
  /** The quantiser's scale. */
  det: number
  readonly #leastShift: number
  readonly #most: number
  #nb = 0
  #sz = 0
  #a1 = 0
  #a2 = 0
  #r1 = 0
  #p1 = 0
  #p2 = 0
  /** Six differences and their weights. */
  readonly #d = new Int32Array(6)
  readonly #b = new Int32Array(6)

  constructor(det: number, shift: number, most: number) {
    this.det = det
    this.#leastShift = shift
    this.#most = most
  }

  /** LOGSCL or LOGSCH, then SCALEL or SCALEH. */
  scale(weight: number): void {
    const nb = ((this.#nb * 127) >> 7) + weight
    this.#nb = nb < 0 ? 0 : nb > this.#most ? this.#most : nb
    const shift = this.#leastShift - (this.#nb >> 11)
    const level = ilb[(this.#nb >> 6) & 31]!
    this.det = (shift < 0 ? level << -shift : level >> shift) << 2
  }

  /** BLOCK 4: the difference `d` as the decoder knows it; predicts the next sample. */
  adapt(d: number): void {
    const r = saturated(this.s + d)
    const p = saturated(this.#sz + d)
    this.#adaptPoles(p)
    const sz = this.#adaptZeros(d)
    const pole1 = (this.#a1 * saturated(r + r)) >> 15
    const pole2 = (this.#a2 * saturated(this.#r1 + this.#r1)) >> 15
    this.#p2 = this.#p1
    this.#p1 = p
    this.#r1 = r
    this.#sz = sz
    this.s = saturated(saturated(pole1 + pole2) + sz)
  }

  /** UPPOL2, UPPOL1. */
  #adaptPoles(p: number): void {
    const sign = p >> 15
    const same = sign === this.#p1 >> 15
    const four = saturated(this.#a1 << 2)
    const step = same ? saturated(-four) : four
    let a2 = (sign === this.#p2 >> 15 ? 128 : -128) + (step >> 7) + ((this.#a2 * 32_512) >> 15)
    a2 = a2 > 12_288 ? 12_288 : a2 < -12_288 ? -12_288 : a2
    const a1 = saturated((same ? 192 : -192) + ((this.#a1 * 32_640) >> 15))
    const most = saturated(15_360 - a2)
    this.#a2 = a2
    this.#a1 = a1 > most ? most : a1 < -most ? -most : a1
  }

  /** UPZERO, DELAYA, FILTEZ. */
  #adaptZeros(d: number): number {
    const differences = this.#d
    const weights = this.#b
    const step = d === 0 ? 0 : 128
    const sign = d >> 15
    let sum = 0
    for (let n = 5; n >= 0; n--) {
      // Weights stay within 15 bits by themselves: a step of 128 against a leak of 1 in 256.
      const weight = (differences[n]! >> 15 === sign ? step : -step) + ((weights[n]! * 32_640) >> 15)
      weights[n] = weight
      const next = n === 0 ? d : differences[n - 1]!
      differences[n] = next
      sum += (weight * saturated(next + next)) >> 15
    }
    return saturated(sum)
  }
}

const lowerBand = (): Band => new Band(32, 8, 18_432)
const upperBand = (): Band => new Band(8, 10, 22_528)

/** One stream: coder and decoder each go on from frame to frame. An odd last sample is left out. */
export class G722 implements SpeechCodec {
  readonly name = 'G722'
  readonly pcmHz = 16_000
  readonly clockRate = 8000
  readonly mostBytes = 160
  readonly #lowerOut = lowerBand()
  readonly #upperOut = upperBand()
  readonly #lowerIn = lowerBand()
  readonly #upperIn = upperBand()
  /** The last 24 samples into the mirror filters, each twice over, so that they never need to be moved. */
  readonly #out = new Int32Array(48)
  readonly #in = new Int32Array(48)
  #outAt = 0
  #inAt = 0

  encode(pcm: Int16Array, samples: number, into: Uint8Array, at: number): number {
    const line = this.#out
    for (let n = 0; n + 1 < samples; n += 2) {
      const from = this.#outAt
      line[from] = line[from + 24] = pcm[n]!
      line[from + 1] = line[from + 25] = pcm[n + 1]!
      this.#outAt = from === 22 ? 0 : from + 2
      let even = 0
      let odd = 0
      for (let tap = 0, x = from + 2; tap < 12; tap++, x += 2) {
        odd += line[x]! * qmf[tap]!
        even += line[x + 1]! * qmf[11 - tap]!
      }
      into[at + (n >> 1)] = (this.#encodeUpper((even - odd) >> 14) << 6) | this.#encodeLower((even + odd) >> 14)
    }
    return samples >> 1
  }

  /** SUBTRA, QUANTL, INVQAL. */
  #encodeLower(sample: number): number {
    const band = this.#lowerOut
    const difference = saturated(sample - band.s)
    const magnitude = difference < 0 ? ~difference : difference
    // The first decision level above it, of those that grow.
    let level = 1
    for (let above = 30; level < above;) {
      const middle = (level + above) >> 1
      if (magnitude >= (q6[middle]! * band.det) >> 12) level = middle + 1
      else above = middle
    }
    // Tables 15 and 16: 61 down to 32 above zero; 63, 62, then 31 down to 4 below.
    const code = difference >= 0 ? 62 - level : level < 3 ? 64 - level : 34 - level
    const short = code >> 2
    const known = (band.det * qm4[short]!) >> 15
    band.scale(wl[rl42[short]!]!)
    band.adapt(known)
    return code
  }

  /** QUANTH, INVQAH. */
  #encodeUpper(sample: number): number {
    const band = this.#upperOut
    const difference = saturated(sample - band.s)
    const magnitude = difference < 0 ? ~difference : difference
    const isFar = magnitude >= (564 * band.det) >> 12
    const code = difference < 0 ? (isFar ? 0 : 1) : isFar ? 2 : 3
    const known = (band.det * qm2[code]!) >> 15
    band.scale(wh[code]!)
    band.adapt(known)
    return code
  }

  decode(payload: Uint8Array, at: number, bytes: number, into: Int16Array): number {
    const line = this.#in
    const octets = Math.min(bytes, into.length >> 1)
    for (let n = 0; n < octets; n++) {
      const code = payload[at + n]!
      const low = this.#decodeLower(code & 63)
      const high = this.#decodeUpper(code >> 6)
      const from = this.#inAt
      line[from] = line[from + 24] = low + high
      line[from + 1] = line[from + 25] = low - high
      this.#inAt = from === 22 ? 0 : from + 2
      let first = 0
      let second = 0
      for (let tap = 0, x = from + 2; tap < 12; tap++, x += 2) {
        first += line[x + 1]! * qmf[11 - tap]!
        second += line[x]! * qmf[tap]!
      }
      into[n * 2] = saturated(first >> 11)
      into[n * 2 + 1] = saturated(second >> 11)
    }
    return octets * 2
  }

  #decodeLower(code: number): number {
    const band = this.#lowerIn
    const short = code >> 2
    const sample = band.s + ((band.det * qm6[code]!) >> 15)
    const known = (band.det * qm4[short]!) >> 15
    band.scale(wl[rl42[short]!]!)
    band.adapt(known)
    return sample > 16_383 ? 16_383 : sample < -16_384 ? -16_384 : sample
  }

  #decodeUpper(code: number): number {
    const band = this.#upperIn
    const known = (band.det * qm2[code]!) >> 15
    const sample = band.s + known
    band.scale(wh[code]!)
    band.adapt(known)
    return sample > 16_383 ? 16_383 : sample < -16_384 ? -16_384 : sample
  }

  samplesIn(_payload: Uint8Array, _at: number, bytes: number): number {
    return bytes * 2
  }

  close(): void {}
}
