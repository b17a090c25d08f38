import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handClock } from '#values/clock.ts'
import { lookMs, Pulse } from './pulse.ts'

test('a thread that tells something each second is there; one that tells nothing is lost, once', () => {
  const clock = handClock()
  let lost = 0
  const pulse = new Pulse(clock, () => (lost += 1))
  clock.advance(10 * lookMs)
  assert.equal(lost, 0, 'nothing is expected before it has started')
  pulse.start()
  for (let each = 0; each < 60; each += 1) {
    clock.advance(1_000)
    pulse.beat()
  }
  assert.equal(lost, 0)
  clock.advance(2 * lookMs)
  assert.equal(lost, 0)
  clock.advance(lookMs)
  assert.equal(lost, 1)
  clock.advance(10 * lookMs)
  assert.equal(lost, 1)
})

test('what was started again is looked at again, and what was stopped is not', () => {
  const clock = handClock()
  let lost = 0
  const pulse = new Pulse(clock, () => (lost += 1))
  pulse.start()
  clock.advance(2 * lookMs)
  pulse.start()
  clock.advance(2 * lookMs)
  assert.equal(lost, 0)
  pulse.stop()
  clock.advance(10 * lookMs)
  assert.equal(lost, 0)
})
