import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import type { Role } from '#accounts/permissions.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteUser } from '#store/users.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { requireRoleWithin, userOfAccount } from './user-rules.ts'

/** Ends the user with its keys, tokens and sessions. */
export const deleteUserOperation = operation({
  name: 'users.delete',
  summary: 'Delete a user',
  permission: 'users.write',
  input: Type.Object({ id: Id('user') }, { additionalProperties: false }),
  output: Done,
  reasons: ['account.user_unknown', 'account.last_administrator', 'account.role_forbidden'],
  route: { method: 'DELETE', path: '/users/{id}' },
  async run(means, { id }) {
    const { caller, read, clock } = means
    const row = await userOfAccount(read, caller, id)
    requireRoleWithin(caller, row.role as Role)
    const { outcome } = await means.write(deleteUser, {
      id,
      accountId: row.account_id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (outcome === 'last_administrator') refuse('account.last_administrator')
    if (outcome === 'gone') refuse('account.user_unknown', {})
    return { done: true }
  },
})
