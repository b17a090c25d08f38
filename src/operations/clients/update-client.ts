import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readClient, updateClient } from '#store/clients.ts'
import { Id, Optional, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { requireTargets } from '../numbers/number-input.ts'
import { requireOwner, requireStrong } from '../users/user-rules.ts'
import { ClientDetail, ClientView, clientView } from './client-view.ts'

/** `detail` is joined with what is there. */
export const updateClientOperation = operation({
  name: 'clients.update',
  summary: 'Change a client, also its password',
  permission: 'clients.write',
  input: Type.Object(
    {
      id: Id('client'),
      name: Optional(Text(200, 'Name shown.')),
      password: Optional(Type.String({ minLength: 1, maxLength: 200, description: 'At least 8 characters of several kinds.' })),
      enabled: Optional(Type.Boolean({ description: 'Whether it may register.' })),
      detail: Optional(ClientDetail),
    },
    { additionalProperties: false },
  ),
  output: ClientView,
  reasons: ['resource.not_found', 'account.password_weak', 'application.not_found', 'account.user_unknown'],
  route: { method: 'PATCH', path: '/clients/{id}' },
  async run(means, { id, name, password, enabled, detail }) {
    const { caller, read, clock, key } = means
    const row = await readClient(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'client' })
    if (password !== undefined) requireStrong(password)
    await requireTargets(read, caller, detail?.applicationId, undefined)
    await requireOwner(read, caller, detail?.userId)
    const changed = Object.entries({ name, password, enabled, detail }).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    )
    const updated = await means.write(updateClient, {
      id,
      account: caller.account.id,
      name: name ?? row.name,
      password_sealed: password === undefined ? row.password_sealed : key.seal(password),
      enabled: enabled === undefined ? row.enabled : enabled ? 1 : 0,
      detail: JSON.stringify({ ...JSON.parse(row.detail), ...detail }),
      changed,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!updated) refuse('resource.not_found', { noun: 'client' })
    return clientView(updated)
  },
})
