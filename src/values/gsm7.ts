// Text to septets and back by the GSM 7 bit alphabets (3GPP TS 23.038 6.1.2, 6.2): look-ups made of the tables, one septet to an octet
// as SMPP carries them, and the packed form of the air interface. Decides nothing about segments: that is sms-text.ts.

import { lockingTables, reserved, singleTables } from './gsm7-tables.ts'

/** Leads to the single shift table: two septets, one character (6.2.1). */
export const escapeSeptet = 0x1b

/** No character of any table lies at or above it: the euro and the infinity sign are the highest. */
const tableSize = 0x2300
/** In a look-up, this bit says that an escape goes before the code. */
const escaped = 0x80
/** Escaped escape: no table has a character there, so that it can stand for "no such character". */
const absent = escaped | escapeSeptet

/** A pair of tables in use together. Identifiers of national languages; 0 is the default alphabet and its extension. */
export interface Shift {
  readonly locking: number
  readonly single: number
}

export const defaultShift: Shift = { locking: 0, single: 0 }

interface LookUp {
  /** By UTF-16 code unit: the septet, with `escaped` when an escape goes before it, or `absent`. */
  readonly encode: Uint8Array
  /** By septet: the code unit; the second half is what stands behind an escape. */
  readonly decode: Uint16Array
}

const lookUps = new Map<number, LookUp>()

/** What no table knows is shown as a space (6.2.1), and behind an escape as the character without it (6.2.1.1). */
function makeLookUp({ locking, single }: Shift): LookUp {
  const basic = lockingTables[locking] ?? (lockingTables[0] as string)
  const extension = singleTables[single] ?? (singleTables[0] as string)
  const encode = new Uint8Array(tableSize).fill(absent)
  const decode = new Uint16Array(256)
  const space = 0x20
  // Backwards, so that of two codes with one character the lower is used, and no escape where none is needed.
  for (let code = 127; code >= 0; code -= 1) {
    decode[code] = basic[code] === reserved ? space : basic.charCodeAt(code)
    const shifted = extension[code] === reserved ? 0 : extension.charCodeAt(code)
    decode[escaped | code] = shifted || (decode[code] as number)
    if (shifted) encode[shifted] = escaped | code
  }
  for (let code = 127; code >= 0; code -= 1) if (basic[code] !== reserved) encode[basic.charCodeAt(code)] = code
  return { encode, decode }
}

function lookUp(shift: Shift): LookUp {
  const key = shift.locking * 16 + shift.single
  let found = lookUps.get(key)
  if (!found) lookUps.set(key, (found = makeLookUp(shift)))
  return found
}

const byDefault = makeLookUp(defaultShift)
lookUps.set(0, byDefault)

/** How many septets the text takes; -1 when a character of it is in neither table. */
export function septetsOf(text: string, shift: Shift = defaultShift): number {
  const { encode } = shift === defaultShift ? byDefault : lookUp(shift)
  const { length } = text
  let septets = length
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index)
    const code = unit < tableSize ? (encode[unit] as number) : absent
    if (code >= escaped) {
      if (code === absent) return -1
      septets += 1
    }
  }
  return septets
}

/**
 * Where to cut the text so that no piece takes more than `perPiece` septets: the index after each piece.
 * An escape stays with what it escapes. Every character must be known.
 */
export function septetCuts(text: string, perPiece: number, shift: Shift = defaultShift): number[] {
  const { encode } = lookUp(shift)
  const cuts: number[] = []
  let used = 0
  for (let index = 0; index < text.length; index += 1) {
    const width = (encode[text.charCodeAt(index)] as number) < escaped ? 1 : 2
    if (used + width > perPiece) {
      cuts.push(index)
      used = 0
    }
    used += width
  }
  cuts.push(text.length)
  return cuts
}

/** Writes the characters from `from` to before `to`, a septet to an octet, at `offset`; gives the offset behind them. Every character must be known. */
export function writeSeptets(
  text: string,
  from: number,
  to: number,
  into: Uint8Array,
  offset: number,
  shift: Shift = defaultShift,
): number {
  const { encode } = shift === defaultShift ? byDefault : lookUp(shift)
  let at = offset
  for (let index = from; index < to; index += 1) {
    const code = encode[text.charCodeAt(index)] as number
    if (code < escaped) into[at++] = code
    else {
      into[at++] = escapeSeptet
      into[at++] = code & 0x7f
    }
  }
  return at
}

/** The text as septets, an octet each; undefined when a character of it is in neither table. */
export function encodeSeptets(text: string, shift: Shift = defaultShift): Uint8Array | undefined {
  const septets = septetsOf(text, shift)
  if (septets < 0) return undefined
  const bytes = Buffer.allocUnsafe(septets)
  writeSeptets(text, 0, text.length, bytes, 0, shift)
  return bytes
}

/**
 * The text of septets, an octet each; a high bit is not looked at. An escape at the very end, whose other half is in the next
 * segment, stays in the text as U+001B when `keepsEscape`, and is a space otherwise (6.2.1).
 */
export function decodeSeptets(bytes: Uint8Array, shift: Shift = defaultShift, keepsEscape = false): string {
  const { decode } = lookUp(shift)
  const units = new Uint16Array(bytes.length)
  let count = 0
  for (let index = 0; index < bytes.length; index += 1) {
    const code = (bytes[index] as number) & 0x7f
    if (code !== escapeSeptet) units[count++] = decode[code] as number
    else if (index + 1 < bytes.length) units[count++] = decode[escaped | ((bytes[++index] as number) & 0x7f)] as number
    else units[count++] = keepsEscape ? escapeSeptet : 0x20
  }
  return fromUnits(units.subarray(0, count))
}

/** What an escape makes of the first character of this text, by the default tables: for two halves that come apart. */
export function afterEscape(text: string): string {
  const code = byDefault.encode[text.charCodeAt(0)] ?? absent
  if (code >= escaped) return text
  return String.fromCharCode(byDefault.decode[escaped | code] as number) + text.slice(1)
}

/** In pieces, as a call takes only so many arguments. */
export function fromUnits(units: Uint16Array): string {
  if (units.length <= 4096) return String.fromCharCode.apply(null, units as unknown as number[])
  let text = ''
  for (let at = 0; at < units.length; at += 4096) {
    text += String.fromCharCode.apply(null, units.subarray(at, at + 4096) as unknown as number[])
  }
  return text
}

/** Each character that has no septet, once for each place, with its index in UTF-16 code units. A surrogate pair is one character. */
export function withoutSeptet(text: string, shift: Shift = defaultShift): { character: string; index: number }[] {
  const { encode } = lookUp(shift)
  const found: { character: string; index: number }[] = []
  let index = 0
  for (const character of text) {
    const unit = character.charCodeAt(0)
    if (unit >= tableSize || encode[unit] === absent) found.push({ character, index })
    index += character.length
  }
  return found
}

/** How many bits stand between a user data header and the first septet, so that septets go on at a septet boundary (3GPP TS 23.040 9.2.3.24). */
export const fillBits = (headerOctets: number): number => (7 - ((headerOctets * 8) % 7)) % 7

/** Septets packed eight into seven octets (23.038 6.1.2.1.1), behind `fill` empty bits. */
export function pack(septets: Uint8Array, fill = 0): Uint8Array {
  const bytes = Buffer.alloc(Math.ceil((septets.length * 7 + fill) / 8))
  let bit = fill
  for (const septet of septets) {
    const at = bit >> 3
    const spread = (septet & 0x7f) << (bit & 7)
    bytes[at]! |= spread & 0xff
    if (spread > 0xff) bytes[at + 1]! |= spread >> 8
    bit += 7
  }
  return bytes
}

/**
 * The septets of packed octets. Octets alone do not say whether seven bits left over at the end are a septet of zeros (`@`) or nothing;
 * without a `count` they are taken for nothing (6.1.2.3.1).
 */
export function unpack(bytes: Uint8Array, fill = 0, count?: number): Uint8Array {
  const available = Math.max(0, Math.floor((bytes.length * 8 - fill) / 7))
  const septets = Buffer.allocUnsafe(Math.min(count ?? available, available))
  for (let index = 0; index < septets.length; index += 1) {
    const bit = fill + index * 7
    const at = bit >> 3
    septets[index] = ((((bytes[at + 1] ?? 0) << 8) | (bytes[at] as number)) >> (bit & 7)) & 0x7f
  }
  const spare = bytes.length * 8 - fill - available * 7
  const nothing = count === undefined && spare === 0 && available > 0 && septets.at(-1) === 0
  return nothing ? septets.subarray(0, -1) : septets
}
