import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { loadAccount } from '#accounts/account.ts'
import { refuse } from '#reasons/refusal.ts'
import { updateCredential, type CredentialRow } from '#store/credentials.ts'
import { readUser } from '#store/users.ts'
import { hashToken } from '#values/secrets.ts'
import { Id, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { changeableKey } from './key-of-account.ts'
import { keyView, KeyView } from './key-view.ts'

const usualOverlapMs = 24 * 60 * 60_000

function shown(_: Means, result: CredentialRow & { secret: string }) {
  if (result.id === undefined) refuse('resource.not_found', { noun: 'key' })
  return keyView(result, result.secret)
}

/** A new secret under the same public id; the old one stays good for `overlapMs`, a day unless told. */
export const rotateKeyOperation = operation({
  name: 'keys.rotate',
  summary: 'Give a key a new secret',
  permission: 'keys.write',
  input: Type.Object(
    {
      id: Id('key'),
      overlapMs: Optional(
        Type.Integer({ minimum: 0, maximum: 30 * usualOverlapMs, description: 'How long the old secret stays good.' }),
      ),
      secret: Optional(Type.String({ minLength: 1, maxLength: 500, 'x-hidden': true })),
    },
    { additionalProperties: false },
  ),
  output: KeyView,
  reasons: ['resource.not_found', 'permission.denied'],
  creates: true,
  route: { method: 'POST', path: '/keys/{id}/rotate', status: 201 },
  async run(means, { id, overlapMs, secret: dictated }) {
    const { caller, read, clock, key, credentialForms } = means
    const row = await changeableKey(read, caller, id)
    const form = credentialForms.get(row.face)
    const account = await loadAccount(read, row.account_id)
    if (!form || !account) refuse('resource.not_found', { noun: 'key' })
    const user = row.user_id === null ? undefined : await readUser(read, row.user_id)
    const secret =
      dictated ??
      form.make(
        {
          account,
          userId: row.user_id,
          login: user?.login ?? null,
          id: row.id,
          publicId: row.public_id,
          detail: JSON.parse(row.detail) as Record<string, unknown>,
        },
        key,
      ).secret
    const now = clock.nowMs()
    const rotated = await means.write(
      updateCredential,
      {
        row: {
          ...row,
          secret_hash: hashToken(secret),
          secret_sealed: row.secret_sealed === null ? null : key.seal(secret),
          previous_hash: row.secret_hash,
          previous_until_ms: now + (overlapMs ?? usualOverlapMs),
          updated_ms: now,
        },
        kind: 'rotated',
        actor: actorOf(caller),
      },
      { secret },
    )
    return shown(means, rotated)
  },
  shown,
})
