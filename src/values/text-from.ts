// The text of a short message's octets, by its data coding (SMPP 3.4 5.2.19; GSM data coding schemes by 3GPP TS 23.038 4) and the
// tables its header names. Never throws: what cannot be read as it claims is read as what it can be, and the coding says so.

import { afterEscape, decodeSeptets, defaultShift, escapeSeptet, fillBits, fromUnits, unpack } from './gsm7.ts'
import type { UserDataHeader } from './user-data-header.ts'

/** What octets can be read as. `binary` is no text and comes as hexadecimal digits. */
export type Alphabet =
  | 'gsm7'
  | 'ucs2'
  | 'latin1'
  | 'ascii'
  | 'utf8'
  | 'binary'
  | 'cyrillic'
  | 'hebrew'
  | 'shift_jis'
  | 'iso2022jp'
  | 'eucjp'
  | 'euckr'

export interface TextFromOptions {
  /** What this peer means by a data coding, where it is not what the standard says: `{ 0: 'latin1' }`. */
  readonly alphabets?: Readonly<Record<number, Alphabet>>
  /** Septets packed eight to seven octets. */
  readonly packed?: boolean
}

export interface ReadText {
  readonly text: string
  /** What it was read as. */
  readonly coding: Alphabet
  /** Message class 0: to be shown at once. */
  readonly flash: boolean
}

/** SMPP 3.4 5.2.19. Values not here below 0x10 are reserved and read as the default alphabet. */
const alphabets: Readonly<Record<number, Alphabet>> = {
  0: 'gsm7',
  1: 'ascii',
  2: 'binary',
  3: 'latin1',
  4: 'binary',
  5: 'shift_jis',
  6: 'cyrillic',
  7: 'hebrew',
  8: 'ucs2',
  9: 'binary',
  10: 'iso2022jp',
  13: 'eucjp',
  14: 'euckr',
}

const encodings: Readonly<Partial<Record<Alphabet, string>>> = {
  cyrillic: 'iso-8859-5',
  hebrew: 'iso-8859-8',
  shift_jis: 'shift_jis',
  iso2022jp: 'iso-2022-jp',
  eucjp: 'euc-jp',
  euckr: 'euc-kr',
}

/** 23.038 4, by the upper four bits; above what SMPP itself defines. */
function schemeAlphabet(dataCoding: number): Alphabet {
  const group = dataCoding >> 4
  if (group <= 0x7) {
    const isCompressed = (dataCoding & 0x20) !== 0
    return isCompressed ? 'binary' : ((['gsm7', 'binary', 'ucs2', 'gsm7'] as const)[(dataCoding >> 2) & 3] as Alphabet)
  }
  if (group === 0xe) return 'ucs2'
  return group === 0xf && (dataCoding & 0x04) !== 0 ? 'binary' : 'gsm7'
}

/** Groups that carry a message class, with class 0 in it. */
const isFlash = (dataCoding: number): boolean =>
  (dataCoding & 3) === 0 && ((dataCoding >= 0x10 && dataCoding < 0x80 && (dataCoding & 0x10) !== 0) || dataCoding >> 4 === 0xf)

/** The text of the octets behind the header. */
export function textFrom(
  bytes: Uint8Array,
  dataCoding: number,
  header?: Pick<UserDataHeader, 'concat' | 'shift' | 'octets'>,
  options: TextFromOptions = {},
): ReadText {
  const claimed =
    options.alphabets?.[dataCoding] ?? (dataCoding < 0x10 ? (alphabets[dataCoding] ?? 'gsm7') : schemeAlphabet(dataCoding))
  const flash = isFlash(dataCoding)
  if (claimed !== 'gsm7') return { text: decode(bytes, claimed), coding: claimed, flash }
  const fill = header ? fillBits(header.octets) : 0
  if (!options.packed && !isSeptets(bytes)) {
    // No septet has the high bit: the peer sends something else under this data coding.
    const coding = isUtf8(bytes) ? 'utf8' : 'latin1'
    return { text: decode(bytes, coding), coding, flash }
  }
  const septets = options.packed ? unpack(bytes, fill) : bytes
  return { text: decodeSeptets(septets, header?.shift ?? defaultShift, header?.concat !== undefined), coding: 'gsm7', flash }
}

function decode(bytes: Uint8Array, alphabet: Alphabet): string {
  const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (alphabet) {
    case 'ucs2':
      return fromUcs2(octets)
    case 'latin1':
      return octets.toString('latin1')
    case 'ascii':
      return octets.toString('ascii')
    case 'utf8':
      return octets.toString('utf8')
    case 'binary':
      return octets.toString('hex')
    case 'gsm7':
      return decodeSeptets(octets)
    default:
      return new TextDecoder(encodings[alphabet]).decode(octets)
  }
}

/** Big-endian, unless a byte order mark says otherwise. Halves of a pair stay as they are: the other may be in the next segment. */
function fromUcs2(octets: Buffer): string {
  const units = new Uint16Array(octets.length >> 1)
  for (let index = 0; index < units.length; index += 1) units[index] = (octets[index * 2]! << 8) | octets[index * 2 + 1]!
  const isLittleEndian = units[0] === 0xfffe
  if (isLittleEndian)
    for (let index = 0; index < units.length; index += 1) units[index] = ((units[index]! & 0xff) << 8) | (units[index]! >> 8)
  return fromUnits(units[0] === 0xfeff ? units.subarray(1) : units)
}

function isSeptets(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index += 1) if ((bytes[index] as number) > 0x7f) return false
  return true
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/**
 * The whole text of its segments, in order. What a careless sender cut apart is put together again: the halves of a surrogate
 * pair meet by themselves, an escape at the end of one segment takes the first character of the next.
 */
export function join(segments: readonly string[]): string {
  let whole = ''
  const escape = String.fromCharCode(escapeSeptet)
  for (const segment of segments) {
    whole = whole.endsWith(escape) ? whole.slice(0, -1) + afterEscape(segment) : whole + segment
  }
  return whole.endsWith(escape) ? `${whole.slice(0, -1)} ` : whole
}
