// The one log: every change of state writes a row here in its own transaction. Webhooks, event streams, sync tokens,
// timelines and audit read it with cursors; there is no second mechanism.
//
// A cursor must not pass over a row that commits late. On SQLite commits come one after another, so `seq` is enough.
// On PostgreSQL a row with a lower `seq` may become visible after a higher one, so each row also keeps its transaction
// id, readers go by (tx, seq), and take only transactions older than every one still running:
//
//   tx   100   101   102   103        102 still running: pg_snapshot_xmin = 102
//        seen  seen  ----  wait       103 is committed, yet waits for 102

import { sql, type Kysely, type RawBuilder } from 'kysely'
import { bind, statement, type EngineName, type Statement } from './statement.ts'
import type { Row, Schema } from './schema.ts'
import type { Reader, Transaction } from './store.ts'

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

const columns = ['seq', 'account_id', 'noun', 'noun_id', 'kind', 'actor', 'data', 'at_ms'] as const

interface After {
  readonly tx: string
  readonly seq: number
  readonly limit: number
}

function rowsAfter(db: Kysely<Schema>, engine: EngineName) {
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
}

const afterCursor = statement<After, Happening & { tx: string }>(rowsAfter)

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

/** A part of the log that a reader wants. */
export type Wanted = Statement<After & Record<string, unknown>, Happening & { tx: string; wanted: number; looked: number }>

/**
 * The store itself passes over what `is` is false for (an SQL condition on `page`, a row of the log): most rows concern nobody, and
 * to hand each of them over costs more than to look at it.
 */
export function wantedHappenings(is: RawBuilder<boolean>): Wanted {
  return statement((db, engine) => {
    const tx = engine === 'sqlite' ? sql`tx` : sql`tx::xid8`
    // The last row looked at comes in any case: it is how far the cursor goes.
    const query = sql`with page as materialized ${rowsAfter(db, engine)},
        last as (select tx, seq from page order by ${tx} desc, seq desc limit 1),
        told as (select page.*, case when ${is} then 1 else 0 end as wanted from page)
      select told.*, (select count(*) from page) as looked from told
        where wanted = 1 or (tx = (select tx from last) and seq = (select seq from last))
        order by ${tx}, seq`
    return { compile: () => query.compile(db) as never }
  })
}

/** As `happeningsAfter`, without the rows that are not wanted. `more`: it may be asked again at once. */
export async function happeningsWanted(
  reader: Reader,
  wanted: Wanted,
  cursor: string,
  limit: number,
): Promise<{ rows: Happening[]; cursor: string; looked: number; more: boolean }> {
  const [lastTx = '0', lastSeq = '0'] = cursor.split(':')
  const found = await reader.all(wanted, { tx: lastTx, seq: Number(lastSeq), limit })
  const last = found.at(-1)
  if (!last) return { rows: [], cursor, looked: 0, more: false }
  const looked = Number(last.looked)
  const rows: Happening[] = []
  for (const { seq, account_id, noun, noun_id, kind, actor, data, at_ms, wanted: isWanted } of found)
    if (isWanted === 1) rows.push({ seq, account_id, noun, noun_id, kind, actor, data, at_ms })
  return { rows, cursor: `${last.tx}:${last.seq}`, looked, more: looked === limit }
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
