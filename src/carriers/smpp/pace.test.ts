import { test } from 'node:test'
import assert from 'node:assert/strict'
import { handClock } from '#values/clock.ts'
import { Pace } from './pace.ts'

/** How many go in a second, taken as soon as there is room. */
function inOneSecond(pace: Pace, clock: ReturnType<typeof handClock>): number {
  let gone = 0
  for (let ms = 0; ms < 1000; ms += 1) {
    clock.advance(1)
    for (; pace.room() > 0; gone += 1) pace.take(1)
  }
  return gone
}

test('an agreed limit holds, whatever was saved up', () => {
  const clock = handClock()
  const pace = new Pace(clock, 100)
  assert.equal(pace.room(), 10)
  pace.take(10)
  const gone = inOneSecond(pace, clock)
  assert.ok(gone >= 99 && gone <= 100, `${gone}`)
  clock.advance(60_000)
  assert.equal(pace.room(), 10)
})

test('a message of several segments goes whole, and is paid off', () => {
  const clock = handClock()
  const pace = new Pace(clock, 10)
  pace.take(5)
  assert.equal(pace.room(), 0)
  clock.advance(pace.waitMs())
  assert.equal(pace.room(), 1)
})

test('a complaint halves the pace, a burst of them once; quiet seconds bring it back', () => {
  const clock = handClock()
  const pace = new Pace(clock, 100)
  pace.slowDown(100)
  pace.slowDown(100)
  assert.equal(pace.perSecond, 50)
  assert.equal(pace.room(), 0)
  clock.advance(250)
  assert.ok(inOneSecond(pace, clock) <= 50)
  clock.advance(10_000)
  pace.room()
  assert.equal(pace.perSecond, 100)
})

test('without a limit there is one while the network complains, from what was seen', () => {
  const clock = handClock()
  const pace = new Pace(clock, 0)
  assert.equal(pace.room(), Infinity)
  pace.slowDown(1000)
  assert.equal(pace.perSecond, 500)
  clock.advance(250 + 60_000)
  assert.equal(pace.room(), Infinity)
  assert.equal(pace.perSecond, 0)
})
