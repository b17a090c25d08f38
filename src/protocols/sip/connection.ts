// One TCP, TLS or WebSocket connection as a flow: RFC 3261 18, keep-alive and half-open detection by RFC 5626 4.4.1 and 5.4. The bytes themselves
// move in stream-connections.ts and websocket-connections.ts.

import type { Clock, Timer } from '#values/clock.ts'
import type { Flow, SipAddress, TransportName } from './stack-parts.ts'

/** What a connection writes to. `ping` asks the peer for a sign of life. */
export interface Pipe {
  write(bytes: Buffer): void
  ping(): void
  /** After what waits has gone. */
  destroy(): void
  /** At once. */
  cut(): void
  /** Bytes that wait to be sent. */
  readonly waitingBytes: number
}

export interface ConnectionOptions {
  readonly clock: Clock
  readonly transport: TransportName
  readonly local: SipAddress
  readonly remote: SipAddress
  readonly pipe: Pipe
  readonly number: number
  /** Without a byte of the peer for so long it is closed. */
  readonly idleMs: number
  /** 0 where the peer keeps it alive. */
  readonly pingMs: number
  readonly pongMs: number
  /** Closed by then unless somebody vouches for it; 0 where it is our own. */
  readonly unknownMs: number
}

/** A peer that does not read is gone: so much may wait for it. */
const maxWaitingBytes = 1 << 20
/** Whoever has so much to read yet is not told once more that we are here: pings cost the peer nothing. */
const pongsBelowBytes = 4_096
/** What was written last (a 503, a BYE) has so long to go out. */
const lastMs = 5_000
const crlf = Buffer.from('\r\n')

export class Connection implements Flow {
  readonly id: string
  readonly transport: TransportName
  readonly local: SipAddress
  readonly remote: SipAddress
  readonly #options: ConnectionOptions
  readonly #closers = new Set<(detail: string) => void>()
  readonly #watch: Timer
  readonly #openedMs: number
  #heardMs: number
  #pingedMs: number | undefined
  #open = true
  #isKnown: boolean
  /** Told once, when it is known who is there. */
  vouched: () => void = () => {}

  constructor(options: ConnectionOptions) {
    const { transport, local, remote, number, clock, pingMs, pongMs, idleMs, unknownMs } = options
    this.id = `${transport} ${local.host}:${local.port} ${remote.host}:${remote.port} ${number}`
    this.transport = transport
    this.local = local
    this.remote = remote
    this.#options = options
    this.#openedMs = clock.elapsedMs()
    this.#heardMs = this.#openedMs
    this.#isKnown = unknownMs === 0
    const soonestMs = Math.min(pingMs || Infinity, pongMs, idleMs, unknownMs || Infinity)
    this.#watch = clock.every(Math.max(50, soonestMs / 2), () => this.#look())
  }

  get open(): boolean {
    return this.#open
  }

  send(bytes: Buffer): boolean {
    if (!this.#open) return false
    this.#options.pipe.write(bytes)
    if (this.#options.pipe.waitingBytes <= maxWaitingBytes) return true
    this.ended('the peer does not read')
    this.#options.pipe.cut()
    return false
  }

  /** A ping of the peer, answered by one empty line (RFC 5626 4.4.1). */
  pinged(): void {
    const { pipe } = this.#options
    if (this.#open && pipe.waitingBytes < pongsBelowBytes) pipe.write(crlf)
  }

  vouch(): void {
    if (this.#isKnown) return
    this.#isKnown = true
    this.vouched()
  }

  close(): void {
    this.ended('closed here')
  }

  onClosed(act: (detail: string) => void): () => void {
    this.#closers.add(act)
    return () => void this.#closers.delete(act)
  }

  /** The peer gave a sign of life. */
  heard(): void {
    this.#heardMs = this.#options.clock.elapsedMs()
    this.#pingedMs = undefined
  }

  ended(detail: string): void {
    if (!this.#open) return
    this.#open = false
    this.#watch.cancel()
    const { pipe, clock } = this.#options
    pipe.destroy()
    // A peer that reads nothing would hold it for ever.
    if (pipe.waitingBytes > 0) clock.after(lastMs, () => pipe.cut())
    const closers = [...this.#closers]
    this.#closers.clear()
    for (const act of closers) act(detail)
  }

  #look(): void {
    const { clock, idleMs, pingMs, pongMs, unknownMs, pipe } = this.#options
    const now = clock.elapsedMs()
    const quietMs = now - this.#heardMs
    if (!this.#isKnown && now - this.#openedMs >= unknownMs) this.ended(`nobody has shown within ${unknownMs} ms who is there`)
    else if (this.#pingedMs !== undefined && now - this.#pingedMs >= pongMs)
      this.ended(`no pong for ${pongMs} ms (RFC 5626 4.4.1)`)
    else if (quietMs >= idleMs) this.ended(`idle for ${idleMs} ms`)
    else if (pingMs > 0 && quietMs >= pingMs && this.#pingedMs === undefined) {
      this.#pingedMs = now
      pipe.ping()
    }
  }
}
