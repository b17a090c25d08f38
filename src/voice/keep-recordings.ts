// Takes away recordings that accounts no longer keep, by their settings `retentionDays`: files first, then rows, in small steps.

import { accountsInPages } from '#accounts/accounts-in-pages.ts'
import type { Loop, LoopParts } from '#loops/loop.ts'
import { oldRecordings, purgeRecordings } from '#store/recording-retention.ts'
import { firstIdAt } from '#values/ids.ts'
import type { Recordings } from './recordings.ts'

export interface KeepRecordingsParts extends LoopParts {
  readonly recordings: Pick<Recordings, 'removeFile'>
}

const dayMs = 24 * 3_600_000
const rowsAtOnce = 100
/** Of one run; the next goes on. */
const runMs = 20_000

export const keepRecordingsLoop: Loop<KeepRecordingsParts> = {
  name: 'keep-recordings',
  everyMs: 60_000,
  async do(parts) {
    const { store, clock } = parts
    const endMs = clock.elapsedMs() + runMs
    let done = 0
    for await (const accounts of accountsInPages(store)) {
      for (const { id, settings } of accounts) {
        const days = settings.retentionDays.recordings
        if (days > 0) done += await purge(parts, id, clock.nowMs() - days * dayMs, endMs)
      }
      if (clock.elapsedMs() >= endMs) break
    }
    return done
  },
}

async function purge({ store, clock, recordings }: KeepRecordingsParts, account: number, beforeMs: number, endMs: number) {
  let done = 0
  while (clock.elapsedMs() < endMs) {
    const rows = await oldRecordings(store, { account, beforeMs, beforeId: firstIdAt(beforeMs), limit: rowsAtOnce })
    await Promise.all(rows.map(({ file }) => recordings.removeFile(file)))
    done += rows.length === 0 ? 0 : await store.write(purgeRecordings, { account, ids: rows.map(({ id }) => id) })
    if (rows.length < rowsAtOnce) break
  }
  return done
}
