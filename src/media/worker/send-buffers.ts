// Buffers of datagrams on their way out. One is used again only after the socket has told that it was sent: a socket that cannot send
// at once keeps the buffer, not a copy, and would send what was written into it since.

export class SendBuffer {
  readonly bytes = Buffer.alloc(1500)
  /** For the socket: made once for each buffer, not for each packet. */
  readonly sent: () => void

  constructor(free: SendBuffer[]) {
    this.sent = () => void free.push(this)
  }
}

/** Of the whole worker. */
const free: SendBuffer[] = []

/** One that nobody uses; it comes back by its own `sent`. */
export function takeSendBuffer(): SendBuffer {
  return free.pop() ?? new SendBuffer(free)
}
