import Type from 'typebox'
import { actorOf, type Caller } from '#accounts/caller.ts'
import { isSealed } from '#accounts/credential-form.ts'
import { permissionsOf, type Role } from '#accounts/permissions.ts'
import { refuse } from '#reasons/refusal.ts'
import { createCredential, type CredentialRow } from '#store/credentials.ts'
import { readUser, type UserRow } from '#store/users.ts'
import { hashToken } from '#values/secrets.ts'
import { Id, Moment, Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireDetail } from './key-of-account.ts'
import { keyView, KeyView, Permissions } from './key-view.ts'

function shown(
  _: Means,
  result: ({ refused: 'taken' | 'limit' } | { refused: null; row: CredentialRow }) & { secret: string; limit: number },
) {
  if (result.refused !== null) {
    if (result.refused === 'limit') refuse('account.key_limit_reached', { limit: result.limit })
    refuse('resource.value_not_unique', { parameter: 'publicId' })
  }
  return keyView(result.row, result.secret)
}

/** Whether the caller is that user, and not through a key or an application that may less. */
function mayAllOf(caller: Caller, user: UserRow): boolean {
  if (caller.user?.id !== user.id) return false
  const whole = permissionsOf(user.role as Role, caller.account.parentId === null)
  return [...whole].every((permission) => caller.permissions.has(permission) && (caller.app?.permissions.has(permission) ?? true))
}

/**
 * A key for one face, of the caller, of another user of the account, or of no user. A key is never stronger than the
 * caller who makes it. `publicId` and `secret` are for faces whose vendor dictates them.
 */
export const createKeyOperation = operation({
  name: 'keys.create',
  summary: 'Create a key',
  permission: 'keys.write',
  input: Type.Object(
    {
      face: Optional(Text(32, 'The API that the key opens; api unless told.')),
      userId: Optional(Type.Union([Id('user'), Type.Null()])),
      name: Optional(Type.String({ maxLength: 200, description: 'Name, for people.' })),
      permissions: Optional(Permissions),
      detail: Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'What the face keeps with the key.' })),
      expiresAt: Optional(Moment('When the key ends.')),
      publicId: Optional(Type.String({ minLength: 1, maxLength: 200, 'x-hidden': true })),
      secret: Optional(Type.String({ minLength: 1, maxLength: 500, 'x-hidden': true })),
    },
    { additionalProperties: false },
  ),
  output: KeyView,
  reasons: [
    'account.user_unknown',
    'account.key_limit_reached',
    'resource.value_not_unique',
    'permission.denied',
    'account.not_active',
  ],
  creates: true,
  route: { method: 'POST', path: '/keys', status: 201 },
  async run(means, input) {
    const { caller, read, nextId, clock, key, credentialForms } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const face = input.face ?? 'api'
    const form = credentialForms.get(face)
    if (!form)
      refuse('request.parameter_invalid', {
        parameter: 'face',
        value: face,
        expected: `one of ${[...credentialForms.keys()].join(', ')}`,
      })
    requireDetail(form, input.detail ?? {})
    const userId = input.userId === undefined ? (caller.user?.accountId === account.id ? caller.user.id : null) : input.userId
    const user = userId === null ? undefined : await readUser(read, userId)
    if (userId !== null && user?.account_id !== account.id) refuse('account.user_unknown', { parameter: 'userId' })
    const stronger = input.permissions?.find(
      (permission) => !caller.permissions.has(permission) || caller.app?.permissions.has(permission) === false,
    )
    if (stronger) refuse('permission.denied', { permission: stronger })
    const id = nextId()
    const made = form.make({ account, userId, login: user?.login ?? null, id, detail: input.detail ?? {} }, key)
    const publicId = input.publicId ?? made.publicId
    const secret = input.secret ?? made.secret
    const now = clock.nowMs()
    const scoped =
      input.permissions ??
      (user && mayAllOf(caller, user)
        ? null
        : [...caller.permissions].filter((permission) => caller.app?.permissions.has(permission) ?? true))
    const row: CredentialRow = {
      id,
      account_id: account.id,
      user_id: userId,
      face,
      public_id: publicId,
      secret_hash: hashToken(secret),
      secret_sealed: isSealed(form, publicId) ? key.seal(secret) : null,
      previous_hash: null,
      previous_until_ms: null,
      name: input.name ?? '',
      permissions: scoped === null ? null : JSON.stringify(scoped),
      status: 'active',
      detail: JSON.stringify(input.detail ?? {}),
      expires_ms: input.expiresAt ?? null,
      created_ms: now,
      updated_ms: now,
    }
    const limit = form.limitPerUser
    const created = await means.write(
      createCredential,
      { row, ...(limit !== undefined && { limit }), actor: actorOf(caller) },
      { secret, limit: limit ?? 0 },
    )
    return shown(means, created)
  },
  shown,
})
