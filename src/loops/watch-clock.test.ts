import { test } from 'node:test'
import assert from 'node:assert/strict'
import { systemClock } from '#values/clock.ts'
import { watchClock } from './watch-clock.ts'

function clockAt(start: number) {
  const time = { wallMs: start, monotonicMs: 0 }
  return { time, clock: { ...systemClock, nowMs: () => time.wallMs, elapsedMs: () => time.monotonicMs } }
}

test('a clock that runs is believed, one that steps back is not until it has caught up', () => {
  const { time, clock } = clockAt(Date.UTC(2027, 0, 1))
  const watch = watchClock(clock)
  time.wallMs += 60_000
  time.monotonicMs += 60_000
  assert.equal(watch.fault(), undefined)
  time.wallMs -= 1500
  assert.equal(watch.fault(), undefined)
  time.wallMs -= 60_000
  assert.match(watch.fault() ?? '', /set back by 6\d s/)
  time.wallMs += 61_000
  assert.equal(watch.fault(), undefined)
  time.wallMs += 3_600_000
  assert.equal(watch.fault(), undefined)
})

test('a clock that was never set is not believed', () => {
  assert.match(watchClock(clockAt(0).clock).fault() ?? '', /before this program/)
})
