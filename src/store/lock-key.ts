// Two writes that want the same thing at once must see one another. On SQLite writes come one after another; on PostgreSQL the second waits
// here until the first has committed.

import { sql } from 'kysely'
import { bind, statement } from './statement.ts'
import type { Transaction } from './store.ts'

const lock = statement<{ key: string }, unknown>((db, engine) =>
  db.selectNoFrom(
    engine === 'postgres'
      ? sql`pg_advisory_xact_lock(hashtextextended(${bind('key')}::text, 0))`.as('locked')
      : sql`length(${bind('key')})`.as('locked'),
  ),
)

/** Nobody else is past the same key until this write has ended. */
export const lockKey = async (tx: Transaction, key: string): Promise<void> => void (await tx.one(lock, { key }))
