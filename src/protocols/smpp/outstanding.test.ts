import { test } from 'node:test'
import assert from 'node:assert/strict'
import { handClock } from '#values/clock.ts'
import { Outstanding, type Pending } from './outstanding.ts'

const pending = (deadlineMs: number): Pending => ({
  request: 'submit_sm',
  response: 'submit_sm_resp',
  done: () => {},
  deadlineMs,
  isCounted: true,
})

test('a sequence number that still waits after a whole round is passed over', () => {
  const outstanding = new Outstanding(handClock(), () => {}, 0x7fffffff)
  outstanding.add(1, pending(1000))
  outstanding.add(2, pending(1000))
  assert.deepEqual([outstanding.nextSequence(), outstanding.nextSequence(), outstanding.nextSequence()], [0x7fffffff, 3, 4])
})

test('deadlines are met in any order, with one timer', () => {
  const clock = handClock()
  const expired: number[] = []
  const outstanding = new Outstanding(clock, (_, { sequence }) => void expired.push(sequence))
  for (const [n, deadlineMs] of [500, 100, 300, 100, 900].entries()) outstanding.add(n + 1, pending(deadlineMs))
  assert.equal(outstanding.counted, 5)
  clock.advance(99)
  assert.deepEqual(expired, [])
  clock.advance(1)
  assert.deepEqual(expired, [2, 4])
  outstanding.take({ command: 'submit_sm_resp', sequence: 3, status: 0, tlvs: {}, message_id: '' })
  clock.advance(400)
  assert.deepEqual(expired, [2, 4, 1])
  assert.equal(outstanding.takeAll().length, 1)
  clock.advance(1000)
  assert.deepEqual(expired, [2, 4, 1])
})
