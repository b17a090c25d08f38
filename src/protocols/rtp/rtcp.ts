// RTCP as octets (RFC 3550 6.4 to 6.6): whole compound packets, both ways. When to send what is rtcp-reports.ts.

import { Buffer } from 'node:buffer'

/** RFC 3550 6.4: numbers as on the wire. */
export interface ReportBlock {
  readonly ssrc: number
  /** of 256 */
  readonly fractionLost: number
  /** signed 24 bits */
  readonly lost: number
  readonly highest: number
  /** in ticks */
  readonly jitter: number
  readonly lastSenderReport: number
  /** 1/65536 s */
  readonly delaySinceSenderReport: number
}

export interface SenderReport {
  readonly type: 'senderReport'
  readonly ssrc: number
  readonly ntpSeconds: number
  readonly ntpFraction: number
  readonly rtpTimestamp: number
  readonly packets: number
  readonly octets: number
  readonly reports: readonly ReportBlock[]
}

export interface ReceiverReport {
  readonly type: 'receiverReport'
  readonly ssrc: number
  readonly reports: readonly ReportBlock[]
}

export interface SourceDescription {
  readonly type: 'description'
  readonly chunks: readonly {
    readonly ssrc: number
    readonly items: readonly { readonly type: number; readonly text: string }[]
  }[]
}

export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | { readonly type: 'bye'; readonly sources: readonly number[]; readonly reason?: string }
  /** Feedback, extended reports, APP: as octets. */
  | { readonly type: 'other'; readonly packetType: number; readonly count: number; readonly body: Uint8Array }

/** SDES item 1 */
export const cnameItem = 1

const types = { senderReport: 200, receiverReport: 201, description: 202, bye: 203 } as const

/** A whole compound packet; undefined: not RTCP, or its lengths do not hold (A.2). A first packet other than SR and RR is borne (RFC 5506). */
export function parseRtcp(datagram: Uint8Array): RtcpPacket[] | undefined {
  const octets = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength)
  const packets: RtcpPacket[] = []
  for (let at = 0; at < octets.length;) {
    if (at + 4 > octets.length || octets[at]! >> 6 !== 2) return undefined
    const packetType = octets[at + 1]!
    const end = at + 4 + octets.readUInt16BE(at + 2) * 4
    if (end > octets.length || packetType < 192 || packetType > 223) return undefined
    let bodyEnd = end
    if ((octets[at]! & 32) !== 0) {
      // 6.4.1: only the last one is padded.
      const padding = octets[end - 1]!
      if (end !== octets.length || padding === 0 || padding % 4 !== 0 || at + 4 + padding > end) return undefined
      bodyEnd -= padding
    }
    const packet = readPacket(packetType, octets[at]! & 31, octets.subarray(at + 4, bodyEnd))
    if (packet === undefined) return undefined
    packets.push(packet)
    at = end
  }
  return packets.length === 0 ? undefined : packets
}

function readPacket(packetType: number, count: number, body: Buffer): RtcpPacket | undefined {
  switch (packetType) {
    case types.senderReport: {
      if (body.length < 24 + count * 24) return undefined
      return {
        type: 'senderReport',
        ssrc: body.readUInt32BE(0),
        ntpSeconds: body.readUInt32BE(4),
        ntpFraction: body.readUInt32BE(8),
        rtpTimestamp: body.readUInt32BE(12),
        packets: body.readUInt32BE(16),
        octets: body.readUInt32BE(20),
        reports: readBlocks(body, 24, count),
      }
    }
    case types.receiverReport:
      if (body.length < 4 + count * 24) return undefined
      return { type: 'receiverReport', ssrc: body.readUInt32BE(0), reports: readBlocks(body, 4, count) }
    case types.description:
      return readDescription(body, count)
    case types.bye:
      return readBye(body, count)
    default:
      return { type: 'other', packetType, count, body: Uint8Array.from(body) }
  }
}

function readBlocks(body: Buffer, from: number, count: number): ReportBlock[] {
  return Array.from({ length: count }, (_, n) => {
    const at = from + n * 24
    return {
      ssrc: body.readUInt32BE(at),
      fractionLost: body[at + 4]!,
      lost: body.readIntBE(at + 5, 3),
      highest: body.readUInt32BE(at + 8),
      jitter: body.readUInt32BE(at + 12),
      lastSenderReport: body.readUInt32BE(at + 16),
      delaySinceSenderReport: body.readUInt32BE(at + 20),
    }
  })
}

/** 6.5: each chunk is ended by a zero and filled up to 32 bits. */
function readDescription(body: Buffer, count: number): SourceDescription | undefined {
  const chunks: SourceDescription['chunks'][number][] = []
  let at = 0
  for (let n = 0; n < count; n++) {
    if (at + 4 > body.length) return undefined
    const ssrc = body.readUInt32BE(at)
    const items: { type: number; text: string }[] = []
    at += 4
    for (;;) {
      if (at >= body.length) return undefined
      const type = body[at]!
      if (type === 0) break
      const bytes = body[at + 1]
      if (bytes === undefined || at + 2 + bytes > body.length) return undefined
      items.push({ type, text: body.toString('utf8', at + 2, at + 2 + bytes) })
      at += 2 + bytes
    }
    at += 4 - (at % 4)
    if (at > body.length) return undefined
    chunks.push({ ssrc, items })
  }
  return { type: 'description', chunks }
}

function readBye(body: Buffer, count: number): RtcpPacket | undefined {
  if (body.length < count * 4) return undefined
  const sources = Array.from({ length: count }, (_, n) => body.readUInt32BE(n * 4))
  const bytes = body[count * 4]
  if (bytes === undefined) return { type: 'bye', sources }
  if (count * 4 + 1 + bytes > body.length) return undefined
  return { type: 'bye', sources, reason: body.toString('utf8', count * 4 + 1, count * 4 + 1 + bytes) }
}

/** At most 31 blocks, chunks or sources each, and 255 octets a text: more is a fault of ours. */
export function writeRtcp(packets: readonly RtcpPacket[]): Uint8Array {
  return Buffer.concat(packets.map(writePacket))
}

function writePacket(packet: RtcpPacket): Buffer {
  switch (packet.type) {
    case 'senderReport': {
      const head = words(packet.ssrc, packet.ntpSeconds, packet.ntpFraction, packet.rtpTimestamp, packet.packets, packet.octets)
      return framed(types.senderReport, packet.reports.length, Buffer.concat([head, ...packet.reports.map(writeBlock)]))
    }
    case 'receiverReport':
      return framed(
        types.receiverReport,
        packet.reports.length,
        Buffer.concat([words(packet.ssrc), ...packet.reports.map(writeBlock)]),
      )
    case 'description':
      return framed(types.description, packet.chunks.length, Buffer.concat(packet.chunks.map(writeChunk)))
    case 'bye': {
      const reason = packet.reason === undefined ? Buffer.alloc(0) : filled(text(packet.reason), 0)
      return framed(types.bye, packet.sources.length, Buffer.concat([words(...packet.sources), reason]))
    }
    case 'other':
      return framed(packet.packetType, packet.count, filled(Buffer.from(packet.body), 0))
  }
}

function framed(packetType: number, count: number, body: Buffer): Buffer {
  if (count > 31) throw new Error(`${count} parts do not fit an RTCP packet`)
  const head = Buffer.from([0x80 | count, packetType, 0, 0])
  head.writeUInt16BE(body.length / 4, 2)
  return Buffer.concat([head, body])
}

function words(...numbers: number[]): Buffer {
  const octets = Buffer.alloc(numbers.length * 4)
  for (const [n, number] of numbers.entries()) octets.writeUInt32BE(number >>> 0, n * 4)
  return octets
}

function writeBlock(block: ReportBlock): Buffer {
  const octets = words(block.ssrc, 0, block.highest, block.jitter, block.lastSenderReport, block.delaySinceSenderReport)
  octets[4] = block.fractionLost
  // A.3: it is held at its limits, it does not turn over.
  octets.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, block.lost)), 5, 3)
  return octets
}

function text(words: string): Buffer {
  const octets = Buffer.from(words)
  if (octets.length > 255) throw new Error('a text of RTCP has at most 255 octets')
  return Buffer.concat([Buffer.from([octets.length]), octets])
}

function writeChunk(chunk: SourceDescription['chunks'][number]): Buffer {
  const items = chunk.items.flatMap((item) => [Buffer.from([item.type]), text(item.text)])
  return filled(Buffer.concat([words(chunk.ssrc), ...items]), 1)
}

/** Zeros up to 32 bits, but at least so many. */
function filled(octets: Buffer, least: number): Buffer {
  const zeros = (4 - ((octets.length + least) % 4)) % 4
  return Buffer.concat([octets, Buffer.alloc(zeros + least)])
}
