// One UDP socket of the stack, and the flows over it: RFC 3261 18, 3581. A flow is only the pair of addresses; it never ends.

import dgram from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { Flow, SipAddress } from './stack-parts.ts'

export class UdpSocket {
  readonly #socket: dgram.Socket
  #isClosed = false
  local: SipAddress

  private constructor(socket: dgram.Socket, local: SipAddress) {
    this.#socket = socket
    this.local = local
  }

  static open(
    host: string,
    port: number,
    received: (bytes: Buffer, flow: UdpFlow) => void,
    faulted: (error: unknown) => void,
  ): Promise<UdpSocket> {
    const family = isIPv6(host) ? 6 : 4
    const socket = dgram.createSocket({
      type: `udp${family}`,
      ipv6Only: family === 6,
      recvBufferSize: 4 << 20,
      sendBufferSize: 1 << 20,
      // Hosts are numeric by now: the answer stands at once, without a turn of the loop for each datagram.
      lookup: (name, _options, done) => done(null, name, family),
    })
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ port, address: host, exclusive: true }, () => {
        socket.off('error', reject)
        const bound = socket.address()
        const opened = new UdpSocket(socket, { transport: 'udp', host: bound.address, port: bound.port })
        socket.on('message', (bytes, from) => received(bytes, new UdpFlow(opened, from.address, from.port)))
        socket.on('error', faulted)
        resolve(opened)
      })
    })
  }

  /** False once it is closed: what a stack still had to say at its end is not said. Nor is anything to port 0, which a Via or a forged source may name. */
  send(bytes: Buffer, host: string, port: number, failed?: (detail: string) => void): boolean {
    if (this.#isClosed || port < 1 || port > 65_535) return false
    // Without a listener an error counts as a lost datagram: the retransmissions are there for that.
    if (failed) this.#socket.send(bytes, port, host, (error) => error && failed(error.message))
    else this.#socket.send(bytes, port, host)
    return true
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    this.#isClosed = true
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }
}

export class UdpFlow implements Flow {
  readonly #socket: UdpSocket
  readonly #host: string
  readonly #port: number
  readonly transport = 'udp'
  readonly open = true

  constructor(socket: UdpSocket, host: string, port: number) {
    this.#socket = socket
    this.#host = host
    this.#port = port
  }

  get id(): string {
    return `udp ${this.#socket.local.host}:${this.#socket.local.port} ${this.#host}:${this.#port}`
  }

  get local(): SipAddress {
    return this.#socket.local
  }

  get remote(): SipAddress {
    return { transport: 'udp', host: this.#host, port: this.#port }
  }

  send(bytes: Buffer, failed?: (detail: string) => void): boolean {
    return this.#socket.send(bytes, this.#host, this.#port, failed)
  }

  /** The same peer at another of its ports. */
  toPort(port: number): UdpFlow {
    return port === this.#port ? this : new UdpFlow(this.#socket, this.#host, port)
  }

  close(): void {}

  onClosed(): () => void {
    return () => {}
  }
}
