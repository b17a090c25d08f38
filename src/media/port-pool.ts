// The RTP ports of this node: even ones, each with the odd port above it for RTCP (RFC 3550 11). The one that was free longest goes
// first, so that late packets of an ended call seldom meet a new one. Where it begins is told to it: others may still speak to the
// ports that a process had before it died, and the next process would give those out first.

export class PortPool {
  readonly #free: number[]
  #head = 0

  /** `share` of the way through it, from 0 to 1. */
  constructor(from: number, to: number, share = 0) {
    const all: number[] = []
    for (let port = from + (from % 2); port + 1 <= to; port += 2) all.push(port)
    const first = Math.floor(all.length * share)
    this.#free = [...all.slice(first), ...all.slice(0, first)]
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
