// Messages: one row each, both ways. What happens to them stands in message-life.ts; here is how they are read, and how they
// are redacted and deleted.

import { sql } from 'kysely'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { atLeast, below, countOf, equal, like, listOf } from './list.ts'
import { dropEntries } from './mailbox.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type MessageRow = Row<'messages'>

/** What of a message has not happened yet, and what nobody asked for. */
export const freshMessage = {
  reason: null,
  params: null,
  cause: null,
  error_id: null,
  carrier_id: null,
  attempts: 0,
  priority: 1,
  report: 0,
  due_ms: null,
  deadline_ms: null,
  wake_ms: null,
  payer_id: null,
  price_micro: 0,
  batch_id: null,
  client_ref: '',
  callback: null,
  detail: '{}',
  sent_ms: null,
  ended_ms: null,
} as const satisfies Partial<MessageRow>

const byId = statement<{ account: number; id: number }, MessageRow>((db) =>
  db.selectFrom('messages').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const anyById = statement<{ id: number }, MessageRow>((db) => db.selectFrom('messages').selectAll().where('id', '=', bind('id')))

export const readMessage = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })
/** Whosever it is: for the platform's own loops. */
export const readMessageById = (reader: Pick<Reader, 'one'>, id: number) => reader.one(anyById, { id })

const byError = statement<{ error: string }, MessageRow>((db) =>
  db.selectFrom('messages').selectAll().where('error_id', '=', bind('error')),
)
/** The message that came to its end, or was refused, under this error id, whosever it is. */
export const readMessageByError = (reader: Pick<Reader, 'one'>, error: string) => reader.one(byError, { error })

const filters = {
  direction: equal('direction'),
  kind: equal('kind'),
  /** Any of several: `,sms,mms,`. */
  kinds: (query: any, bound: any) => query.where(sql<boolean>`${bound} like '%,' || kind || ',%'`),
  state: equal('state'),
  states: (query: any, bound: any) => query.where(sql<boolean>`${bound} like '%,' || state || ',%'`),
  sender: equal('sender'),
  senderLike: like('sender'),
  recipientLike: like('recipient'),
  text: like('body'),
  /** Of accounts at this path and below. */
  within: (query: any, bound: any) =>
    query.where(sql<boolean>`account_id in (select id from accounts where path like ${bound} || '%')`),
  recipient: equal('recipient'),
  /** Either end. */
  number: (query: any, bound: any) => query.where((eb: any) => eb.or([eb('sender', '=', bound), eb('recipient', '=', bound)])),
  batch: equal('batch_id'),
  clientRef: equal('client_ref'),
  from: atLeast('created_ms'),
  until: below('created_ms'),
}

const sortable = {
  sender: sql.ref('sender'),
  recipient: sql.ref('recipient'),
  direction: sql.ref('direction'),
  state: sql.ref('state'),
  text: sql.ref('body'),
  price: sql.ref('price_micro'),
}

export const listMessages = listOf('messages', 'account_id', filters, 'id', sortable)
export const countMessages = countOf('messages', 'account_id', filters)

/** For the platform's own reading of a batch: any account. */
export const listBatchMessages = listOf('messages', 'batch_id', { account: equal('account_id') })

export type MessageBatchRow = Row<'message_batches'>

const batchById = statement<{ account: number; id: number }, MessageBatchRow>((db) =>
  db.selectFrom('message_batches').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
export const readMessageBatch = (reader: Pick<Reader, 'one'>, account: number, id: number) =>
  reader.one(batchById, { account, id })

const blank = statement<{ account: number; id: number; now: number }>((db) =>
  db
    .updateTable('messages')
    .set({ body: '', detail: bind('detail'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account')),
)

const remove = statement<{ account: number; id: number }>((db) =>
  db.deleteFrom('messages').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)

export interface MessageAsk {
  readonly account: number
  readonly id: number
  readonly actor: Actor
  readonly now: number
}

/** Takes a row's text away; what it was sent with stays. `open`: it has not ended, and its text is still needed. */
export const redactMessage = defineWrite(
  'messages.redact',
  async (tx, input: MessageAsk): Promise<{ row: MessageRow } | { open: string } | null> => {
    const { account, id, actor, now } = input
    const row = await tx.one(byId, { account, id })
    if (!row) return null
    if (row.ended_ms === null && row.direction === 'out' && row.state !== 'sent') return { open: row.state }
    const detail = JSON.stringify({ ...(JSON.parse(row.detail) as object), redactedMs: now, subject: undefined })
    await tx.run(blank, { account, id, now, detail } as never)
    await happened(tx, { accountId: account, noun: 'messages', nounId: id, kind: 'redacted', actor, atMs: now })
    return { row: { ...row, body: '', detail, updated_ms: now } }
  },
)

/** Gone but for its happenings. `open` as with redactMessage. */
export const deleteMessage = defineWrite(
  'messages.delete',
  async (tx, input: MessageAsk): Promise<{ deleted: true } | { open: string } | null> => {
    const { account, id, actor, now } = input
    const row = await tx.one(byId, { account, id })
    if (!row) return null
    if (row.ended_ms === null && row.direction === 'out') return { open: row.state }
    await dropEntries(tx, id, actor, now)
    await dropMessage(tx, row)
    await count(tx, account, 'messages', -1)
    await happened(tx, { accountId: account, noun: 'messages', nounId: id, kind: 'deleted', actor, atMs: now })
    return { deleted: true }
  },
)

/** What became of it for whoever sent it: a line of its log, whatever the network says. False when there is no such message. */
export const noteOutcome = defineWrite(
  'messages.note_outcome',
  async (
    tx,
    input: MessageAsk & { readonly outcome: 'success' | 'failure'; readonly measuredMs: number },
  ): Promise<{ noted: boolean }> => {
    const { account, id, actor, now, outcome, measuredMs } = input
    if (!(await tx.one(byId, { account, id }))) return { noted: false }
    const data = { outcome, measuredMs }
    await happened(tx, { accountId: account, noun: 'messages', nounId: id, kind: 'outcome', actor, data, atMs: now })
    return { noted: true }
  },
)

/** Inside a write: the row, and what mailboxes have of it, without a word in the log. Its segments go with the age of theirs. */
export async function dropMessage(tx: Transaction, row: Pick<MessageRow, 'account_id' | 'id'>): Promise<void> {
  await tx.run(remove, { account: row.account_id, id: row.id })
  await dropEntries(tx, row.id)
}
