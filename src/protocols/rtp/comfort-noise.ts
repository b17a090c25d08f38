// Comfort noise (RFC 3389): what is heard while the other side sends nothing, at the level and with the spectrum it said. We send
// none: what our silence is on the wire is the sender's affair.

const mostOrder = 16

/** The receiver's noise of one stream: a level and, where given, a spectrum, at any rate. */
export class ComfortNoise {
  readonly #reflection = new Float64Array(mostOrder)
  readonly #backward = new Float64Array(mostOrder + 1)
  #order = 0
  #amplitude = 0
  #state: number

  /** `seed`: any number; streams need not sound alike. */
  constructor(seed = 1) {
    this.#state = seed | 0
    this.setLevel(70)
  }

  /** A CN payload (3): its level, then up to 16 coefficients; more are left out. False when it is empty, and nothing changes. */
  set(payload: Uint8Array, at: number, bytes: number): boolean {
    if (bytes === 0) return false
    this.#order = Math.min(mostOrder, bytes - 1)
    // 3.2: reflection coefficients, 127 is 0.
    for (let n = 0; n < this.#order; n++)
      this.#reflection[n] = Math.max(-0.98, Math.min(0.98, ((payload[at + 1 + n]! - 127) * 258) / 32_768))
    this.#backward.fill(0)
    this.setLevel(payload[at]! & 127)
    return true
  }

  /** 3.1: 0 to 127, -dBov. */
  setLevel(level: number): void {
    // Even noise of +-1 has a root mean square of 1/sqrt(3); what the filter adds is taken off.
    let gain = Math.sqrt(3)
    for (let n = 0; n < this.#order; n++) gain *= Math.sqrt(1 - this.#reflection[n]! ** 2)
    this.#amplitude = 32_767 * 10 ** (-level / 20) * gain
  }

  /** Overwrites the first `samples` of `into`. */
  write(into: Int16Array, samples: number): void {
    const reflection = this.#reflection
    const backward = this.#backward
    for (let n = 0; n < samples; n++) {
      this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0
      let forward = (this.#state / 2_147_483_648) * this.#amplitude
      // An all-pole lattice.
      for (let stage = this.#order - 1; stage >= 0; stage--) {
        forward -= reflection[stage]! * backward[stage]!
        backward[stage + 1] = backward[stage]! + reflection[stage]! * forward
      }
      backward[0] = forward
      into[n] = forward > 32_767 ? 32_767 : forward < -32_768 ? -32_768 : forward
    }
  }
}
