import Type, { type Static } from 'typebox'
import { accountFrom, pathIds } from '#accounts/account.ts'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createAccount, readAccount, type AccountRow } from '#store/accounts.ts'
import { OneOf, Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { AccountView, accountView, SettingsView } from './account-view.ts'
import { requireSettableBy } from './settable-settings.ts'

/** The operator is at depth 0, accounts at 1, their sub-accounts at 2 and 3. */
export const maxAccountDepth = 3

function shown(means: Means, row: AccountRow | null) {
  if (row === null) refuse('resource.value_not_unique', { parameter: 'alias' })
  return viewOfRow(means, row)
}

/** A sub-account of the caller's account. */
export const createAccountOperation = operation({
  name: 'accounts.create',
  summary: 'Create a sub-account',
  permission: 'accounts.write',
  input: Type.Object(
    {
      name: Text(200, 'Name of the account.'),
      kind: Optional(OneOf(['full', 'trial', 'developer'], 'Kind; that of the account above unless told.')),
      settings: Optional(Type.Partial(Type.Object({ ...SettingsView.properties, limits: Type.Partial(SettingsView.properties.limits) }))),
      alias: Optional(Type.Object({ face: Type.String(), kind: Type.String(), alias: Type.String() }, { 'x-hidden': true })),
    },
    { additionalProperties: false },
  ),
  output: AccountView,
  reasons: ['account.depth_exceeded', 'account.not_active', 'permission.denied', 'resource.value_not_unique'],
  creates: true,
  route: { method: 'POST', path: '/accounts', status: 201 },
  async run(means, { name, kind, settings, alias }) {
    const { caller, nextId, clock } = means
    const above = caller.account
    if (above.status !== 'active') refuse('account.not_active', { state: above.status })
    if (above.depth >= maxAccountDepth) refuse('account.depth_exceeded', { limit: maxAccountDepth })
    requireSettableBy(caller, settings ?? {}, kind)
    const id = nextId()
    const now = clock.nowMs()
    const row: AccountRow = {
      id,
      parent_id: above.id,
      path: `${above.path}${id}/`,
      depth: above.depth + 1,
      name,
      status: 'active',
      kind: kind ?? (above.depth === 0 ? 'full' : above.kind),
      settings: JSON.stringify(settings ?? {}),
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    return shown(means, await means.write(createAccount, { row, ...(alias && { alias }), actor: actorOf(caller) }))
  },
  shown,
})

/** The view of an account's row, with what it inherits. */
export async function viewOfRow({ read }: Means, row: AccountRow): Promise<Static<typeof AccountView>> {
  const chain: AccountRow[] = []
  for (const id of pathIds(row.path).slice(0, -1)) chain.push((await readAccount(read, id))!)
  return accountView(accountFrom([...chain, row]))
}
