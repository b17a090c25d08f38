// RTP and RTCP over UDP, plain or by SRTP with keys from SDP (RFC 3550 11, 3711, 4568). Sends to where packets come from once some
// came (RFC 4961), since the address in an SDP from behind a NAT leads nowhere.

import { randomBytes } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { heardFrom, latchOn, type Latch } from '#protocols/rtp/latch.ts'
import { kindOfDatagram } from '#protocols/rtp/rtp-packet.ts'
import { SrtpSession, sdesKey } from '#protocols/rtp/srtp.ts'
import type { Clock } from '#values/clock.ts'
import type { OpenStream } from '../contract.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import type { SdesKey } from '#protocols/rtp/srtp.ts'
import { takeSendBuffer, type SendBuffer } from './send-buffers.ts'
import { PortTaken, type Wire, type WireNews } from './wire.ts'

/** Addresses are numbers: nothing is looked up, and nothing waits for a turn of the loop to learn so. */
type Lookup = (host: string, options: unknown, done: (error: null, address: string, family: number) => void) => void
const asItIs: Lookup = (host, _options, done) => done(null, host, isIPv6(host) ? 6 : 4)

/** Rejects with PortTaken where another port may do. */
export function bindUdp(host: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', lookup: asItIs as never })
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      socket.close()
      reject(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? new PortTaken(error.message) : error)
    }
    socket.once('error', failed)
    socket.bind({ address: host, port }, () => {
      socket.off('error', failed)
      // ICMP tells that nobody listens over there: that shows as silence.
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

/** `port` is for RTP, the one above it for RTCP. Rejects with PortTaken when one of them is not to be had. */
export async function openUdpWire(wish: OpenStream, port: number, clock: Clock, news: WireNews): Promise<Wire> {
  const rtp = await bindUdp(wish.bindHost, port)
  let rtcp: Socket
  try {
    rtcp = await bindUdp(wish.bindHost, port + 1)
  } catch (error) {
    rtp.close()
    throw error
  }
  return new UdpWire(rtp, rtcp, wish, port, clock, news)
}

interface Address {
  readonly host: string
  readonly port: number
}

/** A second of packets of 20 ms; what came before that is of nobody who was answered just now. */
const earlyAtMost = 50
const earlyMs = 1_000

interface Early {
  readonly datagram: Buffer
  readonly from: RemoteInfo
  readonly atMs: number
}

const newSdes = (): SdesKey => ({ tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', key: sdesKey(randomBytes(30)) })

/** Port 0 refuses the stream; 0.0.0.0 is how RFC 2543 held one. Above the last port there is none for RTCP. */
function leadsSomewhere(latch: Latch | undefined): latch is Latch {
  return latch !== undefined && latch.port > 0 && latch.port <= 65_535 && latch.host !== '0.0.0.0' && latch.host !== '::'
}

class UdpWire implements Wire {
  readonly local: Wire['local']
  readonly #rtp: Socket
  readonly #rtcp: Socket
  readonly #clock: Clock
  readonly #news: WireNews
  readonly #isSecret: boolean
  #latch: Latch | undefined
  #rtcpLatch: Latch | undefined
  #said: Address | undefined
  #rtcpSaid: Address | undefined
  #mux = false
  /** Of what was heard last, or nearly so. */
  #ssrc: number | undefined
  #theirKey: SdesKey | undefined
  #protect: SrtpSession | undefined
  #unprotect: SrtpSession | undefined
  #connected = false
  /** What came before we knew from whom it should. */
  #early: Early[] = []

  constructor(rtp: Socket, rtcp: Socket, wish: OpenStream, port: number, clock: Clock, news: WireNews) {
    this.#rtp = rtp
    this.#rtcp = rtcp
    this.#clock = clock
    this.#news = news
    this.#isSecret = wish.transport === 'srtp'
    this.local = { host: wish.advertisedHost, port, ...(this.#isSecret && { sdes: newSdes() }) }
    rtp.on('message', (datagram, from) => this.#take(datagram, from))
    rtcp.on('message', (datagram, from) => {
      if (kindOfDatagram(datagram, datagram.length) === 'rtcp') this.#takeRtcp(datagram, from)
    })
  }

  get source(): Wire['source'] {
    const latch = this.#latch
    return latch?.latched ? { host: latch.host, port: latch.port } : undefined
  }

  connect(media: AgreedMedia): void {
    this.#mux = media.rtcpMux
    const said = { host: media.remoteHost, port: media.remotePort }
    const rtcpSaid = { host: media.remoteHost, port: media.remotePort + 1 }
    this.#latch = latchOn(said.host, said.port, this.#said, this.#latch)
    this.#rtcpLatch = latchOn(rtcpSaid.host, rtcpSaid.port, this.#rtcpSaid, this.#rtcpLatch)
    this.#said = said
    this.#rtcpSaid = rtcpSaid
    const key = media.sdes
    if (this.#isSecret && key && (key.key !== this.#theirKey?.key || key.suite !== this.#theirKey.suite)) {
      // Both ways use the suite that was agreed; what counts the packets we sent goes on where it was.
      if (key.suite !== this.#theirKey?.suite) this.#protect = new SrtpSession({ suite: key.suite, key: this.local.sdes!.key })
      this.#unprotect = new SrtpSession(key)
      this.#theirKey = key
    }
    if (this.#connected) return
    this.#connected = true
    this.#news.connected()
    this.#takeEarly(media)
  }

  /**
   * The answer may reach the other side before its word reaches this thread, and who presses a key at once has pressed it (RFC 3264 5.1). Sound
   * of that time is let go: it would only be heard late.
   */
  #takeEarly({ eventPayloadType }: AgreedMedia): void {
    const early = this.#early
    this.#early = []
    const since = this.#clock.elapsedMs() - earlyMs
    for (const { datagram, from, atMs } of early) {
      if (atMs >= since && (datagram[1]! & 127) === eventPayloadType) this.#take(datagram, from)
    }
  }

  #keepEarly(datagram: Buffer, from: RemoteInfo): void {
    if (kindOfDatagram(datagram, datagram.length) !== 'rtp') return
    if (this.#early.length === earlyAtMost) this.#early.shift()
    this.#early.push({ datagram, from, atMs: this.#clock.elapsedMs() })
  }

  #take(datagram: Buffer, from: RemoteInfo): void {
    const latch = this.#latch
    if (!latch) return this.#keepEarly(datagram, from)
    const kind = kindOfDatagram(datagram, datagram.length)
    if (kind === 'rtcp') {
      if (this.#mux) this.#takeRtcp(datagram, from)
      return
    }
    if (kind !== 'rtp') return
    let bytes = datagram.length
    // Only what proves itself may move the latch.
    if (this.#isSecret) {
      bytes = this.#unprotect ? this.#unprotect.unprotect(datagram, bytes) : -1
      if (bytes < 0) return
    }
    if (this.#isStranger(latch, from, datagram.readUInt32BE(8))) return
    const heard = heardFrom(latch, from.address, from.port, this.#clock.elapsedMs(), this.#said)
    if (!heard) return
    if (heard !== latch) {
      this.#latch = heard
      this.#ssrc = datagram.readUInt32BE(8)
    }
    this.#news.rtp(datagram, bytes)
  }

  #takeRtcp(datagram: Buffer, from: RemoteInfo): void {
    const latch = this.#rtcpLatch
    if (!latch) return
    let bytes = datagram.length
    if (this.#isSecret) {
      bytes = this.#unprotect ? this.#unprotect.unprotectRtcp(datagram, bytes) : -1
      if (bytes < 0) return
    }
    if (!this.#mux) {
      if (this.#isStranger(latch, from, datagram.readUInt32BE(4))) return
      const heard = heardFrom(latch, from.address, from.port, this.#clock.elapsedMs(), this.#rtcpSaid, 15_000)
      if (!heard) return
      this.#rtcpLatch = heard
    }
    this.#news.rtcp(datagram, bytes)
  }

  /**
   * However long nothing came: a source at another address than the one that was heard is believed only where SDP names that address, where it
   * goes on with the SSRC that was heard (a NAT that forgot), or where it has proven itself by the key.
   */
  #isStranger(latch: Latch, { address }: RemoteInfo, ssrc: number): boolean {
    return latch.latched && address !== latch.host && !this.#isSecret && address !== this.#said?.host && ssrc !== this.#ssrc
  }

  sendRtp(buffer: SendBuffer, bytes: number): void {
    const latch = this.#latch
    if (!leadsSomewhere(latch) || (this.#isSecret && !this.#protect)) return buffer.sent()
    const length = this.#protect ? this.#protect.protect(buffer.bytes, bytes) : bytes
    if (length < 0) return buffer.sent()
    this.#rtp.send(buffer.bytes, 0, length, latch.port, latch.host, buffer.sent)
  }

  sendRtcp(packet: Uint8Array): void {
    const latch = this.#mux ? this.#latch : this.#rtcpLatch
    if (!leadsSomewhere(latch) || (this.#isSecret && !this.#protect)) return
    const buffer = takeSendBuffer()
    buffer.bytes.set(packet)
    const length = this.#protect ? this.#protect.protectRtcp(buffer.bytes, packet.length) : packet.length
    const socket = this.#mux ? this.#rtp : this.#rtcp
    socket.send(buffer.bytes, 0, length, latch.port, latch.host, buffer.sent)
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#rtp.close(() => this.#rtcp.close(() => resolve()))
    })
  }
}
