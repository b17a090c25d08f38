// Refusals, so that an error id can be found again. They are noted, not committed: unsynchronised, kept 7 days and at
// most 500,000 rows, and never in the way of an answer.

import { sql } from 'kysely'
import type { MessageRow } from './messages.ts'
import { bind, statement } from './statement.ts'
import type { Row } from './schema.ts'
import { defineWrite, type Reader } from './store.ts'

export type RefusalRow = Row<'refusals'>

export const refusalsKeptForMs = 7 * 24 * 3600 * 1000
export const refusalsKept = 500_000

const insert = statement<RefusalRow>((db) =>
  db
    .insertInto('refusals')
    .values({
      error_id: bind('error_id'),
      account_id: bind('account_id'),
      face: bind('face'),
      reason: bind('reason'),
      params: bind('params'),
      method: bind('method'),
      path: bind('path'),
      status: bind('status'),
      code: bind('code'),
      source: bind('source'),
      trace_id: bind('trace_id'),
      at_ms: bind('at_ms'),
    })
    .onConflict((conflict) => conflict.column('error_id').doNothing()),
)

/** For `store.note(noteRefusal, row)`. */
export const noteRefusal = defineWrite('refusals.note', async (tx, row: RefusalRow): Promise<null> => {
  await tx.run(insert, row)
  return null
})

/** A message or a call that ended or was refused without anybody being answered, as a refusal: there is no request, no status and no client. */
export function refusalOfEnd(row: Pick<MessageRow, 'account_id' | 'face'>, ended: Ended): RefusalRow {
  return {
    error_id: ended.errorId,
    account_id: row.account_id,
    face: row.face,
    reason: ended.reason,
    params: `{"params":${ended.params},"errors":[]}`,
    method: '',
    path: '',
    status: 0,
    code: '',
    source: '',
    trace_id: '',
    at_ms: ended.atMs,
  }
}

export interface Ended {
  readonly errorId: string
  readonly reason: string
  /** JSON */
  readonly params: string
  readonly atMs: number
}

const byErrorId = statement<{ error_id: string; account_id: number }, RefusalRow>((db) =>
  db.selectFrom('refusals').selectAll().where('error_id', '=', bind('error_id')).where('account_id', '=', bind('account_id')),
)

const byErrorIdOfAny = statement<{ error_id: string }, RefusalRow>((db) =>
  db.selectFrom('refusals').selectAll().where('error_id', '=', bind('error_id')),
)

/** One refusal of an account by its error id; null for the account finds it whoever was refused (the operator). */
export async function findRefusal(notes: Reader, accountId: number | null, errorId: string): Promise<RefusalRow | undefined> {
  if (accountId === null) return await notes.one(byErrorIdOfAny, { error_id: errorId })
  return await notes.one(byErrorId, { error_id: errorId, account_id: accountId })
}

interface After {
  readonly at_ms: number
  readonly error_id: string
  readonly limit: number
  readonly skip: number
}

const newest = statement<After & { account_id: number }, RefusalRow>((db) =>
  db
    .selectFrom('refusals')
    .selectAll()
    .where('account_id', '=', bind('account_id'))
    .where(sql<boolean>`(at_ms, error_id) < (${bind('at_ms')}, ${bind('error_id')})`)
    .orderBy('at_ms', 'desc')
    .orderBy('error_id', 'desc')
    .limit(bind('limit'))
    .offset(bind('skip')),
)

const newestOfNobody = statement<After, RefusalRow>((db) =>
  db
    .selectFrom('refusals')
    .selectAll()
    .where('account_id', 'is', null)
    .where(sql<boolean>`(at_ms, error_id) < (${bind('at_ms')}, ${bind('error_id')})`)
    .orderBy('at_ms', 'desc')
    .orderBy('error_id', 'desc')
    .limit(bind('limit'))
    .offset(bind('skip')),
)

const countUpTo = statement<{ account_id: number; limit: number }, { n: number }>((db) =>
  db
    .selectFrom(
      db
        .selectFrom('refusals')
        .select('error_id')
        .where('account_id', '=', bind('account_id'))
        .limit(bind('limit'))
        .as('counted'),
    )
    .select((select) => select.fn.countAll<number>().as('n')),
)

const countOfNobody = statement<{ limit: number }, { n: number }>((db) =>
  db
    .selectFrom(db.selectFrom('refusals').select('error_id').where('account_id', 'is', null).limit(bind('limit')).as('counted'))
    .select((select) => select.fn.countAll<number>().as('n')),
)

/** How many refusals of the account are kept, null for those of nobody's; counted no further than `limit`. */
export async function countRefusals(notes: Reader, accountId: number | null, limit: number): Promise<number> {
  const counted =
    accountId === null ? await notes.one(countOfNobody, { limit }) : await notes.one(countUpTo, { account_id: accountId, limit })
  return Number(counted?.n ?? 0)
}

/** The refusals of an account, null for those of nobody's: newest first, after the last row of the page before. */
export async function listRefusals(
  notes: Reader,
  accountId: number | null,
  limit: number,
  after?: Pick<RefusalRow, 'at_ms' | 'error_id'>,
  skip = 0,
): Promise<RefusalRow[]> {
  const from = { at_ms: after?.at_ms ?? Number.MAX_SAFE_INTEGER, error_id: after?.error_id ?? '', limit, skip }
  if (accountId === null) return await notes.all(newestOfNobody, from)
  return await notes.all(newest, { account_id: accountId, ...from })
}

const purgeOld = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('refusals')
    .where(
      sql<boolean>`error_id in (select error_id from refusals where at_ms < ${bind('before')} order by at_ms limit ${bind('limit')})`,
    ),
)

const nthNewest = statement<{ keep: number }, { at_ms: number }>((db) =>
  db.selectFrom('refusals').select('at_ms').orderBy('at_ms', 'desc').limit(1).offset(bind('keep')),
)

const oldest = statement<{}, { at_ms: number }>((db) => db.selectFrom('refusals').select('at_ms').orderBy('at_ms').limit(1))

/** Before when rows are to go, so that none is older than `beforeMs` and about `keep` are left; undefined: none. */
export async function refusalsToPurge(notes: Reader, beforeMs: number, keep: number): Promise<number | undefined> {
  const beyond = await notes.one(nthNewest, { keep })
  const before = Math.max(beforeMs, (beyond?.at_ms ?? -1) + 1)
  const first = await notes.one(oldest, {})
  return first && first.at_ms < before ? before : undefined
}

/** For `store.note(purgeRefusals, ...)`: deletes at most `limit` rows older than `beforeMs`. */
export const purgeRefusals = defineWrite(
  'refusals.purge',
  async (tx, input: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(purgeOld, { before: input.beforeMs, limit: input.limit }),
)
