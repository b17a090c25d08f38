// What every codec of ours is to a stream. The codecs themselves: g711.ts, g722.ts, opus.ts.

import type { CodecName } from './codec-name.ts'

/** One direction-pair of one stream. PCM is 16-bit mono at `pcmHz`. Nothing is allocated by encode and decode (Opus: inside its library). */
export interface SpeechCodec {
  readonly name: CodecName
  /** 8000, 16000, 48000 */
  readonly pcmHz: number
  /** RTP clock: 8000, 8000, 48000 */
  readonly clockRate: number
  /** The least room for one encoded frame of 20 ms */
  readonly mostBytes: number
  /** `samples` of `pcm` from its start (Opus: 20 ms exactly); gives the octets written at `at`. */
  encode(pcm: Int16Array, samples: number, into: Uint8Array, at: number): number
  /** Gives the samples written, as many as fit `into`; 0 for what cannot be decoded. */
  decode(payload: Uint8Array, at: number, bytes: number, into: Int16Array): number
  /** How many samples at `pcmHz` the payload holds, without decoding. */
  samplesIn(payload: Uint8Array, at: number, bytes: number): number
  /** Frees what a garbage collector does not. */
  close(): void
}
