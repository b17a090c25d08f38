// A balance as every face is told of it, and who may change it.

import Type, { type Static } from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import type { Account } from '#accounts/account.ts'
import { refuse } from '#reasons/refusal.ts'
import { availableOf, type BalanceRow } from '#store/credit.ts'
import { isCurrency } from '#values/money.ts'
import { Id, OneOf } from '../fields.ts'
import type { Means } from '../operation.ts'

const Micro = (description: string) => Type.Union([Type.Integer({ description }), Type.Null()])

export const BalanceView = Type.Object({
  accountId: Id('account'),
  kind: OneOf(
    ['prepaid', 'shared', 'postpaid'],
    'prepaid: of its own; shared: paid from the balance of an account above; postpaid: nothing is paid beforehand.',
  ),
  currency: Type.String({ description: 'ISO 4217.' }),
  balanceMicro: Micro('Millionths of the currency, held ones included; null unless prepaid.'),
  heldMicro: Micro('Held for what is under way; null unless prepaid.'),
  availableMicro: Micro('What may be spent; null unless prepaid.'),
  lowMicro: Micro('Below this, credit is told to be low; null: never.'),
  state: Type.Union([OneOf(['ok', 'low', 'exhausted'], 'What was told last since credit was added.'), Type.Null()]),
})

export type BalanceShown = Static<typeof BalanceView>

export function balanceView(row: BalanceRow): BalanceShown {
  return {
    accountId: row.account_id,
    kind: 'prepaid',
    currency: row.currency,
    balanceMicro: row.balance_micro,
    heldMicro: row.held_micro,
    availableMicro: availableOf(row),
    lowMicro: row.low_micro,
    state: row.state as 'ok',
  }
}

/** `payer` is the balance of an account above; how much it has is not told to those below. */
export function noBalanceView(account: Account, payer: BalanceRow | undefined): BalanceShown {
  return {
    accountId: account.id,
    kind: payer ? 'shared' : 'postpaid',
    currency: payer?.currency ?? account.settings.currency,
    balanceMicro: null,
    heldMicro: null,
    availableMicro: null,
    lowMicro: null,
    state: null,
  }
}

/**
 * The account whose balance is to be changed: one below the caller's own, or any for the operator. Nobody makes credit for
 * themselves. Gives resource.not_found, permission.denied.
 */
export async function accountGiven({ caller, read }: Means, accountId: number): Promise<Account> {
  const { account } = await actFor(read, caller, accountId)
  if (account.id === caller.home.id && !caller.permissions.has('operator')) refuse('permission.denied', { permission: 'balance' })
  if (account.ownStatus === 'closed') refuse('account.not_active', { state: 'closed' })
  return account
}

/** Gives request.parameter_invalid for what is no currency. */
export function requireCurrency(currency: string): void {
  if (!isCurrency(currency)) {
    refuse('request.parameter_invalid', { parameter: 'currency', value: currency, expected: 'a currency of ISO 4217' })
  }
}
