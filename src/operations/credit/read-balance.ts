import Type from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import { readBalance, readPayer } from '#store/credit.ts'
import { Id, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { balanceView, BalanceView, noBalanceView } from './balance-view.ts'

/** What the account may spend, or who pays for it when it has no balance of its own. */
export const readBalanceOperation = operation({
  name: 'credit.readBalance',
  summary: 'Read the balance of an account',
  permission: 'credit.read',
  input: Type.Object({ accountId: Optional(Id('account', "One's own unless told.")) }, { additionalProperties: false }),
  output: BalanceView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/balance' },
  async run({ caller, read }, { accountId = caller.account.id }) {
    const { account } = await actFor(read, caller, accountId)
    const own = await readBalance(read, account.id)
    return own ? balanceView(own) : noBalanceView(account, await readPayer(read, account.id))
  },
})
