import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { updateCredential } from '#store/credentials.ts'
import { Id, OneOf, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { changeableKey, requireDetail } from './key-of-account.ts'
import { keyView, KeyView, Permissions } from './key-view.ts'

/** Name, permissions, detail (joined with what is there), or switched off and on. */
export const updateKeyOperation = operation({
  name: 'keys.update',
  summary: 'Change, disable or enable a key',
  permission: 'keys.write',
  input: Type.Object(
    {
      id: Id('key'),
      name: Optional(Type.String({ maxLength: 200, description: 'Name, for people.' })),
      permissions: Optional(Permissions),
      detail: Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'What the face keeps with the key.' })),
      status: Optional(OneOf(['active', 'disabled'], 'A disabled key proves nothing.')),
    },
    { additionalProperties: false },
  ),
  output: KeyView,
  reasons: ['resource.not_found', 'permission.denied'],
  route: { method: 'PATCH', path: '/keys/{id}' },
  async run(means, { id, name, permissions, detail, status }) {
    const { caller, read, clock, credentialForms } = means
    const row = await changeableKey(read, caller, id)
    const stronger = permissions?.find((permission) => !caller.permissions.has(permission))
    if (stronger) refuse('permission.denied', { permission: stronger })
    const whole = { ...JSON.parse(row.detail), ...detail }
    if (detail !== undefined) requireDetail(credentialForms.get(row.face), whole)
    const updated = await means.write(updateCredential, {
      row: {
        ...row,
        name: name ?? row.name,
        permissions: permissions === undefined ? row.permissions : JSON.stringify(permissions),
        detail: JSON.stringify(whole),
        status: status ?? row.status,
        updated_ms: clock.nowMs(),
      },
      kind: status === undefined || status === row.status ? 'updated' : status === 'active' ? 'enabled' : 'disabled',
      actor: actorOf(caller),
    })
    if (!updated) refuse('resource.not_found', { noun: 'key' })
    return keyView(updated)
  },
})
