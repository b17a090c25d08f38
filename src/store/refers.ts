// Each REFER that a script asked for, and what the party said to it.

import { countOf, equal, listOf } from './list.ts'
import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type ReferRow = Row<'refers'>

const insert = statement<ReferRow>((db) =>
  db.insertInto('refers').values({
    id: bind('id'),
    account_id: bind('account_id'),
    call_id: bind('call_id'),
    caller: bind('caller'),
    target: bind('target'),
    sip_status: bind('sip_status'),
    notified_status: bind('notified_status'),
    created_ms: bind('created_ms'),
    // `caller` is also a member of every function, which the types of values() take for one.
  } as never),
)
const byId = statement<{ account: number; id: number }, ReferRow>((db) =>
  db.selectFrom('refers').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)

export const readRefer = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })
const filters = { call: equal('call_id') }
export const listRefers = listOf('refers', 'account_id', filters)
export const countRefers = countOf('refers', 'account_id', filters)

/** Once it is known how it came out. */
export const createRefer = defineWrite(
  'refers.create',
  async (tx, { row, actor }: { readonly row: ReferRow; readonly actor: Actor }): Promise<{ row: ReferRow }> => {
    await tx.run(insert, row)
    const { id, account_id: accountId, call_id: call, created_ms: atMs, sip_status: sipStatus } = row
    await happened(tx, { accountId, noun: 'refers', nounId: id, kind: 'created', actor, data: { call, sipStatus }, atMs })
    return { row }
  },
)
