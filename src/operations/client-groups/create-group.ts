import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createGroup, type GroupRow } from '#store/client-groups.ts'
import { operation, type Means } from '../operation.ts'
import { GroupName, GroupView, groupView } from './group-view.ts'

function shown({ caller }: Means, { taken, row }: { taken: number | null; row: GroupRow }) {
  if (taken !== null)
    refuse(taken === caller.account.id ? 'voip_user.group_exists' : 'voip_user.group_taken', { group: row.name })
  return groupView(row)
}

/** A name belongs to one account on the whole platform. */
export const createClientGroupOperation = operation({
  name: 'client_groups.create',
  summary: 'Create a group of clients',
  permission: 'clients.write',
  input: Type.Object({ name: GroupName }, { additionalProperties: false }),
  output: GroupView,
  reasons: ['voip_user.group_exists', 'voip_user.group_taken', 'account.not_active'],
  creates: true,
  route: { method: 'POST', path: '/client-groups', status: 201 },
  async run(means, { name }) {
    const { caller, nextId, clock } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const row: GroupRow = {
      id: nextId(),
      account_id: account.id,
      name: name.toLowerCase(),
      members: 0,
      created_ms: clock.nowMs(),
    }
    return shown(means, await means.write(createGroup, { row, actor: actorOf(caller) }))
  },
  shown,
})
