// The other sides of many streams, in a process of its own: sends each a packet of G.711 every 20 ms, spread evenly, and measures how
// evenly packets come back. Started by media.ts, which tells it what to do over the channel between the two.
//
// Times are taken where this process gets a packet, so its own lateness counts against whoever is measured: never better than it was.

import { createSocket, type Socket } from 'node:dgram'
import { constants, setPriority } from 'node:os'
import { SrtpSession } from '../src/protocols/rtp/srtp.ts'
import type { SdesKey } from '../src/protocols/rtp/srtp.ts'

export interface PeerStream {
  readonly port: number
  /** Of the packets that come back. */
  readonly ssrc: number
  /** With which what is sent is protected. */
  readonly sdes?: SdesKey
}

export type ToPeer = { readonly streams: readonly PeerStream[] } | { readonly measureMs: number } | { readonly quit: true }
export type FromPeer = { readonly ports: readonly number[] } | { readonly sending: true } | { readonly result: PeerResult }

export interface PeerResult {
  readonly packets: number
  readonly expected: number
  /** Packets whose distance from the one before was within 5 ms of 20. */
  readonly within5: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  /** How late this process itself was with sending, at its 99th percentile. */
  readonly ownP99Ms: number
  readonly busy: number
}

// The instrument comes before what is measured.
try {
  setPriority(constants.priority.PRIORITY_HIGHEST)
} catch {
  // Not allowed: it shows in its own lateness.
}

const sockets = 16
const steps = 20
const bucketsAMs = 10
const packetBytes = 172

interface Sending {
  readonly stream: PeerStream
  readonly socket: Socket
  readonly packets: readonly Buffer[]
  readonly srtp: SrtpSession | undefined
  sequence: number
  lastMs: number
}

const bySsrc = new Map<number, Sending>()
const slots: Sending[][] = Array.from({ length: steps }, () => [])
const spacing = new Uint32Array(2_000)
const own = new Uint32Array(2_000)
let measuring = false
let received = 0

function count(histogram: Uint32Array, ms: number): void {
  const bucket = Math.min(histogram.length - 1, Math.round(ms * bucketsAMs))
  histogram[bucket]! += 1
}

function percentile(histogram: Uint32Array, share: number): number {
  const all = histogram.reduce((total, each) => total + each, 0)
  let seen = 0
  for (const [bucket, each] of histogram.entries()) {
    seen += each
    if (seen >= all * share) return bucket / bucketsAMs
  }
  return 0
}

function heard(datagram: Buffer): void {
  if (!measuring || datagram.length < 12) return
  const payloadType = datagram[1]! & 0x7f
  if (payloadType >= 64 && payloadType < 96) return
  const sending = bySsrc.get(datagram.readUInt32BE(8))
  if (!sending) return
  const now = performance.now()
  if (sending.lastMs > 0) {
    received += 1
    count(spacing, Math.abs(now - sending.lastMs - 20))
  }
  sending.lastMs = now
}

const lookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void) =>
  done(null, host, 4)
const all = await Promise.all(
  Array.from({ length: sockets }, () => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000, lookup: lookup as never })
    socket.on('message', heard)
    return new Promise<Socket>((bound) => socket.bind(0, '127.0.0.1', () => bound(socket)))
  }),
)

function add(streams: readonly PeerStream[]): void {
  for (const [at, stream] of streams.entries()) {
    const sequence = (Math.random() * 60_000) | 0
    const srtp = stream.sdes ? new SrtpSession(stream.sdes) : undefined
    const sending: Sending = {
      stream,
      socket: all[at % sockets]!,
      // Ten by turns: the socket may still hold the last one.
      packets: Array.from({ length: 10 }, () => packet(at + 1)),
      srtp,
      sequence,
      lastMs: 0,
    }
    bySsrc.set(stream.ssrc, sending)
    slots[at % steps]!.push(sending)
  }
}

function packet(ssrc: number): Buffer {
  const bytes = Buffer.alloc(packetBytes + 16, 0xd5)
  bytes[0] = 0x80
  bytes[1] = 0
  bytes.writeUInt32BE(ssrc, 8)
  // Noise, not silence.
  for (let at = 12; at < packetBytes; at += 1) bytes[at] = (Math.random() * 256) | 0
  return bytes
}

function send(sending: Sending): void {
  sending.sequence += 1
  const bytes = sending.packets[sending.sequence % 10]!
  bytes.writeUInt16BE(sending.sequence & 0xffff, 2)
  bytes.writeUInt32BE((sending.sequence * 160) >>> 0, 4)
  const length = sending.srtp ? protect(sending.srtp, bytes) : packetBytes
  sending.socket.send(bytes, 0, length, sending.stream.port, '127.0.0.1')
}

function protect(srtp: SrtpSession, bytes: Buffer): number {
  // Protection is in place: what was ciphertext is plain text now, and as good as noise.
  return srtp.protect(bytes, packetBytes)
}

const startMs = performance.now()
let step = 0

function turn(): void {
  const now = performance.now()
  while (startMs + step <= now) {
    if (measuring) count(own, now - startMs - step)
    for (const sending of slots[step % steps]!) send(sending)
    step += 1
  }
  setTimeout(turn, Math.max(0, startMs + step - performance.now()))
}
turn()

function measure(ms: number): void {
  spacing.fill(0)
  own.fill(0)
  received = 0
  for (const sending of bySsrc.values()) sending.lastMs = 0
  measuring = true
  const before = performance.eventLoopUtilization()
  setTimeout(() => {
    measuring = false
    const within = spacing.subarray(0, 5 * bucketsAMs + 1).reduce((total, each) => total + each, 0)
    const result: PeerResult = {
      packets: received,
      expected: Math.round((bySsrc.size * (ms - 20)) / 20),
      within5: within / Math.max(1, received),
      p50Ms: percentile(spacing, 0.5),
      p99Ms: percentile(spacing, 0.99),
      p999Ms: percentile(spacing, 0.999),
      ownP99Ms: percentile(own, 0.99),
      busy: performance.eventLoopUtilization(before).utilization,
    }
    process.send!({ result } satisfies FromPeer)
  }, ms)
}

process.on('message', (message: ToPeer) => {
  if ('quit' in message) process.exit()
  else if ('measureMs' in message) measure(message.measureMs)
  else {
    add(message.streams)
    process.send!({ sending: true } satisfies FromPeer)
  }
})
process.on('disconnect', () => process.exit())
process.send!({ ports: all.map((socket) => socket.address().port) } satisfies FromPeer)
