import Type from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import { actorOf } from '#accounts/caller.ts'
import { joinSettings, type SettingsChange } from '#accounts/account.ts'
import { refuse } from '#reasons/refusal.ts'
import { readAccount, updateAccount } from '#store/accounts.ts'
import { Id, OneOf, Optional, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { AccountView, SettingsInput } from './account-view.ts'
import { viewOfRow } from './create-account.ts'
import { requireSettableBy } from './settable-settings.ts'

/** Name, status (active, suspended), kind and settings. Settings given are joined with those there; those of a group too. */
export const updateAccountOperation = operation({
  name: 'accounts.update',
  summary: 'Change, suspend or reactivate an account',
  permission: 'accounts.write',
  input: Type.Object(
    {
      id: Id('account'),
      name: Optional(Text(200, 'Name of the account.')),
      status: Optional(OneOf(['active', 'suspended'], "Suspend or reactivate it; not one's own account.")),
      kind: Optional(OneOf(['full', 'trial', 'developer'], 'Kind; set by whoever stands above.')),
      settings: Optional(SettingsInput),
    },
    { additionalProperties: false },
  ),
  output: AccountView,
  reasons: ['resource.not_found', 'account.state_transition_invalid', 'permission.denied'],
  route: { method: 'PATCH', path: '/accounts/{id}' },
  async run(means, { id, name, status, kind, settings }) {
    const { caller, read, clock } = means
    const { account } = await actFor(read, caller, id)
    const itself = account.id === caller.home.id
    if (account.ownStatus === 'closed') refuse('account.state_transition_invalid', { from: 'closed', to: status ?? 'closed' })
    if (itself && status !== undefined && status !== account.ownStatus) refuse('permission.denied', { permission: 'status' })
    requireSettableBy(caller, (settings ?? {}) as SettingsChange, kind, itself)
    const row = (await readAccount(read, id))!
    const own = JSON.parse(row.settings) as SettingsChange
    const merged = joinSettings(own, (settings ?? {}) as SettingsChange)
    const changed = Object.entries({ name, status, kind, settings }).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    )
    const changedRow = await means.write(updateAccount, {
      id,
      name: name ?? row.name,
      status: status ?? row.status,
      kind: kind ?? row.kind,
      settings: JSON.stringify(merged),
      changed,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (changedRow === null) refuse('account.state_transition_invalid', { from: 'closed', to: status ?? 'closed' })
    return viewOfRow(means, changedRow)
  },
})
