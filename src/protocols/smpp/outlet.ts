// Where a session's PDUs are written: one after the other into a slab, and everything of one turn goes to the socket in one write.
// Octets once written are never touched again, so views of them stay true.

import type { Duplex } from 'node:stream'
import type { Sink } from './codec.ts'

const smallestSlabBytes = 512
const largestSlabBytes = 16_384

export class Outlet implements Sink {
  buffer: Buffer = Buffer.alloc(0)
  at = 0
  /** The socket holds more than it likes; it says when no longer (`drained`). */
  isBlocked = false
  bytesOut = 0
  readonly #socket: Duplex
  #from = 0
  #turn: NodeJS.Immediate | undefined

  constructor(socket: Duplex) {
    this.#socket = socket
  }

  /** Octets that the socket has not got rid of. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    this.flush()
    // Idle sessions keep little, busy ones write much at once.
    const size = Math.min(largestSlabBytes, Math.max(smallestSlabBytes, this.buffer.length * 2))
    this.buffer = Buffer.allocUnsafeSlow(Math.max(size, bytes))
    this.at = this.#from = 0
  }

  /** Flushes at the end of this turn of the event loop, together with whatever else is written in it. */
  flushSoon(): void {
    this.#turn ??= setImmediate(() => this.flush())
  }

  flush(): void {
    if (this.#turn) clearImmediate(this.#turn)
    this.#turn = undefined
    if (this.at === this.#from) return
    const bytes = this.buffer.subarray(this.#from, this.at)
    this.#from = this.at
    this.bytesOut += bytes.length
    if (this.#socket.writable && !this.#socket.write(bytes)) this.isBlocked = true
  }
}
