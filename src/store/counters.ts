// Counters kept with what they count, so that an unfiltered total is one point read and never a scan.

import { sql } from 'kysely'
import { bind, statement } from './statement.ts'
import type { Reader, Transaction } from './store.ts'

const add = statement<{ account_id: number; noun: string; delta: number }>((db) =>
  db
    .insertInto('counters')
    .values({ account_id: bind('account_id'), noun: bind('noun'), n: bind('delta') })
    .onConflict((conflict) => conflict.columns(['account_id', 'noun']).doUpdateSet({ n: sql<number>`counters.n + excluded.n` })),
)

/** Adds `delta` (may be negative) to what the account has of a noun, inside the write that changes it. */
export async function count(tx: Transaction, accountId: number, noun: string, delta: number): Promise<void> {
  await tx.run(add, { account_id: accountId, noun, delta })
}

const read = statement<{ account_id: number; noun: string }, { n: number }>((db) =>
  db.selectFrom('counters').select('n').where('account_id', '=', bind('account_id')).where('noun', '=', bind('noun')),
)

/** How many the account has of a noun; 0 where nothing was ever counted. */
export async function counted(reader: Pick<Reader, 'one'>, accountId: number, noun: string): Promise<number> {
  return (await reader.one(read, { account_id: accountId, noun }))?.n ?? 0
}
