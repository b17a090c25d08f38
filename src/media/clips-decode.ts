// Bytes of a WAV, an MP3 or headerless telephone sound, made mono 16-bit samples at 8000 or 16000 Hz. What it is, is seen from the
// bytes, as servers name types wrongly; the media type only decides where bytes cannot tell. Runs in clips-thread.ts.

import { MPEGDecoder } from 'mpg123-decoder'
import { Resampler } from '#protocols/rtp/resampler.ts'
import { aLaw, muLaw, pcm16BigEndian, rawSound, readWav, type FoundSound } from './clips-wav.ts'

export interface Decoded {
  readonly rateHz: 8000 | 16_000
  /** Some thousand at a time. */
  readonly pieces: AsyncIterable<Int16Array>
}

/** Of an MP3, at a time: what it becomes may be twenty times as much. */
const mp3PieceBytes = 16 * 1024
/** Frames that cannot be decoded. A download that lost some is played; what only looks like an MP3 has little else. */
const mp3ErrorsAtMost = 50

/** What was found instead, in a few words, when it is no sound that we play. */
export async function decodeSound(bytes: Buffer, mediaType = ''): Promise<Decoded | string> {
  const found = await findSound(bytes, mediaType)
  if (typeof found === 'string') return found
  // Whatever has more than the telephone's band is kept for the calls that have more as well.
  const rateHz = found.rateHz > 8000 ? 16_000 : 8000
  return { rateHz, pieces: converted(found, rateHz) }
}

interface StreamedSound extends Omit<FoundSound, 'pieces'> {
  readonly pieces: Iterable<Float32Array> | AsyncIterable<Float32Array>
}

async function findSound(bytes: Buffer, mediaType: string): Promise<StreamedSound | string> {
  if (bytes.length === 0) return 'nothing'
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE') return readWav(bytes)
  const type = mediaType.toLowerCase()
  if (/^audio\/(?:basic|x-mulaw|pcmu)\b/.test(type)) return rawSound(bytes, 8000, 1, muLaw)
  if (/^audio\/(?:x-alaw(?:-basic)?|pcma)\b/.test(type)) return rawSound(bytes, 8000, 1, aLaw)
  if (/^audio\/l16\b/.test(type)) return linear16(bytes, type)
  if (isMp3(bytes)) return readMp3(bytes)
  return seenAs(bytes)
}

/** RFC 2586: big-endian, the rate is told. */
function linear16(bytes: Buffer, type: string): StreamedSound | string {
  const rateHz = Number(/;\s*rate=(\d+)/.exec(type)?.[1])
  const channels = Number(/;\s*channels=(\d+)/.exec(type)?.[1] ?? 1)
  if (!(rateHz >= 4000 && rateHz <= 192_000) || !(channels >= 1 && channels <= 8)) return 'audio/L16 without a usable rate'
  return rawSound(bytes, rateHz, channels, pcm16BigEndian)
}

/** ID3v2, or the eleven set bits of a frame of layer III (ISO/IEC 11172-3 2.4.1.3). */
function isMp3(bytes: Buffer): boolean {
  if (bytes.toString('latin1', 0, 3) === 'ID3') return true
  return bytes.length > 2 && bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0 && (bytes[1]! & 0x06) === 0x02
}

async function readMp3(bytes: Buffer): Promise<StreamedSound | string> {
  const decoder = new MPEGDecoder()
  await decoder.ready
  const pieces = mp3Pieces(decoder, bytes)
  const first = pieces.next()
  if (first.done === true) {
    decoder.free()
    return 'MP3 without sound'
  }
  const { rateHz, samples } = first.value
  return { rateHz, channels: 1, pieces: joined(samples, rateHz, pieces) }
}

interface Mp3Piece {
  readonly rateHz: number
  readonly samples: Float32Array
}

function* mp3Pieces(decoder: MPEGDecoder, bytes: Buffer): Generator<Mp3Piece, undefined> {
  let faults = 0
  try {
    for (let at = 0; at < bytes.length; at += mp3PieceBytes) {
      const { channelData, sampleRate, samplesDecoded, errors } = decoder.decode(bytes.subarray(at, at + mp3PieceBytes))
      faults += errors.length
      if (faults > mp3ErrorsAtMost) throw new RangeError('broken MP3')
      if (samplesDecoded > 0) yield { rateHz: sampleRate, samples: mixedOf(channelData, samplesDecoded) }
    }
  } finally {
    decoder.free()
  }
  return undefined
}

/** A file glued together from several rates is played as far as the first goes. */
function* joined(first: Float32Array, rateHz: number, rest: Iterable<Mp3Piece>): Iterable<Float32Array> {
  yield first
  for (const piece of rest) {
    if (piece.rateHz !== rateHz) return
    yield piece.samples
  }
}

function mixedOf(channels: readonly Float32Array[], count: number): Float32Array {
  const [left, right] = channels
  const samples = new Float32Array(count)
  for (let at = 0; at < count; at += 1) samples[at] = right ? (left![at]! + right[at]!) / 2 : left![at]!
  return samples
}

async function* converted({ pieces, channels, rateHz }: StreamedSound, toHz: number): AsyncIterable<Int16Array> {
  const resampler = rateHz === toHz ? undefined : new Resampler(rateHz, toHz, 'aligned')
  for await (const piece of pieces) {
    const samples = whole(channels === 1 ? piece : monoOf(piece, channels))
    yield resampler ? resampled(resampler, samples) : samples
  }
  if (!resampler) return
  const last = new Int16Array(resampler.most(resampler.endSamples))
  yield last.subarray(0, resampler.end(last))
}

function resampled(resampler: Resampler, samples: Int16Array): Int16Array {
  const made = new Int16Array(resampler.most(samples.length))
  return made.subarray(0, resampler.process(samples, samples.length, made))
}

function monoOf(samples: Float32Array, channels: number): Float32Array {
  const mono = new Float32Array(samples.length / channels)
  for (let at = 0; at < mono.length; at += 1) {
    let sum = 0
    for (let channel = 0; channel < channels; channel += 1) sum += samples[at * channels + channel]!
    mono[at] = sum / channels
  }
  return mono
}

function whole(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length)
  for (let at = 0; at < pcm.length; at += 1) pcm[at] = Math.max(-32_768, Math.min(32_767, Math.round(samples[at]! * 32_768)))
  return pcm
}

/** For whoever reads the refusal: what people most often give instead. */
function seenAs(bytes: Buffer): string {
  const start = bytes.toString('latin1', 0, 12)
  if (start.startsWith('OggS')) return 'Ogg'
  if (start.startsWith('fLaC')) return 'FLAC'
  if (start.slice(4, 8) === 'ftyp') return 'MP4'
  if (start.startsWith('FORM')) return 'AIFF'
  if (/^\s*(?:<|\{|\[)/.test(start)) return 'text'
  return 'unknown bytes'
}
