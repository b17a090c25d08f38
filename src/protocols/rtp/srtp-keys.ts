// Keys and ciphers of SRTP with AES-CM and HMAC-SHA1 (RFC 3711 4.1, 4.2, 4.3). Everything that can be made once is: a packet costs one pass of the
// cipher and two hashes.

import { Buffer } from 'node:buffer'
import { createCipheriv, hash, timingSafeEqual, type Cipheriv } from 'node:crypto'

/** 4.3.1, table: labels of what is derived. */
const labels = { rtp: 0, rtcp: 3 } as const

/** 4.3.3 with a key derivation rate of 0. */
export function derived(master: Uint8Array, salt: Uint8Array, label: number, bytes: number): Buffer {
  const counter = Buffer.alloc(16)
  counter.set(salt)
  counter[7]! ^= label
  return createCipheriv('aes-128-ctr', master, counter).update(Buffer.alloc(bytes))
}

const block = 16
/** The longest packet that is protected: beyond any path's MTU. */
export const mostPacketBytes = 2048
const ipad = 0x36
const opad = 0x5c

/** The session keys of RTP or RTCP under one master key. */
export class SrtpKeys {
  readonly #cipher: Cipheriv
  readonly #salt: Buffer
  readonly #counters = Buffer.alloc(mostPacketBytes + block)
  /** RFC 2104: the key's block before what is hashed. */
  readonly #inner = Buffer.alloc(64 + mostPacketBytes + 4, 0)
  readonly #outer = Buffer.alloc(64 + 20, 0)

  constructor(key: Uint8Array, of: 'rtp' | 'rtcp') {
    const [master, salt] = [key.subarray(0, 16), key.subarray(16, 30)]
    this.#cipher = createCipheriv('aes-128-ecb', derived(master, salt, labels[of], 16), null).setAutoPadding(false)
    const authentication = derived(master, salt, labels[of] + 1, 20)
    this.#salt = derived(master, salt, labels[of] + 2, 14)
    for (let n = 0; n < 64; n++) {
      this.#inner[n] = (authentication[n] ?? 0) ^ ipad
      this.#outer[n] = (authentication[n] ?? 0) ^ opad
    }
  }

  /** 4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16). In place; it is its own inverse. `high` and `low`: the index's upper and lower
   *  parts, of 16 bits below. */
  crypt(packet: Uint8Array, from: number, to: number, ssrc: number, high: number, low: number): void {
    const counters = this.#counters
    const salt = this.#salt
    const bytes = to - from
    if (bytes <= 0) return
    const blocks = Math.ceil(bytes / block)
    for (let n = 0; n < blocks; n++) {
      const at = n * block
      for (let octet = 0; octet < 14; octet++) counters[at + octet] = salt[octet]!
      counters[at + 4]! ^= ssrc >>> 24
      counters[at + 5]! ^= ssrc >>> 16
      counters[at + 6]! ^= ssrc >>> 8
      counters[at + 7]! ^= ssrc
      counters[at + 8]! ^= high >>> 24
      counters[at + 9]! ^= high >>> 16
      counters[at + 10]! ^= high >>> 8
      counters[at + 11]! ^= high
      counters[at + 12]! ^= low >>> 8
      counters[at + 13]! ^= low
      counters[at + 14] = n >>> 8
      counters[at + 15] = n
    }
    const stream = this.#cipher.update(counters.subarray(0, blocks * block))
    for (let n = 0; n < bytes; n++) packet[from + n]! ^= stream[n]!
  }

  /** 4.2: over the packet and, for RTP, the rollover counter. 20 octets. */
  authenticate(packet: Uint8Array, bytes: number, rollover?: number): Buffer {
    const inner = this.#inner
    for (let n = 0; n < bytes; n++) inner[64 + n] = packet[n]!
    let end = 64 + bytes
    if (rollover !== undefined) {
      inner.writeUInt32BE(rollover >>> 0, end)
      end += 4
    }
    this.#outer.set(hash('sha1', inner.subarray(0, end), 'buffer'), 64)
    return hash('sha1', this.#outer, 'buffer')
  }

  /** In constant time. */
  isAuthentic(packet: Uint8Array, bytes: number, tagBytes: number, rollover?: number): boolean {
    const tag = this.authenticate(packet, bytes, rollover)
    return timingSafeEqual(tag.subarray(0, tagBytes), packet.subarray(bytes, bytes + tagBytes))
  }
}
