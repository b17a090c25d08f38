// Identifiers. Every row's key is one 53-bit time-sorted integer: 41 bits of ms since 2020, 12 bits of node and
// sequence. Outside it is seen only in a face's own form, a keyed bijection of it: unguessable, and no table to keep.

import { createCipheriv, createDecipheriv, type Cipheriv, type Decipheriv } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Key } from './secrets.ts'

const epochMs = Date.UTC(2020, 0, 1)
const nodeBits = 4
const sequenceBits = 8
const perMs = 2 ** (nodeBits + sequenceBits)

export type NextId = () => number

/** `node` is 0 to 15. Ids of one node never repeat or go back, also when the clock does. */
export function idSource(clock: Clock, node = 0): NextId {
  let lastMs = 0
  let sequence = 0
  return () => {
    let ms = clock.nowMs() - epochMs
    if (ms <= lastMs) {
      ms = lastMs
      sequence += 1
      if (sequence === 2 ** sequenceBits) {
        ms += 1
        sequence = 0
      }
    } else sequence = 0
    lastMs = ms
    return ms * perMs + node * 2 ** sequenceBits + sequence
  }
}

/** When an id was made, ms UTC. */
export function idTimeMs(id: number): number {
  return Math.floor(id / perMs) + epochMs
}

/** The lowest id that could have been made at `ms`: turns a time filter into a key range. */
export function firstIdAt(ms: number): number {
  return Math.max(0, ms - epochMs) * perMs
}

const shownKept = 256

/**
 * Ids as 128-bit blocks for one face: AES of (id, kind). `kind` keeps an account's id from being read as a number's.
 * `hex` gives 32 lower-case digits, `uuid` the same with dashes; `fromHex` takes either and gives undefined for
 * anything this face did not make.
 */
export class BlockIds {
  readonly #cipher: Cipheriv
  readonly #decipher: Decipheriv
  readonly #block = Buffer.alloc(16)
  /** The ids shown of late, by kind: those of an account and its user are in almost every answer. */
  readonly #shown = new Map<string, Map<number, string>>()

  constructor(key: Key, face: string) {
    const secret = key.derive(`ids ${face}`, 16)
    // ECB of single, unique blocks is the bijection wanted here; there is no message to leak patterns of.
    this.#cipher = createCipheriv('aes-128-ecb', secret, null).setAutoPadding(false)
    this.#decipher = createDecipheriv('aes-128-ecb', secret, null).setAutoPadding(false)
  }

  hex(kind: string, id: number): string {
    let shown = this.#shown.get(kind)
    if (!shown) this.#shown.set(kind, (shown = new Map<number, string>()))
    let text = shown.get(id)
    if (text === undefined) {
      if (shown.size >= shownKept) shown.clear()
      text = this.#encrypted(kind, id)
      shown.set(id, text)
    }
    return text
  }

  #encrypted(kind: string, id: number): string {
    this.#block.fill(0)
    this.#block.write(kind.slice(0, 8), 0, 'latin1')
    this.#block.writeBigUInt64BE(BigInt(id), 8)
    return this.#cipher.update(this.#block).toString('hex')
  }

  uuid(kind: string, id: number): string {
    return this.hex(kind, id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  fromHex(kind: string, text: string): number | undefined {
    const hex = text.replaceAll('-', '')
    if (!/^[0-9a-f]{32}$/i.test(hex)) return undefined
    const block = this.#decipher.update(Buffer.from(hex, 'hex'))
    const expected = Buffer.alloc(8)
    expected.write(kind.slice(0, 8), 0, 'latin1')
    if (!block.subarray(0, 8).equals(expected)) return undefined
    const id = block.readBigUInt64BE(8)
    return id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : undefined
  }
}

/**
 * Ids as decimal numbers below 2^53 for faces that want numbers: a four-round Feistel network over 53 bits
 * (26 + 27, unbalanced) with AES as its round function, one per kind.
 */
export class DecimalIds {
  readonly #rounds = new Map<string, Cipheriv>()
  readonly #key: Key
  readonly #face: string

  constructor(key: Key, face: string) {
    this.#key = key
    this.#face = face
  }

  #round(kind: string, round: number, half: number): number {
    let cipher = this.#rounds.get(kind)
    if (!cipher) {
      cipher = createCipheriv('aes-128-ecb', this.#key.derive(`decimal ${this.#face} ${kind}`, 16), null).setAutoPadding(false)
      this.#rounds.set(kind, cipher)
    }
    const block = Buffer.alloc(16)
    block.writeUInt32BE(round, 0)
    block.writeUInt32BE(half, 4)
    return cipher.update(block).readUInt32BE(0)
  }

  encode(kind: string, id: number): number {
    let left = Math.floor(id / 2 ** 27) // 26 bits
    let right = id % 2 ** 27 // 27 bits
    for (let round = 0; round < 4; round += 2) {
      left = (left ^ (this.#round(kind, round, right) >>> 6)) >>> 0
      right = (right ^ (this.#round(kind, round + 1, left) >>> 5)) >>> 0
    }
    return left * 2 ** 27 + right
  }

  decode(kind: string, text: string | number): number | undefined {
    const value = typeof text === 'number' ? text : /^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : NaN
    if (!Number.isSafeInteger(value) || value < 0) return undefined
    let left = Math.floor(value / 2 ** 27)
    let right = value % 2 ** 27
    for (let round = 2; round >= 0; round -= 2) {
      right = (right ^ (this.#round(kind, round + 1, left) >>> 5)) >>> 0
      left = (left ^ (this.#round(kind, round, right) >>> 6)) >>> 0
    }
    return left * 2 ** 27 + right
  }
}
