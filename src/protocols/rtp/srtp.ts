// SRTP and SRTCP (RFC 3711) under keys from SDP (RFC 4568): AES-CM with 128 bits and HMAC-SHA1 of 80 or 32. In place. No master key index, no key
// derivation rate, no renewal within a session: a new key is a new object.

import { Buffer } from 'node:buffer'
import { ReplayWindow } from './replay-window.ts'
import { rtpPayloadAt } from './rtp-packet.ts'
import { mostPacketBytes, SrtpKeys } from './srtp-keys.ts'

/** RFC 4568 with AES_CM_128_HMAC_SHA1_80 or _32; `key` is the 30 bytes of master key and salt, base64. */
export interface SdesKey {
  readonly tag: number
  readonly suite: 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32'
  readonly key: string
}

/** SRTCP's tag has 80 bits in both suites (RFC 4568 6.2.2). */
const rtcpTagBytes = 10
const indexBytes = 4
/** Strangers cannot add sources, but a broken peer could. */
const mostSources = 64

interface Source {
  /** Extended: rollover counter and sequence. */
  readonly window: ReplayWindow
  sentHighest: number
}

/** One direction under one SDES key (RFC 3711, 4568). Each SSRC under it has its own rollover counter and replay window. */
export class SrtpSession {
  readonly #tagBytes: number
  readonly #rtp: SrtpKeys
  readonly #rtcp: SrtpKeys
  readonly #sources = new Map<number, Source>()
  readonly #rtcpWindows = new Map<number, ReplayWindow>()
  #rtcpSent = 0

  constructor(key: Pick<SdesKey, 'suite' | 'key'>) {
    const octets = Buffer.from(key.key, 'base64')
    if (octets.length !== 30) throw new Error('an SDES key has 30 octets')
    this.#tagBytes = key.suite === 'AES_CM_128_HMAC_SHA1_32' ? 4 : 10
    this.#rtp = new SrtpKeys(octets, 'rtp')
    this.#rtcp = new SrtpKeys(octets, 'rtcp')
  }

  /** In place; `packet` has room for 10 more octets. Gives the length; -1 for what is no RTP packet. */
  protect(packet: Uint8Array, bytes: number): number {
    const from = rtpPayloadAt(packet, bytes)
    if (from === -1 || bytes > mostPacketBytes) return -1
    const ssrc = word(packet, 8)
    const sequence = (packet[2]! << 8) | packet[3]!
    const source = this.#sources.get(ssrc) ?? newSource()
    this.#sources.set(ssrc, source)
    const index = estimated(source.sentHighest, sequence)
    if (index > source.sentHighest) source.sentHighest = index
    const rollover = Math.floor(index / 65_536)
    this.#rtp.crypt(packet, from, bytes, ssrc, rollover, sequence)
    const tag = this.#rtp.authenticate(packet, bytes, rollover)
    for (let n = 0; n < this.#tagBytes; n++) packet[bytes + n] = tag[n]!
    return bytes + this.#tagBytes
  }

  /** In place. Length of the RTP packet, or -1: not authentic, replayed or malformed. */
  unprotect(packet: Uint8Array, bytes: number): number {
    const end = bytes - this.#tagBytes
    const from = rtpPayloadAt(packet, end)
    if (from === -1 || bytes > mostPacketBytes) return -1
    const ssrc = word(packet, 8)
    const sequence = (packet[2]! << 8) | packet[3]!
    const source = this.#sources.get(ssrc)
    const index = estimated(source?.window.highest ?? -1, sequence)
    if (source !== undefined && !source.window.isNew(index)) return -1
    const rollover = Math.floor(index / 65_536)
    if (!this.#rtp.isAuthentic(packet, end, this.#tagBytes, rollover)) return -1
    this.#rtp.crypt(packet, from, end, ssrc, rollover, sequence)
    // A source is remembered only once it has shown that it has the key.
    if (source !== undefined) source.window.add(index)
    else if (this.#sources.size < mostSources) {
      const made = newSource()
      made.window.add(index)
      this.#sources.set(ssrc, made)
    } else return -1
    return end
  }

  /** 3.4. Room for 14 more. */
  protectRtcp(packet: Uint8Array, bytes: number): number {
    if (bytes < 8 || bytes > mostPacketBytes - indexBytes) return -1
    const index = this.#rtcpSent
    this.#rtcpSent = (index + 1) & 0x7fffffff
    this.#rtcp.crypt(packet, 8, bytes, word(packet, 4), index >>> 16, index & 0xffff)
    // E: it is encrypted.
    packet[bytes] = 0x80 | (index >>> 24)
    packet[bytes + 1] = index >>> 16
    packet[bytes + 2] = index >>> 8
    packet[bytes + 3] = index
    const tag = this.#rtcp.authenticate(packet, bytes + indexBytes)
    for (let n = 0; n < rtcpTagBytes; n++) packet[bytes + indexBytes + n] = tag[n]!
    return bytes + indexBytes + rtcpTagBytes
  }

  /** Length of the RTCP packet, or -1. */
  unprotectRtcp(packet: Uint8Array, bytes: number): number {
    const signed = bytes - rtcpTagBytes
    const end = signed - indexBytes
    if (end < 8 || bytes > mostPacketBytes) return -1
    const ssrc = word(packet, 4)
    const isEncrypted = packet[end]! > 127
    const index = word(packet, end) & 0x7fffffff
    const window = this.#rtcpWindows.get(ssrc)
    if (window?.isNew(index) === false || !this.#rtcp.isAuthentic(packet, signed, rtcpTagBytes)) return -1
    if (window === undefined && this.#rtcpWindows.size >= mostSources) return -1
    if (isEncrypted) this.#rtcp.crypt(packet, 8, end, ssrc, index >>> 16, index & 0xffff)
    const known = window ?? new ReplayWindow()
    known.add(index)
    this.#rtcpWindows.set(ssrc, known)
    return end
  }
}

const newSource = (): Source => ({ window: new ReplayWindow(), sentHighest: -1 })

const word = (from: Uint8Array, at: number): number =>
  ((from[at]! << 24) | (from[at + 1]! << 16) | (from[at + 2]! << 8) | from[at + 3]!) >>> 0

/** 3.3.1 and appendix A: the index nearest to the highest so far; never below zero. */
function estimated(highest: number, sequence: number): number {
  if (highest === -1) return sequence
  const index = highest + (((sequence - highest) << 16) >> 16)
  return index < 0 ? index + 65_536 : index
}

/** 30 random octets in, base64 out. */
export function sdesKey(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64')
}
