// The answering side of ICE (RFC 8445 2.5, lite): one host candidate, checks of the other side are answered, none is sent. STUN (RFC 8489)
// only as far as a check needs it. Where the other side nominated a way, we send.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { crc32 } from 'node:zlib'

const headerBytes = 20
const cookie = 0x2112a442
const bindingRequest = 0x0001
const bindingResponse = 0x0101
const bindingError = 0x0111
const username = 0x0006
const messageIntegrity = 0x0008
const errorCode = 0x0009
const xorMappedAddress = 0x0020
const useCandidate = 0x0025
const fingerprint = 0x8028
const iceControlled = 0x8029
/** RFC 8489 14.7 */
const fingerprintMask = 0x5354554e
const integrityBytes = 20

export interface Check {
  readonly answer: Buffer
  /** A valid check; false: the answer says what was wrong. */
  readonly isGood: boolean
  /** The other side wants this way. */
  readonly nominates: boolean
}

export class IceLite {
  /** RFC 8839 5.4: at least 24 bits for one, 128 for the other. */
  readonly ufrag = randomBytes(6).toString('base64url').replaceAll(/[-_]/g, 'a')
  readonly password = randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'a')
  readonly candidates: readonly string[]

  constructor(host: string, port: number) {
    // RFC 8445 5.1.2.1: type 126, local preference 65535, component 1.
    this.candidates = [`candidate:1 1 udp ${126 * 2 ** 24 + 65_535 * 256 + 255} ${host} ${port} typ host`]
  }

  /** Undefined: no check, or one that does not know our password; nothing is answered (a stranger learns nothing). */
  answer(datagram: Buffer, host: string, port: number): Check | undefined {
    if (datagram.length < headerBytes || datagram.readUInt16BE(0) !== bindingRequest) return undefined
    if (datagram.readUInt32BE(4) !== cookie || datagram.readUInt16BE(2) !== datagram.length - headerBytes) return undefined
    const found = attributesOf(datagram)
    const name = found?.get(username)
    const integrity = found?.get(messageIntegrity)
    if (!found || !name || !integrity || integrity.bytes.length !== integrityBytes) return undefined
    if (name.bytes.toString('utf8').split(':')[0] !== this.ufrag) return undefined
    if (!timingSafeEqual(integrity.bytes, this.#sign(datagram.subarray(0, integrity.at)))) return undefined
    const transaction = datagram.subarray(8, headerBytes)
    // We are never the controlling side, RFC 8445 7.3.1.1: who thinks so too is told.
    if (found.has(iceControlled)) {
      const role = Buffer.concat([Buffer.from([0, 0, 4, 87]), Buffer.from('Role Conflict')])
      return { answer: this.#message(bindingError, transaction, errorCode, role), isGood: false, nominates: false }
    }
    const answer = this.#message(bindingResponse, transaction, xorMappedAddress, mapped(host, port, transaction))
    return { answer, isGood: true, nominates: found.has(useCandidate) }
  }

  /** Over all before it, with a length that counts it in (RFC 8489 14.5). */
  #sign(before: Buffer): Buffer {
    const signed = Buffer.from(before)
    signed.writeUInt16BE(before.length - headerBytes + 4 + integrityBytes, 2)
    return createHmac('sha1', this.password).update(signed).digest()
  }

  #message(type: number, transaction: Buffer, attribute: number, value: Buffer): Buffer {
    const head = Buffer.alloc(8)
    head.writeUInt16BE(type, 0)
    head.writeUInt32BE(cookie, 4)
    let message = Buffer.concat([head, transaction, attributeOf(attribute, value)])
    message = Buffer.concat([message, attributeOf(messageIntegrity, this.#sign(message))])
    message.writeUInt16BE(message.length - headerBytes + 8, 2)
    const check = Buffer.alloc(4)
    check.writeUInt32BE((crc32(message) ^ fingerprintMask) >>> 0)
    return Buffer.concat([message, attributeOf(fingerprint, check)])
  }
}

interface Attribute {
  readonly bytes: Buffer
  readonly at: number
}

/** The first of each type; what follows the integrity does not count. */
function attributesOf(datagram: Buffer): Map<number, Attribute> | undefined {
  const found = new Map<number, Attribute>()
  for (let at = headerBytes; at + 4 <= datagram.length;) {
    const type = datagram.readUInt16BE(at)
    const length = datagram.readUInt16BE(at + 2)
    if (at + 4 + length > datagram.length) return undefined
    if (!found.has(type)) found.set(type, { bytes: datagram.subarray(at + 4, at + 4 + length), at })
    if (type === messageIntegrity) return found
    at += 4 + Math.ceil(length / 4) * 4
  }
  return found
}

function attributeOf(type: number, value: Buffer): Buffer {
  const attribute = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4)
  attribute.writeUInt16BE(type, 0)
  attribute.writeUInt16BE(value.length, 2)
  value.copy(attribute, 4)
  return attribute
}

/** RFC 8489 14.2 */
function mapped(host: string, port: number, transaction: Buffer): Buffer {
  const v4 = isIPv4(host)
  const address = v4 ? Buffer.from(host.split('.').map(Number)) : v6Bytes(host)
  const mask = Buffer.alloc(16)
  mask.writeUInt32BE(cookie, 0)
  transaction.copy(mask, 4)
  const value = Buffer.alloc(4 + address.length)
  value[1] = v4 ? 1 : 2
  value.writeUInt16BE(port ^ (cookie >>> 16), 2)
  for (const [at, octet] of address.entries()) value[4 + at] = octet ^ mask[at]!
  return value
}

function v6Bytes(host: string): Buffer {
  const [before = '', after] = host.split('%')[0]!.split('::')
  const words = (text: string): number[] => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)))
  const head = words(before)
  const tail = words(after ?? '')
  const all = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
  const bytes = Buffer.alloc(16)
  for (const [at, word] of all.entries()) bytes.writeUInt16BE(word, at * 2)
  return bytes
}
