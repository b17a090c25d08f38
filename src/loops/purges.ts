// The loops that delete what is no longer kept. Each deletes in small writes, so that no request waits long behind one.

import { purgeReservations } from '#store/conference-reservations.ts'
import { purgeMaskings } from '#store/maskings.ts'
import { endLostSessions } from '#store/call-sessions.ts'
import { keptForMs, purgeIdempotency } from '#store/idempotency.ts'
import { purgeLockouts } from '#store/lockouts.ts'
import { purgeExpiredMedia, purgeMedia, receivedKeptForMs } from '#store/media.ts'
import { purgeCommands } from '#store/node-commands.ts'
import { purgeRateWindows } from '#store/rate-windows.ts'
import { purgeRefusals, refusalsKept, refusalsKeptForMs, refusalsToPurge } from '#store/refusals.ts'
import { purgeRegistrations } from '#store/registrations.ts'
import type { Store, Write } from '#store/store.ts'
import { purgeTokens } from '#store/tokens.ts'
import type { Loop, LoopParts } from './loop.ts'

const rowsAtOnce = 200
/** Of one run; the next run goes on. */
const writesAtMost = 500
const hourMs = 3_600_000

type Purge = Write<{ beforeMs: number; limit: number }, number>

async function purge(store: Store, write: Purge, beforeMs: number): Promise<number> {
  let done = 0
  for (let at = 0; at < writesAtMost; at += 1) {
    const deleted = await store.write(write, { beforeMs, limit: rowsAtOnce })
    done += deleted
    if (deleted < rowsAtOnce) break
  }
  return done
}

/** Idempotency keys are kept for 24 hours. */
const purgeIdempotencyLoop: Loop<LoopParts> = {
  name: 'purge-idempotency',
  everyMs: 60_000,
  do: ({ store, clock }) => purge(store, purgeIdempotency, clock.nowMs() - keptForMs),
}

/** Expired tokens are kept a day longer, so that "expired" can be told from "unknown". */
const purgeTokensLoop: Loop<LoopParts> = {
  name: 'purge-tokens',
  everyMs: 5 * 60_000,
  do: ({ store, clock }) => purge(store, purgeTokens, clock.nowMs() - 24 * hourMs),
}

/** No window is longer than an hour. */
const purgeRateWindowsLoop: Loop<LoopParts> = {
  name: 'purge-rate-windows',
  everyMs: 5 * 60_000,
  do: ({ store, clock }) => purge(store, purgeRateWindows, clock.nowMs() - 2 * hourMs),
}

/** Failures older than a day count for nothing any more. */
const purgeLockoutsLoop: Loop<LoopParts> = {
  name: 'purge-lockouts',
  everyMs: 60 * 60_000,
  do: ({ store, clock }) => purge(store, purgeLockouts, clock.nowMs() - 24 * hourMs),
}

/** What messages brought from the network is kept for 30 days. */
const purgeMediaLoop: Loop<LoopParts> = {
  name: 'purge-media',
  everyMs: 60 * 60_000,
  do: ({ store, clock }) => purge(store, purgeMedia, clock.nowMs() - receivedKeptForMs),
}

/** Files whose time is over go within seconds. */
const purgeExpiredMediaLoop: Loop<LoopParts> = {
  name: 'purge-expired-media',
  everyMs: 5000,
  do: ({ store, clock }) => purge(store, purgeExpiredMedia, clock.nowMs()),
}

/** No call lasts longer than a day: a switch elsewhere that tells of no end has lost it, and what was held for it is given back. */
const endLostSessionsLoop: Loop<LoopParts> = {
  name: 'end-lost-sessions',
  everyMs: 10 * 60_000,
  async do({ store, clock }) {
    const now = clock.nowMs()
    return store.write(endLostSessions, { beforeMs: now - 25 * hourMs, limit: rowsAtOnce, now })
  },
}

/** Refusals are kept for 7 days and at most 500,000 rows. Gives the batches deleted. */
const purgeNotesLoop: Loop<LoopParts> = {
  name: 'purge-notes',
  everyMs: 60_000,
  async do({ store, clock }) {
    const oldestKeptMs = clock.nowMs() - refusalsKeptForMs
    let batches = 0
    for (; batches < writesAtMost; batches += 1) {
      const beforeMs = await refusalsToPurge(store.notes, oldestKeptMs, refusalsKept)
      if (beforeMs === undefined) break
      store.note(purgeRefusals, { beforeMs, limit: rowsAtOnce })
      await store.noted()
    }
    return batches
  },
}

/** Registrations that ran out are told from those that never were for 30 days. */
const purgeRegistrationsLoop: Loop<LoopParts> = {
  name: 'purge-registrations',
  everyMs: 10 * 60_000,
  do: ({ store, clock }) => purge(store, purgeRegistrations, clock.nowMs() - 30 * 24 * hourMs),
}

/** Reservations of conferences are kept for 30 days after their end. */
const purgeReservationsLoop: Loop<LoopParts> = {
  name: 'purge-conference-reservations',
  everyMs: 60 * 60_000,
  do: ({ store, clock }) => purge(store, purgeReservations, clock.nowMs() - 30 * 24 * hourMs),
}

/** Who was masked from whom is kept for 30 days after its end. */
const purgeMaskingsLoop: Loop<LoopParts> = {
  name: 'purge-maskings',
  everyMs: 60 * 60_000,
  do: ({ store, clock }) => purge(store, purgeMaskings, clock.nowMs() - 30 * 24 * hourMs),
}

/** What one node asked of another is answered within a minute, or never. */
const purgeNodeCommandsLoop: Loop<LoopParts> = {
  name: 'purge-node-commands',
  everyMs: 5 * 60_000,
  do: ({ store, clock }) => purge(store, purgeCommands, clock.nowMs() - 10 * 60_000),
}

export const purgeLoops: readonly Loop<LoopParts>[] = [
  purgeIdempotencyLoop,
  purgeTokensLoop,
  purgeRateWindowsLoop,
  purgeLockoutsLoop,
  purgeMediaLoop,
  purgeExpiredMediaLoop,
  purgeRegistrationsLoop,
  purgeReservationsLoop,
  purgeMaskingsLoop,
  purgeNodeCommandsLoop,
  endLostSessionsLoop,
  purgeNotesLoop,
]
