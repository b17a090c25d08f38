// The shortest of what bounds a call counts, whoever set it and when; what bounded it ends with it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Refusal } from '#reasons/refusal.ts'
import { handClock } from '#values/clock.ts'
import { CallBounds } from './call-bounds.ts'

function talking(mostMs: number | undefined) {
  const clock = handClock()
  const ended: Refusal[] = []
  const bounds = new CallBounds(clock, undefined, mostMs)
  const call = { over: false, hangUp: (why: Refusal) => void ended.push(why) }
  return { clock, bounds, call, ended }
}

test('a call ends at its longest time, which it is told in whole seconds', () => {
  const { clock, bounds, call, ended } = talking(1_500)
  clock.advance(10_000)
  assert.deepEqual(ended, [], 'nothing counts before the answer')
  bounds.start(call)
  clock.advance(1_499)
  assert.deepEqual(ended, [])
  clock.advance(1)
  assert.deepEqual(
    ended.map(({ reason, params }) => [reason, params]),
    [['call.max_duration_exceeded', { limitSeconds: 2 }]],
  )
})

test('a shorter bound takes the place of a longer one, and never the other way round', () => {
  const { clock, bounds, call, ended } = talking(10_000)
  bounds.start(call)
  bounds.limit(call, 3_000)
  bounds.limit(call, 60_000)
  clock.advance(3_000)
  assert.deepEqual(
    ended.map(({ params }) => params),
    [{ limitSeconds: 3 }],
  )
  clock.advance(60_000)
  assert.equal(ended.length, 1)
})

test('who is called instead is bound by the shorter of both bounds', () => {
  for (const [first, second] of [
    [5_000, 2_000],
    [2_000, 5_000],
    [undefined, 2_000],
  ] as const) {
    const { clock, bounds, call, ended } = talking(first)
    bounds.replace(undefined, second)
    bounds.start(call)
    clock.advance(1_999)
    assert.equal(ended.length, 0)
    clock.advance(1)
    assert.equal(ended.length, 1)
  }
})

test('nothing bounds a call that is over, and one that nobody pays for costs nothing', () => {
  const { clock, bounds, call, ended } = talking(1_000)
  bounds.start(call)
  assert.equal(bounds.end(500), 0)
  clock.advance(5_000)
  assert.deepEqual(ended, [])
})
