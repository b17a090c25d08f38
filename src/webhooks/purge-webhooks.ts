// Takes away attempts that are old or too many, listeners that nobody came back to, and subscriptions that are over.
// Deliveries themselves are kept as long as their account says, which is others' work.

import type { Loop, LoopParts } from '#loops/loop.ts'
import { attemptsKept, attemptsKeptForMs, attemptsToPurge, purgeWebhookAttempts } from '#store/webhook-attempts.ts'
import { purgeWebhookEndpoints } from '#store/webhook-endpoints.ts'

const rowsAtOnce = 500
/** Of one run; the next goes on. */
const stepsAtMost = 3_000
/** So long a subscription that is over answers as such. */
const endedKeptForMs = 7 * 86_400_000

export const purgeAttemptsLoop: Loop<LoopParts> = {
  name: 'purge-webhook-attempts',
  everyMs: 5 * 60_000,
  async do({ store, clock }) {
    const beforeMs = await attemptsToPurge(store.notes, clock.nowMs() - attemptsKeptForMs, attemptsKept)
    if (beforeMs === undefined) return 0
    let steps = 0
    for (; steps < stepsAtMost; steps += 1) {
      const oldest = await attemptsToPurge(store.notes, beforeMs, Number.MAX_SAFE_INTEGER)
      if (oldest === undefined) break
      store.note(purgeWebhookAttempts, { beforeMs, limit: rowsAtOnce })
      await store.noted()
    }
    return steps
  },
}

export const purgeListenersLoop: Loop<LoopParts> = {
  name: 'purge-webhook-listeners',
  everyMs: 60 * 60_000,
  async do({ store, clock }) {
    const now = clock.nowMs()
    return await store.write(purgeWebhookEndpoints, { beforeMs: now, endedMs: now - endedKeptForMs, limit: rowsAtOnce })
  },
}

export const webhookLoops: readonly Loop<LoopParts>[] = [purgeAttemptsLoop, purgeListenersLoop]
