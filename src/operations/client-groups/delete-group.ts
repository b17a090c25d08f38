import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteGroup } from '#store/client-groups.ts'
import { Done } from '../fields.ts'
import { operation } from '../operation.ts'
import { GroupName, groupOf } from './group-view.ts'

export const deleteClientGroupOperation = operation({
  name: 'client_groups.delete',
  summary: 'Delete an empty group of clients',
  permission: 'clients.write',
  input: Type.Object({ name: GroupName }, { additionalProperties: false }),
  output: Done,
  reasons: ['voip_user.group_not_found', 'resource.in_use'],
  route: { method: 'DELETE', path: '/client-groups/{name}' },
  async run({ caller, read, clock, write }, { name }) {
    const { id, name: known, account_id: account } = await groupOf(read, caller, name)
    const { deleted, members } = await write(deleteGroup, {
      id,
      name: known,
      account,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (members > 0) refuse('resource.in_use', { noun: 'group', id: known, usedBy: 'clients' })
    if (!deleted) refuse('voip_user.group_not_found', { group: name })
    return { done: true }
  },
})
