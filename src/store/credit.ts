// Prepaid credit inside the writes of whoever spends it: held, then charged or released. A hold is one conditional update and
// no row of the ledger: what holds is the price that the held thing itself carries, and `held_micro` is the sum of these.
//
//   available = balance_micro - held_micro
//
//   holdCredit      held + price                       refused when available < price
//   settleCredit    held - price, balance - price      one transfer a payer and batch: available -> revenue
//   releaseCredit   held - price
//   chargeCredit    balance - price                    for what is had at once; refused when available < price
//
// All conditions that can race stand in the updates themselves. Who pays is found by credit/billing.ts for messages and by
// `readPayer` here for what is rare. Adding credit and reading the ledger: transfers.ts. Usage: usage-days.ts.

import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import type { Reader, Transaction } from './store.ts'
import { insertTransfer } from './transfer-rows.ts'
import { countUsage } from './usage-days.ts'
import type { Row } from './schema.ts'

export type BalanceRow = Row<'balances'>

const byAccount = statement<{ account: number }, BalanceRow>((db) =>
  db.selectFrom('balances').selectAll().where('account_id', '=', bind('account')),
)

export const readBalance = (reader: Pick<Reader, 'one'>, account: number) => reader.one(byAccount, { account })

const locked = statement<{ account: number }, BalanceRow>((db, engine) => {
  const row = db.selectFrom('balances').selectAll().where('account_id', '=', bind('account'))
  return engine === 'postgres' ? row.forUpdate() : row
})

/** As `readBalance`, inside a write: nobody changes it until the write has ended. */
export const lockBalance = (tx: Transaction, account: number) => tx.one(locked, { account })

const pathOf = statement<{ account: number }, { path: string }>((db) =>
  db.selectFrom('accounts').select('path').where('id', '=', bind('account')),
)

/** The accounts above an account and itself, from the root. */
export async function accountPath(reader: Pick<Reader, 'one'>, account: number): Promise<number[]> {
  const found = await reader.one(pathOf, { account })
  return (found?.path ?? '').split('/').filter(Boolean).map(Number)
}

/** The balance that an account pays from: its own, or that of the nearest above it. Undefined: nothing is paid beforehand. */
export async function readPayer(reader: Pick<Reader, 'one'>, account: number): Promise<BalanceRow | undefined> {
  for (const id of (await accountPath(reader, account)).toReversed()) {
    const balance = await readBalance(reader, id)
    if (balance) return balance
  }
  return undefined
}

/** Why an amount was not taken. `broken`: the balance is in another currency, or does not add up. */
export interface CreditShort {
  readonly why: 'short' | 'broken'
  readonly requiredMicro: number
  /** null where it is the balance of an account above: how much that has is not told to those below it. */
  readonly balanceMicro: number | null
  readonly currency: string
}

export const availableOf = (row: Pick<BalanceRow, 'balance_micro' | 'held_micro'>): number => row.balance_micro - row.held_micro

/** What an amount lacks, by the balance as it is; undefined when the balance would bear it. */
export function shortOf(row: BalanceRow | undefined, amountMicro: number, currency: string): CreditShort | undefined {
  const what = { requiredMicro: amountMicro, currency }
  if (!row || row.currency !== currency || row.held_micro < 0 || row.balance_micro < row.held_micro) {
    return { why: 'broken', balanceMicro: 0, ...what }
  }
  const balanceMicro = availableOf(row)
  return balanceMicro < amountMicro ? { why: 'short', balanceMicro, ...what } : undefined
}

const platform: Actor = { face: 'platform', userId: null, credentialId: null }

const severity = { ok: 0, low: 1, exhausted: 2 } as const
type CreditState = keyof typeof severity

const stateOf = (row: Pick<BalanceRow, 'balance_micro' | 'held_micro' | 'low_micro'>): CreditState => {
  const available = availableOf(row)
  if (available <= 0) return 'exhausted'
  return row.low_micro !== null && available < row.low_micro ? 'low' : 'ok'
}

const setState = statement<{ account: number; state: string; was: string }>((db) =>
  db
    .updateTable('balances')
    .set({ state: bind('state') })
    .where('account_id', '=', bind('account'))
    .where('state', '=', bind('was')),
)

type Standing = Pick<BalanceRow, 'account_id' | 'currency' | 'balance_micro' | 'held_micro' | 'low_micro' | 'state'>

/** Tells of low and of exhausted credit once each; only added credit makes either worth telling again. */
export async function tellStanding(tx: Transaction, row: Standing, now: number, state = stateOf(row)): Promise<void> {
  if (severity[state] <= severity[row.state as CreditState]) return
  if ((await tx.run(setState, { account: row.account_id, state, was: row.state })) === 0) return
  const { account_id: accountId, currency } = row
  const data = { availableMicro: availableOf(row), currency }
  await happened(tx, { accountId, noun: 'balances', nounId: accountId, kind: state, actor: platform, data, atMs: now })
}

/** What was told last, anew: after credit was added. */
export async function resetStanding(tx: Transaction, row: Standing): Promise<void> {
  const state = stateOf(row)
  if (state !== row.state) await tx.run(setState, { account: row.account_id, state, was: row.state })
}

const hold = statement<{ payer: number; amount: number }>((db) =>
  db
    .updateTable('balances')
    .set((set) => ({ held_micro: set('held_micro', '+', bind('amount')) }))
    .where('account_id', '=', bind('payer'))
    .where((where) => where(where('balance_micro', '-', where.ref('held_micro')), '>=', bind('amount')))
    .where('held_micro', '>=', 0),
)

/**
 * Reserves an amount in the payer's currency. False when it cannot be had: `shortOf` with the balance says why. A payer
 * that is short for the first time since credit was added is told to be exhausted.
 */
export async function holdCredit(tx: Transaction, payer: number, amountMicro: number, now: number): Promise<boolean> {
  if ((await tx.run(hold, { payer, amount: amountMicro })) > 0) return true
  const row = await readBalance(tx, payer)
  if (row) await tellStanding(tx, row, now, 'exhausted')
  return false
}

/** One thing that was held, or that nobody pays for beforehand (`payer` null) and that is only counted. */
export interface CreditItem {
  readonly noun: string
  readonly nounId: number
  readonly payer: number | null
  /** Who used it. */
  readonly account: number
  readonly amountMicro: number
  readonly currency: string
  /** sms, flash, mms ... */
  readonly service: string
  /** `out` unless told. */
  readonly direction?: 'out' | 'in'
  readonly units: number
}

interface Sum {
  readonly payer: number
  readonly currency: string
  readonly noun: string
  readonly nounId: number
  amount: number
  items: number
}

/** By payer and currency, in the order of the payers, so that two batches never wait for each other crosswise. */
function sumsOf(items: readonly CreditItem[]): Sum[] {
  const sums = new Map<string, Sum>()
  for (const { payer, currency, amountMicro, noun, nounId } of items) {
    if (payer === null || amountMicro === 0) continue
    const key = `${payer} ${currency}`
    const sum = sums.get(key)
    if (sum) {
      sum.amount += amountMicro
      sum.items += 1
    } else sums.set(key, { payer, currency, noun, nounId, amount: amountMicro, items: 1 })
  }
  return sums.size < 2 ? [...sums.values()] : [...sums.values()].toSorted((a, b) => a.payer - b.payer)
}

const standing = ['account_id', 'currency', 'balance_micro', 'held_micro', 'low_micro', 'state'] as const

const spendHeld = statement<{ payer: number; amount: number; currency: string }, Standing>((db) =>
  db
    .updateTable('balances')
    .set((set) => ({
      balance_micro: set('balance_micro', '-', bind('amount')),
      held_micro: set('held_micro', '-', bind('amount')),
    }))
    .where('account_id', '=', bind('payer'))
    .where('currency', '=', bind('currency'))
    .where('held_micro', '>=', bind('amount'))
    .where('balance_micro', '>=', bind('amount'))
    .returning(standing),
)

const giveBack = statement<{ payer: number; amount: number }>((db) =>
  db
    .updateTable('balances')
    .set((set) => ({ held_micro: set('held_micro', '-', bind('amount')) }))
    .where('account_id', '=', bind('payer'))
    .where('held_micro', '>=', bind('amount')),
)

/**
 * Charges what was held and counts its usage: for a whole batch one update and one transfer a payer. Gives the payers whose
 * balance was not as it must be; nothing was taken from these, and a happening says so.
 */
export async function settleCredit(tx: Transaction, items: readonly CreditItem[], now: number): Promise<number[]> {
  const failed: number[] = []
  for (const sum of sumsOf(items)) {
    const { payer, amount, currency, noun, nounId, items: many } = sum
    const row = await tx.one(spendHeld, { payer, amount, currency })
    if (!row) {
      failed.push(payer)
      await tellFailure(tx, sum, now)
      continue
    }
    await insertTransfer(tx, {
      account_id: payer,
      debit_book: 'available',
      credit_book: 'revenue',
      amount_micro: amount,
      currency,
      kind: 'charge',
      noun,
      noun_id: many === 1 ? nounId : null,
      items: many,
      memo: '',
      at_ms: now,
    })
    await tellStanding(tx, row, now)
  }
  await countUsage(tx, items, now)
  return failed
}

async function tellFailure(tx: Transaction, { payer, amount, currency, noun, items }: Sum, now: number): Promise<void> {
  const data = { amountMicro: amount, currency, noun, items }
  await happened(tx, {
    accountId: payer,
    noun: 'balances',
    nounId: payer,
    kind: 'charge_failed',
    actor: platform,
    data,
    atMs: now,
  })
}

/** Gives back what was held and will not be charged. */
export async function releaseCredit(tx: Transaction, items: readonly CreditItem[], now: number): Promise<void> {
  for (const sum of sumsOf(items)) {
    if ((await tx.run(giveBack, { payer: sum.payer, amount: sum.amount })) === 0) await tellFailure(tx, sum, now)
  }
}

const spend = statement<{ payer: number; amount: number; currency: string }, Standing>((db) =>
  db
    .updateTable('balances')
    .set((set) => ({ balance_micro: set('balance_micro', '-', bind('amount')) }))
    .where('account_id', '=', bind('payer'))
    .where('currency', '=', bind('currency'))
    .where((where) => where(where('balance_micro', '-', where.ref('held_micro')), '>=', bind('amount')))
    .where('held_micro', '>=', 0)
    .returning(standing),
)

export interface Charge {
  /** Who uses it; the balance is its own or that of the nearest above it. */
  readonly account: number
  readonly amountMicro: number
  readonly currency: string
  /** charge, package */
  readonly kind?: string
  readonly noun: string
  /** null: several at once. */
  readonly nounId: number | null
  /** number, package ...: what usage is counted under. */
  readonly service: string
  readonly items?: number
  readonly memo?: string
  readonly now: number
}

/**
 * Takes an amount at once for what is had at once, and counts its usage. Gives why when it cannot be had, and then has
 * changed nothing; the write undoes its own part. Of an account that pays nothing beforehand only the usage is counted.
 */
export async function chargeCredit(tx: Transaction, charge: Charge): Promise<CreditShort | null> {
  const { account, amountMicro, currency, noun, nounId, service, items = 1, now } = charge
  const payer = amountMicro > 0 ? await readPayer(tx, account) : undefined
  if (payer) {
    const row = await tx.one(spend, { payer: payer.account_id, amount: amountMicro, currency })
    if (!row) {
      const found = shortOf(await readBalance(tx, payer.account_id), amountMicro, currency)
      const short = found ?? { why: 'broken', requiredMicro: amountMicro, balanceMicro: null, currency }
      return payer.account_id === account ? short : { ...short, balanceMicro: null }
    }
    await insertTransfer(tx, {
      account_id: payer.account_id,
      debit_book: 'available',
      credit_book: 'revenue',
      amount_micro: amountMicro,
      currency,
      kind: charge.kind ?? 'charge',
      noun,
      noun_id: nounId,
      items,
      memo: charge.memo ?? '',
      at_ms: now,
    })
    await tellStanding(tx, row, now)
  }
  await countUsage(tx, [{ account, amountMicro, currency, service, units: items, items }], now)
  return null
}
