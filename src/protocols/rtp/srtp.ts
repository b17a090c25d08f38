import type { SdesKey } from '#media/contract.ts'
/** One direction under one SDES key (RFC 3711, 4568). Each SSRC under it has its own rollover counter and replay window. */
export declare class SrtpSession {
  constructor(key: Pick<SdesKey, 'suite' | 'key'>)
  /** In place; `packet` has room for 10 more octets. Gives the length. */
  protect(packet: Uint8Array, bytes: number): number
  /** In place. Length of the RTP packet, or -1: not authentic, replayed or malformed. */
  unprotect(packet: Uint8Array, bytes: number): number
  /** Room for 14 more. */
  protectRtcp(packet: Uint8Array, bytes: number): number
  unprotectRtcp(packet: Uint8Array, bytes: number): number
}
/** 30 random octets in, base64 out. */
export declare function sdesKey(octets: Uint8Array): string
