// Rate limits shared by several nodes: each node takes a slice of a window's budget and spends it from memory, so that
// a request costs no statement. What a node took and did not spend is lost with the window (it under-admits, never over).

import { sql } from 'kysely'
import { bind, statement } from './statement.ts'
import { defineWrite } from './store.ts'

const make = statement<{ bucket: string; window_ms: number }>((db) =>
  db
    .insertInto('rate_windows')
    .values({ bucket: bind('bucket'), window_ms: bind('window_ms'), used: 0 })
    .onConflict((conflict) => conflict.columns(['bucket', 'window_ms']).doNothing()),
)

const lock = statement<{ bucket: string; window_ms: number }, { used: number }>((db, engine) => {
  const row = db
    .selectFrom('rate_windows')
    .select('used')
    .where('bucket', '=', bind('bucket'))
    .where('window_ms', '=', bind('window_ms'))
  return engine === 'postgres' ? row.forUpdate() : row
})

const spend = statement<{ bucket: string; window_ms: number; used: number }>((db) =>
  db
    .updateTable('rate_windows')
    .set({ used: bind('used') })
    .where('bucket', '=', bind('bucket'))
    .where('window_ms', '=', bind('window_ms')),
)

export interface SliceAsk {
  readonly bucket: string
  /** Start of the window, ms UTC. */
  readonly windowMs: number
  readonly slice: number
  /** The whole budget of the window. */
  readonly limit: number
}

/** Gives how many of the slice were granted, 0 when the window is spent. */
export const takeSlice = defineWrite('rate_windows.take_slice', async (tx, input: SliceAsk): Promise<number> => {
  const key = { bucket: input.bucket, window_ms: input.windowMs }
  await tx.run(make, key)
  const used = (await tx.one(lock, key))?.used ?? 0
  const granted = Math.max(0, Math.min(input.slice, input.limit - used))
  if (granted > 0) await tx.run(spend, { ...key, used: used + granted })
  return granted
})

const purge = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('rate_windows')
    .where(
      sql<boolean>`(bucket, window_ms) in (select bucket, window_ms from rate_windows where window_ms < ${bind('before')} limit ${bind('limit')})`,
    ),
)

/** Deletes at most `limit` windows that began before `beforeMs`; gives how many. */
export const purgeRateWindows = defineWrite(
  'rate_windows.purge',
  async (tx, input: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(purge, { before: input.beforeMs, limit: input.limit }),
)
