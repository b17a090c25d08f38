import Type from 'typebox'
import { counted } from '#store/counters.ts'
import { listGroups } from '#store/client-groups.ts'
import { Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { GroupName, groupOf, GroupView, groupView } from './group-view.ts'

export const readClientGroupOperation = operation({
  name: 'client_groups.read',
  summary: 'Read a group of clients',
  permission: 'clients.read',
  input: Type.Object({ name: GroupName }, { additionalProperties: false }),
  output: GroupView,
  reasons: ['voip_user.group_not_found'],
  route: { method: 'GET', path: '/client-groups/{name}' },
  async run({ caller, read }, { name }) {
    return groupView(await groupOf(read, caller, name))
  },
})

export const listClientGroupsOperation = operation({
  name: 'client_groups.list',
  summary: 'List groups of clients',
  permission: 'clients.read',
  input: PageOf({}),
  output: Page(GroupView),
  reasons: [],
  route: { method: 'GET', path: '/client-groups' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listGroups(read, { scope, after, skip, oldestFirst, limit: limit + 1 })
    return pageFrom(rows, limit, groupView, await counted(read, scope, 'client_groups'))
  },
})
