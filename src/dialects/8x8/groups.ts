// Groups of contacts. Reference section 15.

import type { Static } from 'typebox'
import {
  createContactGroupOperation,
  deleteContactGroupOperation,
  joinContactGroupOperation,
  leaveContactGroupOperation,
  listContactGroupsOperation,
  readContactGroupOperation,
  updateContactGroupOperation,
} from '#operations/contacts/contact-groups.ts'
import type { GroupView } from '#operations/contacts/contact-view.ts'
import { empty, json, timestamp, told } from './formats.ts'
import type { Ids } from './ids.ts'
import { applyPatch } from './json-patch.ts'
import type { Route, Visit } from './knock.ts'
import { pageShown, pageWanted } from './paging.ts'

type Fields = Readonly<Record<string, unknown>>
const fieldsOf = (body: unknown): Fields =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {}

const names = { blocked: 'isBlacklist' }

export function groupShown(ids: Ids, group: Static<typeof GroupView>): object {
  const { id, contacts, createdAt, name, description, blocked } = group
  return {
    id: ids.number('group', id),
    contacts,
    createdAt: timestamp(createdAt),
    name,
    ...told('description', description),
    isBlacklist: blocked,
  }
}

/** Their samples send truth as text too. */
const truth = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value)

function given(body: unknown): object {
  const { name, description, isBlacklist } = fieldsOf(body)
  return { ...told('name', name), ...told('description', description), ...told('blocked', truth(isBlacklist)) }
}

async function list({ parts, ids, caller, query }: Visit) {
  const wanted = pageWanted(query)
  const page = await parts.run(
    listContactGroupsOperation,
    caller,
    { ...wanted, totals: true, ...told('name', query.get('name')) },
    { location: 'parameter' },
  )
  return json(
    200,
    pageShown(
      page.items.map((group) => groupShown(ids, group)),
      wanted,
      page.total!,
      page.matching!,
    ),
  )
}

async function create({ parts, ids, caller, body, idempotencyKey }: Visit) {
  const group = await parts.run(createContactGroupOperation, caller, given(body), { idempotencyKey, names })
  const account = ids.guid('account', caller.account.id)
  const location = `${parts.settings.publicUrl()}/8x8/api/v1/accounts/${account}/groups/${ids.number('group', group.id)}`
  return json(201, groupShown(ids, group), { location })
}

const idOf = ({ ids, params }: Visit): number => ids.readNumber('group', 'groupId', params['groupId'])

async function read(visit: Visit) {
  return json(200, groupShown(visit.ids, await visit.parts.run(readContactGroupOperation, visit.caller, { id: idOf(visit) })))
}

async function change(visit: Visit) {
  const { parts, ids, caller, body } = visit
  const id = idOf(visit)
  const { name, description, blocked } = await parts.run(readContactGroupOperation, caller, { id })
  const changed = applyPatch({ name, description, isBlacklist: blocked }, body, ['name', 'description', 'isBlacklist'])
  const fields = {
    name: changed['name'],
    description: changed['description'] ?? '',
    blocked: truth(changed['isBlacklist'] ?? false),
  }
  return json(200, groupShown(ids, await parts.run(updateContactGroupOperation, caller, { id, ...fields }, { names })))
}

async function remove(visit: Visit) {
  await visit.parts.run(deleteContactGroupOperation, visit.caller, { id: idOf(visit) })
  return empty(204)
}

function membersGiven({ ids, body }: Visit): object {
  const { contacts } = fieldsOf(body)
  return Array.isArray(contacts)
    ? { contacts: contacts.map((id) => ids.readNumber('contact', 'contacts', id)) }
    : told('contacts', contacts)
}

async function join(visit: Visit) {
  const group = await visit.parts.run(joinContactGroupOperation, visit.caller, { id: idOf(visit), ...membersGiven(visit) })
  return json(201, groupShown(visit.ids, group))
}

async function leave(visit: Visit) {
  const group = await visit.parts.run(leaveContactGroupOperation, visit.caller, { id: idOf(visit), ...membersGiven(visit) })
  return json(200, groupShown(visit.ids, group))
}

const base = '/api/v1/accounts/{accountId}/groups'

export const groupRoutes: readonly Route[] = [
  { method: 'GET', path: base, permission: 'contacts.read', answer: list },
  { method: 'POST', path: base, permission: 'contacts.write', answer: create },
  { method: 'GET', path: `${base}/{groupId}`, permission: 'contacts.read', answer: read },
  { method: 'PATCH', path: `${base}/{groupId}`, permission: 'contacts.write', answer: change },
  { method: 'DELETE', path: `${base}/{groupId}`, permission: 'contacts.write', answer: remove },
  { method: 'POST', path: `${base}/{groupId}/contacts`, permission: 'contacts.write', answer: join },
  { method: 'DELETE', path: `${base}/{groupId}/contacts`, permission: 'contacts.write', answer: leave },
]
