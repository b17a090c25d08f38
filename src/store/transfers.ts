// Opening a balance, adding to it and taking from it, each with its row of the ledger in the same write. What an account
// gives to one below it leaves its own balance, when it pays beforehand itself; only the operator's credit comes from nowhere.
//
//   the operator tops up      grants -> available (of the account)
//   an account above does     available -> grants (of whoever pays for it), grants -> available (of the account)

import { availableOf, lockBalance, readBalance, readPayer, resetStanding, shortOf, tellStanding } from './credit.ts'
import type { BalanceRow, CreditShort } from './credit.ts'
import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Transaction } from './store.ts'
import { insertTransfer } from './transfer-rows.ts'

/** Far above any balance, far below where integers lose their last digit. */
export const mostMicro = 1_000_000_000_000_000

const insertBalance = statement<BalanceRow>((db) =>
  db
    .insertInto('balances')
    .values({
      account_id: bind('account_id'),
      currency: bind('currency'),
      balance_micro: bind('balance_micro'),
      held_micro: bind('held_micro'),
      low_micro: bind('low_micro'),
      state: bind('state'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
    })
    .onConflict((conflict) => conflict.column('account_id').doNothing()),
)

export interface NewBalance {
  readonly account: number
  readonly currency: string
  readonly lowMicro: number | null
  readonly actor: Actor
  readonly now: number
}

/** From now on the account pays beforehand, from a balance of nothing. `row` is null when it has one already. */
export const openBalance = defineWrite(
  'balances.open',
  async (tx, { account, currency, lowMicro, actor, now }: NewBalance): Promise<{ row: BalanceRow | null }> => {
    const row: BalanceRow = {
      account_id: account,
      currency,
      balance_micro: 0,
      held_micro: 0,
      low_micro: lowMicro,
      // Nothing is told of a balance that never had anything.
      state: 'exhausted',
      created_ms: now,
      updated_ms: now,
    }
    if ((await tx.run(insertBalance, row)) === 0) return { row: null }
    const data = { currency }
    await happened(tx, { accountId: account, noun: 'balances', nounId: account, kind: 'created', actor, data, atMs: now })
    return { row }
  },
)

const setLow = statement<{ account: number; low: number | null; now: number }>((db) =>
  db
    .updateTable('balances')
    .set({ low_micro: bind('low'), updated_ms: bind('now') })
    .where('account_id', '=', bind('account')),
)

/** Null when the account has no balance. */
export const setLowCredit = defineWrite(
  'balances.set_low',
  async (tx, input: { account: number; lowMicro: number | null; actor: Actor; now: number }): Promise<BalanceRow | null> => {
    const { account, lowMicro, actor, now } = input
    if ((await tx.run(setLow, { account, low: lowMicro, now })) === 0) return null
    const data = { changed: ['lowMicro'] }
    await happened(tx, { accountId: account, noun: 'balances', nounId: account, kind: 'updated', actor, data, atMs: now })
    const row = (await readBalance(tx, account))!
    if (row.state === 'low') await resetStanding(tx, row)
    await tellStanding(tx, (await readBalance(tx, account))!, now)
    return (await readBalance(tx, account))!
  },
)

const dropEmpty = statement<{ account: number }>((db) =>
  db.deleteFrom('balances').where('account_id', '=', bind('account')).where('balance_micro', '=', 0).where('held_micro', '=', 0),
)

/** From now on the account pays as the one above it does. `left` is what keeps it: nothing is thrown away. */
export const closeBalance = defineWrite(
  'balances.close',
  async (tx, input: { account: number; actor: Actor; now: number }): Promise<{ closed: boolean; row: BalanceRow | null }> => {
    const { account, actor, now } = input
    const row = (await readBalance(tx, account)) ?? null
    if (!row || (await tx.run(dropEmpty, { account })) === 0) return { closed: false, row }
    await happened(tx, { accountId: account, noun: 'balances', nounId: account, kind: 'closed', actor, atMs: now })
    return { closed: true, row }
  },
)

const move = statement<{ account: number; amount: number; currency: string; most: number; now: number }, BalanceRow>((db) =>
  db
    .updateTable('balances')
    .set((set) => ({ balance_micro: set('balance_micro', '+', bind('amount')), updated_ms: bind('now') }))
    .where('account_id', '=', bind('account'))
    .where('currency', '=', bind('currency'))
    .where((where) => where(where('balance_micro', '+', bind('amount')), '>=', where.ref('held_micro')))
    .where((where) => where(where('balance_micro', '+', bind('amount')), '<=', bind('most')))
    .where('held_micro', '>=', 0)
    .returningAll(),
)

interface Movement {
  readonly account: number
  /** Below nothing: taken. */
  readonly amountMicro: number
  readonly currency: string
  readonly kind: string
  readonly noun: string
  readonly nounId: number | null
  readonly memo: string
  readonly now: number
}

/** Moves between the grants of the platform and what an account may spend. Undefined, and nothing done, when it cannot be. */
export async function moveCredit(tx: Transaction, movement: Movement): Promise<BalanceRow | undefined> {
  const { account, amountMicro, currency, kind, noun, nounId, memo, now } = movement
  const row = await tx.one(move, { account, amount: amountMicro, currency, most: mostMicro, now })
  if (!row) return undefined
  const added = amountMicro >= 0
  await insertTransfer(tx, {
    account_id: account,
    debit_book: added ? 'grants' : 'available',
    credit_book: added ? 'available' : 'grants',
    amount_micro: Math.abs(amountMicro),
    currency,
    kind,
    noun,
    noun_id: nounId,
    items: 1,
    memo,
    at_ms: now,
  })
  if (added) await resetStanding(tx, row)
  else await tellStanding(tx, row, now)
  return row
}

export interface CreditTransfer {
  readonly account: number
  /** topup, withdrawal, adjustment */
  readonly kind: string
  /** Below nothing: taken from the balance. */
  readonly amountMicro: number
  readonly currency: string
  readonly memo: string
  /** The account above that gives or takes it; null: the operator. */
  readonly funder: number | null
  readonly actor: Actor
  readonly now: number
}

/** `whose` is the balance that lacks it: the account's own or that of whoever funds it. `full`: no balance grows so far. */
export type Transferred =
  | { readonly row: BalanceRow }
  | { readonly refused: 'none' }
  | { readonly refused: 'full' }
  | { readonly refused: 'currency'; readonly currency: string }
  | { readonly refused: 'credit'; readonly whose: 'account' | 'funder'; readonly short: CreditShort }

/** Adds to a balance or takes from it. */
export const transferCredit = defineWrite('transfers.create', async (tx, input: CreditTransfer): Promise<Transferred> => {
  const { account, kind, amountMicro, currency, memo, funder, actor, now } = input
  const own = await lockBalance(tx, account)
  if (!own) return { refused: 'none' }
  if (own.currency !== currency) return { refused: 'currency', currency: own.currency }
  if (amountMicro > 0 && own.balance_micro + amountMicro > mostMicro) return { refused: 'full' }
  const short = amountMicro < 0 ? shortOf(own, -amountMicro, currency) : undefined
  if (short) return { refused: 'credit', whose: 'account', short }
  const found = funder === null ? undefined : await readPayer(tx, funder)
  const payer = found && (await lockBalance(tx, found.account_id))
  const noun = 'accounts'
  if (payer) {
    const from = { account: payer.account_id, amountMicro: -amountMicro, currency, kind: 'allotment', noun, nounId: account }
    if (!(await moveCredit(tx, { ...from, memo, now }))) {
      const lacks = shortOf(payer, amountMicro, currency)
      const short = lacks ?? brokenOf(payer, amountMicro)
      return { refused: 'credit', whose: 'funder', short: payer.account_id === funder ? short : { ...short, balanceMicro: null } }
    }
  }
  const nounId = payer?.account_id ?? null
  const row = await moveCredit(tx, { account, amountMicro, currency, kind, noun, nounId, memo, now })
  if (!row) throw new Error('a locked balance does not bear what it was seen to bear')
  const data = { kind, amountMicro, currency, balanceMicro: row.balance_micro, memo }
  await happened(tx, { accountId: account, noun: 'balances', nounId: account, kind: 'moved', actor, data, atMs: now })
  return { row: (await readBalance(tx, account))! }
})

const brokenOf = (row: BalanceRow, requiredMicro: number): CreditShort => ({
  why: 'broken',
  requiredMicro,
  balanceMicro: availableOf(row),
  currency: row.currency,
})
