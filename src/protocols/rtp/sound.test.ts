// What is done to sound: rates, concealment, comfort noise, activity; and how well it is heard, and from where.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { ComfortNoise } from './comfort-noise.ts'
import { Concealment } from './concealment.ts'
import { mosOf, ratingOf } from './e-model.ts'
import { heardFrom, latchOn } from './latch.ts'
import { Resampler } from './resampler.ts'
import { ToneGenerator } from './tones.ts'
import { levelDbov, VoiceActivity } from './voice-activity.ts'

const sine = (rateHz: number, hz: number, samples: number, amplitude = 10_000): Int16Array =>
  Int16Array.from({ length: samples }, (_, n) => Math.round(amplitude * Math.sin((2 * Math.PI * hz * n) / rateHz)))

/** Power of what is not the one sine that fits best, against that sine, dB. */
function purity(pcm: Int16Array, rateHz: number, hz: number): number {
  let [s, c] = [0, 0]
  const w = (2 * Math.PI * hz) / rateHz
  for (let n = 0; n < pcm.length; n++) {
    s += (pcm[n]! * Math.sin(w * n) * 2) / pcm.length
    c += (pcm[n]! * Math.cos(w * n) * 2) / pcm.length
  }
  let rest = 0
  for (let n = 0; n < pcm.length; n++) rest += (pcm[n]! - s * Math.sin(w * n) - c * Math.cos(w * n)) ** 2
  return 10 * Math.log10(((s * s + c * c) / 2) * (pcm.length / rest))
}

function resampled(from: number, to: number, pcm: Int16Array, frame: number): Int16Array {
  const resampler = new Resampler(from, to)
  const out = new Int16Array(Math.ceil((pcm.length * to) / from) + 100)
  let written = 0
  for (let at = 0; at < pcm.length; at += frame) {
    const part = pcm.subarray(at, Math.min(pcm.length, at + frame))
    const gave = resampler.process(part, part.length, out, written)
    assert.ok(gave <= resampler.most(part.length))
    written += gave
  }
  return out.subarray(0, written)
}

for (const from of [8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])
  for (const to of [8000, 16_000, 48_000])
    test(`${from} to ${to}: a second is a second, and a tone the same tone`, () => {
      const out = resampled(from, to, sine(from, 1000, from), 441)
      assert.ok(Math.abs(out.length - to) <= 1, String(out.length))
      const middle = out.subarray(to / 4, to / 4 + to / 2)
      assert.ok(purity(middle, to, 1000) > 55, String(purity(middle, to, 1000)))
      assert.ok(Math.abs(levelDbov(middle, middle.length) - levelDbov(sine(to, 1000, to), to)) < 0.1)
    })

test('what is above the lower rate’s band is gone', () => {
  const out = resampled(48_000, 8000, sine(48_000, 5000, 48_000), 960)
  assert.ok(levelDbov(out.subarray(1000), out.length - 1000) < -70)
})

for (const [from, to] of [
  [44_100, 16_000],
  [11_025, 8000],
  [44_099, 8000],
] as const)
  test(`a file of ${from} Hz at ${to}: as long as it was, its beginning where it was`, () => {
    const resampler = new Resampler(from, to, 'aligned')
    const click = Int16Array.from({ length: from }, (_, n) => (n === 0 ? 20_000 : 0))
    const out = new Int16Array(resampler.most(from) + resampler.most(resampler.endSamples))
    let written = resampler.process(click, from, out)
    written += resampler.end(out, written)
    assert.equal(written, to)
    assert.equal(out.indexOf(Math.max(...out)), 0)
  })

test('frames make no difference', () => {
  const pcm = sine(22_050, 700, 22_050)
  assert.deepEqual(resampled(22_050, 16_000, pcm, 441), resampled(22_050, 16_000, pcm, 5000))
})

for (const rateHz of [8000, 16_000, 48_000])
  test(`concealment at ${rateHz} Hz: a lost frame of a voiced sound goes on, a long loss fades away`, () => {
    const frame = rateHz / 50
    const concealment = new Concealment(rateHz)
    const pcm = Int16Array.from({ length: frame * 30 }, (_, n) => {
      const phase = (2 * Math.PI * 130 * n) / rateHz
      return 6000 * Math.sin(phase) + 3000 * Math.sin(2 * phase + 1) + 2000 * Math.sin(5 * phase)
    })
    for (let at = 0; at < 10; at++) concealment.good(pcm.slice(at * frame, (at + 1) * frame), frame)
    const made = new Int16Array(frame)
    concealment.conceal(made, frame)
    const truth = pcm.subarray(10 * frame, 11 * frame)
    let [error, energy] = [0, 0]
    // The first 10 ms, before it fades.
    for (let n = 0; n < frame / 2; n++) {
      error += (made[n]! - truth[n]!) ** 2
      energy += truth[n]! ** 2
    }
    assert.ok(10 * Math.log10(energy / error) > 10, String(10 * Math.log10(energy / error)))
    const levels = Array.from({ length: 4 }, () => {
      concealment.conceal(made, frame)
      return levelDbov(made, frame)
    })
    assert.ok(levels[0]! > -30 && levels[1]! < levels[0]!)
    assert.deepEqual(levels.slice(2), [-127, -127])
    const next = pcm.slice(15 * frame, 16 * frame)
    concealment.good(next, frame)
    assert.ok(Math.abs(next[0]!) < 1000, 'it comes in softly')
    assert.equal(next[frame - 1], pcm[16 * frame - 1])
  })

test('concealment with nothing before is silence', () => {
  const made = new Int16Array(160).fill(9)
  new Concealment(8000).conceal(made, 160)
  assert.ok(made.every((sample) => sample === 0))
})

test('comfort noise has its level, with and without a spectrum', () => {
  const pcm = new Int16Array(16_000)
  for (const payload of [[40], [40, 200, 127, 90], [60, 50]]) {
    const noise = new ComfortNoise(7)
    assert.ok(noise.set(Uint8Array.from(payload), 0, payload.length))
    noise.write(pcm, pcm.length)
    const level = levelDbov(pcm, pcm.length)
    assert.ok(Math.abs(level + payload[0]!) < 1, `${payload.join()}: ${level}`)
  }
  assert.equal(new ComfortNoise().set(new Uint8Array(0), 0, 0), false)
})

test('a reflection coefficient leans the spectrum', () => {
  const correlation = (coefficient: number): number => {
    const noise = new ComfortNoise(7)
    noise.set(Uint8Array.of(30, coefficient), 0, 2)
    const pcm = new Int16Array(16_000)
    noise.write(pcm, pcm.length)
    let [product, power] = [0, 0]
    for (let n = 1; n < pcm.length; n++) {
      product += pcm[n]! * pcm[n - 1]!
      power += pcm[n]! ** 2
    }
    return product / power
  }
  // 3.1: by the sign of k = -r(1)/r(0).
  assert.ok(Math.abs(correlation(127)) < 0.05)
  assert.ok(correlation(190) < -0.4 && correlation(64) > 0.4)
})

test('activity: silence, a hum that stays, words over it', () => {
  const activity = new VoiceActivity(8000)
  const feed = (pcm: Int16Array, frames: number): void => {
    for (let n = 0; n < frames; n++) activity.feed(pcm, 160)
  }
  feed(new Int16Array(160), 50)
  assert.equal(activity.active, false)
  assert.equal(activity.sinceMs, 1000)
  const hum = sine(8000, 100, 160, 100)
  feed(hum, 600)
  assert.equal(activity.active, false, 'a hum becomes the floor')
  feed(sine(8000, 400, 160, 5000), 3)
  assert.equal(activity.active, true)
  feed(hum, 9)
  assert.equal(activity.active, true, 'a short gap is none')
  feed(hum, 10)
  assert.equal(activity.active, false)
})

test('tones have the level that was asked for', () => {
  const pcm = new Int16Array(8000)
  const generator = new ToneGenerator(8000)
  generator.set([1000], 0)
  generator.write(pcm, 0, 8000)
  assert.ok(Math.abs(levelDbov(pcm, 8000) - (20 * Math.log10(32_124 / 32_767) - 3.17 - 3.01)) < 0.1)
  assert.ok(purity(pcm.subarray(100), 8000, 1000) > 55)
  generator.set([])
  generator.write(pcm, 0, 8000)
  assert.ok(pcm.subarray(16).every((sample) => sample === 0))
})

test('G.107: the usual values', () => {
  const g711 = (loss: number, delayMs = 20): number => ratingOf({ codec: 'PCMA', loss, delayMs })
  assert.equal(g711(0), 93.2)
  assert.ok(Math.abs(mosOf({ codec: 'PCMA', loss: 0, delayMs: 20 }) - 4.41) < 0.01)
  // 5 % of loss: Ie,eff = 95 * 5 / 30.1.
  assert.ok(Math.abs(g711(0.05) - (93.2 - 15.78)) < 0.01)
  assert.ok(g711(0, 100) === 93.2 && g711(0, 400) < 70 && g711(0, 400) > 60)
  assert.equal(mosOf({ codec: 'PCMU', loss: 1, delayMs: 2000 }), 1)
  assert.ok(mosOf({ codec: 'opus', loss: 0.05, delayMs: 0 }) > mosOf({ codec: 'PCMA', loss: 0.05, delayMs: 0 }))
})

test('the first source is believed, a stranger is not, unless the first is silent or SDP says so', () => {
  const said = { host: '192.0.2.1', port: 5004 }
  const first = latchOn(said.host, said.port)
  assert.deepEqual(first, { ...said, latched: false, heardMs: 0 })
  const latched = heardFrom(first, '198.51.100.9', 31_000, 1000)!
  assert.deepEqual(latched, { host: '198.51.100.9', port: 31_000, latched: true, heardMs: 1000 })
  assert.equal(heardFrom(latched, '198.51.100.9', 31_000, 1020), latched)
  assert.equal(heardFrom(latched, '203.0.113.5', 31_000, 1500), undefined)
  assert.equal(heardFrom(latched, '198.51.100.9', 31_002, 1500), undefined)
  assert.equal(heardFrom(latched, '203.0.113.5', 31_000, 3000)?.host, '203.0.113.5')
  assert.equal(heardFrom(latched, '198.51.100.9', 31_000, 2900)?.heardMs, 2900)
  // Who is where SDP says was only later than somebody else.
  const theirs = heardFrom(latched, said.host, said.port, 1100, said)!
  assert.deepEqual(theirs, { ...said, latched: true, heardMs: 1100 })
  assert.equal(heardFrom(theirs, '198.51.100.9', 31_000, 1200, said), undefined)
  assert.equal(latchOn(said.host, said.port, said, latched), latched)
  assert.equal(latchOn('192.0.2.2', 5004, said, latched).latched, false)
})
