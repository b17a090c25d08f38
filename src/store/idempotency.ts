// Idempotency keys: the first outcome under a key is kept for 24 hours and given again, also when it was a refusal.
// The row is written in the same commit as the change (see `Store.claim`); this file reads, keeps refusals and purges.

import { sql } from 'kysely'
import { bind, statement } from './statement.ts'
import { defineWrite, type Claim, type Reader } from './store.ts'

export const keptForMs = 24 * 3600 * 1000

export interface Kept {
  readonly fingerprint: string
  readonly outcome: string
}

export const keptStatement = statement<{ account_id: number; key_hash: string }, Kept>((db) =>
  db
    .selectFrom('idempotency')
    .select(['fingerprint', 'outcome'])
    .where('account_id', '=', bind('account_id'))
    .where('key_hash', '=', bind('key_hash')),
)

interface KeptRow {
  account_id: number
  key_hash: string
  fingerprint: string
  outcome: string
  created_ms: number
}

/** Changes no row when the key is there already; on PostgreSQL it waits for whoever is writing the same key. */
export const keepStatement = statement<KeptRow>((db) =>
  db
    .insertInto('idempotency')
    .values({
      account_id: bind('account_id'),
      key_hash: bind('key_hash'),
      fingerprint: bind('fingerprint'),
      outcome: bind('outcome'),
      created_ms: bind('created_ms'),
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'key_hash']).doNothing()),
)

export const replaceStatement = statement<{ account_id: number; key_hash: string; outcome: string }>((db) =>
  db
    .updateTable('idempotency')
    .set({ outcome: bind('outcome') })
    .where('account_id', '=', bind('account_id'))
    .where('key_hash', '=', bind('key_hash')),
)

/** The text kept for a write's result: `{"result": ..., "reveal": "..."}`, the latter as it was given, sealed. */
export function outcomeOf(result: unknown, reveal: string | undefined): string {
  const json = JSON.stringify(result) ?? 'null'
  return reveal === undefined ? `{"result":${json}}` : `{"result":${json},"reveal":${JSON.stringify(reveal)}}`
}

/** The outcome kept under a key, if any. */
export async function readKept(reader: Pick<Reader, 'one'>, accountId: number, keyHash: string): Promise<Kept | undefined> {
  return await reader.one(keptStatement, { account_id: accountId, key_hash: keyHash })
}

export interface RefusalToKeep extends Omit<Claim, 'reveal'> {
  /** JSON: `{"refusal": ...}`, plain data from which the same refusal can be given again. */
  readonly outcome: string
}

/** Keeps a refusal as the first outcome. Gives what another request kept first, which is then the answer. */
export const keepRefusal = defineWrite('idempotency.keep_refusal', async (tx, input: RefusalToKeep): Promise<Kept | null> => {
  const key = { account_id: input.accountId, key_hash: input.keyHash }
  const { fingerprint, outcome, nowMs } = input
  const made = await tx.run(keepStatement, { ...key, fingerprint, outcome, created_ms: nowMs })
  return made > 0 ? null : ((await tx.one(keptStatement, key)) ?? null)
})

const purgeStatement = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('idempotency')
    .where(
      sql<boolean>`(account_id, key_hash) in (select account_id, key_hash from idempotency where created_ms < ${bind('before')} order by created_ms limit ${bind('limit')})`,
    ),
)

/** Deletes at most `limit` keys older than `beforeMs`; gives how many, so that the caller knows to go on. */
export const purgeIdempotency = defineWrite(
  'idempotency.purge',
  async (tx, input: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(purgeStatement, { before: input.beforeMs, limit: input.limit }),
)
