// Tones to be heard: the digits of ITU-T Q.23, ringback, beeps. Sines by recursion, two sets of them, so that one fades while the next comes in.

const lows = [697, 770, 852, 941] as const
const highs = [1209, 1336, 1477, 1633] as const
const keypad = '123A456B789C*0#D'

/** Frequencies of a DTMF digit (ITU-T Q.23); undefined for none. */
export function dtmfOf(digit: string): readonly [low: number, high: number] | undefined {
  const at = digit.length === 1 ? keypad.indexOf(digit.toUpperCase()) : -1
  return at === -1 ? undefined : [lows[at >> 2]!, highs[at & 3]!]
}

/** The digit of a row and a column. */
export function digitAt(row: number, column: number): string {
  return keypad[row * 4 + column]!
}

export const dtmfHz: readonly number[] = [...lows, ...highs]

/** The greatest sine of G.711 is 3.17 dBm0. */
const greatest = 32_124
const greatestDbm0 = 3.17
const rampMs = 2
const mostTones = 8

/** `y(n) = 2 cos(w) y(n-1) - y(n-2)`, for some frequencies at once. */
class Sines {
  count = 0
  gain = 0
  readonly #factor = new Float64Array(mostTones)
  readonly #last = new Float64Array(mostTones)
  readonly #before = new Float64Array(mostTones)

  start(hz: readonly number[], rateHz: number, amplitude: number): void {
    this.count = Math.min(mostTones, hz.length)
    this.gain = 0
    for (let n = 0; n < this.count; n++) {
      const step = (2 * Math.PI * hz[n]!) / rateHz
      this.#factor[n] = 2 * Math.cos(step)
      this.#last[n] = -amplitude * Math.sin(step)
      this.#before[n] = -amplitude * Math.sin(2 * step)
    }
  }

  next(): number {
    let sum = 0
    for (let n = 0; n < this.count; n++) {
      const value = this.#factor[n]! * this.#last[n]! - this.#before[n]!
      this.#before[n] = this.#last[n]!
      this.#last[n] = value
      sum += value
    }
    return sum
  }
}

/** Sums of sines, phase kept from frame to frame, 2 ms ramps at both ends. */
export class ToneGenerator {
  readonly #rateHz: number
  readonly #ramp: number
  #now = new Sines()
  #before = new Sines()

  constructor(rateHz: number) {
    this.#rateHz = rateHz
    this.#ramp = 1000 / (rampMs * rateHz)
  }

  /** Level of each, dBm0; default -10. An empty list is silence. */
  set(hz: readonly number[], levelDbm0 = -10): void {
    const fading = this.#now
    this.#now = this.#before
    this.#before = fading
    this.#now.start(hz, this.#rateHz, greatest * 10 ** ((levelDbm0 - greatestDbm0) / 20))
  }

  /** Overwrites `samples` of `into` from `at`. */
  write(into: Int16Array, at: number, samples: number): void {
    const now = this.#now
    const before = this.#before
    for (let n = 0; n < samples; n++) {
      let sum = 0
      if (before.gain > 0) {
        before.gain = Math.max(0, before.gain - this.#ramp)
        sum = before.next() * before.gain
      }
      if (now.count > 0) {
        now.gain = Math.min(1, now.gain + this.#ramp)
        sum += now.next() * now.gain
      }
      into[at + n] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : sum
    }
  }
}
