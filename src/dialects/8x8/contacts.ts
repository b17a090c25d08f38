// Contacts, and the list of numbers not to be reached. Reference section 15.

import { createContactGroupOperation, listContactGroupsOperation } from '#operations/contacts/contact-groups.ts'
import type { ContactView } from '#operations/contacts/contact-view.ts'
import { createContactOperation } from '#operations/contacts/create-contact.ts'
import { deleteContactOperation } from '#operations/contacts/delete-contact.ts'
import { listContactsOperation } from '#operations/contacts/list-contacts.ts'
import { readContactOperation } from '#operations/contacts/read-contact.ts'
import { updateContactOperation } from '#operations/contacts/update-contact.ts'
import { Refusal } from '#reasons/refusal.ts'
import type { Static } from 'typebox'
import { empty, json, timestamp, told } from './formats.ts'
import { groupShown } from './groups.ts'
import type { Ids } from './ids.ts'
import { applyPatch } from './json-patch.ts'
import type { Route, Visit } from './knock.ts'
import { pageShown, pageWanted } from './paging.ts'

/** This vendor's names of addresses, and the core's. */
export const addressNames = {
  msisdn: 'phone',
  weChatUserId: 'wechat',
  facebookUserId: 'facebook',
  email: 'email',
  zaloId: 'zalo',
  lineId: 'line',
  kakaoTalkId: 'kakaotalk',
} as const

const names: Record<string, string> = { attributes: 'customAttributes', phones: 'msisdns' }
for (const [theirs, ours] of Object.entries(addressNames))
  names[`addresses.${ours}`] = theirs === 'msisdn' ? 'msisdn' : `addresses.${theirs}`

type Contact = Static<typeof ContactView>
type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Unknown members are passed over: reference section 23. What is of a wrong type is left for the operation to refuse. */
export function contactGiven(body: unknown): Record<string, unknown> {
  const { firstName, lastName, externalId, country, addresses, customAttributes } = isObject(body) ? body : ({} as Fields)
  const given: Record<string, unknown> = {}
  for (const [name, value] of Object.entries({ firstName, lastName, externalId }))
    if (value !== undefined && value !== null) given[name] = value
  if (country !== undefined && country !== null) given['country'] = typeof country === 'string' ? country.toUpperCase() : country
  if (customAttributes !== undefined && customAttributes !== null) given['attributes'] = customAttributes
  if (isObject(addresses)) given['addresses'] = addressesGiven(addresses)
  else if (addresses !== undefined) given['addresses'] = addresses
  return given
}

function addressesGiven(addresses: Fields): Fields {
  const given: Record<string, unknown> = {}
  for (const [theirs, ours] of Object.entries(addressNames)) {
    const value = addresses[theirs]
    if (value !== undefined && value !== null && value !== '') given[ours] = value
  }
  return given
}

function addressesShown(addresses: Contact['addresses']): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [theirs, ours] of Object.entries(addressNames)) {
    const value = addresses[ours]
    // Numbers are shown as digits: section 3.
    if (value !== undefined) shown[theirs] = ours === 'phone' ? value.replace('+', '') : value
  }
  return shown
}

function contactShown(ids: Ids, contact: Contact): object {
  return {
    id: ids.number('contact', contact.id),
    createdAt: timestamp(contact.createdAt),
    ...told('firstName', contact.firstName),
    ...told('lastName', contact.lastName),
    ...told('externalId', contact.externalId),
    ...told('country', contact.country),
    groups: contact.groups.map((group) => groupShown(ids, group)),
    addresses: addressesShown(contact.addresses),
    customAttributes: contact.attributes,
  }
}

function groupsGiven(ids: Ids, groups: unknown): unknown {
  if (groups === undefined || groups === null) return undefined
  if (!Array.isArray(groups)) return groups
  return groups.map((group) => ids.readNumber('group', 'groups.id', isObject(group) ? group['id'] : group))
}

async function list({ parts, ids, caller, query }: Visit) {
  const wanted = pageWanted(query)
  const group = query.get('groupId')
  const country = query.get('country')
  const page = await parts.run(
    listContactsOperation,
    caller,
    {
      ...wanted,
      totals: true,
      ...told('search', query.get('query')),
      ...(group && { group: ids.readNumber('group', 'groupId', group) }),
      ...(country && { country: country.toUpperCase() }),
    },
    { names: { search: 'query' }, location: 'parameter' },
  )
  return json(
    200,
    pageShown(
      page.items.map((contact) => contactShown(ids, contact)),
      wanted,
      page.total!,
      page.matching!,
    ),
  )
}

/** 201 for a new one, 200 when it was joined with the one that has one of its addresses, 409 when several have. */
async function create({ parts, ids, caller, body, idempotencyKey }: Visit) {
  const groups = groupsGiven(ids, isObject(body) ? body['groups'] : undefined)
  const given = { ...contactGiven(body), ...(groups !== undefined && { groups }), merge: true }
  const { contact, merged } = await parts.run(createContactOperation, caller, given, { idempotencyKey, names })
  if (merged) return json(200, contactShown(ids, contact))
  const account = ids.guid('account', caller.account.id)
  const location = `${parts.settings.publicUrl()}/8x8/api/v1/accounts/${account}/contacts/${ids.number('contact', contact.id)}`
  return json(201, contactShown(ids, contact), { location })
}

async function read({ parts, ids, caller, params }: Visit) {
  const id = ids.readNumber('contact', 'contactId', params['contactId'])
  return json(200, contactShown(ids, await parts.run(readContactOperation, caller, { id })))
}

async function change({ parts, ids, caller, params, body }: Visit) {
  const id = ids.readNumber('contact', 'contactId', params['contactId'])
  const contact = await parts.run(readContactOperation, caller, { id })
  const { firstName, lastName, externalId, country, attributes } = contact
  const document = {
    ...told('firstName', firstName),
    ...told('lastName', lastName),
    ...told('externalId', externalId),
    ...told('country', country),
    addresses: addressesShown(contact.addresses),
    customAttributes: attributes,
  }
  const changed = applyPatch(document, body, ['firstName', 'lastName', 'externalId', 'country', 'addresses', 'customAttributes'])
  const given = {
    firstName: null,
    lastName: null,
    externalId: null,
    country: null,
    attributes: {},
    addresses: {},
    ...contactGiven(changed),
  }
  const updated = await parts.run(updateContactOperation, caller, { id, version: contact.version, ...given }, { names })
  return json(200, contactShown(ids, updated))
}

async function remove({ parts, ids, caller, params }: Visit) {
  await parts.run(deleteContactOperation, caller, { id: ids.readNumber('contact', 'contactId', params['contactId']) })
  return empty(204)
}

const blockedName = 'Blacklist'

/** The group that such numbers join; made when it is first needed, also when two need it at once. */
async function blockedGroup({ parts, caller }: Visit): Promise<number> {
  const find = async () => (await parts.run(listContactGroupsOperation, caller, { name: blockedName, limit: 1 })).items[0]?.id
  const found = await find()
  if (found !== undefined) return found
  try {
    return (await parts.run(createContactGroupOperation, caller, { name: blockedName, blocked: true })).id
  } catch (error) {
    const made = error instanceof Refusal && error.reason === 'resource.value_not_unique' ? await find() : undefined
    if (made === undefined) throw error
    return made
  }
}

async function block(visit: Visit) {
  const { parts, caller, params } = visit
  const given = { addresses: { phone: params['msisdn']! }, groups: [await blockedGroup(visit)], merge: true }
  await parts.run(createContactOperation, caller, given, { names, location: 'parameter' })
  return empty(200)
}

const base = '/api/v1/accounts/{accountId}/contacts'

export const contactRoutes: readonly Route[] = [
  { method: 'GET', path: base, permission: 'contacts.read', answer: list },
  { method: 'POST', path: base, permission: 'contacts.write', answer: create },
  { method: 'POST', path: `${base}/blacklist/{msisdn}`, permission: 'contacts.write', answer: block },
  { method: 'GET', path: `${base}/{contactId}`, permission: 'contacts.read', answer: read },
  { method: 'PATCH', path: `${base}/{contactId}`, permission: 'contacts.write', answer: change },
  { method: 'DELETE', path: `${base}/{contactId}`, permission: 'contacts.write', answer: remove },
]

export const contactNames: Readonly<Record<string, string>> = names
