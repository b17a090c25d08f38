import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import type { DepartmentDetail } from '#accounts/department.ts'
import type { Role as RoleName } from '#accounts/permissions.ts'
import { refuse } from '#reasons/refusal.ts'
import { listCredentials } from '#store/credentials.ts'
import { updateUser, type FollowingKey, type UserRow } from '#store/users.ts'
import { hashPassword, hashToken } from '#values/secrets.ts'
import { Id, Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireFreeExtension, requireMembers, requireRoleWithin, requireStrong, userOfAccount } from './user-rules.ts'
import { Role, UserDetailChange, userView, UserStatus, UserView } from './user-view.ts'

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
      detail: Optional(UserDetailChange),
    },
    { additionalProperties: false },
  ),
  output: UserView,
  reasons: [
    'account.user_unknown',
    'account.password_weak',
    'account.last_administrator',
    'account.role_forbidden',
    'resource.value_not_unique',
    'resource.conflict',
  ],
  route: { method: 'PATCH', path: '/users/{id}' },
  async run(means, { id, name, role, status, password, detail }) {
    const { caller, read, clock } = means
    await userOfAccount(read, caller, id)
    if (password !== undefined) requireStrong(password)
    const newHash = password === undefined ? undefined : await hashPassword(password)
    const row = await userOfAccount(read, caller, id)
    await requireFreeExtension(read, row.account_id, detail?.extensionNumber, id)
    if (detail?.members) await requireMembers(read, caller, { ...(JSON.parse(row.detail) as DepartmentDetail), ...detail })
    if (password !== undefined || status !== undefined || role !== undefined) requireRoleWithin(caller, row.role as RoleName)
    if (role !== undefined) requireRoleWithin(caller, role)
    const changed = Object.entries({ name, role, status, password, detail }).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    )
    const signOut =
      password !== undefined || (role !== undefined && role !== row.role) || (status !== undefined && status !== 'active')
    const updated = await means.write(updateUser, {
      row: {
        ...row,
        name: name ?? row.name,
        role: role ?? row.role,
        status: status ?? row.status,
        password_hash: newHash ?? row.password_hash,
        detail: JSON.stringify({ ...JSON.parse(row.detail), ...detail }),
        updated_ms: clock.nowMs(),
      },
      changed,
      signOut,
      following: password === undefined ? [] : await keysFollowing(means, row, password),
      actor: actorOf(caller),
    })
    if (updated === 'last_administrator') refuse('account.last_administrator')
    if (!updated) refuse('resource.conflict', { noun: 'user' })
    return userView(updated)
  },
})

/** The user's keys whose secret is made from the password, with the secret of the new one. */
async function keysFollowing(
  { read, key, clock, credentialForms }: Means,
  row: UserRow,
  password: string,
): Promise<FollowingKey[]> {
  const keys = await listCredentials(read, { scope: row.account_id, limit: 1000, where: { user: row.id } })
  return keys.flatMap(({ id, face, detail, secret_sealed }) => {
    const make = credentialForms.get(face)?.fromPassword
    if (!make || (JSON.parse(detail) as { followsPassword?: boolean }).followsPassword !== true) return []
    const secret = make(password)
    return [
      { id, secret_hash: hashToken(secret), secret_sealed: secret_sealed === null ? null : key.seal(secret), now: clock.nowMs() },
    ]
  })
}
