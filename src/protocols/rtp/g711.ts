// G.711 (ITU-T G.711): A-law and mu-law by tables, both ways. 16-bit samples, 8000 a second.

import type { SpeechCodec } from './speech-codec.ts'

/** Table 2b of the recommendation: 14 bits, here at 16. */
function linearOfMu(code: number): number {
  const octet = ~code & 0xff
  const magnitude = (((octet & 15) << 3) + 132) << ((octet >> 4) & 7)
  return octet > 127 ? 132 - magnitude : magnitude - 132
}

function muOf(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(sample < 0 ? -sample : sample, 32_635) + 132
  const segment = 24 - Math.clz32(magnitude)
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 15)) & 0xff
}

/** Table 1b: 13 bits, here at 16. */
function linearOfA(code: number): number {
  const octet = code ^ 0x55
  const segment = (octet >> 4) & 7
  const low = ((octet & 15) << 4) + 8
  const magnitude = segment === 0 ? low : (low + 256) << (segment - 1)
  // The sign bit is set for samples that are not below zero.
  return octet > 127 ? magnitude : -magnitude
}

function aOf(sample: number): number {
  const magnitude = sample < 0 ? ~sample : sample
  const segment = Math.max(0, 24 - Math.clz32(magnitude))
  const code = (segment << 4) | ((magnitude >> Math.max(4, segment + 3)) & 15)
  return (sample < 0 ? code : code | 0x80) ^ 0x55
}

interface Law {
  /** By code. */
  readonly linear: Int16Array
  /** By the 16 bits of a sample. */
  readonly codes: Uint8Array
}

function law(linearOf: (code: number) => number, codeOf: (sample: number) => number): Law {
  return {
    linear: Int16Array.from({ length: 256 }, (_, code) => linearOf(code)),
    codes: Uint8Array.from({ length: 65_536 }, (_, bits) => codeOf((bits << 16) >> 16)),
  }
}

const laws = { PCMU: law(linearOfMu, muOf), PCMA: law(linearOfA, aOf) } as const

/** The sample, at 16 bits, of each of the 256 codes. */
export const g711Samples: Readonly<Record<'PCMU' | 'PCMA', Int16Array>> = { PCMU: laws.PCMU.linear, PCMA: laws.PCMA.linear }

/** Keeps nothing from frame to frame: one serves all streams. */
export class G711 implements SpeechCodec {
  readonly name: 'PCMU' | 'PCMA'
  readonly pcmHz = 8000
  readonly clockRate = 8000
  readonly mostBytes = 160
  readonly #linear: Int16Array
  readonly #codes: Uint8Array

  constructor(name: 'PCMU' | 'PCMA') {
    this.name = name
    this.#linear = laws[name].linear
    this.#codes = laws[name].codes
  }

  encode(pcm: Int16Array, samples: number, into: Uint8Array, at: number): number {
    const codes = this.#codes
    for (let n = 0; n < samples; n++) into[at + n] = codes[pcm[n]! & 0xffff]!
    return samples
  }

  decode(payload: Uint8Array, at: number, bytes: number, into: Int16Array): number {
    const linear = this.#linear
    const samples = Math.min(bytes, into.length)
    for (let n = 0; n < samples; n++) into[n] = linear[payload[at + n]!]!
    return samples
  }

  samplesIn(_payload: Uint8Array, _at: number, bytes: number): number {
    return bytes
  }

  close(): void {}
}
