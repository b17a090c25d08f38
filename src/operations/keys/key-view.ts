// A key as the operations show it: the secret only in the answer that makes it, or where the face shows it by design.

import Type, { type Static } from 'typebox'
import { nativeKeyText } from '#accounts/credential-form.ts'
import { permissions, type Permission } from '#accounts/permissions.ts'
import type { CredentialRow } from '#store/credentials.ts'
import { Id, Moment, OneOf } from '../fields.ts'

export const Permissions = Type.Array(OneOf(permissions, 'A permission.'), {
  maxItems: 50,
  description: 'What the key may do; never more than its user.',
})

export const KeyView = Type.Object({
  id: Id('key'),
  accountId: Id('account'),
  userId: Type.Union([Id('user'), Type.Null()]),
  face: Type.String({ description: 'The API that the key opens: api for our own.' }),
  publicId: Type.String({ description: 'What the client shows in clear.' }),
  name: Type.String(),
  permissions: Type.Union([Permissions, Type.Null()]),
  status: OneOf(['active', 'disabled'], 'A disabled key proves nothing.'),
  detail: Type.Record(Type.String(), Type.Unknown(), { description: 'What the face keeps with the key.' }),
  previousUntil: Type.Union([Moment('Until when the secret before the last rotation is good.'), Type.Null()]),
  expiresAt: Type.Union([Moment('When the key ends.'), Type.Null()]),
  createdAt: Moment('When the key was made.'),
  updatedAt: Moment('When the key was last changed.'),
  secret: Type.Optional(Type.String({ description: 'Shown once.' })),
  key: Type.Optional(
    Type.String({ description: 'Public id and secret as one text, to be sent as a bearer token; native keys, shown once.' }),
  ),
})

export function keyView(row: CredentialRow, secret?: string): Static<typeof KeyView> {
  return {
    id: row.id,
    accountId: row.account_id,
    userId: row.user_id,
    face: row.face,
    publicId: row.public_id,
    name: row.name,
    permissions: row.permissions === null ? null : (JSON.parse(row.permissions) as Permission[]),
    status: row.status as 'active' | 'disabled',
    detail: JSON.parse(row.detail) as Record<string, unknown>,
    previousUntil: row.previous_until_ms,
    expiresAt: row.expires_ms,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
    ...(secret !== undefined && { secret, ...(row.face === 'api' && { key: nativeKeyText(row.public_id, secret) }) }),
  }
}
