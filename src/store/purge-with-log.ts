// Rows that are over and have been kept long enough go, each with its part of the log.

import { dropHappenings } from './happenings.ts'
import { bind, statement, type Statement } from './statement.ts'
import { defineWrite } from './store.ts'

/** `old` finds them. The write gives how many went. */
export function purgeWithLog(
  table: 'maskings' | 'conference_reservations',
  old: Statement<{ before: number; limit: number }, { id: number }>,
) {
  const drop = statement<{ id: number }>((db) => db.deleteFrom(table).where('id', '=', bind('id')))
  return defineWrite(
    `${table}.purge`,
    async (tx, { beforeMs, limit }: { readonly beforeMs: number; readonly limit: number }): Promise<number> => {
      const rows = await tx.all(old, { before: beforeMs, limit })
      for (const { id } of rows) {
        await tx.run(drop, { id })
        await dropHappenings(tx, table, id)
      }
      return rows.length
    },
  )
}
