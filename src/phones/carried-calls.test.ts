import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { CarriedCalls } from './carried-calls.ts'

const long = 60_000

/** A clock that is set by hand. */
function place(mostMs = long) {
  const clock = { nowMs: () => clock.atMs, after: systemClock.after, atMs: 0 }
  return { clock, carried: new CarriedCalls(clock, mostMs) }
}

test('a stop waits until the last call is over, whichever way it went', async () => {
  const { carried } = place()
  await carried.ended(long)
  for (const [callId, flow] of Object.entries({ a: 'f', b: 'f', c: 'g', d: 'h' }))
    carried.begun(callId, { fellow: callId === 'd' ? 'dead' : 'living', flow })
  let isOver = false
  const ended = carried.ended(long).then(() => (isOver = true))
  carried.over('c')
  carried.over('c')
  carried.flowGone('f')
  await carried.forgetDead(async () => true)
  assert.equal(isOver, false)
  await carried.forgetDead(async (fellow) => fellow === 'living')
  await ended
})

test('a stop waits no longer than it may', async () => {
  const { carried } = place()
  carried.begun('a', { fellow: 'x', flow: 'f' })
  await carried.ended(1)
})

test('of what cannot be up any more nothing is kept', async () => {
  const { carried, clock } = place(10)
  carried.begun('a', { fellow: 'x', flow: 'f' })
  clock.atMs = 11
  carried.begun('b', { fellow: 'x', flow: 'f' })
  carried.over('b')
  await carried.ended(long)
})
