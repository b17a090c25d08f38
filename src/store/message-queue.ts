// The store as the queue of messages: which accounts have some waiting for a carrier, which come next, and whose time has come.
// Reads only; what happens to a message stands in message-life.ts.

import { bind, statement } from './statement.ts'
import type { MessageRow } from './messages.ts'
import type { Reader } from './store.ts'

const due = statement<{ now: number; limit: number }, { id: number }>((db) =>
  db.selectFrom('messages').select('id').where('wake_ms', '<=', bind('now')).orderBy('wake_ms').limit(bind('limit')),
)

/** Candidates for wakeMessages, the longest due first. */
export const dueMessages = (reader: Reader, now: number, limit: number) => reader.all(due, { now, limit })

const nextLane = statement<{ carrier: number; account: number }, { account_id: number }>((db) =>
  db
    .selectFrom('messages')
    .select('account_id')
    .where('state', '=', 'queued')
    .where('carrier_id', '=', bind('carrier'))
    .where('account_id', '>', bind('account'))
    .orderBy('account_id')
    .limit(1),
)

/** The accounts with messages queued for a carrier: one step of the index each, however many messages they have. */
export async function accountsQueued(reader: Reader, carrier: number): Promise<number[]> {
  const accounts: number[] = []
  for (let account = -1; ;) {
    const row = await reader.one(nextLane, { carrier, account })
    if (!row) return accounts
    account = row.account_id
    accounts.push(account)
  }
}

const queuedAfter = statement<{ carrier: number; account: number; priority: number; after: number; limit: number }, MessageRow>(
  (db) =>
    db
      .selectFrom('messages')
      .selectAll()
      .where('state', '=', 'queued')
      .where('carrier_id', '=', bind('carrier'))
      .where('account_id', '=', bind('account'))
      .where('priority', '=', bind('priority'))
      .where('id', '>', bind('after'))
      .orderBy('id')
      .limit(bind('limit')),
)

/** A lane's next messages, oldest first. */
export const queuedMessages = (
  reader: Reader,
  lane: { readonly carrier: number; readonly account: number; readonly priority: number },
  after: number,
  limit: number,
) => reader.all(queuedAfter, { ...lane, after, limit })
