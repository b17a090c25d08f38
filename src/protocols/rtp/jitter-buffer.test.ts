// The jitter buffer against made-up networks: time is counted, not waited for.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomFrom } from '../../../test/fuzz/random.ts'
import { JitterBuffer, type Taken } from './jitter-buffer.ts'

const made = (more: { leastMs?: number; mostMs?: number } = {}): JitterBuffer =>
  new JitterBuffer({ clockRate: 8000, packetMs: 20, ...more })

const octets = new Uint8Array(160)

/** Packet number `n`: its number stands in its first two octets. */
function put(buffer: JitterBuffer, n: number, arrivalMs: number, more: { gapMs?: number; bytes?: number } = {}): string {
  octets[0] = n >> 8
  octets[1] = n
  const timestamp = (n * 160 + (more.gapMs ?? 0) * 8 + 4_294_960_000) >>> 0
  return buffer.put(octets, 0, more.bytes ?? 160, 0, (n + 65_500) & 0xffff, timestamp, false, arrivalMs)
}

const numberOf = (buffer: JitterBuffer): number => (buffer.payload[0]! << 8) | buffer.payload[1]!

interface Packet {
  readonly n: number
  readonly atMs: number
  readonly gapMs?: number
}

/** Plays all; gives each take's number, or what else it was. */
function played(
  buffer: JitterBuffer,
  packets: readonly Packet[],
  untilMs: number,
  takeEveryMs = 20,
): (number | Exclude<Taken, 'frame'>)[] {
  const waiting = packets.toSorted((a, b) => a.atMs - b.atMs)
  const out: (number | Exclude<Taken, 'frame'>)[] = []
  for (let nowMs = 0; nowMs < untilMs; nowMs += takeEveryMs) {
    while (waiting.length > 0 && waiting[0]!.atMs <= nowMs) {
      const packet = waiting.shift()!
      put(buffer, packet.n, packet.atMs, packet)
    }
    const taken = buffer.take(nowMs)
    out.push(taken === 'frame' ? numberOf(buffer) : taken)
  }
  return out
}

const stream = (count: number, atMs: (n: number) => number = () => 0): Packet[] =>
  Array.from({ length: count }, (_, n) => ({ n, atMs: n * 20 + atMs(n) }))
const frames = (out: readonly (number | string)[]): number[] => out.filter((one) => typeof one === 'number')
const countOf = (out: readonly (number | string)[], what: string): number => out.filter((one) => one === what).length
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

test('a steady stream comes out whole, through the end of the numbers', () => {
  const out = played(made(), stream(100), 2040)
  assert.deepEqual(frames(out), upTo(100))
  assert.equal(out.indexOf(0), 1)
  assert.equal(countOf(out, 'lost'), 0)
})

test('disorder within the delay is put right', () => {
  const out = played(
    made({ leastMs: 60 }),
    stream(100, (n) => (n % 5 === 0 ? 30 : 0)),
    2200,
  )
  assert.deepEqual(frames(out), upTo(100))
  assert.equal(countOf(out, 'lost'), 0)
})

test('what is lost is told in its place', () => {
  const buffer = made()
  const out = played(
    buffer,
    stream(100).filter(({ n }) => n % 10 !== 5),
    2040,
  )
  assert.equal(countOf(out, 'lost'), 10)
  assert.equal(buffer.lost, 10)
  assert.equal(out[out.indexOf(4) + 1], 'lost')
  assert.deepEqual(out.slice(out.indexOf(4) + 2, out.indexOf(4) + 4), [6, 7])
})

test('duplicates and what is too late are counted and not played', () => {
  const buffer = made()
  assert.equal(put(buffer, 0, 0), 'kept')
  assert.equal(put(buffer, 0, 0), 'duplicate')
  put(buffer, 2, 40)
  put(buffer, 3, 60)
  assert.deepEqual([buffer.take(60), buffer.take(80), buffer.take(100)], ['frame', 'lost', 'frame'])
  assert.equal(put(buffer, 1, 110), 'late')
  assert.equal(put(buffer, 2, 110), 'duplicate')
  assert.deepEqual([buffer.late, buffer.duplicates, buffer.take(120), numberOf(buffer)], [1, 2, 'frame', 3])
})

test('it waits longer for a network that is uneven, and all arrives', () => {
  const random = randomFrom(5)
  const buffer = made()
  const out = played(
    buffer,
    stream(1000, () => random.next() * 80),
    20_300,
  )
  // While it learns some are lost; later nearly none.
  const later = out.slice(300)
  assert.ok(countOf(later, 'lost') + countOf(later, 'dry') < 30, `${countOf(later, 'lost')} ${countOf(later, 'dry')}`)
  assert.ok(buffer.wantedMs > 60 && buffer.wantedMs <= 120, String(buffer.wantedMs))
  const numbers = frames(out)
  assert.ok(numbers.every((n, at) => at === 0 || n > numbers[at - 1]!))
})

test('after a burst it comes back to a short delay', () => {
  // Half a second held up in the network, once.
  const buffer = made()
  const out = played(
    buffer,
    stream(2500, (n) => (n >= 100 && n < 125 ? (125 - n) * 20 : 0)),
    50_000,
  )
  assert.ok(buffer.skipped > 0)
  assert.ok(buffer.heldMs < 100, String(buffer.heldMs))
  assert.ok(frames(out).length > 2440)
})

test('silence of the other side is told as that, and is as long as it was', () => {
  const out = played(
    made(),
    stream(100).map((packet) => (packet.n < 50 ? packet : { ...packet, atMs: packet.atMs + 60, gapMs: 60 })),
    2200,
  )
  assert.deepEqual(frames(out), upTo(100))
  const between = out.slice(out.indexOf(49) + 1, out.indexOf(50))
  assert.equal(between.length, 3)
})

test('a long silence: it waits anew', () => {
  const out = played(
    made(),
    stream(100).map((packet) => (packet.n < 50 ? packet : { ...packet, atMs: packet.atMs + 5000, gapMs: 5000 })),
    7200,
  )
  assert.deepEqual(frames(out), upTo(100))
  const between = out.indexOf(50) - out.indexOf(49) - 1
  assert.ok(between >= 249 && between <= 252, String(between))
})

for (const [what, rate] of [
  ['faster', 0.998],
  ['slower', 1.002],
] as const)
  test(`a clock that is ${what} than ours keeps the delay small`, () => {
    const buffer = made()
    const packets = upTo(5000).map((n) => ({ n, atMs: n * 20 * rate }))
    const out = played(buffer, packets, 99_000)
    assert.ok(buffer.heldMs <= 140, `${buffer.heldMs}`)
    if (rate < 1) assert.ok(buffer.skipped >= 4 && buffer.skipped < 30, String(buffer.skipped))
    assert.ok(countOf(out, 'lost') < 5)
    assert.ok(frames(out).length > 4850, String(frames(out).length))
  })

test('more than it can hold: the oldest go', () => {
  const buffer = made()
  for (let n = 0; n < 64; n++) assert.equal(put(buffer, n, 0), 'kept')
  assert.equal(put(buffer, 64, 0), 'overflow')
  // And of a lump only the end is played: the rest would make all that follows late.
  assert.equal(buffer.take(1000), 'frame')
  assert.equal(numberOf(buffer), 61)
  assert.equal(buffer.skipped, 61)
})

test('a stream that starts anew under the same name is played', () => {
  const buffer = made()
  played(buffer, stream(20), 600)
  const out: number[] = []
  for (let n = 0; n < 20; n++) {
    octets[0] = 0
    octets[1] = n
    buffer.put(octets, 0, 160, 0, 20_000 + n, 5_000 + n * 160, n === 0, 10_000 + n * 20)
    if (buffer.take(10_000 + n * 20) === 'frame') out.push(numberOf(buffer))
  }
  assert.deepEqual(out, upTo(19))
})

test('a clock that jumps while packets go on is no pause', () => {
  for (const gapMs of [10_000, -10_000]) {
    const packets = stream(200).map((one) => (one.n < 100 ? one : { ...one, gapMs }))
    const out = played(made(), packets, 4060)
    assert.ok(countOf(out, 'silence') <= 4, `${countOf(out, 'silence')} of silence after ${gapMs} ms`)
    const later = (n: number) => n >= 120 && n < 190
    assert.deepEqual(frames(out).filter(later), upTo(200).filter(later))
  }
})

test('packets of events hold their place and are silence', () => {
  const buffer = made()
  const out: number[] = []
  for (let n = 0; n < 12; n++) {
    put(buffer, n, n * 20, n >= 3 && n < 6 ? { bytes: 0 } : {})
    if (n >= 2) out.push(buffer.take(n * 20) === 'frame' ? 1 : 0)
  }
  assert.deepEqual(out, [1, 1, 1, 0, 0, 0, 1, 1, 1, 1])
  assert.equal(buffer.lost, 0)
})

test('packets of events between those of sound take no time', () => {
  const buffer = made()
  const out: Taken[] = []
  for (let n = 0; n < 12; n++) {
    buffer.put(octets, 0, 160, 0, n * 2, n * 160, false, n * 20)
    buffer.put(octets, 0, 0, 101, n * 2 + 1, 0, false, n * 20)
    if (n >= 2) out.push(buffer.take(n * 20))
  }
  assert.deepEqual(new Set(out), new Set(['frame']))
})

test('packets of another length than agreed are noticed', () => {
  const buffer = made()
  for (let n = 0; n < 3; n++) buffer.put(octets, 0, 240, 0, n, n * 240, n === 0, n * 30)
  assert.equal(buffer.packetTicks, 240)
  assert.deepEqual([buffer.take(60), buffer.take(90), buffer.take(120), buffer.payloadBytes], ['frame', 'frame', 'frame', 240])
})
