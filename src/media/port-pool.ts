// The RTP ports of this node: even ones, each with the odd port above it for RTCP (RFC 3550 11). The one that was free longest goes
// first, so that late packets of an ended call seldom meet a new one.

export class PortPool {
  readonly #free: number[] = []
  #head = 0

  constructor(from: number, to: number) {
    for (let port = from + (from % 2); port + 1 <= to; port += 2) this.#free.push(port)
  }

  get left(): number {
    return this.#free.length - this.#head
  }

  take(): number | undefined {
    if (this.left === 0) return undefined
    const port = this.#free[this.#head]!
    this.#head += 1
    if (this.#head > 1024) {
      this.#free.splice(0, this.#head)
      this.#head = 0
    }
    return port
  }

  giveBack(port: number): void {
    this.#free.push(port)
  }
}
