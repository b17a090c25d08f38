// Which packets of a source came already (RFC 3711 3.3.2): the last 64 below the highest. Two words of 32 bits, for a number has no 64.

export class ReplayWindow {
  #highest = -1
  /** Bit n of `#recent`: the highest less n came; of `#older`: less 32 and n. */
  #recent = 0
  #older = 0

  get highest(): number {
    return this.#highest
  }

  /** Not seen, and not too old to know. */
  isNew(index: number): boolean {
    const back = this.#highest - index
    if (back < 0) return true
    if (back >= 64) return false
    return (back < 32 ? (this.#recent >>> back) & 1 : (this.#older >>> (back - 32)) & 1) === 0
  }

  /** Only what is authentic. */
  add(index: number): void {
    const ahead = index - this.#highest
    if (ahead > 0) {
      this.#shift(this.#highest === -1 ? 64 : ahead)
      this.#recent |= 1
      this.#highest = index
    } else if (ahead > -32) this.#recent |= 1 << -ahead
    else this.#older |= 1 << (-ahead - 32)
  }

  #shift(by: number): void {
    if (by >= 64) {
      this.#older = 0
      this.#recent = 0
    } else if (by >= 32) {
      this.#older = by === 32 ? this.#recent : this.#recent << (by - 32)
      this.#recent = 0
    } else {
      this.#older = (this.#older << by) | (this.#recent >>> (32 - by))
      this.#recent <<= by
    }
  }
}
