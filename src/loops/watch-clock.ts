// Whether the wall clock can be believed: ids, expiries and signatures hang on it. Steps forward are let pass
// (a machine that slept), a step back or a date before this program was written is not.

import type { Clock } from '#values/clock.ts'

export interface ClockWatch {
  /** What is wrong with the clock; undefined while it can be believed. */
  fault(): string | undefined
}

const writtenMs = Date.UTC(2026, 10, 1)
/** Time servers correct by less than this without a step. */
const toleratedMs = 2000

export function watchClock(clock: Clock): ClockWatch {
  let lead = clock.nowMs() - clock.elapsedMs()
  return {
    fault() {
      const nowMs = clock.nowMs()
      if (nowMs < writtenMs) return 'the clock shows a time before this program was written'
      const now = nowMs - clock.elapsedMs()
      // Ids made meanwhile lie in the future until the clock has caught up with where it was.
      if (now < lead - toleratedMs) return `the clock was set back by ${Math.round((lead - now) / 1000)} s`
      lead = Math.max(lead, now)
      return undefined
    },
  }
}
