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
export declare function emptyRtpPacket(): RtpPacket
/** False: no RTP packet of version 2, or one whose lengths do not hold. `bytes`: how much of the datagram counts. */
export declare function readRtp(datagram: Uint8Array, bytes: number, into: RtpPacket): boolean
export declare const rtpHeaderBytes: 12
/** Writes the 12 octets of a head without CSRC and extension at the start of `into`. */
export declare function writeRtpHead(
  into: Uint8Array,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void
/** RFC 7983 7 and 5761 4: what came on a port that carries all. */
export declare function kindOfDatagram(datagram: Uint8Array, bytes: number): 'rtp' | 'rtcp' | 'stun' | 'dtls' | 'other'
/** The number nearest to `last` whose low 16 (32) bits these are. Signed and unbounded. */
export declare function extendSequence(last: number, sequence: number): number
export declare function extendTimestamp(last: number, timestamp: number): number
