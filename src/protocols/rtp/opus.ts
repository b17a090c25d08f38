// Opus (RFC 6716, payloads by RFC 7587) by the library @evan/opus, in its WebAssembly form, which is the same on every machine. One channel, 48 kHz,
// frames of 20 ms out; whatever a frame holds in. A second channel of theirs is mixed down by the decoder itself.

import { createRequire } from 'node:module'
import type { SpeechCodec } from './speech-codec.ts'

interface Decoder {
  decode(octets: Uint8Array): Uint8Array
  drop(): void
}

interface Encoder {
  encode(octets: Uint8Array): Uint8Array
  ctl(request: number, value: number): number
  drop(): void
}

interface Library {
  readonly Decoder: new (options: { channels: 1; sample_rate: 48000 }) => Decoder
  readonly Encoder: new (options: { channels: 1; sample_rate: 48000; application: 'voip' }) => Encoder
}

/** Read when first used: streams without Opus need no memory for it. */
let library: Library | undefined

function opusLibrary(): Library {
  library ??= createRequire(import.meta.url)('@evan/opus/wasm/index.js') as Library
  return library
}

/** opus_defines.h: OPUS_SET_BITRATE, OPUS_SET_COMPLEXITY. */
const setBitrate = 4002
const setComplexity = 4010

/** One stream. What cannot be decoded is 0 samples, and the decoder goes on. */
export class Opus implements SpeechCodec {
  readonly name = 'opus'
  readonly pcmHz = 48_000
  readonly clockRate = 48_000
  readonly mostBytes = 1276
  readonly #decoder: Decoder
  readonly #encoder: Encoder

  constructor() {
    const { Decoder, Encoder } = opusLibrary()
    this.#decoder = new Decoder({ channels: 1, sample_rate: 48_000 })
    this.#encoder = new Encoder({ channels: 1, sample_rate: 48_000, application: 'voip' })
    // 32 kbit/s is full band for speech (RFC 7587 3.1.1); beyond complexity 5 nobody hears what it costs.
    this.#encoder.ctl(setBitrate, 32_000)
    this.#encoder.ctl(setComplexity, 5)
  }

  encode(pcm: Int16Array, samples: number, into: Uint8Array, at: number): number {
    const packet = this.#encoder.encode(new Uint8Array(pcm.buffer, pcm.byteOffset, samples * 2))
    into.set(packet, at)
    return packet.length
  }

  decode(payload: Uint8Array, at: number, bytes: number, into: Int16Array): number {
    // Without octets the decoder would make up 120 ms.
    if (bytes === 0) return 0
    let octets: Uint8Array
    try {
      octets = this.#decoder.decode(payload.subarray(at, at + bytes))
    } catch {
      return 0
    }
    const pcm = new Int16Array(octets.buffer, octets.byteOffset, octets.byteLength >> 1)
    const samples = Math.min(pcm.length, into.length)
    into.set(samples === pcm.length ? pcm : pcm.subarray(0, samples))
    return samples
  }

  /** RFC 6716 3.1 and 3.2: the first octet tells a frame's time and how many there are. */
  samplesIn(payload: Uint8Array, at: number, bytes: number): number {
    if (bytes === 0) return 0
    const toc = payload[at]!
    const config = toc >> 3
    const code = toc & 3
    const frames = code === 3 ? (bytes > 1 ? payload[at + 1]! & 63 : 0) : code === 0 ? 1 : 2
    const samples = frames * frameSamples(config)
    return samples > 5760 ? 0 : samples
  }

  close(): void {
    this.#decoder.drop()
    this.#encoder.drop()
  }
}

/** Table 2: SILK 10 to 60 ms, hybrid 10 or 20 ms, CELT 2.5 to 20 ms. */
function frameSamples(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3]!
  return config < 16 ? 480 << (config & 1) : 120 << (config & 3)
}
