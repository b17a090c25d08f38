// Received messages that nobody could be told of: why is kept with the message, once.

import { happened } from './happenings.ts'
import type { MessageRow } from './messages.ts'
import { bind, statement } from './statement.ts'
import { defineWrite } from './store.ts'

const byId = statement<{ id: number }, MessageRow>((db) => db.selectFrom('messages').selectAll().where('id', '=', bind('id')))

const mark = statement<{ id: number; reason: string; params: string | null; error: string; now: number }>((db) =>
  db
    .updateTable('messages')
    .set({ reason: bind('reason'), params: bind('params'), error_id: bind('error'), updated_ms: bind('now') })
    .where('id', '=', bind('id')),
)

export interface Unserved {
  readonly id: number
  readonly reason: string
  /** JSON, or null for none. */
  readonly params: string | null
  readonly errorId: string
  readonly now: number
}

/** Gives the error id that it is known by: the first one. Null when the message is gone. */
export const noteUnservedMessage = defineWrite('messages.unserved', async (tx, input: Unserved): Promise<string | null> => {
  const { id, reason, params, errorId, now } = input
  const row = await tx.one(byId, { id })
  if (!row) return null
  if (row.reason !== null) return row.error_id
  await tx.run(mark, { id, reason, params, error: errorId, now })
  const data = { reason, params, errorId }
  await happened(tx, {
    accountId: row.account_id,
    noun: 'messages',
    nounId: id,
    kind: 'unserved',
    actor: { face: 'platform' },
    data,
    atMs: now,
  })
  return errorId
})
