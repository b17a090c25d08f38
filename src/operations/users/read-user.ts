import Type from 'typebox'
import { loadAccount } from '#accounts/account.ts'
import { reaches } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readUserByLogin } from '#store/users.ts'
import { Id, Optional, Text } from '../fields.ts'
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

/** By login: a user of the account or of one below it. A user out of reach is as unknown as one that does not exist. */
export const findUserOperation = operation({
  name: 'users.find',
  summary: 'Find a user by login, also in sub-accounts',
  permission: 'users.read',
  input: Type.Object({ login: Text(200, 'E-mail address or login name.') }, { additionalProperties: false }),
  output: UserView,
  reasons: ['account.user_unknown'],
  route: { method: 'GET', path: '/users/by-login/{login}' },
  async run({ caller, read }, { login }) {
    const row = await readUserByLogin(read, login)
    const account = row && (await loadAccount(read, row.account_id))
    if (!row || !account || !reaches(caller, account)) refuse('account.user_unknown', { parameter: 'login', user: login })
    return userView(row)
  },
})
