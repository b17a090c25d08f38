// WAV as it is found in the world: PCM of 8 to 32 bits, floats, A-law, mu-law and IMA ADPCM, mono or more channels, any rate.
// "Multimedia Programming Interface and Data Specifications 1.0" and RFC 2361. Lengths in headers are believed only as far as
// the bytes go, as programs that stream write them wrong.

import { g711Samples } from '#protocols/rtp/g711.ts'
import { imaAdpcmReader } from './clips-adpcm.ts'

export interface FoundSound {
  readonly rateHz: number
  readonly channels: number
  /** Interleaved samples from -1 to 1, some thousands at a time. */
  readonly pieces: Iterable<Float32Array>
}

interface Format {
  readonly tag: number
  readonly channels: number
  readonly rateHz: number
  readonly blockBytes: number
  readonly bits: number
}

/** What turns one sample at an offset into a number. */
interface SampleReader {
  readonly bytes: number
  read(from: Buffer, at: number): number
}

const pieceBytes = 48 * 1024

/** What is wrong, in a few words, when it cannot be played. */
export function readWav(bytes: Buffer): FoundSound | string {
  let format: Format | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4)
    const size = bytes.readUInt32LE(at + 4)
    const body = bytes.subarray(at + 8, at + 8 + size)
    if (name === 'fmt ') format = readFormat(body)
    if (name === 'data')
      return format ? soundOf(format, isOpenEnded(size) ? bytes.subarray(at + 8) : body) : 'WAV without a format'
    at += 8 + size + (size % 2)
  }
  return 'WAV without sound'
}

/** A program that could not go back to write the length. */
function isOpenEnded(size: number): boolean {
  return size === 0 || size >= 0x7fff_ff00
}

function readFormat(body: Buffer): Format | undefined {
  if (body.length < 16) return undefined
  const tag = body.readUInt16LE(0)
  // WAVE_FORMAT_EXTENSIBLE: the first two bytes of a GUID.
  const isExtended = tag === 0xfffe && body.length >= 26
  return {
    tag: isExtended ? body.readUInt16LE(24) : tag,
    channels: body.readUInt16LE(2),
    rateHz: body.readUInt32LE(4),
    blockBytes: body.readUInt16LE(12),
    bits: body.readUInt16LE(14),
  }
}

function soundOf(format: Format, data: Buffer): FoundSound | string {
  const { tag, channels, rateHz, bits } = format
  if (channels < 1 || channels > 8) return `WAV of ${channels} channels`
  if (rateHz < 4000 || rateHz > 192_000) return `WAV of ${rateHz} Hz`
  if (tag === 0x11) {
    const pieces = imaAdpcmReader(data, channels, format.blockBytes)
    return pieces ? { rateHz, channels, pieces } : 'WAV in a form of ADPCM that is not IMA'
  }
  const reader = readerOf(tag, bits)
  return reader ? { rateHz, channels, pieces: piecesOf(data, channels, reader) } : `WAV in format ${tag} of ${bits} bits`
}

function* piecesOf(data: Buffer, channels: number, reader: SampleReader): Iterable<Float32Array> {
  const block = channels * reader.bytes
  const perPiece = Math.max(1, Math.floor(pieceBytes / block)) * block
  const end = data.length - (data.length % block)
  for (let from = 0; from < end; from += perPiece) {
    const until = Math.min(end, from + perPiece)
    const samples = new Float32Array((until - from) / reader.bytes)
    for (let at = from, index = 0; at < until; at += reader.bytes, index += 1) samples[index] = reader.read(data, at)
    yield samples
  }
}

const pcm16: SampleReader = { bytes: 2, read: (from, at) => from.readInt16LE(at) / 32_768 }
export const pcm16BigEndian: SampleReader = { bytes: 2, read: (from, at) => from.readInt16BE(at) / 32_768 }
export const muLaw: SampleReader = { bytes: 1, read: (from, at) => g711Samples.PCMU[from[at]!]! / 32_768 }
export const aLaw: SampleReader = { bytes: 1, read: (from, at) => g711Samples.PCMA[from[at]!]! / 32_768 }

function readerOf(tag: number, bits: number): SampleReader | undefined {
  if (tag === 6 && bits === 8) return aLaw
  if (tag === 7 && bits === 8) return muLaw
  if (tag === 3 && bits === 32) return { bytes: 4, read: (from, at) => finite(from.readFloatLE(at)) }
  if (tag === 3 && bits === 64) return { bytes: 8, read: (from, at) => finite(from.readDoubleLE(at)) }
  if (tag !== 1) return undefined
  if (bits === 8) return { bytes: 1, read: (from, at) => (from[at]! - 128) / 128 }
  if (bits === 16) return pcm16
  if (bits === 24) return { bytes: 3, read: (from, at) => from.readIntLE(at, 3) / 8_388_608 }
  return bits === 32 ? { bytes: 4, read: (from, at) => from.readInt32LE(at) / 2_147_483_648 } : undefined
}

const finite = (value: number): number => (Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0)

/** Sound without a header, as its media type told: RFC 2046 6.4 audio/basic, RFC 2586 audio/L16. */
export function rawSound(bytes: Buffer, rateHz: number, channels: number, reader: SampleReader): FoundSound {
  return { rateHz, channels, pieces: piecesOf(bytes, channels, reader) }
}
