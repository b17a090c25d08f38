// The operations on groups of contacts.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import {
  changeMembers,
  countGroups,
  createGroup,
  deleteGroup,
  listGroups,
  readGroup,
  updateGroup,
  type ContactGroupRow,
} from '#store/contact-groups.ts'
import { counted } from '#store/counters.ts'
import { Done, Id, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { groupView, GroupView } from './contact-view.ts'

const Name = Type.String({ minLength: 1, maxLength: 100, description: 'Name, unique in the account.' })
const Description = Type.String({ maxLength: 100, description: 'What the group is for.' })
const Blocked = Type.Boolean({ description: 'Whether its contacts are not to be reached.' })

export const readContactGroupOperation = operation({
  name: 'contact_groups.read',
  summary: 'Read a group of contacts',
  permission: 'contacts.read',
  input: Type.Object({ id: Id('group') }, { additionalProperties: false }),
  output: GroupView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/contact-groups/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readGroup(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'group' })
    return groupView(row)
  },
})

export const listContactGroupsOperation = operation({
  name: 'contact_groups.list',
  summary: 'List groups of contacts',
  permission: 'contacts.read',
  input: PageOf({
    name: Optional(Type.String({ maxLength: 200, description: 'Name, with % and _ as wildcards.' })),
    totals: Optional(Type.Boolean({ 'x-hidden': true })),
  }),
  output: Type.Object({ ...Page(GroupView).properties, matching: Type.Optional(Type.Integer({ 'x-hidden': true })) }),
  reasons: [],
  route: { method: 'GET', path: '/contact-groups' },
  async run({ caller, read, slow }, { limit: asked, after, skip, oldestFirst, name, totals }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listGroups(read, { scope, after, skip, oldestFirst, limit: limit + 1, where: { name } })
    const total = name === undefined || totals ? await counted(read, scope, 'contact_groups') : undefined
    const page = pageFrom(rows, limit, groupView, total)
    return totals ? { ...page, matching: name === undefined ? total! : await countGroups(slow, scope, name) } : page
  },
})

function shown(_: Means, result: { taken: true } | { taken: false; row: ContactGroupRow }) {
  if (result.taken) refuse('resource.value_not_unique', { parameter: 'name' })
  return groupView(result.row)
}

export const createContactGroupOperation = operation({
  name: 'contact_groups.create',
  summary: 'Create a group of contacts',
  permission: 'contacts.write',
  input: Type.Object(
    { name: Name, description: Optional(Description), blocked: Optional(Blocked) },
    { additionalProperties: false },
  ),
  output: GroupView,
  reasons: ['resource.value_not_unique', 'account.not_active'],
  creates: true,
  route: { method: 'POST', path: '/contact-groups', status: 201 },
  async run(means, { name, description, blocked }) {
    const { caller, nextId, clock } = means
    if (caller.account.status !== 'active') refuse('account.not_active', { state: caller.account.status })
    const now = clock.nowMs()
    const row: ContactGroupRow = {
      id: nextId(),
      account_id: caller.account.id,
      name,
      description: description ?? '',
      blocked: blocked ? 1 : 0,
      members: 0,
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    return shown(means, await means.write(createGroup, { row, actor: actorOf(caller) }))
  },
  shown,
})

export const updateContactGroupOperation = operation({
  name: 'contact_groups.update',
  summary: 'Change a group of contacts',
  permission: 'contacts.write',
  input: Type.Object(
    { id: Id('group'), name: Optional(Name), description: Optional(Description), blocked: Optional(Blocked) },
    { additionalProperties: false },
  ),
  output: GroupView,
  reasons: ['resource.not_found', 'resource.value_not_unique'],
  route: { method: 'PATCH', path: '/contact-groups/{id}' },
  async run(means, { id, name, description, blocked }) {
    const { caller, read, clock } = means
    const row = await readGroup(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'group' })
    const changed = Object.entries({ name, description, blocked }).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    )
    const updated = await means.write(updateGroup, {
      id,
      account: caller.account.id,
      name: name ?? row.name,
      description: description ?? row.description,
      blocked: blocked === undefined ? row.blocked : Number(blocked),
      changed,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (updated.outcome === 'taken') refuse('resource.value_not_unique', { parameter: 'name' })
    if (updated.outcome !== 'updated') refuse('resource.not_found', { noun: 'group' })
    return groupView(updated.row)
  },
})

export const deleteContactGroupOperation = operation({
  name: 'contact_groups.delete',
  summary: 'Delete a group of contacts; the contacts stay',
  permission: 'contacts.write',
  input: Type.Object({ id: Id('group') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'DELETE', path: '/contact-groups/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const { deleted } = await means.write(deleteGroup, {
      id,
      account: caller.account.id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!deleted) refuse('resource.not_found', { noun: 'group' })
    return { done: true }
  },
})

const members = {
  permission: 'contacts.write' as const,
  input: Type.Object(
    { id: Id('group'), contacts: Type.Array(Id('contact'), { minItems: 1, maxItems: 1000, description: 'The contacts.' }) },
    { additionalProperties: false },
  ),
  output: GroupView,
  reasons: ['resource.not_found'] as const,
}

async function change(means: Means, id: number, contacts: readonly number[], join: boolean) {
  const { caller, clock } = means
  const wanted = [...new Set(contacts)]
  const changed = await means.write(changeMembers, {
    group: id,
    account: caller.account.id,
    contacts: wanted,
    join,
    actor: actorOf(caller),
    now: clock.nowMs(),
  })
  if (changed.outcome === 'no_group') refuse('resource.not_found', { noun: 'group' })
  if (changed.outcome === 'no_contact') refuse('resource.not_found', { noun: 'contact', parameter: 'contacts' })
  return groupView(changed.row)
}

export const joinContactGroupOperation = operation({
  ...members,
  name: 'contact_groups.join',
  summary: 'Put contacts into a group',
  route: { method: 'POST', path: '/contact-groups/{id}/contacts' },
  run: (means, { id, contacts }) => change(means, id, contacts, true),
})

export const leaveContactGroupOperation = operation({
  ...members,
  name: 'contact_groups.leave',
  summary: 'Take contacts out of a group',
  route: { method: 'DELETE', path: '/contact-groups/{id}/contacts' },
  run: (means, { id, contacts }) => change(means, id, contacts, false),
})
