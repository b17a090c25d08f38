// Exports of messages: which ones an account asked for, found in small steps, and the bounds of the files they make. The messages
// themselves are not copied: a file is written when it is fetched, from what is there then, so that what was erased is in none.

import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type MessageExportRow = Row<'message_exports'>

export interface ExportFilter {
  /** Accepted from and until, ms UTC. */
  readonly from: number
  readonly until: number
  /** Either end, E.164. */
  readonly number?: string | undefined
  /** Of the other party, ISO 3166 alpha-2. */
  readonly countries?: readonly string[] | undefined
}

/** A file has the messages that fit after the last of the file before, up to this one. */
export interface ExportFile {
  readonly upTo: number
  readonly rows: number
}

/** For how long the files of an export are there: about a month. */
const exportKeptForMs = 31 * 24 * 60 * 60_000

const byId = statement<{ account: number; id: number }, MessageExportRow>((db) =>
  db.selectFrom('message_exports').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const next = statement<{}, MessageExportRow>((db) =>
  db.selectFrom('message_exports').selectAll().where('status', 'in', ['queued', 'running']).orderBy('id').limit(1),
)

export const readMessageExport = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })
/** The oldest that is not done. */
export const nextMessageExport = (reader: Reader) => reader.one(next, {})

const insert = statement<MessageExportRow>((db) =>
  db.insertInto('message_exports').values({
    id: bind('id'),
    account_id: bind('account_id'),
    status: bind('status'),
    wanted: bind('wanted'),
    row_limit: bind('row_limit'),
    cursor: bind('cursor'),
    found: bind('found'),
    files: bind('files'),
    actor: bind('actor'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
    expires_ms: bind('expires_ms'),
  }),
)

const told = (row: Pick<MessageExportRow, 'id' | 'account_id'>, kind: string, actor: Actor, atMs: number) => ({
  accountId: row.account_id,
  noun: 'message_exports',
  nounId: row.id,
  kind,
  actor,
  atMs,
})

export const createMessageExport = defineWrite(
  'message_exports.create',
  async (tx, { row, actor }: { row: MessageExportRow; actor: Actor }): Promise<MessageExportRow> => {
    await tx.run(insert, row)
    await happened(tx, told(row, 'queued', actor, row.created_ms))
    return row
  },
)

const advance = statement<{
  id: number
  cursor: number
  to: number
  status: string
  found: number
  files: string
  now: number
  expires: number | null
}>((db) =>
  db
    .updateTable('message_exports')
    .set({
      cursor: bind('to'),
      status: bind('status'),
      found: bind('found'),
      files: bind('files'),
      updated_ms: bind('now'),
      expires_ms: bind('expires'),
    })
    .where('id', '=', bind('id'))
    .where('cursor', '=', bind('cursor'))
    .where('status', 'in', ['queued', 'running']),
)

export interface ExportStep {
  readonly row: Pick<MessageExportRow, 'id' | 'account_id' | 'actor'>
  /** Where it stood when the step was made, and where it stands after. */
  readonly cursor: number
  readonly to: number
  readonly last: boolean
  readonly found: number
  readonly files: readonly ExportFile[]
  readonly now: number
}

/** Does one step; false when it was done already, or the export was called off. */
export const stepMessageExport = defineWrite('message_exports.step', async (tx, step: ExportStep): Promise<boolean> => {
  const { row, cursor, to, last, found, files, now } = step
  const status = !last ? 'running' : found > 0 ? 'succeeded' : 'empty'
  const expires = last ? now + exportKeptForMs : null
  const done = await tx.run(advance, { id: row.id, cursor, to, status, found, files: JSON.stringify(files), now, expires })
  if (done === 0) return false
  if (last) await happened(tx, told(row, status, JSON.parse(row.actor) as Actor, now))
  return true
})

const end = statement<{ account: number; id: number; now: number; expires: number }>((db) =>
  db
    .updateTable('message_exports')
    .set({ status: 'canceled', files: '[]', wanted: '{}', updated_ms: bind('now'), expires_ms: bind('expires') })
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account')),
)

/** Its files are there no more. False when there is none. */
export const cancelMessageExport = defineWrite(
  'message_exports.cancel',
  async (tx, input: { account: number; id: number; actor: Actor; now: number }): Promise<{ canceled: boolean }> => {
    const { account, id, actor, now } = input
    if ((await tx.run(end, { account, id, now, expires: now + exportKeptForMs })) === 0) return { canceled: false }
    await happened(tx, told({ id, account_id: account }, 'canceled', actor, now))
    return { canceled: true }
  },
)

const purgeOld = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('message_exports')
    .where('id', 'in', (query) =>
      query.selectFrom('message_exports').select('id').where('expires_ms', '<', bind('before')).limit(bind('limit')),
    ),
)

export const purgeMessageExports = defineWrite(
  'message_exports.purge',
  async (tx, input: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(purgeOld, { before: input.beforeMs, limit: input.limit }),
)
