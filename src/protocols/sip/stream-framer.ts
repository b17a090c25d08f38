// Cuts a byte stream (TCP, TLS) into messages by Content-Length (RFC 3261 18.3, 20.14), and finds the keep-alives between them: two empty
// lines are a ping to be answered with one, one alone is a pong (RFC 5626 4.4.1). What cannot be cut any further ends the stream: `broken`.
// Bounded: never holds more than one message of the greatest size and what came with its last chunk.

import { maxHeadBytes, maxMessageBytes, type Parsed, parseMessage } from './message-codec.ts'
import type { SipFault } from './message.ts'

export type Frame =
  | { readonly parsed: Parsed; readonly bytes: Buffer; readonly ping?: undefined }
  | { readonly ping: true; readonly bytes: Buffer; readonly parsed?: undefined }

const endOfHead = Buffer.from('\r\n\r\n')
const lengthLines = /\r\n(?:content-length|l)[ \t]*:((?:[^\r]|\r\n[ \t])*)/gi
const empty = Buffer.alloc(0)

export class StreamFramer {
  #held: Buffer = empty
  #length = 0
  /** Up to where the end of the head was looked for. */
  #searched = 0
  /** The length of the message that is being waited for, once its head is there. */
  #awaited: number | undefined
  #broken = false

  /** True once the stream cannot be cut any further; the connection is to be closed, later chunks are dropped. */
  get broken(): boolean {
    return this.#broken
  }

  /** The messages and pings that are complete with this chunk. The chunk must not be written to afterwards. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    if (this.#broken) return frames
    let bytes = this.#hold(chunk)
    let at = 0
    while (at < bytes.length && !this.#broken) {
      const rest = bytes.subarray(at)
      const taken = rest[0] === 0x0d ? takeBlank(rest, frames) : this.#takeMessage(rest, frames)
      if (taken === 0) break
      at += taken
      this.#searched = 0
      this.#awaited = undefined
    }
    if (at > 0) bytes = Buffer.from(bytes.subarray(at))
    this.#keep(this.#broken ? empty : bytes)
    return frames
  }

  /** What was held with the chunk after it; room doubles, so that a byte at a time costs no more than the message. */
  #hold(chunk: Buffer): Buffer {
    if (this.#length === 0) return chunk
    const length = this.#length + chunk.length
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#held.length * 2))
      this.#held.copy(grown, 0, 0, this.#length)
      this.#held = grown
    }
    chunk.copy(this.#held, this.#length)
    return this.#held.subarray(0, length)
  }

  #keep(bytes: Buffer): void {
    this.#length = bytes.length
    if (bytes.length === 0) this.#held = empty
    else if (bytes.buffer !== this.#held.buffer || bytes.byteOffset !== this.#held.byteOffset) this.#held = bytes
  }

  #takeMessage(rest: Buffer, frames: Frame[]): number {
    if (this.#awaited === undefined) {
      const end = rest.indexOf(endOfHead, Math.max(0, this.#searched - 3))
      this.#searched = rest.length
      if (end < 0 && rest.length <= maxHeadBytes) return 0
      if (end < 0 || end > maxHeadBytes)
        return this.#break(rest, frames, 513, `the headers are longer than ${maxHeadBytes} octets (RFC 3261 21.5.7)`)
      const length = contentLength(rest.toString('latin1', 0, end))
      const head = rest.subarray(0, end + 4)
      if (length === undefined) return this.#break(head, frames, 400, 'no usable Content-Length on a stream (RFC 3261 20.14)')
      if (head.length + length > maxMessageBytes)
        return this.#break(head, frames, 513, `the message is longer than ${maxMessageBytes} octets (RFC 3261 21.5.7)`)
      this.#awaited = head.length + length
    }
    if (rest.length < this.#awaited) return 0
    const bytes = rest.subarray(0, this.#awaited)
    frames.push({ parsed: parseMessage(bytes), bytes })
    return bytes.length
  }

  #break(bytes: Buffer, frames: Frame[], status: number, detail: string): number {
    this.#broken = true
    const fault: SipFault = { status, detail }
    frames.push({ parsed: { message: parseMessage(bytes.subarray(0, maxHeadBytes)).message, fault }, bytes })
    return bytes.length
  }
}

/** Empty lines before a message: how many octets of them were used, 0 when more must come to tell. */
function takeBlank(rest: Buffer, frames: Frame[]): number {
  if (rest.length < 2) return 0
  if (rest[1] !== 0x0a) return 1
  if (rest[2] === 0x0d && rest[3] === 0x0a) {
    frames.push({ ping: true, bytes: rest.subarray(0, 4) })
    return 4
  }
  return rest.length === 2 || (rest.length === 3 && rest[2] === 0x0d) ? 0 : 2
}

/** Undefined when it is missing, no number, or stands there twice. */
function contentLength(head: string): number | undefined {
  const lines = [...head.matchAll(lengthLines)]
  const digits = lines[0]?.[1]!.trim()
  return lines.length === 1 && digits !== undefined && /^\d{1,9}$/.test(digits) ? Number(digits) : undefined
}
