// The one log: every change of state writes a row here in its own transaction. Webhooks, event streams, sync tokens,
// timelines and audit read it with cursors; there is no second mechanism.
//
// A cursor must not pass over a row that commits late. On SQLite commits come one after another, so `seq` is enough.
// On PostgreSQL a row with a lower `seq` may become visible after a higher one, so each row also keeps its transaction
// id, readers go by (tx, seq), and take only transactions older than every one still running:
//
//   tx   100   101   102   103        102 still running: pg_snapshot_xmin = 102
//        seen  seen  ----  wait       103 is committed, yet waits for 102

import { sql } from 'kysely'
import { bind, statement } from './statement.ts'
import type { Row } from './schema.ts'
import type { MaybePromise, Reader, Transaction } from './store.ts'

export type Happening = Row<'happenings'>

/** Who did something, and through which face. */
export interface Actor {
  readonly face: string
  readonly userId?: number | null
  readonly credentialId?: number | null
}

export interface NewHappening {
  readonly accountId: number
  readonly noun: string
  readonly nounId: number
  /** Past tense: created, updated, closed. */
  readonly kind: string
  readonly actor: Actor
  /** What changed. */
  readonly data?: object
  readonly atMs: number
}

const insert = statement<Omit<Happening, 'seq'>>((db) =>
  db.insertInto('happenings').values({
    account_id: bind('account_id'),
    noun: bind('noun'),
    noun_id: bind('noun_id'),
    kind: bind('kind'),
    actor: bind('actor'),
    data: bind('data'),
    at_ms: bind('at_ms'),
  } as never),
)

/** What listeners hear of something new: nothing that anybody keeps of the noun has changed by it. */
export const createdNoun = (noun: string): string => `${noun} created`

/** Called inside a write, beside the change it tells of. */
export async function happened(tx: Transaction, one: NewHappening): Promise<void> {
  tx.touched(one.kind === 'created' ? createdNoun(one.noun) : one.noun)
  await tx.run(insert, {
    account_id: one.accountId,
    noun: one.noun,
    noun_id: one.nounId,
    kind: one.kind,
    actor: JSON.stringify(one.actor),
    data: JSON.stringify(one.data ?? {}),
    at_ms: one.atMs,
  })
}

const dropOf = statement<{ noun: string; id: number }>((db) =>
  db.deleteFrom('happenings').where('noun_id', '=', bind('id')).where('noun', '=', bind('noun')),
)
/** Inside a write that deletes the thing: its part of the log goes with it. */
export const dropHappenings = (tx: Transaction, noun: string, id: number): MaybePromise<number> => tx.run(dropOf, { noun, id })

const columns = ['seq', 'account_id', 'noun', 'noun_id', 'kind', 'actor', 'data', 'at_ms'] as const

const afterCursor = statement<{ tx: string; seq: number; limit: number }, Happening & { tx: string }>((db, engine) => {
  const rows = db.selectFrom('happenings').select(columns)
  if (engine === 'sqlite') {
    return rows
      .select(sql<string>`'0'`.as('tx'))
      .where('seq', '>', bind('seq'))
      .orderBy('seq')
      .limit(bind('limit'))
  }
  return (
    rows
      .select(sql<string>`tx::text`.as('tx'))
      // A cursor ahead of every running transaction was made in another cluster, before a restore: there all rows stand
      // at transaction 3 (see restoreStore), and seq alone says how far it had come.
      .where(
        sql<boolean>`(tx, seq) > (case when ${bind('tx')}::text::xid8 >= pg_snapshot_xmin(pg_current_snapshot())
        then '3'::xid8 else ${bind('tx')}::text::xid8 end, ${bind('seq')}::bigint)`,
      )
      .where(sql<boolean>`tx < pg_snapshot_xmin(pg_current_snapshot())`)
      // The column, not the text of the same name that is selected: as text 1000 comes before 999.
      .orderBy(sql`happenings.tx`)
      .orderBy('seq')
      .limit(bind('limit'))
  )
})

/** Before the first row. */
export const firstCursor = '0:0'

/** At most `limit` rows after the cursor, in the order of the log, and the cursor after the last of them. */
export async function happeningsAfter(
  reader: Reader,
  cursor: string,
  limit: number,
): Promise<{ rows: Happening[]; cursor: string }> {
  const [lastTx = '0', lastSeq = '0'] = cursor.split(':')
  const found = await reader.all(afterCursor, { tx: lastTx, seq: Number(lastSeq), limit })
  let next = cursor
  const rows = found.map(({ tx, ...row }) => {
    next = `${tx}:${row.seq}`
    return row
  })
  return { rows, cursor: next }
}

const ofNoun = statement<{ noun: string; noun_id: number; after: number; limit: number }, Happening>((db) =>
  db
    .selectFrom('happenings')
    .select(columns)
    .where('noun', '=', bind('noun'))
    .where('noun_id', '=', bind('noun_id'))
    .where('seq', '>', bind('after'))
    .orderBy('seq')
    .limit(bind('limit')),
)

/** The timeline of one thing, oldest first. `after` is a seq. */
export async function happeningsOf(reader: Reader, noun: string, id: number, limit = 1000, after = 0): Promise<Happening[]> {
  return await reader.all(ofNoun, { noun, noun_id: id, after, limit })
}

const ofAccount = statement<{ account_id: number; before: number; limit: number }, Happening>((db) =>
  db
    .selectFrom('happenings')
    .select(columns)
    .where('account_id', '=', bind('account_id'))
    .where('seq', '<', bind('before'))
    .orderBy('seq', 'desc')
    .limit(bind('limit')),
)

/** The audit of an account, newest first; `before` is the seq of the last row of the page before. */
export async function happeningsOfAccount(
  reader: Reader,
  accountId: number,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<Happening[]> {
  return await reader.all(ofAccount, { account_id: accountId, before, limit })
}
