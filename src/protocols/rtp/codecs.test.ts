// Codecs: known codes, bit-exact vectors of another implementation, and what is left of a tone after a way there and back.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { openCodec } from './open-codec.ts'
import { ToneGenerator } from './tones.ts'

const tone = (rateHz: number, hz: readonly number[], samples: number, level = -10): Int16Array => {
  const generator = new ToneGenerator(rateHz)
  const pcm = new Int16Array(samples)
  generator.set(hz, level)
  generator.write(pcm, 0, samples)
  return pcm
}

/** How far what came out is from what went in, dB, at the best of the shifts. */
function signalToNoise(before: Int16Array, after: Int16Array, mostShift: number): number {
  let best = -Infinity
  for (let shift = 0; shift <= mostShift; shift++) {
    let [signal, noise] = [0, 0]
    for (let n = 2000; n < before.length - mostShift; n++) {
      signal += before[n]! ** 2
      noise += (before[n]! - after[n + shift]!) ** 2
    }
    best = Math.max(best, 10 * Math.log10(signal / Math.max(1, noise)))
  }
  return best
}

function throughCodec(name: 'PCMU' | 'PCMA' | 'G722' | 'opus', pcm: Int16Array): Int16Array {
  const codec = openCodec(name)
  const frame = codec.pcmHz / 50
  const after = new Int16Array(pcm.length)
  const octets = new Uint8Array(4 + codec.mostBytes)
  for (let at = 0; at + frame <= pcm.length; at += frame) {
    const bytes = codec.encode(pcm.subarray(at, at + frame), frame, octets, 4)
    assert.equal(codec.samplesIn(octets, 4, bytes), frame)
    assert.equal(codec.decode(octets, 4, bytes, after.subarray(at, at + frame)), frame)
  }
  codec.close()
  return after
}

test('G.711: 0 dBm0 of 1 kHz by tables 5 and 6', () => {
  for (const [name, codes] of [
    ['PCMU', [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e]],
    ['PCMA', [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4]],
  ] as const) {
    const codec = openCodec(name)
    const pcm = new Int16Array(8)
    codec.decode(Uint8Array.from(codes), 0, 8, pcm)
    const power = pcm.reduce((sum, sample) => sum + sample ** 2, 0) / 8
    const peak = Math.sqrt(2 * power)
    // 0 dBm0 is 3.17 (mu) or 3.14 dB (A) under the greatest sine.
    assert.ok(Math.abs(20 * Math.log10(peak / 32_124) + 3.15) < 0.2, `${name} ${peak}`)
    const again = new Uint8Array(8)
    codec.encode(pcm, 8, again, 0)
    assert.deepEqual([...again], [...codes])
  }
})

test('G.711: ends, zero, and every code there and back', () => {
  const code = (name: 'PCMU' | 'PCMA', sample: number): number => {
    const into = new Uint8Array(1)
    openCodec(name).encode(Int16Array.of(sample), 1, into, 0)
    return into[0]!
  }
  assert.deepEqual(
    [32_767, 0, -32_768].map((sample) => code('PCMU', sample)),
    [0x80, 0xff, 0x00],
  )
  assert.deepEqual(
    [32_767, 0, -1, -32_768].map((sample) => code('PCMA', sample)),
    [0xaa, 0xd5, 0x55, 0x2a],
  )
  for (const name of ['PCMU', 'PCMA'] as const)
    for (let octet = 0; octet < 256; octet++) {
      const pcm = new Int16Array(1)
      openCodec(name).decode(Uint8Array.of(octet), 0, 1, pcm)
      // Mu-law has two zeros.
      if (name === 'PCMU' && octet === 0x7f) assert.equal(pcm[0], 0)
      else assert.equal(code(name, pcm[0]!), octet)
    }
})

for (const name of ['PCMU', 'PCMA'] as const)
  test(`${name}: a tone keeps 35 dB at any level`, () => {
    for (const level of [-3, -15, -25]) {
      const pcm = tone(8000, [1015], 8000, level)
      assert.ok(signalToNoise(pcm, throughCodec(name, pcm), 0) > 35)
    }
  })

test('G.722: octet for octet as spandsp 2.0 has it, both ways', () => {
  let state = 12_345
  const pcm = Int16Array.from({ length: 16_000 }, (_, n) => {
    state = Number((BigInt(state) * 1_103_515_245n + 12_345n) & 0x7fffffffn)
    const level = [200, 4000, 12_000, 20_000][Math.floor(n / 1000) % 4]!
    return ((state >> 8) % (2 * level + 1)) - level
  })
  const codec = openCodec('G722')
  const octets = new Uint8Array(8000)
  assert.equal(codec.encode(pcm, 16_000, octets, 0), 8000)
  assert.equal(
    Buffer.from(octets.subarray(0, 40)).toString('hex'),
    '7ade77b72986319f8bcdb73b305ab0e99cebde4f331da9b8389e76fe6ed89b77f4d1baf6dabc7abc',
  )
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  assert.equal(sha256(octets), '9e413370ac1dd7dae1f9dc7f2a83aecd572861439d63cd98f68163b9ecbb4bff')
  const after = new Int16Array(16_000)
  assert.equal(codec.decode(octets, 0, 8000, after), 16_000)
  assert.equal(sha256(new Uint8Array(after.buffer)), 'c04f99c649cce84216f6a686c9025264c1c246b1f17e9a7768dd927a7d758c65')
})

test('G.722: tones of both bands', () => {
  for (const [hz, least] of [
    [440, 40],
    [3000, 20],
    [6000, 15],
  ] as const) {
    const pcm = tone(16_000, [hz], 16_000)
    const ratio = signalToNoise(pcm, throughCodec('G722', pcm), 30)
    assert.ok(ratio > least, `${hz}: ${ratio}`)
  }
})

test('Opus: a tone comes back; garbage gives no samples and no fault', () => {
  const pcm = tone(48_000, [440], 48_000)
  // Opus is no codec of wave forms, but a single tone it keeps well.
  const ratio = signalToNoise(pcm, throughCodec('opus', pcm), 480)
  assert.ok(ratio > 10, String(ratio))
  const codec = openCodec('opus')
  const into = new Int16Array(5760)
  assert.equal(codec.decode(Uint8Array.of(0xff, 0xff, 0xff), 0, 3, into), 0)
  assert.equal(codec.decode(Uint8Array.of(), 0, 0, into), 0)
  assert.equal(codec.decode(new Uint8Array(9000), 0, 9000, into), 0)
  codec.close()
})

test('Opus: how much a packet holds, by its first octets', () => {
  const codec = openCodec('opus')
  const samples = (...octets: number[]): number => codec.samplesIn(Uint8Array.from(octets), 0, octets.length)
  assert.deepEqual(
    [
      samples(0x78),
      samples(0x79),
      samples(3 << 3),
      samples((31 << 3) | 3, 3),
      samples(16 << 3),
      samples(),
      samples((3 << 3) | 3, 63),
    ],
    [960, 1920, 2880, 2880, 120, 0, 0],
  )
  codec.close()
})

test('what does not fit is left out', () => {
  assert.equal(openCodec('PCMU').decode(new Uint8Array(200), 0, 200, new Int16Array(160)), 160)
  assert.equal(openCodec('G722').decode(new Uint8Array(200), 0, 200, new Int16Array(320)), 320)
})
