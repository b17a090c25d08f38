import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClipCache } from './clip-cache.ts'
import { frameOf, type RateHz } from './frames.ts'
import { Mix, type SeatWish } from './mix.ts'

const open = (stream: number, more: Partial<SeatWish> = {}): SeatWish => ({
  stream,
  rateHz: 8000,
  muted: false,
  deaf: false,
  whisperTo: undefined,
  ...more,
})

const loud = (level: number, rateHz: RateHz = 8000): Int16Array => frameOf(rateHz).fill(level)

const mixed = () => new Mix('m', new ClipCache())

test('each hears the sum of the others', () => {
  const mix = mixed()
  const seats = [1, 2, 3].map((stream) => mix.sit(open(stream)))
  for (let turn = 0; turn < 3; turn += 1) {
    for (const [at, seat] of seats.entries()) seat.give(loud(100 * 10 ** at))
  }
  const heard = seats.map((seat) => {
    const out = frameOf(8000)
    assert.ok(seat.hear(out))
    return out[80]
  })
  assert.deepEqual(heard, [11_000, 10_100, 1_100])
})

test('who is silent, muted or gone is out of the sum; the loudest do not wrap round', () => {
  const mix = mixed()
  const [one, two, three] = [1, 2, 3].map((stream) => mix.sit(open(stream)))
  one!.give(loud(30_000))
  two!.give(loud(30_000))
  const out = frameOf(8000)
  assert.ok(three!.hear(out))
  assert.equal(out[0], 32_767)
  one!.give(undefined)
  three!.hear(out)
  assert.equal(out[0], 30_000)
  mix.change(two!, open(2, { muted: true }))
  two!.give(loud(30_000))
  assert.equal(three!.hear(out), false)
  mix.change(two!, open(2))
  two!.give(loud(7))
  mix.stand(two!)
  assert.equal(three!.hear(out), false)
  assert.equal(out[0], 30_000)
})

test('narrow and wide hear each other, and the wide ones all of each other', () => {
  const mix = mixed()
  const narrow = mix.sit(open(1))
  const wide = mix.sit(open(2, { rateHz: 16_000 }))
  const other = mix.sit(open(3, { rateHz: 16_000 }))
  const tone = frameOf(16_000)
  let phase = 0
  const [atNarrow, atOther] = [frameOf(8000), frameOf(16_000)]
  let [narrowEnergy, otherEnergy] = [0, 0]
  for (let turn = 0; turn < 20; turn += 1) {
    // 6 kHz: more than a narrow one can hear.
    for (let n = 0; n < tone.length; n += 1, phase += 1) tone[n] = 8000 * Math.sin((2 * Math.PI * 6000 * phase) / 16_000)
    wide.give(tone)
    narrow.hear(atNarrow)
    other.hear(atOther)
    if (turn < 5) continue
    for (const sample of atNarrow) narrowEnergy += sample ** 2
    for (const sample of atOther) otherEnergy += sample ** 2
  }
  assert.ok(otherEnergy / 2 > 100 * narrowEnergy)
  narrow.give(loud(1000))
  for (let turn = 0; turn < 5; turn += 1) {
    narrow.give(loud(1000))
    wide.give(undefined)
    other.hear(atOther)
  }
  assert.ok(Math.abs(atOther[160]! - 1000) < 50)
})

test('exactly two who hear each other are a pair', () => {
  const mix = mixed()
  const one = mix.sit(open(1))
  assert.equal(one.other, undefined)
  const two = mix.sit(open(2))
  assert.equal(one.other, two)
  mix.change(two, open(2, { deaf: true }))
  assert.equal(one.other, undefined)
  mix.change(two, open(2))
  const three = mix.sit(open(3, { muted: true }))
  assert.equal(one.other, undefined)
  mix.stand(three)
  assert.equal(two.other, one)
})
