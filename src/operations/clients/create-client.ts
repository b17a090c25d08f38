import Type, { type Static } from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createClient, type ClientRow } from '#store/clients.ts'
import { Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireTargets } from '../numbers/number-input.ts'
import { requireOwner, requireStrong } from '../users/user-rules.ts'
import { ClientDetail, ClientView, clientView } from './client-view.ts'

function shown(
  { caller }: Means,
  { taken, row }: { taken: ClientRow | null; row: ClientRow },
): Static<typeof ClientView> & { existing: boolean } {
  if (taken === null) return { ...clientView(row), existing: false }
  if (taken.account_id !== caller.account.id) refuse('resource.value_not_unique', { parameter: 'login' })
  return { ...clientView(taken), existing: true }
}

/**
 * A login is unique in the tree of the account just below the operator. Asking again for a login that the same account
 * holds gives the client that is there (`existing`); another account's is refused.
 */
export const createClientOperation = operation({
  name: 'clients.create',
  summary: 'Create a client',
  permission: 'clients.write',
  input: Type.Object(
    {
      login: Type.String({
        pattern: "^[A-Za-z0-9_.!~*'()&+$,;:-]{1,64}$",
        maxLength: 64,
        description: "the user part of a SIP address: letters, digits and -_.!~*'()&+$,;:",
      }),
      password: Type.String({ minLength: 1, maxLength: 200, description: 'At least 8 characters of several kinds.' }),
      name: Optional(Text(200, 'Name shown.')),
      enabled: Optional(Type.Boolean({ description: 'Whether it may register; true unless told.' })),
      detail: Optional(ClientDetail),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ ...ClientView.properties, existing: Type.Boolean({ description: 'Whether it was there already.' }) }),
  reasons: [
    'resource.value_not_unique',
    'account.password_weak',
    'application.not_found',
    'account.not_active',
    'account.user_unknown',
  ],
  creates: true,
  route: { method: 'POST', path: '/clients', status: 201 },
  async run(means, { login, password, name, enabled = true, detail }) {
    const { caller, read, nextId, clock, key } = means
    if (caller.account.status !== 'active') refuse('account.not_active', { state: caller.account.status })
    requireStrong(password)
    await requireTargets(read, caller, detail?.applicationId, undefined)
    await requireOwner(read, caller, detail?.userId)
    const now = clock.nowMs()
    const row: ClientRow = {
      id: nextId(),
      account_id: caller.account.id,
      realm_id: caller.account.rootId,
      login,
      name: name ?? login,
      password_sealed: key.seal(password),
      enabled: enabled ? 1 : 0,
      detail: JSON.stringify(detail ?? {}),
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    return shown(means, await means.write(createClient, { row, actor: actorOf(caller) }))
  },
  shown,
})
