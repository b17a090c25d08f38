// What changes the state and the term of a number: switching it off and on, blocking, withdrawing from sale, renewing, and
// running out. What it does with calls and messages stands in numbers.ts.

import { chargeNumbers } from './charge-numbers.ts'
import type { CreditShort } from './credit.ts'
import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import { readNumberByNumber, releaseNumber, type NumberRow } from './numbers.ts'

const byId = statement<{ id: number }, NumberRow>((db) => db.selectFrom('numbers').selectAll().where('id', '=', bind('id')))

/** Whoever owns it, also nobody. */
export const readNumberById = (reader: Pick<Reader, 'one'>, id: number) => reader.one(byId, { id })

const setState = statement<{ id: number; status: string; expires_ms: number | null; price_micro: number; now: number }>((db) =>
  db
    .updateTable('numbers')
    .set((set) => ({
      status: bind('status'),
      expires_ms: bind('expires_ms'),
      price_micro: bind('price_micro'),
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id')),
)

interface Change {
  readonly kind: string
  readonly status?: string
  readonly expires_ms?: number | null
  readonly price_micro?: number
  readonly data?: object
}

/** A change in stock is the operator's news, one of an owned number its owner's. */
async function change(tx: Transaction, row: NumberRow, { kind, data = {}, ...to }: Change, by: Doer): Promise<NumberRow> {
  const { status, expires_ms, price_micro } = { ...row, ...to }
  await tx.run(setState, { id: row.id, status, expires_ms, price_micro, now: by.now })
  await happened(tx, {
    accountId: row.account_id ?? by.operatorId ?? 0,
    noun: 'numbers',
    nounId: row.id,
    kind,
    actor: by.actor,
    data: { number: row.number, ...data },
    atMs: by.now,
  })
  return (await tx.one(byId, { id: row.id }))!
}

interface Doer {
  /** Whose news it is when nobody owns the number. */
  readonly operatorId?: number
  readonly actor: Actor
  readonly now: number
}

type Changed = NumberRow | { refused: 'gone' | 'state' }

/** The owner's switch; what the operator blocked or what is expired stays so. */
export const switchNumber = defineWrite(
  'numbers.switch',
  async (tx, input: { id: number; account: number; active: boolean } & Doer): Promise<Changed> => {
    const row = await tx.one(byId, { id: input.id })
    if (!row || row.account_id !== input.account) return { refused: 'gone' }
    const status = input.active ? 'active' : 'inactive'
    if (row.status === status) return row
    if (row.status !== 'active' && row.status !== 'inactive') return { refused: 'state' }
    return change(tx, row, { kind: input.active ? 'activated' : 'deactivated', status }, input)
  },
)

/** The operator's: whoever owns it, also nobody. Unblocked, it is active again. */
export const blockNumber = defineWrite(
  'numbers.block',
  async (tx, input: { number: string; blocked: boolean; operatorId: number } & Doer): Promise<Changed> => {
    const row = await readNumberByNumber(tx, input.number)
    if (!row) return { refused: 'gone' }
    const { blocked } = input
    if ((row.status === 'blocked') === blocked) return row
    return change(tx, row, { kind: blocked ? 'blocked' : 'unblocked', status: blocked ? 'blocked' : 'active' }, input)
  },
)

/** Whether a number of the stock is for sale, and for how much. An owned number's price is what was agreed. */
export const offerNumber = defineWrite(
  'numbers.offer',
  async (
    tx,
    input: {
      number: string
      forSale: boolean | undefined
      price_micro: number | undefined
      operatorId: number
    } & Doer,
  ): Promise<Changed> => {
    const row = await readNumberByNumber(tx, input.number)
    if (!row) return { refused: 'gone' }
    const { forSale, price_micro = row.price_micro } = input
    if (row.account_id !== null || row.status === 'blocked') return { refused: 'state' }
    const status = forSale === undefined ? row.status : forSale ? 'active' : 'inactive'
    const kind = status === 'active' ? 'offered' : 'withdrawn'
    return change(tx, row, { kind, status, price_micro, data: { priceMicro: price_micro } }, input)
  },
)

/** The operator sets when an owned number's term is over; null: never. */
export const setNumberTerm = defineWrite(
  'numbers.setTerm',
  async (tx, input: { number: string; expires_ms: number | null } & Doer): Promise<Changed> => {
    const row = await readNumberByNumber(tx, input.number)
    if (!row) return { refused: 'gone' }
    if (row.account_id === null) return { refused: 'state' }
    const { expires_ms, now } = input
    const over = expires_ms !== null && expires_ms <= now
    const status = row.status === 'expired' && !over ? 'active' : row.status
    return change(tx, row, { kind: 'renewed', status, expires_ms, data: { expiresMs: expires_ms } }, input)
  },
)

/** From `before` to `after`, charged for the months; `state` when the term changed in between. What has no term stays so. */
export const renewNumber = defineWrite(
  'numbers.renew',
  async (
    tx,
    input: { id: number; account: number; before: number | null; after: number | null; months: number } & Doer,
  ): Promise<Changed | { refused: 'credit'; short: CreditShort }> => {
    const { id, account, before, after, months, now } = input
    const row = await tx.one(byId, { id })
    if (!row || row.account_id !== account) return { refused: 'gone' }
    if (row.expires_ms !== before) return { refused: 'state' }
    if (before === null) return row
    const short = await chargeNumbers(tx, [row], { account, months, now })
    if (short) return { refused: 'credit', short }
    const status = row.status === 'expired' ? 'active' : row.status
    return change(tx, row, { kind: 'renewed', status, expires_ms: after, data: { expiresMs: after } }, input)
  },
)

const over = statement<{ before: number; limit: number }, NumberRow>((db) =>
  db
    .selectFrom('numbers')
    .selectAll()
    .where('expires_ms', 'is not', null)
    .where('expires_ms', '<=', bind('before'))
    .where('account_id', 'is not', null)
    .where('status', 'in', ['active', 'inactive'])
    .orderBy('expires_ms')
    .limit(bind('limit')),
)
const pastGrace = statement<{ before: number; limit: number }, NumberRow>((db) =>
  db
    .selectFrom('numbers')
    .selectAll()
    .where('expires_ms', 'is not', null)
    .where('expires_ms', '<=', bind('before'))
    .where('account_id', 'is not', null)
    .orderBy('expires_ms')
    .limit(bind('limit')),
)

/** Owned numbers whose term is over by then and that nobody was told of yet. */
export const numbersOver = (reader: Pick<Reader, 'all'>, before: number, limit: number) => reader.all(over, { before, limit })
/** Owned numbers whose term was over by then. */
export const numbersPastGrace = (reader: Pick<Reader, 'all'>, before: number, limit: number) =>
  reader.all(pastGrace, { before, limit })

/** What a loop does is done by nobody. */
const byLoop: Actor = { face: 'platform', userId: null, credentialId: null }

/**
 * Only as long as its term is still over: it may have been renewed meanwhile. One that renews itself is charged for a month
 * and goes on until `renewedUntil`; when the credit does not suffice it is over like any other.
 */
export const expireNumber = defineWrite(
  'numbers.expire',
  async (tx, input: { id: number; renewedUntil: number; now: number }): Promise<{ expired: boolean }> => {
    const row = await tx.one(byId, { id: input.id })
    const isOver = row && row.account_id !== null && row.expires_ms !== null && row.expires_ms <= input.now
    // What the operator blocked stays blocked, and goes back to stock all the same.
    if (!isOver || row.status === 'expired' || row.status === 'blocked') return { expired: false }
    const { renews } = JSON.parse(row.detail) as { renews?: boolean }
    const { renewedUntil: expires_ms, now } = input
    if (renews && !(await chargeNumbers(tx, [row], { account: row.account_id!, months: 1, now }))) {
      const data = { expiresMs: expires_ms }
      await change(tx, row, { kind: 'renewed', expires_ms, data }, { actor: byLoop, now })
      return { expired: false }
    }
    await change(tx, row, { kind: 'expired', status: 'expired' }, { actor: byLoop, now })
    return { expired: true }
  },
)

/** Back to stock, unless it was renewed meanwhile. */
export const reclaimNumber = defineWrite(
  'numbers.reclaim',
  async (tx, input: { id: number; before: number; now: number }): Promise<{ reclaimed: boolean }> => {
    const row = await tx.one(byId, { id: input.id })
    if (!row || row.account_id === null || row.expires_ms === null || row.expires_ms > input.before) return { reclaimed: false }
    const { released } = await releaseNumber.run(tx, { id: row.id, account: row.account_id, actor: byLoop, now: input.now })
    return { reclaimed: released }
  },
)
