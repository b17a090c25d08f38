import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { updateUser } from '#store/users.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { userOfAccount } from './user-rules.ts'
import { userView, UserView } from './user-view.ts'

/** Calls to the numbers of a user who is not to be disturbed are declined. Users set it for themselves; whoever may change users, for all. */
export const setDoNotDisturbOperation = operation({
  name: 'users.set_do_not_disturb',
  summary: 'Decline the calls of a user, or take them again',
  permission: 'calls.write',
  input: Type.Object(
    { id: Id('user'), on: Type.Boolean({ description: 'Whether calls are declined.' }) },
    { additionalProperties: false },
  ),
  output: UserView,
  reasons: ['account.user_unknown', 'permission.missing', 'resource.conflict'],
  route: { method: 'PUT', path: '/users/{id}/do-not-disturb' },
  async run(means, { id, on }) {
    const { caller, read, clock } = means
    const row = await userOfAccount(read, caller, id)
    if (id !== caller.user?.id && !caller.permissions.has('users.write'))
      refuse('permission.missing', { permission: 'users.write', kind: 'named' })
    const { doNotDisturb: _, ...detail } = JSON.parse(row.detail) as Record<string, unknown>
    const updated = await means.write(updateUser, {
      row: {
        ...row,
        detail: JSON.stringify({ ...detail, ...(on && { doNotDisturb: true }) }),
        updated_ms: clock.nowMs(),
      },
      changed: ['detail'],
      signOut: false,
      following: [],
      actor: actorOf(caller),
    })
    if (!updated || updated === 'last_administrator') refuse('resource.conflict', { noun: 'user' })
    return userView(updated)
  },
})
