// The numbers that an account trusts: its whitelist. A number stands in it once.

import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type TrustedNumberRow = Row<'trusted_numbers'>

const byNumber = statement<{ account: number; number: string }, TrustedNumberRow>((db) =>
  db.selectFrom('trusted_numbers').selectAll().where('account_id', '=', bind('account')).where('number', '=', bind('number')),
)

export const readTrustedNumber = (reader: Pick<Reader, 'one'>, account: number, number: string) =>
  reader.one(byNumber, { account, number })

/** Filter: number. */
export const listTrustedNumbers = listOf('trusted_numbers', 'account_id', { number: equal('number') })

const insert = statement<TrustedNumberRow>((db) =>
  db
    .insertInto('trusted_numbers')
    .values({ id: bind('id'), account_id: bind('account_id'), number: bind('number'), created_ms: bind('created_ms') })
    .onConflict((conflict) => conflict.doNothing()),
)

/** Gives the row that is there, also when it was there before. */
export const trustNumber = defineWrite(
  'trusted_numbers.add',
  async (tx, input: { row: TrustedNumberRow; actor: Actor }): Promise<TrustedNumberRow> => {
    const { row, actor } = input
    if ((await tx.run(insert, row)) === 0) return (await tx.one(byNumber, { account: row.account_id, number: row.number }))!
    await count(tx, row.account_id, 'trusted_numbers', 1)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'trusted_numbers',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { number: row.number },
      atMs: row.created_ms,
    })
    return row
  },
)

const drop = statement<{ id: number }>((db) => db.deleteFrom('trusted_numbers').where('id', '=', bind('id')))

/** False when it was not there. */
export const distrustNumber = defineWrite(
  'trusted_numbers.remove',
  async (tx, input: { account: number; number: string; actor: Actor; now: number }): Promise<{ removed: boolean }> => {
    const { account, number, actor, now } = input
    const row = await tx.one(byNumber, { account, number })
    if (!row) return { removed: false }
    await tx.run(drop, { id: row.id })
    await count(tx, account, 'trusted_numbers', -1)
    await happened(tx, {
      accountId: account,
      noun: 'trusted_numbers',
      nounId: row.id,
      kind: 'deleted',
      actor,
      data: { number },
      atMs: now,
    })
    return { removed: true }
  },
)
