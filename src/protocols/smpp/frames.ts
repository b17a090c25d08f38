// Splits a TCP byte stream into PDUs by command_length (SMPP 3.4 3.2): several in one read, one over many reads.
// A length that cannot be is the end of the stream: where the next PDU begins nobody can know any more.

import { headerBytes } from './codec.ts'
import { commandStatus } from './command-status.ts'

/** Enough for a message_payload of 64 KB and all that stands beside it. */
export const usualMaxPduBytes = 66_560

/** What the stream broke with. `answer` goes into a generic_nack (SMPP 3.4 4.3). */
export interface FrameFault {
  readonly answer: number
  /** 0 when the header was not there to read it from. */
  readonly sequence: number
  readonly detail: string
  /** The first octets of what was no PDU, at most 64. */
  readonly bytes: Buffer
}

/** Pulled, not pushed, so that a reader can stop between two PDUs. After `next()` said 'pdu', it fills `buffer` from `start` to `end`. */
export class Frames {
  buffer: Buffer = Buffer.alloc(0)
  start = 0
  end = 0
  fault: FrameFault | undefined
  readonly #maxPduBytes: number
  /** Reads that came while a PDU was not whole: they are joined once, when it is, so that slow drops cost no copying. */
  readonly #later: Buffer[] = []
  #laterBytes = 0

  constructor(maxPduBytes: number = usualMaxPduBytes) {
    this.#maxPduBytes = maxPduBytes
  }

  add(read: Buffer): void {
    if (this.end === this.buffer.length && this.#later.length === 0) {
      this.buffer = read
      this.start = this.end = 0
    } else {
      this.#later.push(read)
      this.#laterBytes += read.length
    }
  }

  next(): 'pdu' | 'none' | 'broken' {
    if (this.fault) return 'broken'
    if (!this.#have(4)) return 'none'
    const length = this.buffer.readUInt32BE(this.end)
    if (length < headerBytes || length > this.#maxPduBytes) {
      const whole = this.#have(headerBytes)
      this.fault = {
        answer: commandStatus.ESME_RINVCMDLEN,
        sequence: whole ? this.buffer.readUInt32BE(this.end + 12) : 0,
        detail: `command_length ${length} is ${length < headerBytes ? 'less than a header' : `over ${this.#maxPduBytes}`}`,
        bytes: Buffer.from(this.buffer.subarray(this.end, this.end + 64)),
      }
      return 'broken'
    }
    if (!this.#have(length)) return 'none'
    this.start = this.end
    this.end = this.start + length
    return 'pdu'
  }

  /** Whether so many octets are there, in one piece from `end` on. */
  #have(bytes: number): boolean {
    const here = this.buffer.length - this.end
    if (here >= bytes) return true
    if (here + this.#laterBytes < bytes) return false
    this.buffer = Buffer.concat([this.buffer.subarray(this.end), ...this.#later])
    this.#later.length = 0
    this.start = this.end = this.#laterBytes = 0
    return true
  }
}
