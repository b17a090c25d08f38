// The loop by which numbers run out: those that renew themselves are charged for another month, the owners of the others are
// told, and after the grace period the numbers go back to stock.
// Whether a number may be used does not wait for it (number-state.ts).

import type { Loop, LoopParts } from '#loops/loop.ts'
import { expireNumber, numbersOver, numbersPastGrace, reclaimNumber } from '#store/number-lives.ts'
import { graceMs, monthsAfter } from './terms.ts'

/** Of one run; the next run goes on. */
const atOnce = 500

export const expireNumbersLoop: Loop<LoopParts> = {
  name: 'expire-numbers',
  everyMs: 60_000,
  async do({ store, clock }) {
    const now = clock.nowMs()
    let done = 0
    for (const { id, expires_ms } of await numbersOver(store, now, atOnce)) {
      const renewedUntil = monthsAfter(expires_ms!, 1)
      done += Number((await store.write(expireNumber, { id, renewedUntil, now })).expired)
    }
    const before = now - graceMs
    for (const { id } of await numbersPastGrace(store, before, atOnce))
      done += Number((await store.write(reclaimNumber, { id, before, now })).reclaimed)
    return done
  },
}
