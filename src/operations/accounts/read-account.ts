import Type from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import { Id, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { AccountView, accountView } from './account-view.ts'

/** One's own account, or one below it. */
export const readAccountOperation = operation({
  name: 'accounts.read',
  summary: 'Read an account',
  permission: 'accounts.read',
  input: Type.Object({ id: Optional(Id('account')) }, { additionalProperties: false }),
  output: AccountView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/accounts/{id}' },
  async run({ caller, read }, { id }) {
    return accountView((await actFor(read, caller, id ?? caller.account.id)).account)
  },
})
