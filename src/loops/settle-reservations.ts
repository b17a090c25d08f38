// Tells of reserved conferences that they begin and that they are over: an event each, and the name is free again. What a reservation
// allows goes by its times and waits for no run of this.

import { settleReservations } from '#store/conference-reservations.ts'
import type { Loop, LoopParts } from './loop.ts'

const rowsAtOnce = 100
/** Of one run; the next run goes on. */
const writesAtMost = 50

export const settleReservationsLoop: Loop<LoopParts> = {
  name: 'settle-conference-reservations',
  everyMs: 1000,
  async do({ store, clock }) {
    let done = 0
    for (let at = 0; at < writesAtMost; at += 1) {
      const settled = await store.write(settleReservations, { now: clock.nowMs(), limit: rowsAtOnce })
      done += settled
      if (settled < rowsAtOnce) break
    }
    return done
  },
}
