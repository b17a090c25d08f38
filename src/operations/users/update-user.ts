import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { updateUser } from '#store/users.ts'
import { hashPassword } from '#values/secrets.ts'
import { Id, Optional, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { requireAnotherAdministrator, requireFreeExtension, requireStrong, userOfAccount } from './user-rules.ts'
import { Role, UserDetail, userView, UserStatus, UserView } from './user-view.ts'

/** A new password, role or status ends all tokens and sessions of the user. `detail` is joined with what is there. */
export const updateUserOperation = operation({
  name: 'users.update',
  summary: 'Change a user',
  permission: 'users.write',
  input: Type.Object(
    {
      id: Id('user'),
      name: Optional(Text(200, 'Name shown.')),
      role: Optional(Role),
      status: Optional(UserStatus),
      password: Optional(Type.String({ maxLength: 200, description: 'At least 8 characters of several kinds.' })),
      detail: Optional(UserDetail),
    },
    { additionalProperties: false },
  ),
  output: UserView,
  reasons: ['account.user_unknown', 'account.password_weak', 'account.last_administrator', 'resource.value_not_unique'],
  route: { method: 'PATCH', path: '/users/{id}' },
  async run(means, { id, name, role, status, password, detail }) {
    const { caller, read, clock } = means
    const row = await userOfAccount(read, caller, id)
    if (password !== undefined) requireStrong(password)
    await requireFreeExtension(read, row.account_id, detail?.extensionNumber, id)
    const loses = (role !== undefined && role !== 'administrator') || (status !== undefined && status !== 'active')
    if (loses) await requireAnotherAdministrator(read, row)
    const changed = Object.entries({ name, role, status, password, detail }).flatMap(([field, value]) => (value === undefined ? [] : [field]))
    const signOut = password !== undefined || (role !== undefined && role !== row.role) || (status !== undefined && status !== 'active')
    const updated = await means.write(updateUser, {
      row: {
        ...row,
        name: name ?? row.name,
        role: role ?? row.role,
        status: status ?? row.status,
        password_hash: password === undefined ? row.password_hash : await hashPassword(password),
        detail: JSON.stringify({ ...JSON.parse(row.detail), ...detail }),
        updated_ms: clock.nowMs(),
      },
      changed,
      signOut,
      actor: actorOf(caller),
    })
    if (!updated) refuse('account.user_unknown', {})
    return userView(updated)
  },
})
