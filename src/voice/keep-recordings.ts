// Takes away recordings that accounts no longer keep, by their settings `retentionDays`: files first, then rows, in small steps.

import { loadAccount } from '#accounts/account.ts'
import type { Loop, LoopParts } from '#loops/loop.ts'
import { listAccounts } from '#store/accounts.ts'
import { oldRecordings, purgeRecordings } from '#store/recording-retention.ts'
import { firstIdAt } from '#values/ids.ts'
import type { Recordings } from './recordings.ts'

export interface KeepRecordingsParts extends LoopParts {
  readonly recordings: Pick<Recordings, 'removeFile'>
}

const dayMs = 24 * 3_600_000
const accountsAtOnce = 50
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
    for (let after = -1; ;) {
      const accounts = await listAccounts(store, { after, limit: accountsAtOnce, oldestFirst: true })
      for (const { id } of accounts) {
        const days = (await loadAccount(store, id))?.settings.retentionDays.recordings ?? 0
        if (days > 0) done += await purge(parts, id, clock.nowMs() - days * dayMs, endMs)
      }
      if (accounts.length < accountsAtOnce || clock.elapsedMs() >= endMs) return done
      after = accounts.at(-1)!.id
    }
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
