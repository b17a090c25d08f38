// A user as the operations show it: never a hash or a seed.

import Type, { type Static } from 'typebox'
import { roles } from '#accounts/permissions.ts'
import type { UserRow } from '#store/users.ts'
import { Id, Moment, OneOf } from '../fields.ts'

const detailFields = {
  firstName: Type.Optional(Type.String({ maxLength: 100, description: 'First name.' })),
  lastName: Type.Optional(Type.String({ maxLength: 100, description: 'Last name.' })),
  phoneNumber: Type.Optional(Type.String({ maxLength: 32, description: 'Telephone number of the person.' })),
  extensionNumber: Type.Optional(Type.String({ pattern: '^[0-9]{1,8}$', description: 'Extension in the account, digits.' })),
  doNotDisturb: Type.Optional(Type.Boolean({ description: 'Whether calls to the numbers of the user are declined.' })),
  language: Type.Optional(Type.String({ maxLength: 35, description: 'BCP 47 tag of the language.' })),
  members: Type.Optional(
    Type.Array(Id('user'), { maxItems: 500, uniqueItems: true, description: 'Of a department: the users who share it.' }),
  ),
}

export const UserDetail = Type.Object(
  {
    ...detailFields,
    kind: Type.Optional(
      OneOf(['person', 'department'], 'A department is shared by its members, and nobody logs in as it; a person unless told.'),
    ),
  },
  { additionalProperties: false },
)
/** What may be changed later: a person does not become a department. */
export const UserDetailChange = Type.Object(detailFields, { additionalProperties: false })

export const Login = Type.String({
  pattern: '^[^\\s?=/*]{1,200}$',
  maxLength: 200,
  description: 'e-mail address or login name without spaces, ?, =, / and *',
})
export const Password = Type.String({ maxLength: 200, description: 'At least 8 characters of several kinds.' })
export const Role = OneOf(roles, 'What the user may do.')
export const UserStatus = OneOf(['active', 'inactive', 'unconfirmed'], 'Only an active user may log in.')

export const UserView = Type.Object({
  id: Id('user'),
  accountId: Id('account'),
  login: Type.String({ description: 'E-mail address or login name.' }),
  name: Type.String(),
  role: Role,
  status: UserStatus,
  detail: UserDetail,
  secondFactor: Type.Boolean({ description: 'Whether a second factor is asked for at login.' }),
  createdAt: Moment('When the user was made.'),
  updatedAt: Moment('When the user was last changed.'),
})

export type UserShown = Static<typeof UserView>

export function userView(row: UserRow): UserShown {
  const { totpStep: _, ...detail } = JSON.parse(row.detail) as Static<typeof UserDetail> & { totpStep?: number }
  return {
    id: row.id,
    accountId: row.account_id,
    login: row.login,
    name: row.name,
    role: row.role as Static<typeof Role>,
    status: row.status as Static<typeof UserStatus>,
    detail,
    secondFactor: row.totp_confirmed === 1,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}
