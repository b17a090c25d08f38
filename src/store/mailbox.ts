// Mailboxes: messages as their users see them. A message that a user sent, or that came to a user's number, has one entry; one
// within the platform has one for each who takes part. Whether it is read, deleted or purged is the entry's, so that nobody
// clears away what another still has. What is kept of the message itself stands in messages.

import { hash } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { count } from './counters.ts'
import { happened, type Actor, type Happening } from './happenings.ts'
import { countOf, atLeast, below, equal, listOf } from './list.ts'
import { dropMediaOfMessage } from './media.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

type MessageRow = Row<'messages'>

export type MailboxRow = Row<'mailbox'>
export type Place = 'kept' | 'deleted' | 'purged'

/** The conversation of some numbers in an account, whoever writes to whom: 52 bits. */
export function threadOf(account: number, numbers: readonly string[]): number {
  const digest = hash('sha256', `${account} ${numbers.toSorted().join(' ')}`, 'hex')
  return Number.parseInt(digest.slice(0, 13), 16)
}

const insertEntry = statement<MailboxRow>((db) =>
  db.insertInto('mailbox').values({
    id: bind('id'),
    account_id: bind('account_id'),
    user_id: bind('user_id'),
    message_id: bind('message_id'),
    batch_id: bind('batch_id'),
    thread: bind('thread'),
    direction: bind('direction'),
    kind: bind('kind'),
    is_read: bind('is_read'),
    place: bind('place'),
    created_ms: bind('created_ms'),
    changed_ms: bind('changed_ms'),
  }),
)

/** Whose mailbox a new message goes to. */
export interface Filing {
  readonly userId: number
  readonly thread: number
  /** Of a group: the batch whose messages are one to their sender. */
  readonly batchId: number | null
}

/** Inside a write: the message's entry in that mailbox. What one sent oneself is read. */
export async function fileMessage(tx: Transaction, row: MessageRow, { userId, thread, batchId }: Filing): Promise<void> {
  await tx.run(insertEntry, {
    id: row.id,
    account_id: row.account_id,
    user_id: userId,
    message_id: row.id,
    batch_id: batchId,
    thread,
    direction: row.direction,
    kind: row.kind,
    is_read: row.direction === 'out' ? 1 : 0,
    place: 'kept',
    created_ms: row.created_ms,
    changed_ms: row.created_ms,
  })
}

/** Inside a write: what somebody left for a user by voice. Nobody's number can be told from its thread: it is one of its own. */
export async function fileVoicemail(tx: Transaction, recording: Row<'recordings'>, actor: Actor): Promise<void> {
  const { id, account_id: accountId, created_ms: createdMs, ended_ms: endedMs } = recording
  const { voicemailOf: userId } = JSON.parse(recording.detail) as { voicemailOf?: number }
  if (userId === undefined) return
  const atMs = endedMs ?? createdMs
  await tx.run(insertEntry, {
    id,
    account_id: accountId,
    user_id: userId,
    message_id: id,
    batch_id: null,
    thread: threadOf(accountId, [`voice mail ${id}`]),
    direction: 'in',
    kind: 'voicemail',
    is_read: 0,
    place: 'kept',
    created_ms: createdMs,
    changed_ms: atMs,
  })
  await happened(tx, { accountId, noun: 'mailbox', nounId: id, kind: 'created', actor, data: { userId }, atMs })
}

const among = (column: string) => (query: any, bound: any) =>
  query.where(sql<boolean>`${bound} like '%,' || ${sql.ref(column)} || ',%'`)

/** A list of values, as the filters `places` and `kinds` want it. */
export const listed = (values: readonly string[]): string => `,${values.join(',')},`

const filters = {
  direction: equal('direction'),
  thread: equal('thread'),
  isRead: equal('is_read'),
  kinds: among('kind'),
  places: among('place'),
  from: atLeast('created_ms'),
  until: below('created_ms'),
  /** Either end. */
  number: (query: any, bound: any) =>
    query.where(
      sql<boolean>`exists (select 1 from messages as m where m.id = mailbox.message_id and (m.sender = ${bound} or m.recipient = ${bound}))`,
    ),
  /** The newest of each conversation only. */
  newest: (query: any, bound: any) =>
    query.where(
      sql<boolean>`${bound} = 1 and not exists (select 1 from mailbox as later where later.thread = mailbox.thread
        and later.user_id = mailbox.user_id and later.id > mailbox.id and later.place = mailbox.place)`,
    ),
}

/** Newest first. */
export const listMailbox = listOf('mailbox', 'user_id', filters)
export const countMailbox = countOf('mailbox', 'user_id', filters)

const byId = statement<{ account: number; id: number }, MailboxRow>((db) =>
  db.selectFrom('mailbox').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const ofMessage = statement<{ message: number }, MailboxRow>((db) =>
  db.selectFrom('mailbox').selectAll().where('message_id', '=', bind('message')),
)
const ofBatch = statement<{ batch: number; account: number }, MessageRow>((db) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('batch_id', '=', bind('batch'))
    .where('account_id', '=', bind('account'))
    .orderBy('id'),
)
const messageById = statement<{ id: number }, MessageRow>((db) =>
  db.selectFrom('messages').selectAll().where('id', '=', bind('id')),
)

export const readEntry = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })

/** The messages behind an entry: one, or those of a group in the order of its recipients. */
export async function messagesOfEntry(reader: Reader, entry: MailboxRow): Promise<readonly MessageRow[]> {
  if (entry.batch_id !== null) return reader.all(ofBatch, { batch: entry.batch_id, account: entry.account_id })
  const row = await reader.one(messageById, { id: entry.message_id })
  return row ? [row] : []
}

const lastOfThread = statement<{ account: number; thread: number }, MessageRow>((db) =>
  db
    .selectFrom('mailbox')
    .innerJoin('messages', 'messages.id', 'mailbox.message_id')
    .selectAll('messages')
    .where('mailbox.thread', '=', bind('thread'))
    .where('mailbox.account_id', '=', bind('account'))
    .where('mailbox.kind', '=', 'internal')
    .orderBy('messages.id', 'desc')
    .limit(1),
)

/** The newest message of a thread within the platform: who takes part in it stands there. */
export const readLastOfThread = (reader: Reader, account: number, thread: number) => reader.one(lastOfThread, { account, thread })

const ofUserAndMessage = statement<{ user: number; message: number }, { place: string }>((db) =>
  db
    .selectFrom('mailbox')
    .select('place')
    .where('message_id', '=', bind('message'))
    .where('user_id', '=', bind('user'))
    .where('place', '<>', 'purged'),
)

const entriesOfBatch = statement<{ batch: number }, MailboxRow>((db) =>
  db.selectFrom('mailbox').selectAll().where('batch_id', '=', bind('batch')),
)

/** The entries that a row of the log is about; none that are gone with their message. */
export async function entriesOf(reader: Reader, { noun, noun_id: id, account_id: account }: Happening): Promise<MailboxRow[]> {
  if (noun === 'mailbox') {
    const row = await readEntry(reader, account, id)
    return row ? [row] : []
  }
  if (noun !== 'messages') return []
  const rows = await reader.all(ofMessage, { message: id })
  if (rows.length > 0) return rows
  // Of a group, which is one entry of its sender's.
  const message = await reader.one(messageById, { id })
  return message && message.batch_id !== null ? reader.all(entriesOfBatch, { batch: message.batch_id }) : []
}

/** Whether the user still has the message, be it deleted. */
export const hasMessage = async (reader: Reader, user: number, message: number): Promise<boolean> =>
  (await reader.one(ofUserAndMessage, { user, message })) !== undefined

const mark = statement<{ id: number; is_read: number; place: string; now: number }>((db) =>
  db
    .updateTable('mailbox')
    .set({ is_read: bind('is_read'), place: bind('place'), changed_ms: bind('now') })
    .where('id', '=', bind('id')),
)
const blank = statement<{ id: number; detail: string; now: number }>((db) =>
  db
    .updateTable('messages')
    .set({ body: '', detail: bind('detail'), updated_ms: bind('now') })
    .where('id', '=', bind('id')),
)
const remove = statement<{ message: number }>((db) => db.deleteFrom('mailbox').where('message_id', '=', bind('message')))

export interface MailboxChange {
  readonly account: number
  /** Only entries of this user. */
  readonly user: number
  readonly ids: readonly number[]
  readonly read?: boolean | undefined
  readonly place?: Place | undefined
  readonly actor: Actor
  readonly now: number
}

/** null: there is no such entry, or it is purged; `open`: its message is still to be sent, and cannot be purged. */
export type MailboxChanged = { readonly row: MailboxRow } | { readonly open: string } | null

/** Each for itself. The last user who purges a message takes its content away. */
export const changeMailbox = defineWrite('mailbox.change', async (tx, input: MailboxChange): Promise<MailboxChanged[]> => {
  const changed: MailboxChanged[] = []
  for (const id of input.ids) changed.push(await changeOne(tx, id, input))
  return changed
})

async function changeOne(tx: Transaction, id: number, input: MailboxChange): Promise<MailboxChanged> {
  const { account, user, read, place, actor, now } = input
  const row = await tx.one(byId, { account, id })
  if (!row || row.user_id !== user || row.place === 'purged') return null
  const next = { ...row, is_read: read === undefined ? row.is_read : Number(read), place: place ?? row.place, changed_ms: now }
  if (next.is_read === row.is_read && next.place === row.place) return { row }
  if (next.place === 'purged') {
    const messages = await messagesIn(tx, row)
    const open = messages.find((one) => one.ended_ms === null && one.state !== 'sent')
    if (open) return { open: open.state }
    const others = await tx.all(ofMessage, { message: row.message_id })
    if (others.every((one) => one.id === id || one.place === 'purged')) for (const one of messages) await empty(tx, one, now)
  }
  await tx.run(mark, { id, is_read: next.is_read, place: next.place, now })
  const data = { userId: user, read: next.is_read === 1, place: next.place }
  await happened(tx, { accountId: account, noun: 'mailbox', nounId: id, kind: 'changed', actor, data, atMs: now })
  return { row: next }
}

async function messagesIn(tx: Transaction, row: MailboxRow): Promise<readonly MessageRow[]> {
  if (row.batch_id !== null) return tx.all(ofBatch, { batch: row.batch_id, account: row.account_id })
  const message = await tx.one(messageById, { id: row.message_id })
  return message ? [message] : []
}

/** Text, subject and attachments. */
async function empty(tx: Transaction, row: MessageRow, now: number): Promise<void> {
  const { subject: _, media, ...kept } = JSON.parse(row.detail) as { subject?: string; media?: readonly number[] }
  if (media !== undefined) await dropMediaOfMessage(tx, row.id)
  await tx.run(blank, { id: row.id, detail: JSON.stringify({ ...kept, redactedMs: now }), now })
}

const rethread = statement<{ message: number; thread: number }>((db) =>
  db
    .updateTable('mailbox')
    .set({ thread: bind('thread') })
    .where('message_id', '=', bind('message')),
)
const rethreadBatch = statement<{ batch: number; thread: number }>((db) =>
  db
    .updateTable('mailbox')
    .set({ thread: bind('thread') })
    .where('batch_id', '=', bind('batch')),
)

/** Inside a write: the conversation does not tell either whose number it was. `parties` are what stands there now. */
export async function forgetThread(
  tx: Transaction,
  { id, account_id, batch_id }: MessageRow,
  parties: readonly string[],
): Promise<void> {
  await tx.run(rethread, { message: id, thread: threadOf(account_id, parties) })
  // Of a group nobody's number is left to tell who else was in it.
  if (batch_id !== null) await tx.run(rethreadBatch, { batch: batch_id, thread: threadOf(account_id, [`batch ${batch_id}`]) })
}

/** Inside a write: the message is gone, and with it what its users had of it. Without an actor the log says nothing of it. */
export async function dropEntries(tx: Transaction, message: number, actor?: Actor, now = 0): Promise<void> {
  const rows = await tx.all(ofMessage, { message })
  if (rows.length === 0) return
  await tx.run(remove, { message })
  if (!actor) return
  for (const { id, account_id: accountId, user_id: userId } of rows)
    await happened(tx, { accountId, noun: 'mailbox', nounId: id, kind: 'deleted', actor, data: { userId }, atMs: now })
}

/** Inside a write: its sound is gone, and so is the entry, unless its user purged it, which leaves word that it was. */
export async function dropVoicemail(tx: Transaction, id: number, actor?: Actor, now = 0): Promise<void> {
  const [entry] = await tx.all(ofMessage, { message: id })
  if (entry && entry.place !== 'purged') await dropEntries(tx, id, actor, now)
}

export interface InternalMessage {
  readonly row: MessageRow
  /** The sender's own entry first. */
  readonly entries: readonly MailboxRow[]
  readonly actor: Actor
}

/** A message within the platform: there as soon as it is accepted. */
export async function fileInternal(tx: Transaction, { row, entries, actor }: InternalMessage): Promise<void> {
  for (const entry of entries) await tx.run(insertEntry, entry)
  await count(tx, row.account_id, 'messages', 1)
  const data = { state: row.state }
  await happened(tx, {
    accountId: row.account_id,
    noun: 'messages',
    nounId: row.id,
    kind: 'created',
    actor,
    data,
    atMs: row.created_ms,
  })
}

const newest = statement<{}, { at: string }>((db, engine) =>
  engine === 'postgres'
    ? db.selectNoFrom(sql<string>`pg_snapshot_xmin(pg_current_snapshot())::text || ':-1'`.as('at'))
    : db.selectFrom('happenings').select(sql<string>`'0:' || coalesce(max(seq), 0)`.as('at')),
)

/** Where the log stands: what is seen of it now lies before; what may still appear, after. */
export const logEnd = async (reader: Reader): Promise<string> => (await reader.one(newest, {}))!.at

interface Since {
  account: number
  user: number
  tx: string
  seq: number
  limit: number
}

const since = (engine: string): RawBuilder<boolean> =>
  engine === 'postgres'
    ? sql<boolean>`(h.tx, h.seq) > (${bind('tx')}::text::xid8, ${bind('seq')}::bigint)`
    : sql<boolean>`h.seq > ${bind('seq')}`

const changedBy = (join: RawBuilder<unknown>) =>
  statement<Since, { id: number }>((db, engine) => ({
    compile: () =>
      sql`select distinct b.id from happenings as h ${join} where h.account_id = ${bind('account')} and ${since(engine)}
        and b.user_id = ${bind('user')} order by b.id desc limit ${bind('limit')}`.compile(db),
  }))

const changedEntries = [
  changedBy(sql`join mailbox as b on h.noun = 'mailbox' and b.id = h.noun_id`),
  changedBy(sql`join mailbox as b on h.noun = 'messages' and b.message_id = h.noun_id`),
  changedBy(sql`join messages as m on h.noun = 'messages' and m.id = h.noun_id join mailbox as b on b.batch_id = m.batch_id`),
]

const goneFrom = statement<Since & { data: string }, { noun_id: number }>((db, engine) => ({
  compile: () =>
    sql`select h.noun_id from happenings as h where h.account_id = ${bind('account')} and ${since(engine)}
      and h.noun = 'mailbox' and h.kind = 'deleted' and h.data = ${bind('data')} order by h.seq desc limit ${bind('limit')}`.compile(
      db,
    ),
}))

export interface MailboxSince {
  readonly account: number
  readonly user: number
  /** Of logEnd. */
  readonly cursor: string
  readonly limit: number
}

/**
 * Entries of the user that are new, or that or whose message changed after the cursor, and those that are gone with their
 * message; newest first, at most `limit` of each. null: the cursor is of another log than this, as after a restore.
 */
export async function mailboxSince(
  reader: Reader,
  { account, user, cursor, limit }: MailboxSince,
): Promise<{ changed: number[]; gone: number[] } | null> {
  const [tx = '0', seq = '0'] = cursor.split(':')
  const [nowTx = '0', nowSeq = '0'] = (await logEnd(reader)).split(':')
  if (BigInt(tx) > BigInt(nowTx) || Number(seq) > Math.max(Number(nowSeq), 0)) return null
  const ask = { account, user, tx, seq: Number(seq), limit }
  const changed = new Set<number>()
  for (const one of changedEntries) for (const { id } of await reader.all(one, ask)) changed.add(id)
  const gone = await reader.all(goneFrom, { ...ask, data: JSON.stringify({ userId: user }) })
  return { changed: [...changed].toSorted((a, b) => b - a), gone: gone.map(({ noun_id: id }) => id) }
}
