// RTP packets (RFC 3550 5.1, 5.3.1) read into and written from memory that is used again: nothing is made per packet. What the payload means is
// the codecs' affair; header extensions are stepped over.

/** One packet's head, made once and filled again for each packet. */
export interface RtpPacket {
  payloadType: number
  marker: boolean
  sequence: number
  /** 32 bits, unsigned */
  timestamp: number
  ssrc: number
  /** Where in the datagram the payload stands, padding taken off. */
  payloadAt: number
  payloadBytes: number
}

/** To be filled by `readRtp`. */
export function emptyRtpPacket(): RtpPacket {
  return { payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc: 0, payloadAt: 0, payloadBytes: 0 }
}

export const rtpHeaderBytes = 12

const word = (from: Uint8Array, at: number): number =>
  ((from[at]! << 24) | (from[at + 1]! << 16) | (from[at + 2]! << 8) | from[at + 3]!) >>> 0

/** Where the payload starts, or -1 when the lengths do not hold. */
export function rtpPayloadAt(datagram: Uint8Array, bytes: number): number {
  if (bytes < rtpHeaderBytes || datagram[0]! >> 6 !== 2) return -1
  let at = rtpHeaderBytes + (datagram[0]! & 15) * 4
  if ((datagram[0]! & 16) !== 0) {
    if (at + 4 > bytes) return -1
    at += 4 + ((datagram[at + 2]! << 8) | datagram[at + 3]!) * 4
  }
  return at > bytes ? -1 : at
}

/** False: no RTP packet of version 2, or one whose lengths do not hold. `bytes`: how much of the datagram counts. */
export function readRtp(datagram: Uint8Array, bytes: number, into: RtpPacket): boolean {
  const payloadAt = rtpPayloadAt(datagram, bytes)
  if (payloadAt === -1) return false
  let padding = 0
  if ((datagram[0]! & 32) !== 0) {
    padding = datagram[bytes - 1]!
    if (padding === 0 || payloadAt + padding > bytes) return false
  }
  into.payloadType = datagram[1]! & 127
  into.marker = datagram[1]! > 127
  into.sequence = (datagram[2]! << 8) | datagram[3]!
  into.timestamp = word(datagram, 4)
  into.ssrc = word(datagram, 8)
  into.payloadAt = payloadAt
  into.payloadBytes = bytes - payloadAt - padding
  return true
}

/** Writes the 12 octets of a head without CSRC and extension at the start of `into`. */
export function writeRtpHead(
  into: Uint8Array,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  into[0] = 0x80
  into[1] = (marker ? 0x80 : 0) | payloadType
  into[2] = sequence >>> 8
  into[3] = sequence
  into[4] = timestamp >>> 24
  into[5] = timestamp >>> 16
  into[6] = timestamp >>> 8
  into[7] = timestamp
  into[8] = ssrc >>> 24
  into[9] = ssrc >>> 16
  into[10] = ssrc >>> 8
  into[11] = ssrc
}

/** The shortest RTCP packet: a head and whose it is (RFC 3550 6.4.2). */
const leastRtcpBytes = 8

/** RFC 7983 7 and 5761 4: what came on a port that carries all. What is too short for its kind is none. */
export function kindOfDatagram(datagram: Uint8Array, bytes: number): 'rtp' | 'rtcp' | 'stun' | 'dtls' | 'other' {
  if (bytes < 2) return 'other'
  const first = datagram[0]!
  if (first > 127 && first < 192) {
    if (datagram[1]! >= 192 && datagram[1]! <= 223) return bytes < leastRtcpBytes ? 'other' : 'rtcp'
    return bytes < rtpHeaderBytes ? 'other' : 'rtp'
  }
  if (first < 4) return 'stun'
  return first > 19 && first < 64 ? 'dtls' : 'other'
}

/** The number nearest to `last` whose low 16 bits these are. Signed and unbounded. */
export function extendSequence(last: number, sequence: number): number {
  return last + (((sequence - last) << 16) >> 16)
}

/** The same of 32 bits. */
export function extendTimestamp(last: number, timestamp: number): number {
  // `| 0` is modulo 2^32 for all numbers a stream can come to.
  return last + ((timestamp - last) | 0)
}
