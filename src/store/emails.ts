// E-mails: accepted, then sent by the loop of email/ or failed with a reason. One in state `queued` is its own job; a
// mail server is asked only after its attempt is written down, so that a process that dies costs no more than one.

import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type EmailRow = Row<'emails'>

export interface EmailRecipients {
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
}

const byId = statement<{ account: number; id: number }, EmailRow>((db) =>
  db.selectFrom('emails').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const due = statement<{ now: number; limit: number }, EmailRow>((db) =>
  db
    .selectFrom('emails')
    .selectAll()
    .where('state', '=', 'queued')
    .where('wake_ms', '<=', bind('now'))
    .orderBy('wake_ms')
    .limit(bind('limit')),
)

export const readEmail = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })
/** Queued and due, the longest due first. */
export const dueEmails = (reader: Reader, now: number, limit: number) => reader.all(due, { now, limit })
/** Filter: state. */
export const listEmails = listOf('emails', 'account_id', { state: equal('state') })

const insertEmail = statement<EmailRow>((db) =>
  db.insertInto('emails').values({
    id: bind('id'),
    account_id: bind('account_id'),
    face: bind('face'),
    sender: bind('sender'),
    recipients: bind('recipients'),
    subject: bind('subject'),
    body: bind('body'),
    type: bind('type'),
    state: bind('state'),
    reason: bind('reason'),
    cause: bind('cause'),
    attempts: bind('attempts'),
    wake_ms: bind('wake_ms'),
    deadline_ms: bind('deadline_ms'),
    created_ms: bind('created_ms'),
    ended_ms: bind('ended_ms'),
    updated_ms: bind('updated_ms'),
  }),
)

export const createEmail = defineWrite('emails.create', async (tx, { row, actor }: { row: EmailRow; actor: Actor }) => {
  await tx.run(insertEmail, row)
  await count(tx, row.account_id, 'emails', 1)
  await happened(tx, {
    accountId: row.account_id,
    noun: 'emails',
    nounId: row.id,
    kind: 'created',
    actor,
    atMs: row.created_ms,
  })
  return row
})

const begin = statement<{ id: number; attempts: number; until: number; now: number }>((db) =>
  db
    .updateTable('emails')
    .set((set) => ({ attempts: set('attempts', '+', 1), wake_ms: bind('until'), updated_ms: bind('now') }))
    .where('id', '=', bind('id'))
    .where('state', '=', 'queued')
    .where('attempts', '=', bind('attempts')),
)

/**
 * Before an attempt: false when it is no longer as `attempts` says. Should nobody settle it, it is due again at `until`.
 */
export const beginEmail = defineWrite(
  'emails.begin',
  async (tx, input: { id: number; attempts: number; until: number; now: number }) => (await tx.run(begin, input)) > 0,
)

const settle = statement<{
  id: number
  attempts: number
  state: string
  reason: string | null
  cause: string | null
  wake: number | null
  ended: number | null
  now: number
}>((db) =>
  db
    .updateTable('emails')
    .set({
      state: bind('state'),
      reason: bind('reason'),
      cause: bind('cause'),
      wake_ms: bind('wake'),
      ended_ms: bind('ended'),
      updated_ms: bind('now'),
    })
    .where('id', '=', bind('id'))
    .where('state', '=', 'queued')
    .where('attempts', '=', bind('attempts')),
)

export interface EmailSettled {
  readonly id: number
  readonly account: number
  /** With this one. */
  readonly attempts: number
  readonly state: 'sent' | 'failed' | 'queued'
  readonly reason: string | null
  readonly cause: string | null
  /** For one that is tried again. */
  readonly wakeMs: number | null
  readonly actor: Actor
  readonly now: number
}

/** After an attempt; what has ended does not change any more. */
export const settleEmail = defineWrite('emails.settle', async (tx, input: EmailSettled): Promise<boolean> => {
  const { id, account, attempts, state, reason, cause, wakeMs, actor, now } = input
  const ended = state === 'queued' ? null : now
  if ((await tx.run(settle, { id, attempts, state, reason, cause, wake: wakeMs, ended, now })) === 0) return false
  if (state !== 'queued') {
    const data = { attempts, ...(reason !== null && { reason }) }
    await happened(tx, { accountId: account, noun: 'emails', nounId: id, kind: state, actor, data, atMs: now })
  }
  return true
})
