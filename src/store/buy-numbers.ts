// Numbers out of the stock into an account: all or none, or as many as others left. Of two who want one, one gets it.

import { chargeNumbers } from './charge-numbers.ts'
import { count } from './counters.ts'
import type { CreditShort } from './credit.ts'
import { happened, type Actor } from './happenings.ts'
import { readNumber, type NumberRow } from './numbers.ts'
import { bind, statement } from './statement.ts'
import { defineWrite } from './store.ts'

const takeNumber = statement<{
  id: number
  account: number
  application_id: number | null
  face: string
  name: string
  detail: string
  expires_ms: number | null
  address_id: number | null
  now: number
}>((db) =>
  db
    .updateTable('numbers')
    .set((set) => ({
      account_id: bind('account'),
      application_id: bind('application_id'),
      face: bind('face'),
      name: bind('name'),
      detail: bind('detail'),
      bought_ms: bind('now'),
      expires_ms: bind('expires_ms'),
      reservation_id: null,
      reserved_by: null,
      reserved_until_ms: null,
      address_id: bind('address_id'),
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id'))
    .where('account_id', 'is', null)
    .where('status', '=', 'active')
    .where((where) =>
      where.or([
        where('reserved_by', 'is', null),
        where('reserved_by', '=', bind('account')),
        where('reserved_until_ms', '<=', bind('now')),
      ]),
    ),
)

const forSale = statement<{ id: number }, NumberRow>((db) =>
  db.selectFrom('numbers').selectAll().where('id', '=', bind('id')).where('account_id', 'is', null),
)

const putBack = statement<NumberRow & { account: number }>((db) =>
  db
    .updateTable('numbers')
    .set({
      account_id: null,
      application_id: null,
      face: '',
      name: '',
      detail: '{}',
      bought_ms: null,
      expires_ms: null,
      reservation_id: bind('reservation_id'),
      reserved_by: bind('reserved_by'),
      reserved_until_ms: bind('reserved_until_ms'),
      address_id: null,
      updated_ms: bind('updated_ms'),
    })
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account')),
)

export interface Purchase {
  /** Candidates in the order of choice; as many as `quantity` are taken. */
  readonly ids: readonly number[]
  readonly quantity: number
  /** Keep what could be taken when others were faster; else all or none. */
  readonly partial: boolean
  readonly account: number
  readonly limit: number | null
  /** Paid at once; 1 unless told. */
  readonly months?: number
  readonly application_id: number | null
  readonly face: string
  readonly name: string
  readonly detail: string
  /** When the term is over; null: rented until given back. */
  readonly expires_ms: number | null
  readonly address_id: number | null
  readonly actor: Actor
  readonly now: number
}

/** `short` tells what the credit lacks. */
export interface Bought {
  readonly refused: 'quota' | 'credit' | null
  readonly short?: CreditShort
  readonly rows: NumberRow[]
}

/** The race for a number is decided here: `owner` is null in the row that wins, and nobody else holds it. */
export const buyNumbers = defineWrite('numbers.buy', async (tx, input: Purchase): Promise<Bought> => {
  const { account, limit, actor, now } = input
  if (limit !== null) {
    const owned = await tx.one(countOwned, { account })
    if (Number(owned?.n ?? 0) + input.quantity > limit) return { refused: 'quota', rows: [] }
  }
  const taken: NumberRow[] = []
  const before: NumberRow[] = []
  for (const id of input.ids) {
    if (taken.length === input.quantity) break
    const offered = await tx.one(forSale, { id })
    if (!offered) continue
    const { application_id, face, name, detail, expires_ms, address_id } = input
    const taking = { id, account, application_id, face, name, detail, expires_ms, address_id, now }
    if ((await tx.run(takeNumber, taking)) === 0) continue
    before.push(offered)
    taken.push((await readNumber(tx, account, id))!)
  }
  const missing = taken.length < input.quantity && !input.partial
  const short = missing ? null : await chargeNumbers(tx, taken, { account, months: input.months ?? 1, now })
  if (missing || short) {
    for (const row of before) await tx.run(putBack, { ...row, account })
    return short ? { refused: 'credit', short, rows: [] } : { refused: null, rows: [] }
  }
  if (taken.length > 0) await count(tx, account, 'numbers', taken.length)
  for (const row of taken) {
    await happened(tx, {
      accountId: account,
      noun: 'numbers',
      nounId: row.id,
      kind: 'bought',
      actor,
      data: { number: row.number },
      atMs: now,
    })
  }
  return { refused: null, rows: taken }
})

const countOwned = statement<{ account: number }, { n: number }>((db) =>
  db
    .selectFrom('numbers')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('account_id', '=', bind('account')),
)
