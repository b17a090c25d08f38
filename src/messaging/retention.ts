// Takes away what accounts no longer keep, by their settings `retentionDays`. Small steps, account after account and round
// again while there is more, so that neither a request nor another account waits behind one that has much to lose.

import type { RetentionDays } from '#accounts/account.ts'
import { accountsInPages } from '#accounts/accounts-in-pages.ts'
import type { Loop, LoopParts } from '#loops/loop.ts'
import { readMeta } from '#store/meta.ts'
import {
  purgeCalls,
  purgeDeliveries,
  purgeEmails,
  purgeMessages,
  purgeRefusalsOf,
  purgeSegments,
  purgeTexts,
  textsMark,
  type OldRows,
  type PurgeStep,
  type SegmentKey,
} from '#store/retention.ts'
import type { Store, Write } from '#store/store.ts'
import { firstIdAt } from '#values/ids.ts'

const dayMs = 24 * 3_600_000
const rowsAtOnce = 200
const refusalsAtOnce = 5_000
/** Of one run, in ms; the next goes on. */
const runMs = 20_000
/** What is kept of refusals in any case, see store/refusals.ts. */
const refusalDaysAtMost = 7

/** One noun of one account, on its way through what is old; gives whether there is more. */
type Work = () => Promise<{ done: number; more: boolean }>

const writes: readonly (readonly [keyof RetentionDays, Write<OldRows, PurgeStep>])[] = [
  ['messages', purgeMessages],
  ['calls', purgeCalls],
  ['emails', purgeEmails],
  ['deliveries', purgeDeliveries],
]

export const retentionLoop: Loop<LoopParts> = {
  name: 'retention',
  everyMs: 60_000,
  async do(parts) {
    const { store, clock } = parts
    const endMs = clock.elapsedMs() + runMs
    let done = 0
    for await (const accounts of accountsInPages(store, () => clock.sleep(0))) {
      let works: Work[] = []
      for (const { id, settings } of accounts) works.push(...(await worksOf(store, id, settings.retentionDays, clock.nowMs())))
      while (works.length > 0 && clock.elapsedMs() < endMs) {
        const left: Work[] = []
        for (const work of works) {
          const step = await work()
          done += step.done
          if (step.more) left.push(work)
        }
        works = left
      }
    }
    return done
  },
}

async function worksOf(store: Store, account: number, days: RetentionDays, nowMs: number): Promise<Work[]> {
  const old = (noun: keyof RetentionDays, after = -1): OldRows => {
    const beforeMs = nowMs - days[noun] * dayMs
    return { account, beforeMs, beforeId: firstIdAt(beforeMs), after, limit: rowsAtOnce }
  }
  const works: Work[] = []
  for (const [noun, write] of writes) {
    if (days[noun] === 0) continue
    let rows = old(noun)
    works.push(async () => {
      const { done, next } = await store.write(write, rows)
      rows = { ...rows, after: next ?? rows.after }
      return { done, more: next !== null }
    })
  }
  if (days.texts > 0 && (days.messages === 0 || days.texts < days.messages)) {
    let markFrom = Number((await readMeta(store, textsMark(account))) ?? -1)
    let rows = old('texts', markFrom)
    works.push(async () => {
      const { done, next, mark } = await store.write(purgeTexts, { ...rows, markFrom })
      markFrom = mark
      rows = { ...rows, after: next ?? rows.after }
      return { done, more: next !== null }
    })
  }
  if (days.refusals > 0 && days.refusals < refusalDaysAtMost) {
    works.push(async () => {
      store.note(purgeRefusalsOf, { account, beforeMs: nowMs - days.refusals * dayMs, limit: refusalsAtOnce })
      return { done: 0, more: false }
    })
  }
  return works
}

/** No receipt comes later than this, and none that does would find what it says of use. */
const segmentsKeptForMs = 14 * dayMs
const segmentsAtOnce = 2_000
const segmentSteps = 50

const firstKey: SegmentKey = { carrier: -1, ref: '' }
/** Where the walk is; it begins anew when the process does. */
const walks = new WeakMap<Store, SegmentKey>()

export const segmentsLoop: Loop<LoopParts> = {
  name: 'purge-segments',
  everyMs: 30_000,
  async do({ store, clock }) {
    let done = 0
    for (let step = 0; step < segmentSteps; step += 1) {
      const beforeMs = clock.nowMs() - segmentsKeptForMs
      const walk = await store.write(purgeSegments, {
        after: walks.get(store) ?? firstKey,
        span: segmentsAtOnce,
        beforeMs,
      })
      done += walk.done
      walks.set(store, walk.next ?? firstKey)
      if (!walk.next) break
    }
    return done
  },
}
