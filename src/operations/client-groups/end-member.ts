import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { updateMember } from '#store/client-groups.ts'
import { deleteClient } from '#store/clients.ts'
import { Done } from '../fields.ts'
import { operation } from '../operation.ts'
import { GroupName, MemberName, memberOf, MemberView, memberView } from './group-view.ts'
import { rowOf } from './update-member.ts'

const input = Type.Object({ group: GroupName, name: MemberName }, { additionalProperties: false })

/** For good: it never registers again, and its number is free for another. The name stays taken until it is deleted. */
export const endMemberOperation = operation({
  name: 'client_groups.endMember',
  summary: 'End a client of a group for good',
  permission: 'clients.write',
  input,
  output: MemberView,
  reasons: ['voip_user.group_not_found', 'voip_user.not_found', 'voip_user.not_active'],
  route: { method: 'POST', path: '/client-groups/{group}/members/{name}/end' },
  async run({ caller, read, clock, write }, { group, name }) {
    const found = await memberOf(read, caller, group, name)
    const now = clock.nowMs()
    const member = { ...rowOf(found.member), number_id: null, ended: 1 }
    const done = await write(updateMember, {
      member,
      enabled: 0,
      password: null,
      changed: ['ended'],
      actor: actorOf(caller),
      now,
    })
    if (done.refused !== null) refuse('voip_user.not_active', { user: found.member.name })
    return memberView(done.member, found.group.name, now)
  },
})

/** Only what was ended before. */
export const deleteMemberOperation = operation({
  name: 'client_groups.deleteMember',
  summary: 'Delete an ended client of a group',
  permission: 'clients.write',
  input,
  output: Done,
  reasons: ['voip_user.group_not_found', 'voip_user.not_found', 'voip_user.not_terminated'],
  route: { method: 'DELETE', path: '/client-groups/{group}/members/{name}' },
  async run({ caller, read, clock, write }, { group, name }) {
    const { member } = await memberOf(read, caller, group, name)
    const gone = await write(deleteClient, {
      id: member.client_id,
      account: member.account_id,
      endedOnly: true,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (gone.inUse) refuse('voip_user.not_terminated', { user: member.name })
    if (!gone.deleted) refuse('voip_user.not_found', { user: member.name })
    return { done: true }
  },
})
