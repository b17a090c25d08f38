// The log that a user has of their own calls: what they deleted from it, and what is new since a cursor. What is deleted there stays in
// the account's own list: see calls.ts.

import { sql } from 'kysely'
import { seenDirection } from './calls.ts'
import { happened, type Actor } from './happenings.ts'
import { logEnd } from './mailbox.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'

export interface HideCalls {
  readonly account: number
  readonly user: number
  readonly until: number
  /** null: either. */
  readonly direction: 'in' | 'out' | null
  /** The other side or the own one, E.164 with +; null: whoever. */
  readonly party: string | null
  readonly actor: Actor
  readonly now: number
}

type Narrow = Omit<HideCalls, 'actor' | 'now'>

const hide = statement<Narrow>((db) =>
  db
    .updateTable('calls')
    .set({ hidden: 1 })
    .where('user_id', '=', bind('user'))
    .where('account_id', '=', bind('account'))
    .where('hidden', '=', 0)
    .where('ended_ms', 'is not', null)
    .where('created_ms', '<', bind('until'))
    .where(sql<boolean>`(cast(${bind('direction')} as text) is null or ${seenDirection} = ${bind('direction')})`)
    .where(sql<boolean>`(cast(${bind('party')} as text) is null or caller = ${bind('party')} or called = ${bind('party')})`),
)

/** Only what has ended. Gives how many there were. */
export const hideCalls = defineWrite('call_logs.hide', async (tx, input: HideCalls): Promise<{ hidden: number }> => {
  const { actor, now, ...narrow } = input
  const hidden = await tx.run(hide, narrow)
  const { account: accountId, user: nounId } = narrow
  await happened(tx, { accountId, noun: 'users', nounId, kind: 'call_log_deleted', actor, data: { calls: hidden }, atMs: now })
  return { hidden }
})

interface Since {
  account: number
  user: number
  tx: string
  seq: number
  limit: number
}

/** `user` -1: of all the account. */
const changed = statement<Since, { id: number }>((db, engine) => ({
  compile: () =>
    sql`select distinct c.id from happenings as h join calls as c on c.id = h.noun_id and c.account_id = h.account_id
      where h.account_id = ${bind('account')} and h.noun = 'calls' and ${
        engine === 'postgres'
          ? sql`(h.tx, h.seq) > (${bind('tx')}::text::xid8, ${bind('seq')}::bigint)`
          : sql`h.seq > ${bind('seq')}`
      } and (cast(${bind('user')} as bigint) = -1 or c.user_id = ${bind('user')}) order by c.id desc limit ${bind('limit')}`.compile(
      db,
    ),
}))

/** Calls that began, ended or changed after the cursor, newest first. null: the cursor is of another log than this, as after a restore. */
export async function callsSince(
  reader: Reader,
  ask: { readonly account: number; readonly user?: number | undefined; readonly cursor: string; readonly limit: number },
): Promise<number[] | null> {
  const { account, user = -1, cursor, limit } = ask
  const [tx = '0', seq = '0'] = cursor.split(':')
  const [nowTx = '0', nowSeq = '0'] = (await logEnd(reader)).split(':')
  if (BigInt(tx) > BigInt(nowTx) || Number(seq) > Math.max(Number(nowSeq), 0)) return null
  const rows = await reader.all(changed, { account, user, tx, seq: Number(seq), limit })
  return rows.map(({ id }) => id)
}
