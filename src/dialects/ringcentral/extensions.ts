// Extensions (reference section 5): list, read, create, change, delete. Each is a user of the account.

import type { Caller } from '#accounts/caller.ts'
import { createUserOperation } from '#operations/users/create-user.ts'
import { deleteUserOperation } from '#operations/users/delete-user.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import { updateUserOperation } from '#operations/users/update-user.ts'
import type { UserShown } from '#operations/users/user-view.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import { setFacet } from '#store/facets.ts'
import { face } from './applications.ts'
import {
  accountUri,
  extensionNoun,
  extensionType,
  extensionView,
  plainContactFields,
  readExtensionFacet,
  type ExtensionFacet,
} from './extension-view.ts'
import { languageIds, languageTags, supportedLanguage } from './formats.ts'
import { inner, shown, text, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { cut, listAnswer, pageOf } from './paging.ts'
import { one, several } from './query-fields.ts'
import { extensionUnknown } from './target.ts'

const types = [
  'User',
  'FaxUser',
  'VirtualUser',
  'DigitalUser',
  'Department',
  'Announcement',
  'Voicemail',
  'SharedLinesGroup',
  'PagingOnly',
  'ParkLocation',
  'IvrMenu',
  'ApplicationExtension',
  'Limited',
  'Bot',
  'Room',
  'Site',
  'ProxyAdmin',
] as const
/** Those that can be made. */
const typesHere = ['User', 'Department'] as const
const states = ['Enabled', 'Disabled', 'Frozen', 'NotActivated', 'Unassigned'] as const
const ourState: Readonly<Record<string, 'active' | 'inactive' | 'unconfirmed'>> = {
  Enabled: 'active',
  Disabled: 'inactive',
  NotActivated: 'unconfirmed',
}

/** A user of the target's account. Gives resource.not_found. */
export async function userNamed(room: Room, caller: Caller, userId: number, named: string): Promise<UserShown> {
  try {
    return await room.parts.run(readUserOperation, caller, { id: userId })
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'account.user_unknown') return extensionUnknown(named)
    throw error
  }
}

export async function readExtension(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  return json(extensionView(room, knock, caller.account, user, await readExtensionFacet(room, user.id)))
}

export async function listExtensions(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const { query } = knock
  const wanted = pageOf(query)
  const status = several(query, 'status', states)
  const type = several(query, 'type', types)
  const email = one(query, 'email')
  const extensionNumber = one(query, 'extensionNumber')
  if (extensionNumber !== undefined && !/^[0-9]{1,8}$/.test(extensionNumber)) {
    refuse('request.parameter_invalid', {
      parameter: 'extensionNumber',
      value: extensionNumber.slice(0, 100),
      expected: '1 to 8 digits',
    })
  }
  const uri = `${accountUri(room, knock, caller.account.id)}/extension`
  const view = async (user: UserShown) =>
    extensionView(room, knock, caller.account, user, await readExtensionFacet(room, user.id))
  const ours = new Set(status.map((word) => ourState[word]).filter((state) => state !== undefined))
  const isOfType = (user: UserShown): boolean => type.length === 0 || type.includes(extensionType(user))
  if ((type.length > 0 && !typesHere.some((one) => type.includes(one))) || (status.length > 0 && ours.size === 0))
    return listAnswer(knock, uri, wanted, cut([], wanted))
  const narrow = {
    ...(email !== undefined && { login: email.toLowerCase().replaceAll(/[%_]/g, '') }),
    ...(extensionNumber !== undefined && { extensionNumber }),
    ...(ours.size === 1 && { status: [...ours][0] }),
  }
  const someTypes = type.length > 0 && !typesHere.every((one) => type.includes(one))
  if (ours.size > 1 || someTypes) {
    const isOfState = (user: UserShown): boolean => ours.size === 0 || ours.has(user.status)
    const users = (await allUsers(room, caller, narrow)).filter((user) => isOfType(user) && isOfState(user))
    const page = cut(users, wanted)
    return listAnswer(knock, uri, wanted, { ...page, records: await Promise.all(page.records.map(view)) })
  }
  const { items, next, total } = await room.parts.run(listUsersOperation, caller, {
    ...narrow,
    limit: wanted.perPage,
    skip: wanted.skip,
    oldestFirst: true,
  })
  return listAnswer(knock, uri, wanted, { records: await Promise.all(items.map(view)), more: next !== null, total })
}

const maxRead = 10_000

async function allUsers(room: Room, caller: Caller, narrow: object): Promise<UserShown[]> {
  const users: UserShown[] = []
  let after: number | undefined
  do {
    const page = await room.parts.run(listUsersOperation, caller, {
      ...narrow,
      limit: 1000,
      oldestFirst: true,
      ...(after !== undefined && { after }),
    })
    users.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined && users.length < maxRead)
  return users
}

/** What a client sends of an extension, in our words; faults are collected and told together. */
function readFields(fields: Fields) {
  const faults: Refusal[] = []
  const take = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      faults.push(error)
      return undefined
    }
  }
  const contact = take(() => inner(fields, 'contact')) ?? {}
  const contactText = (name: string) => take(() => text(contact, name, `contact.${name}`))
  const status = take(() => oneOf(fields, 'status', ['Enabled', 'Disabled', 'NotActivated']))
  const type = take(() => oneOf(fields, 'type', typesHere))
  const number = fields['extensionNumber']
  const extensionNumber = typeof number === 'number' ? String(number) : take(() => text(fields, 'extensionNumber'))
  const language = take(() => languageOf(fields))
  const password = take(() => text(fields, 'password'))
  const firstName = contactText('firstName')
  const lastName = contactText('lastName')
  const phoneNumber = contactText('businessPhone')
  const kept = Object.fromEntries(
    plainContactFields.map((name) => [name, contactText(name)?.slice(0, 250)]).filter(([, value]) => value !== undefined),
  )
  if (faults.length > 0) refuseAll(faults)
  const detail = {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(phoneNumber !== undefined && { phoneNumber }),
    ...(extensionNumber !== undefined && { extensionNumber }),
    ...(language !== undefined && { language }),
  }
  return {
    kept: kept as Record<string, string>,
    firstName,
    lastName,
    type,
    input: {
      ...(status !== undefined && { status: ourState[status] }),
      ...(password !== undefined && { password }),
      ...(Object.keys(detail).length > 0 && { detail }),
    },
  }
}

function oneOf<const V extends readonly string[]>(fields: Fields, name: string, known: V): V[number] | undefined {
  const value = text(fields, name)
  if (value !== undefined && !known.includes(value)) {
    refuse('request.parameter_invalid', { parameter: name, value: shown(value), expected: `one of ${known.join(', ')}` })
  }
  return value
}

function languageOf(fields: Fields): string | undefined {
  const given = inner(inner(fields, 'regionalSettings'), 'language', 'regionalSettings.language')
  const id = given['id'] === undefined ? undefined : String(given['id'])
  const locale = text(given, 'localeCode', 'regionalSettings.language.localeCode')
  const tag = id === undefined ? locale && supportedLanguage(locale) : languageTags.find((one) => languageIds[one] === id)
  if (tag === undefined && (id ?? locale) !== undefined) {
    refuse('request.parameter_invalid', {
      parameter: 'regionalSettings.language.id',
      value: shown(id ?? locale),
      expected: 'a language of the dictionary',
    })
  }
  return tag
}

/** What our fields are called here. */
const names = {
  'detail.firstName': 'contact.firstName',
  'detail.lastName': 'contact.lastName',
  'detail.phoneNumber': 'contact.businessPhone',
  'detail.extensionNumber': 'extensionNumber',
  login: 'contact.email',
}

const fullName = (first: string | undefined, last: string | undefined): string =>
  [first, last].filter(Boolean).join(' ').slice(0, 200)

export async function createExtension(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const fields = knock.body as Fields
  const { input, kept, firstName, lastName, type } = readFields(fields)
  const { email, ...rest } = kept
  const isDepartment = type === 'Department'
  const login = email ?? (isDepartment ? departmentLogin(caller, input.detail?.extensionNumber) : undefined)
  if (login === undefined) refuse('request.parameter_missing', { parameter: 'contact.email', location: 'payload' })
  const name = fullName(firstName, lastName)
  // Who has no password yet cannot log in; the vendor calls that NotActivated. Nobody logs in as a department.
  const status = input.status ?? (input.password === undefined && !isDepartment ? 'unconfirmed' : 'active')
  const detail = isDepartment ? { ...input.detail, kind: 'department' } : input.detail
  const wanted = { ...input, ...(detail && { detail }), login, status, ...(name !== '' && { name }) }
  const idempotencyKey = knock.request.headers['idempotency-key']
  const user = await room.parts.run(createUserOperation, caller, wanted, { names, idempotencyKey })
  const facet: ExtensionFacet = Object.keys(rest).length > 0 ? { contact: rest } : {}
  if (facet.contact) await keep(room, caller, user.id, facet)
  return json(extensionView(room, knock, caller.account, user, facet))
}

/** Departments need no address; each user has a login. Gives request.parameter_missing. */
function departmentLogin({ account }: Caller, extensionNumber: string | undefined): string {
  if (extensionNumber === undefined) refuse('request.parameter_missing', { parameter: 'extensionNumber', location: 'payload' })
  return `department-${extensionNumber}-of-${account.id}`
}

export async function updateExtension(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const named = knock.params['extensionId']!
  const fields = (knock.body ?? {}) as Fields
  const before = await userNamed(room, caller, userId!, named)
  const id = fields['id']
  if (id !== undefined && id !== null && String(id) !== String(room.ids.show('user', before.id))) {
    refuse('request.values_disagree', { parameter: 'id', places: 'path_body' })
  }
  const { input, kept, firstName, lastName, type } = readFields(fields)
  if (type !== undefined && type !== extensionType(before))
    refuse('request.parameter_invalid', { parameter: 'type', value: type, expected: extensionType(before) })
  const name = fullName(firstName ?? before.detail.firstName, lastName ?? before.detail.lastName)
  const renames = (firstName !== undefined || lastName !== undefined) && name !== ''
  const changes = { ...input, ...(renames && { name }) }
  const user =
    Object.keys(changes).length === 0
      ? before
      : await room.parts.run(updateUserOperation, caller, { id: before.id, ...changes }, { names })
  const facet = await readExtensionFacet(room, before.id)
  const next: ExtensionFacet = { ...facet, contact: { ...facet.contact, ...kept } }
  if (Object.keys(kept).length > 0) await keep(room, caller, before.id, next)
  return json(extensionView(room, knock, caller.account, user, Object.keys(kept).length > 0 ? next : facet))
}

export async function deleteExtension(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  await room.parts.run(deleteUserOperation, caller, { id: user.id })
  return { status: 204, headers: {}, body: '' }
}

const keep = (room: Room, caller: Caller, userId: number, facet: ExtensionFacet) =>
  room.parts.store.write(setFacet, {
    face,
    noun: extensionNoun,
    id: userId,
    account_id: caller.account.id,
    data: JSON.stringify(facet),
    updated_ms: room.parts.clock.nowMs(),
  })
