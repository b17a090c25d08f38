import Type from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readPayer, type BalanceRow } from '#store/credit.ts'
import { closeBalance, mostMicro, openBalance, setLowCredit } from '#store/transfers.ts'
import { Id, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { accountGiven, balanceView, BalanceView, noBalanceView, requireCurrency } from './balance-view.ts'

const Low = Type.Union(
  [Type.Integer({ minimum: 1, maximum: mostMicro, description: 'Millionths of the currency.' }), Type.Null()],
  {
    description: 'Below this, credit is told to be low; null: never.',
  },
)

// A write's result that is kept under an idempotency key is an object.
function shown(_: Means, { row }: { row: BalanceRow | null }) {
  return row ? balanceView(row) : refuse('resource.value_not_unique', { parameter: 'accountId' })
}

/** From now on the account pays beforehand, beginning with nothing. */
export const openBalanceOperation = operation({
  name: 'credit.openBalance',
  summary: 'Have an account pay beforehand',
  permission: 'credit.write',
  input: Type.Object(
    {
      accountId: Id('account'),
      currency: Optional(Type.String({ pattern: '^[A-Z]{3}$', description: "ISO 4217; the account's own unless told." })),
      lowMicro: Optional(Low),
    },
    { additionalProperties: false },
  ),
  output: BalanceView,
  reasons: [
    'resource.not_found',
    'permission.denied',
    'account.not_active',
    'request.parameter_invalid',
    'resource.value_not_unique',
  ],
  creates: true,
  route: { method: 'POST', path: '/balances', status: 201 },
  async run(means, { accountId, currency, lowMicro = null }) {
    const { caller, clock } = means
    const account = await accountGiven(means, accountId)
    const wanted = currency ?? account.settings.currency
    requireCurrency(wanted)
    const actor = actorOf(caller)
    return shown(
      means,
      await means.write(openBalance, { account: account.id, currency: wanted, lowMicro, actor, now: clock.nowMs() }),
    )
  },
  shown,
})

/** Whoever pays may say when credit is low. */
export const updateBalanceOperation = operation({
  name: 'credit.updateBalance',
  summary: 'Say when credit is low',
  permission: 'credit.write',
  input: Type.Object({ accountId: Id('account'), lowMicro: Low }, { additionalProperties: false }),
  output: BalanceView,
  reasons: ['resource.not_found'],
  route: { method: 'PATCH', path: '/balances/{accountId}' },
  async run(means, { accountId, lowMicro }) {
    const { caller, clock, read } = means
    const { account } = await actFor(read, caller, accountId)
    const row = await means.write(setLowCredit, { account: account.id, lowMicro, actor: actorOf(caller), now: clock.nowMs() })
    return row ? balanceView(row) : refuse('resource.not_found', { noun: 'balance' })
  },
})

/** An empty balance ends; from now on the account pays as the one above it does. */
export const closeBalanceOperation = operation({
  name: 'credit.closeBalance',
  summary: 'Have an account pay as the one above it does',
  permission: 'credit.write',
  input: Type.Object({ accountId: Id('account') }, { additionalProperties: false }),
  output: BalanceView,
  reasons: ['resource.not_found', 'permission.denied', 'account.not_active', 'resource.in_use'],
  route: { method: 'DELETE', path: '/balances/{accountId}' },
  async run(means, { accountId }) {
    const { caller, clock, read } = means
    const account = await accountGiven(means, accountId)
    const { closed, row } = await means.write(closeBalance, {
      account: account.id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!row) refuse('resource.not_found', { noun: 'balance' })
    if (!closed) refuse('resource.in_use', { noun: 'balance', usedBy: 'credit that is left or held' })
    return noBalanceView(account, await readPayer(read, account.id))
  },
})
