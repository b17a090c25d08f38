// Locking out after repeated failures, per subject (a user, a source). A client that repeats the same wrong proof is
// counted once in a row: an official SDK repeats a login answered 401. It does not decide what a proof is:
// the caller hands in a keyed hash, and a subject that names what is locked.

import { bind, statement } from './statement.ts'
import type { Row } from './schema.ts'
import { defineWrite, type Reader } from './store.ts'

type Lockout = Row<'lockouts'>

export interface LockoutState {
  /** Failures counted since the last success or the end of the last lock. */
  readonly failures: number
  /** 0 when not locked. */
  readonly lockedUntilMs: number
}

const make = statement<{ subject: string; updated_ms: number }>((db) =>
  db
    .insertInto('lockouts')
    .values({ subject: bind('subject'), failures: 0, last_proof: '', locked_until_ms: 0, updated_ms: bind('updated_ms') })
    .onConflict((conflict) => conflict.column('subject').doNothing()),
)

const lock = statement<{ subject: string }, Lockout>((db, engine) => {
  const row = db.selectFrom('lockouts').selectAll().where('subject', '=', bind('subject'))
  return engine === 'postgres' ? row.forUpdate() : row
})

const read = statement<{ subject: string }, Lockout>((db) =>
  db.selectFrom('lockouts').selectAll().where('subject', '=', bind('subject')),
)

const update = statement<Lockout>((db) =>
  db
    .updateTable('lockouts')
    .set({
      failures: bind('failures'),
      last_proof: bind('last_proof'),
      locked_until_ms: bind('locked_until_ms'),
      updated_ms: bind('updated_ms'),
    })
    .where('subject', '=', bind('subject')),
)

export interface Failure {
  readonly subject: string
  readonly proof: string
  readonly now: number
  /** Failures that lock. */
  readonly limit: number
  /** How long a lock lasts, and after how long without a failure counting starts anew. */
  readonly lockMs: number
}

/** Counts one failure. While locked nothing is counted and the lock is not prolonged. */
export const failLockout = defineWrite('lockouts.fail', async (tx, input: Failure): Promise<LockoutState> => {
  const { subject, proof, now, limit, lockMs } = input
  await tx.run(make, { subject, updated_ms: now })
  const row = await tx.one(lock, { subject })
  if (!row) throw new Error('a lockout row is gone right after it was made')
  if (row.locked_until_ms > now) return { failures: row.failures, lockedUntilMs: row.locked_until_ms }
  const anew = row.locked_until_ms > 0 || row.updated_ms + lockMs <= now
  const before = anew ? 0 : row.failures
  const failures = before > 0 && row.last_proof === proof ? before : before + 1
  const lockedUntilMs = failures >= limit ? now + lockMs : 0
  await tx.run(update, { subject, failures, last_proof: proof, locked_until_ms: lockedUntilMs, updated_ms: now })
  return { failures, lockedUntilMs }
})

const remove = statement<{ subject: string }>((db) => db.deleteFrom('lockouts').where('subject', '=', bind('subject')))

/** Forgets all failures of a subject, after a success or by an administrator. */
export const clearLockout = defineWrite('lockouts.clear', async (tx, input: { subject: string }): Promise<boolean> => {
  return (await tx.run(remove, { subject: input.subject })) > 0
})

/** What is known of a subject, without counting anything; it is locked while `locked_until_ms` lies ahead. */
export const readLockout = (reader: Pick<Reader, 'one'>, subject: string) => reader.one(read, { subject })

const purge = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('lockouts')
    .where('subject', 'in', (from) =>
      from
        .selectFrom('lockouts')
        .select('subject')
        .where('updated_ms', '<', bind('before'))
        .where('locked_until_ms', '<', bind('before'))
        .orderBy('updated_ms')
        .limit(bind('limit')),
    ),
)

/** Deletes at most `limit` subjects that neither failed nor were locked since `beforeMs`; gives how many. */
export const purgeLockouts = defineWrite(
  'lockouts.purge',
  async (tx, input: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(purge, { before: input.beforeMs, limit: input.limit }),
)
