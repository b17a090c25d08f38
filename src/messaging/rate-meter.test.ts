import { test } from 'node:test'
import assert from 'node:assert/strict'
import { handClock } from '#values/clock.ts'
import { RateMeter } from './rate-meter.ts'

test('the mean of ten whole seconds and the most of one; what is older is forgotten', () => {
  const clock = handClock()
  const meter = new RateMeter(clock)
  meter.add(30)
  assert.equal(meter.perSecond(), 0)
  assert.equal(meter.peak(), 30)
  clock.advance(1000)
  meter.add()
  assert.equal(meter.perSecond(), 3)
  clock.advance(9000)
  assert.equal(meter.perSecond(), 3.1)
  clock.advance(1000)
  assert.equal(meter.perSecond(), 0.1)
  assert.equal(meter.peak(), 1)
  clock.advance(60_000)
  assert.equal(meter.perSecond(), 0)
})
