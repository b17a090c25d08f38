// Who wants no messages from whom: one row for a recipient and a sender of the account, `*` for all of its senders. The
// primary key keeps the pair once. Words that people write (STOP, START) are read elsewhere; here is only what they lead to.
//
// A recipient who was erased is kept as a keyed hash that begins with `#`: whoever asked to be forgotten is still not
// written to. `#` sorts before every number, so that whether an account has such rows is one step of the index.

import { hash } from 'node:crypto'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { isLike } from './list.ts'
import { bind, statement, type Statement } from './statement.ts'
import { defineWrite, type MaybePromise, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type OptOutRow = Row<'opt_outs'>

/** In the place of a sender: all that the account has. */
export const everySender = '*'

/**
 * What the log calls an opt-out, which has no id of its own: 52 bits of a hash of account and recipient. All that was ever
 * told of one recipient is found by it.
 */
export const optOutLogId = (account: number, recipient: string): number =>
  Number.parseInt(hash('sha256', `${account} ${recipient}`, 'hex').slice(0, 13), 16)

const found = statement<{ account: number; recipient: string; sender: string }, { sender: string }>((db) =>
  db
    .selectFrom('opt_outs')
    .select('sender')
    .where('account_id', '=', bind('account'))
    .where('recipient', '=', bind('recipient'))
    .where('sender', 'in', [bind<string>('sender'), everySender])
    .limit(1),
)

/** Whether the recipient wants nothing from this sender; a point read, inside a write as well. */
export function isOptedOut(
  reader: Pick<Reader, 'one'>,
  account: number,
  recipient: string,
  sender: string,
): MaybePromise<boolean> {
  const row = reader.one(found, { account, recipient, sender })
  return row instanceof Promise ? row.then((one) => one !== undefined) : row !== undefined
}

const first = statement<{ account: number }, { recipient: string }>((db) =>
  db.selectFrom('opt_outs').select('recipient').where('account_id', '=', bind('account')).orderBy('recipient').limit(1),
)

/** Whether the account has any opt-out, and any that is kept as a hash. */
export type OptOutsKept = 'none' | 'numbers' | 'hashes'

export function optOutsKept(reader: Pick<Reader, 'one'>, account: number): MaybePromise<OptOutsKept> {
  const kept = (row: { recipient: string } | undefined): OptOutsKept =>
    row === undefined ? 'none' : row.recipient.startsWith('#') ? 'hashes' : 'numbers'
  const row = reader.one(first, { account })
  return row instanceof Promise ? row.then(kept) : kept(row)
}

const columns = { recipient: 'recipient', sender: 'sender' } as const
const filters = Object.keys(columns) as (keyof typeof columns)[]
const lists = new Map<string, Statement<Record<string, unknown>, OptOutRow>>()

export interface OptOutList {
  readonly account: number
  readonly recipient?: string | undefined
  readonly sender?: string | undefined
  /** Only those of numbers, or only those kept as hashes. */
  readonly hashed?: boolean | undefined
  /** The pair that the page before ended with. */
  readonly after?: Pick<OptOutRow, 'recipient' | 'sender'> | undefined
  readonly limit: number
}

/** In the order of recipient and sender. */
export async function listOptOuts(reader: Reader, request: OptOutList): Promise<OptOutRow[]> {
  const { account, after = { recipient: '', sender: '' }, limit, hashed } = request
  const given = filters.filter((name) => request[name] !== undefined)
  const shape = [...given, hashed].join()
  let made = lists.get(shape)
  if (!made) {
    made = statement<Record<string, unknown>, OptOutRow>((db) => {
      let query = db.selectFrom('opt_outs').selectAll().where('account_id', '=', bind<number>('account'))
      for (const name of given) query = query.where(columns[name], '=', bind<string>(`f_${name}`))
      if (hashed !== undefined) {
        const like = isLike('recipient', '#%')
        query = hashed ? query.where(like) : query.where((eb) => eb.not(like))
      }
      return query
        .where((eb) => eb(eb.refTuple('recipient', 'sender'), '>', eb.tuple(bind<string>('recipient'), bind<string>('sender'))))
        .orderBy('recipient')
        .orderBy('sender')
        .limit(bind('limit'))
    })
    lists.set(shape, made)
  }
  const params: Record<string, unknown> = { account, ...after, limit }
  for (const name of given) params[`f_${name}`] = request[name]
  return await reader.all(made, params)
}

const insert = statement<OptOutRow>((db) =>
  db
    .insertInto('opt_outs')
    .values({
      account_id: bind('account_id'),
      recipient: bind('recipient'),
      sender: bind('sender'),
      origin: bind('origin'),
      at_ms: bind('at_ms'),
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'recipient', 'sender']).doNothing()),
)
const remove = statement<{ account: number; recipient: string; sender: string }>((db) =>
  db
    .deleteFrom('opt_outs')
    .where('account_id', '=', bind('account'))
    .where('recipient', '=', bind('recipient'))
    .where('sender', '=', bind('sender')),
)

export interface OptOutDeed {
  readonly account: number
  readonly recipient: string
  /** One sender, or `*`. */
  readonly sender: string
  /** `message` when the recipient wrote a word, `api` when the account set it. */
  readonly origin: string
  readonly actor: Actor
  readonly now: number
}

/** Inside a write; false when it stood already. */
export async function setOptOut(tx: Transaction, deed: OptOutDeed): Promise<boolean> {
  const { account, recipient, sender, origin, actor, now } = deed
  const made = await tx.run(insert, { account_id: account, recipient, sender, origin, at_ms: now })
  if (made === 0) return false
  await count(tx, account, 'opt_outs', 1)
  await tell(tx, 'created', deed, actor)
  return true
}

/** Inside a write; false when there was none. */
async function liftOptOut(tx: Transaction, deed: OptOutDeed): Promise<boolean> {
  const { account, recipient, sender, actor } = deed
  if ((await tx.run(remove, { account, recipient, sender })) === 0) return false
  await count(tx, account, 'opt_outs', -1)
  await tell(tx, 'lifted', deed, actor)
  return true
}

async function tell(tx: Transaction, kind: 'created' | 'lifted', deed: OptOutDeed, actor: Actor): Promise<void> {
  const { account, recipient, sender, origin, now } = deed
  const nounId = optOutLogId(account, recipient)
  await happened(tx, {
    accountId: account,
    noun: 'opt_outs',
    nounId,
    kind,
    actor,
    data: { to: recipient, from: sender, origin },
    atMs: now,
  })
}

/** `made` is false when it stood already; then the row is that of the first time. */
export const createOptOut = defineWrite(
  'opt_outs.create',
  async (tx, deed: OptOutDeed): Promise<{ made: boolean; row: OptOutRow }> => {
    const made = await setOptOut(tx, deed)
    const { account, recipient, sender, origin, now } = deed
    const fresh: OptOutRow = { account_id: account, recipient, sender, origin, at_ms: now }
    return { made, row: made ? fresh : ((await tx.one(one, { account, recipient, sender })) ?? fresh) }
  },
)

const one = statement<{ account: number; recipient: string; sender: string }, OptOutRow>((db) =>
  db
    .selectFrom('opt_outs')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('recipient', '=', bind('recipient'))
    .where('sender', '=', bind('sender')),
)

/** Lifts one, or with `everySender` all of the recipient. */
export const removeOptOut = defineWrite('opt_outs.remove', async (tx, deed: OptOutDeed): Promise<{ lifted: number }> => ({
  lifted: await liftAll(tx, deed),
}))

const ofRecipient = statement<{ account: number; recipient: string }, OptOutRow>((db) =>
  db
    .selectFrom('opt_outs')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('recipient', '=', bind('recipient'))
    .orderBy('sender'),
)

/** Every opt-out of one recipient. */
export const optOutsOf = (reader: Pick<Reader, 'all'>, account: number, recipient: string) =>
  reader.all(ofRecipient, { account, recipient })

/** Inside a write: `*` lifts all that the recipient has, another sender its own and `*`. Gives how many. */
export async function liftAll(tx: Transaction, deed: OptOutDeed): Promise<number> {
  const rows = await tx.all(ofRecipient, { account: deed.account, recipient: deed.recipient })
  let lifted = 0
  for (const { sender } of rows) {
    if (deed.sender !== everySender && sender !== deed.sender) continue
    if (await liftOptOut(tx, { ...deed, sender })) lifted += 1
  }
  return lifted
}

/**
 * Inside a write: from now on the recipient is known by a hash alone. What is in force stays so, and nobody is told, for
 * nothing has changed. Gives how many there were.
 */
export async function hideOptOuts(tx: Transaction, account: number, recipient: string, hash: string): Promise<number> {
  const rows = await tx.all(ofRecipient, { account, recipient })
  for (const row of rows) {
    const { sender } = row
    if ((await tx.run(insert, { ...row, recipient: hash })) === 0) await count(tx, account, 'opt_outs', -1)
    await tx.run(remove, { account, recipient, sender })
  }
  if (rows.length > 0) tx.touched('opt_outs')
  return rows.length
}
