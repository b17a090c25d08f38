// Rows of the ledger. One is written in the same transaction as the balance that it moves, and never changed.

import { sql } from 'kysely'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import type { Reader, Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type TransferRow = Row<'transfers'>

const insert = statement<Omit<TransferRow, 'id'>>((db) =>
  db.insertInto('transfers').values({
    account_id: bind('account_id'),
    debit_book: bind('debit_book'),
    credit_book: bind('credit_book'),
    amount_micro: bind('amount_micro'),
    currency: bind('currency'),
    kind: bind('kind'),
    noun: bind('noun'),
    noun_id: bind('noun_id'),
    items: bind('items'),
    memo: bind('memo'),
    at_ms: bind('at_ms'),
  } as never),
)

/** Inside the write that moves the balance. */
export async function insertTransfer(tx: Transaction, row: Omit<TransferRow, 'id'>): Promise<void> {
  await tx.run(insert, row)
}

/** An account's transfers, newest first. */
export const listTransfers = listOf('transfers', 'account_id', { kind: equal('kind'), noun: equal('noun') })

export interface LedgerGap {
  readonly account_id: number
  readonly balance_micro: number
  readonly ledger_micro: number
  readonly held_micro: number
}

const gaps = statement<{}, LedgerGap>((db) => {
  const moved = sql<number>`coalesce((select cast(sum(case when credit_book = 'available' then amount_micro
    else -amount_micro end) as bigint) from transfers where transfers.account_id = balances.account_id
    and transfers.currency = balances.currency and 'available' in (credit_book, debit_book)), 0)`
  return db
    .selectFrom('balances')
    .select(['account_id', 'balance_micro', 'held_micro', moved.as('ledger_micro')])
    .where((where) =>
      where.or([
        where('balance_micro', '!=', moved),
        where('held_micro', '<', 0),
        where('held_micro', '>', where.ref('balance_micro')),
      ]),
    )
})

/** Balances that are not what their transfers sum up to, or hold more than they have. None, unless somebody changed rows by hand. */
export const ledgerGaps = (reader: Reader) => reader.all(gaps, {})
