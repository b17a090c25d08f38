import Type from 'typebox'
import { listMembers } from '#store/client-groups.ts'
import { Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { GroupName, groupOf, MemberName, memberOf, MemberView, memberView } from './group-view.ts'

export const readMemberOperation = operation({
  name: 'client_groups.readMember',
  summary: 'Read a client of a group',
  permission: 'clients.read',
  input: Type.Object({ group: GroupName, name: MemberName }, { additionalProperties: false }),
  output: MemberView,
  reasons: ['voip_user.group_not_found', 'voip_user.not_found'],
  route: { method: 'GET', path: '/client-groups/{group}/members/{name}' },
  async run({ caller, read, clock }, { group, name }) {
    const found = await memberOf(read, caller, group, name)
    return memberView(found.member, found.group.name, clock.nowMs())
  },
})

export const listMembersOperation = operation({
  name: 'client_groups.listMembers',
  summary: 'List the clients of a group',
  permission: 'clients.read',
  input: PageOf({ group: GroupName }),
  output: Page(MemberView),
  reasons: ['voip_user.group_not_found'],
  route: { method: 'GET', path: '/client-groups/{group}/members' },
  async run({ caller, read, clock }, { group, limit: asked, after, skip }) {
    const row = await groupOf(read, caller, group)
    const limit = pageLimit(asked)
    const members = await listMembers(read, { group: row.id, after, skip, limit: limit + 1 })
    const now = clock.nowMs()
    return pageFrom(members, limit, (member) => memberView(member, row.name, now), Number(row.members))
  },
})
