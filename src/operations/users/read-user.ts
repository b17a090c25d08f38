import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { Id, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { userOfAccount } from './user-rules.ts'
import { userView, UserView } from './user-view.ts'

/** A user of the account; oneself when no id is given. */
export const readUserOperation = operation({
  name: 'users.read',
  summary: 'Read a user',
  permission: 'users.read',
  input: Type.Object({ id: Optional(Id('user')) }, { additionalProperties: false }),
  output: UserView,
  reasons: ['account.user_unknown'],
  route: { method: 'GET', path: '/users/{id}' },
  async run({ caller, read }, { id }) {
    const wanted = id ?? caller.user?.id
    if (wanted === undefined) refuse('account.user_unknown', {})
    return userView(await userOfAccount(read, caller, wanted))
  },
})
