import Type, { type Static } from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { refuse } from '#reasons/refusal.ts'
import { listTransfers, type TransferRow } from '#store/transfer-rows.ts'
import { mostMicro, transferCredit, type Transferred } from '#store/transfers.ts'
import { Id, Moment, OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { accountGiven, balanceView, BalanceView } from './balance-view.ts'

function shown(_: Means, moved: Transferred) {
  if ('row' in moved) return balanceView(moved.row)
  if (moved.refused === 'credit') return refuseShort(moved.short)
  if (moved.refused === 'none') return refuse('resource.not_found', { noun: 'balance' })
  return refuse('request.parameter_invalid', {
    parameter: moved.refused === 'full' ? 'amountMicro' : 'currency',
    expected: moved.refused === 'full' ? `a balance of at most ${mostMicro}` : moved.currency,
  })
}

const kinds = ['topup', 'withdrawal', 'adjustment'] as const

/**
 * Adds credit to an account below one's own, or takes it back. Of an account that pays beforehand itself it leaves its own
 * balance; the operator's comes from nowhere. An adjustment is the operator's, and may be below nothing.
 */
export const transferCreditOperation = operation({
  name: 'credit.transfer',
  summary: 'Add credit to an account, or take it back',
  permission: 'credit.write',
  input: Type.Object(
    {
      accountId: Id('account'),
      kind: OneOf(kinds, 'What it is.'),
      amountMicro: Type.Integer({ minimum: -mostMicro, maximum: mostMicro, description: 'Millionths of the currency.' }),
      currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217: that of the balance.' }),
      memo: Optional(Type.String({ maxLength: 200, description: 'What for.' })),
    },
    { additionalProperties: false },
  ),
  output: BalanceView,
  reasons: [
    'resource.not_found',
    'permission.denied',
    'account.not_active',
    'request.parameter_invalid',
    'credit.insufficient',
    'credit.deduction_failed',
  ],
  creates: true,
  route: { method: 'POST', path: '/credit-transfers', status: 201 },
  async run(means, { accountId, kind, amountMicro, currency, memo = '' }) {
    const { caller, clock } = means
    const account = await accountGiven(means, accountId)
    const isOperator = caller.permissions.has('operator')
    if (kind === 'adjustment' && !isOperator) refuse('permission.denied', { permission: 'adjustment' })
    if (amountMicro === 0 || (kind !== 'adjustment' && amountMicro < 0)) {
      refuse('request.parameter_invalid', { parameter: 'amountMicro', value: String(amountMicro), expected: 'an amount above 0' })
    }
    return shown(
      means,
      await means.write(transferCredit, {
        account: account.id,
        kind,
        amountMicro: kind === 'withdrawal' ? -amountMicro : amountMicro,
        currency,
        memo,
        funder: isOperator ? null : caller.home.id,
        actor: actorOf(caller),
        now: clock.nowMs(),
      }),
    )
  },
  shown,
})

const TransferView = Type.Object({
  id: Id('transfer'),
  accountId: Id('account'),
  kind: Type.String({ description: 'charge, package, bonus, topup, withdrawal, adjustment, allotment' }),
  amountMicro: Type.Integer({ description: 'What the balance grew by; below nothing: what it was charged.' }),
  currency: Type.String(),
  noun: Type.String({ description: 'What was paid for.' }),
  items: Type.Integer({ description: 'How many of these were paid for at once.' }),
  memo: Type.String(),
  at: Moment('When.'),
})

const transferView = (row: TransferRow): Static<typeof TransferView> => ({
  id: row.id,
  accountId: row.account_id,
  kind: row.kind,
  amountMicro: row.credit_book === 'available' ? row.amount_micro : -row.amount_micro,
  currency: row.currency,
  noun: row.noun,
  items: row.items,
  memo: row.memo,
  at: row.at_ms,
})

/** Every movement of the account's balance, newest first. Messages are charged many at once. */
export const listTransfersOperation = operation({
  name: 'credit.listTransfers',
  summary: 'List what moved the balance',
  permission: 'credit.read',
  input: PageOf({
    kind: Optional(OneOf(['charge', 'package', 'bonus', 'topup', 'withdrawal', 'adjustment', 'allotment'], 'Only these.')),
  }),
  output: Page(TransferView),
  reasons: [],
  route: { method: 'GET', path: '/credit-transfers' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, kind }) {
    const limit = pageLimit(asked)
    const rows = await listTransfers(read, {
      scope: caller.account.id,
      after,
      skip,
      oldestFirst,
      limit: limit + 1,
      where: { kind },
    })
    return pageFrom(rows, limit, transferView)
  },
})
