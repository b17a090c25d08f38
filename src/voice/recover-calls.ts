// Calls, conferences and recordings that stand open in the store though their process is gone: closed with their own reason, so that each
// has one end and is told of it. What they cost is counted up to when they were last known to be up; what was held beyond is given back.
// A recording is good up to where its file got.

import { join } from 'node:path'
import { readRecording } from '#media/recording-reader.ts'
import { callErrorId, settleCalls, type CallStep } from '#store/call-life.ts'
import { orphanedCalls, type CallRow } from '#store/calls.ts'
import { endConference, orphanedConferences } from '#store/conferences.ts'
import { endRecording, orphanedRecordings, type RecordingRow } from '#store/recordings.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { Key } from '#values/secrets.ts'
import { costOf } from './call-rate.ts'
import { detailOfCall } from './call-view.ts'

export interface RecoverParts {
  readonly store: Store
  readonly clock: Clock
  readonly key: Key
  readonly dataDir: string
  /** This node: what is up here is not lost. */
  readonly node: string
}

const atOnce = 200
const reason = 'call.platform_stopped'
const actor = { face: 'platform' }

/** Gives how many calls were closed. On several nodes it is called again and again: another node may die at any time. */
export async function recoverCalls(parts: RecoverParts): Promise<number> {
  const { store, clock, node } = parts
  let closed = 0
  for (;;) {
    const rows = await orphanedCalls(store, node, clock.nowMs(), atOnce)
    if (rows.length === 0) break
    await store.write(settleCalls, { steps: rows.map((row) => endOf(row, clock.nowMs())) })
    closed += rows.length
  }
  for (;;) {
    const rows = await orphanedConferences(store, node, clock.nowMs(), atOnce)
    if (rows.length === 0) break
    for (const { id, account_id: account } of rows)
      await store.write(endConference, { id, account, state: 'failed', reason, actor, now: clock.nowMs() })
  }
  for (;;) {
    const rows = await orphanedRecordings(store, atOnce)
    if (rows.length === 0) break
    for (const row of rows) await endOne(parts, row)
  }
  return closed
}

function endOf(row: CallRow, now: number): CallStep {
  // It was up at least until something was last written of it; beyond that nobody knows.
  const durationMs = row.answered_ms === null ? 0 : Math.max(0, row.updated_ms - row.answered_ms)
  return {
    to: 'ended',
    row: {
      ...row,
      state: 'failed',
      reason,
      params: '{}',
      error_id: callErrorId(row.id),
      ended_by: 'platform',
      duration_ms: durationMs,
      price_micro: durationMs === 0 ? 0 : priceOf(row, durationMs),
      ended_ms: now,
    },
  }
}

function priceOf(row: CallRow, durationMs: number): number {
  if (row.rate_micro === 0) return 0
  const [first = 60, next = 60] = row.charging_block.split('/').map(Number)
  const per = detailOfCall(row).ratePer ?? 60
  return costOf({ priceMicro: row.rate_micro, per, first, next }, Math.ceil(durationMs / 1000))
}

async function endOne({ store, clock, key, dataDir }: RecoverParts, row: RecordingRow): Promise<void> {
  const { id, account_id: account } = row
  const now = clock.nowMs()
  try {
    const { durationMs, sizeBytes } = await readRecording(join(dataDir, row.file), key.open(row.key_sealed))
    if (durationMs > 0) {
      await store.write(endRecording, { id, account, state: 'ready', reason, durationMs, sizeBytes, actor, now })
      return
    }
  } catch {
    // No file, or one that was never begun: told below.
  }
  await store.write(endRecording, { id, account, state: 'failed', reason, durationMs: 0, sizeBytes: 0, actor, now })
}
