import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PumpingGuard, type GuardedAccount } from './pumping-guard.ts'

const hourMs = 3_600_000
const start = 500_000 * hourMs
const account = (id: number, prefixPerHour: number, safeDestinations: string[] = [], prefixDigits = 4): GuardedAccount => ({
  id,
  settings: {
    limits: { keyPerSecond: 1, accountPerSecond: 1, platformPerSecond: 0, numbers: 1, prefixPerHour, prefixDigits } as never,
    safeDestinations,
  },
})

test('a range takes so many an hour, other ranges and other accounts do not count', () => {
  const guard = new PumpingGuard()
  const one = account(1, 3)
  for (let n = 0; n < 3; n += 1) assert.ok(guard.take(one, `+88216000${n}`, start).ok)
  const no = guard.take(one, '+882169999', start)
  assert.ok(!no.ok)
  assert.deepEqual([no.reason, no.params.prefix, no.params.limit], ['policy.traffic_pumping', '+8821', 3])
  assert.ok(guard.take(one, '+882260000', start).ok)
  assert.ok(guard.take(account(2, 3), '+882160000', start).ok)
})

test('no limit counts nothing; names and short codes are no range; safe destinations pass', () => {
  const guard = new PumpingGuard()
  for (let n = 0; n < 9; n += 1) assert.ok(guard.take(account(1, 0), '+88216', start).ok)
  assert.equal(guard.ranges, 0)
  const safe = account(1, 1, ['+4179'])
  for (let n = 0; n < 9; n += 1) assert.ok(guard.take(safe, '+41791234567', start).ok)
  for (let n = 0; n < 9; n += 1) assert.ok(guard.take(safe, '12345', start).ok)
  assert.ok(guard.take(safe, '+41781234567', start).ok)
  assert.ok(!guard.take(safe, '+41781234568', start).ok)
})

test('the hour slides: after the told wait there is room, and not before', () => {
  const one = account(1, 60)
  for (const at of [0, 0.25, 0.9]) {
    const guard = new PumpingGuard()
    let now = start + at * hourMs
    for (let n = 0; n < 60; n += 1) assert.ok(guard.take(one, '+88216', now).ok)
    for (let n = 0; n < 5; n += 1) {
      const no = guard.take(one, '+88216', now)
      assert.ok(!no.ok)
      const { retryAfterMs } = no.params
      assert.ok(retryAfterMs > 0 && retryAfterMs <= 2 * hourMs)
      assert.ok(!guard.take(one, '+88216', now + retryAfterMs - 2000).ok, `${at}: room before the wait is over`)
      now += retryAfterMs + 1
      assert.ok(guard.take(one, '+88216', now).ok, `${at}: no room after the wait`)
    }
  }
})

test('what was given back may be sent, and memory is bounded', () => {
  const guard = new PumpingGuard({ rangesAtMost: 10 })
  const one = account(1, 1)
  assert.ok(guard.take(one, '+88216', start).ok)
  guard.giveBack(one, '+88216')
  assert.ok(guard.take(one, '+88216', start).ok)
  for (let n = 1000; n < 1100; n += 1) guard.take(one, `+${n}0`, start)
  assert.equal(guard.ranges, 10)
  guard.take(one, '+99990', start + 2 * hourMs)
  assert.equal(guard.ranges, 1, 'what is two hours old counts no more')
})
