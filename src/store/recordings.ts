// Recordings: one row a file. The file itself stands under the data directory, sealed; here is what is known of it. A recording comes to
// one end: ready, absent (nothing was said) or failed; a deleted one keeps its row without its file.

import { sql } from 'kysely'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { dropVoicemail, fileVoicemail } from './mailbox.ts'
import { atLeast, below, countOf, equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type RecordingRow = Row<'recordings'>

const columns = [
  'id',
  'account_id',
  'call_id',
  'session_id',
  'conference_id',
  'face',
  'state',
  'reason',
  'source',
  'channels',
  'file',
  'key_sealed',
  'duration_ms',
  'size_bytes',
  'secret',
  'detail',
  'callback',
  'created_ms',
  'ended_ms',
  'updated_ms',
] as const satisfies readonly (keyof RecordingRow)[]

const insert = statement<RecordingRow>((db) =>
  db.insertInto('recordings').values(Object.fromEntries(columns.map((name) => [name, bind(name)])) as never),
)
const byId = statement<{ account: number; id: number }, RecordingRow>((db) =>
  db.selectFrom('recordings').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const anyById = statement<{ id: number }, RecordingRow>((db) =>
  db.selectFrom('recordings').selectAll().where('id', '=', bind('id')),
)

export const readRecording = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })
/** Whosever it is: for the platform's own loops, and for whoever shows its secret. */
export const readRecordingById = (reader: Pick<Reader, 'one'>, id: number) => reader.one(anyById, { id })

const filters = {
  call: equal('call_id'),
  session: equal('session_id'),
  conference: equal('conference_id'),
  state: equal('state'),
  source: equal('source'),
  /** Those that have, or had, a file: what ended without one is not listed by most. */
  kept: (query: any, bound: any) => query.where(sql<boolean>`(state in ('recording', 'ready')) = (${bound} = 1)`),
  since: atLeast('created_ms'),
  until: below('created_ms'),
  within: (query: any, bound: any) =>
    query.where(sql<boolean>`account_id in (select id from accounts where path like ${bound} || '%')`),
}

const sortable = { duration: sql.ref('duration_ms'), call: sql.ref('call_id') }

export const listRecordings = listOf('recordings', 'account_id', filters, 'id', sortable)
export const countRecordings = countOf('recordings', 'account_id', filters)

/** The row of a recording that begins now. */
export const createRecording = defineWrite(
  'recordings.create',
  async (tx, { row, actor }: { readonly row: RecordingRow; readonly actor: Actor }): Promise<{ row: RecordingRow }> => {
    await tx.run(insert, row)
    await count(tx, row.account_id, 'recordings', 1)
    const { id, account_id: accountId, created_ms: atMs, call_id: call, conference_id: conference } = row
    await happened(tx, { accountId, noun: 'recordings', nounId: id, kind: 'created', actor, data: { call, conference }, atMs })
    return { row }
  },
)

export interface RecordingEnd {
  readonly id: number
  readonly account: number
  readonly state: 'ready' | 'absent' | 'failed'
  readonly reason: string | null
  readonly durationMs: number
  readonly sizeBytes: number
  readonly actor: Actor
  readonly now: number
}

const end = statement<
  {
    id: number
    state: string
    reason: string | null
    duration: number
    size: number
    now: number
  },
  RecordingRow
>((db) =>
  db
    .updateTable('recordings')
    .set({
      state: bind('state'),
      reason: bind('reason'),
      duration_ms: bind('duration'),
      size_bytes: bind('size'),
      ended_ms: bind('now'),
      updated_ms: bind('now'),
    })
    .where('id', '=', bind('id'))
    .where('state', '=', 'recording')
    .returningAll(),
)

/** False when it had ended. */
export const endRecording = defineWrite('recordings.end', async (tx, input: RecordingEnd): Promise<boolean> => {
  const { id, account, state, reason, durationMs, sizeBytes, actor, now } = input
  const row = await tx.one(end, { id, state, reason, duration: durationMs, size: sizeBytes, now })
  if (!row) return false
  // Counted are those that a list shows: with a sound, or under way.
  if (state !== 'ready') await count(tx, account, 'recordings', -1)
  if (state === 'ready' && row.source === 'voicemail') await fileVoicemail(tx, row, actor)
  const data = { state, reason, durationMs, sizeBytes }
  await happened(tx, { accountId: account, noun: 'recordings', nounId: id, kind: state, actor, data, atMs: now })
  return true
})

const change = statement<{ id: number; account: number; detail: string; callback: string | null; now: number }>((db) =>
  db
    .updateTable('recordings')
    .set({ detail: bind('detail'), callback: bind('callback'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account'))
    .where('state', '!=', 'deleted'),
)

/** What is kept with it: a tag, a transcription. Null where there is none. */
export const changeRecording = defineWrite(
  'recordings.change',
  async (
    tx,
    input: { id: number; account: number; detail: string; callback: string | null; actor: Actor; now: number },
  ): Promise<RecordingRow | null> => {
    const { id, account, detail, callback, actor, now } = input
    if ((await tx.run(change, { id, account, detail, callback, now })) === 0) return null
    await happened(tx, { accountId: account, noun: 'recordings', nounId: id, kind: 'updated', actor, atMs: now })
    return (await tx.one(byId, { account, id }))!
  },
)

const blank = statement<{ id: number; account: number; now: number }>((db) =>
  db
    .updateTable('recordings')
    .set({ state: 'deleted', file: '', key_sealed: '', size_bytes: 0, updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account'))
    .where('state', 'not in', ['deleted', 'recording']),
)

/** `file` is to be removed by whoever asked, after the commit: without its key it is noise. Null where there is none to delete. */
export const deleteRecording = defineWrite(
  'recordings.delete',
  async (
    tx,
    input: { readonly account: number; readonly id: number; readonly actor: Actor; readonly now: number },
  ): Promise<{ file: string } | { open: true } | null> => {
    const { account, id, actor, now } = input
    const row = await tx.one(byId, { account, id })
    if (!row || row.state === 'deleted') return null
    if ((await tx.run(blank, { account, id, now })) === 0) return { open: true }
    if (row.state === 'ready') await count(tx, account, 'recordings', -1)
    if (row.source === 'voicemail') await dropVoicemail(tx, id, actor, now)
    await happened(tx, { accountId: account, noun: 'recordings', nounId: id, kind: 'deleted', actor, atMs: now })
    return { file: row.file }
  },
)

const openOf = statement<{ limit: number }, RecordingRow>((db) =>
  db
    .selectFrom('recordings')
    .selectAll()
    .where('state', '=', 'recording')
    // Its call, or its conference, has ended without it.
    .where(
      sql<boolean>`not exists (select 1 from calls where calls.id = recordings.call_id and calls.ended_ms is null)
        and not exists (select 1 from conferences where conferences.id = recordings.conference_id and conferences.ended_ms is null)`,
    )
    .orderBy('id')
    .limit(bind('limit')),
)
/** Recordings under way by their rows, of calls and conferences that are over: their process died. */
export const orphanedRecordings = (reader: Reader, limit: number) => reader.all(openOf, { limit })
