import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createUser, type UserRow } from '#store/users.ts'
import { hashPassword } from '#values/secrets.ts'
import { Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireFreeExtension, requireMembers, requireRoleWithin, requireStrong } from './user-rules.ts'
import { Login, Password, Role, UserDetail, userView, UserStatus, UserView } from './user-view.ts'

function shown(_: Means, result: { taken: true } | { taken: false; row: UserRow }) {
  if (result.taken) refuse('resource.value_not_unique', { parameter: 'login' })
  return userView(result.row)
}

/** A login is one person's over all accounts. Without a password the user cannot log in until one is set. */
export const createUserOperation = operation({
  name: 'users.create',
  summary: 'Create a user',
  permission: 'users.write',
  input: Type.Object(
    {
      login: Login,
      name: Optional(Text(200, 'Name shown.')),
      role: Optional(Role),
      status: Optional(UserStatus),
      password: Optional(Password),
      detail: Optional(UserDetail),
    },
    { additionalProperties: false },
  ),
  output: UserView,
  reasons: [
    'resource.value_not_unique',
    'account.password_weak',
    'account.role_forbidden',
    'account.not_active',
    'account.user_unknown',
  ],
  creates: true,
  route: { method: 'POST', path: '/users', status: 201 },
  async run(means, { login, name, role, status, password, detail }) {
    const { caller, nextId, clock } = means
    if (caller.account.status !== 'active') refuse('account.not_active', { state: caller.account.status })
    requireRoleWithin(caller, role ?? 'developer')
    if (password !== undefined) requireStrong(password)
    await requireFreeExtension(means.read, caller.account.id, detail?.extensionNumber)
    await requireMembers(means.read, caller, detail)
    const now = clock.nowMs()
    const row: UserRow = {
      id: nextId(),
      account_id: caller.account.id,
      login: login.toLowerCase(),
      name: name ?? login,
      role: role ?? 'developer',
      status: status ?? 'active',
      password_hash: password === undefined ? null : await hashPassword(password),
      totp_sealed: null,
      totp_confirmed: 0,
      detail: JSON.stringify(detail ?? {}),
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    return shown(means, await means.write(createUser, { row, actor: actorOf(caller) }))
  },
  shown,
})
