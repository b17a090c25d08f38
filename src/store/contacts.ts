// Contacts: people whom an account reaches, by several kinds of address. An address is one contact's in the account; the
// primary key of contact_addresses sees to it, whoever comes at the same time.

import { sql } from 'kysely'
import { count } from './counters.ts'
import { groupsOfContact, joinGroup, leaveGroups, readGroup, type ContactGroupRow } from './contact-groups.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement, type Statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type ContactRow = Row<'contacts'>

/** What is told of a contact; absent is unknown. */
export interface ContactFields {
  readonly firstName?: string
  readonly lastName?: string
  readonly externalId?: string
  readonly country?: string
  readonly addresses: Readonly<Record<string, string>>
  readonly attributes?: Readonly<Record<string, unknown>>
}

const byId = statement<{ account: number; id: number }, ContactRow>((db) =>
  db.selectFrom('contacts').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const ownerOf = statement<{ account: number; kind: string; value: string }, { contact_id: number }>((db) =>
  db
    .selectFrom('contact_addresses')
    .select('contact_id')
    .where('account_id', '=', bind('account'))
    .where('kind', '=', bind('kind'))
    .where('value', '=', bind('value')),
)

export const readContact = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })

/** The contact that an address belongs to. */
export async function contactIdByAddress(
  reader: Pick<Reader, 'one'>,
  account: number,
  kind: string,
  value: string,
): Promise<number | undefined> {
  return (await reader.one(ownerOf, { account, kind, value }))?.contact_id
}

const filters = {
  country: equal('country'),
  search: (query: any, bound: any) => query.where('search', 'like', bound),
  group: (query: any, bound: any) =>
    query.where((eb: any) =>
      eb.exists(
        eb
          .selectFrom('contact_members')
          .select('contact_id')
          .whereRef('contact_id', '=', 'contacts.id')
          .where('group_id', '=', bound),
      ),
    ),
}

/** Filters: country, group, and `search` (LIKE over names, external id and addresses in lower case). */
export const listContacts = listOf('contacts', 'account_id', filters)

const totals = new Map<string, Statement<Record<string, unknown>, { n: number }>>()

/** How many the filters let through: a scan of the account's contacts, so ask a slow reader. */
export async function countContacts(reader: Reader, account: number, where: Readonly<Record<string, unknown>>): Promise<number> {
  const given = Object.keys(filters).filter((name) => where[name] !== undefined) as (keyof typeof filters)[]
  let made = totals.get(given.join())
  if (!made) {
    made = statement<Record<string, unknown>, { n: number }>((db) => {
      let query: any = db
        .selectFrom('contacts')
        .select((select) => select.fn.countAll<number>().as('n'))
        .where('account_id', '=', bind('account'))
      for (const name of given) query = filters[name](query, bind(`f_${name}`))
      return query
    })
    totals.set(given.join(), made)
  }
  const params: Record<string, unknown> = { account }
  for (const name of given) params[`f_${name}`] = where[name]
  return Number((await reader.one(made, params))?.n ?? 0)
}

/** `text` anywhere, with its own wildcards taken as text. */
export const containing = (text: string): string =>
  `%${text
    .toLowerCase()
    .replaceAll(/[%_\\]/g, ' ')
    .trim()}%`

const idsAfter = statement<{ account: number; after: number; limit: number }, { id: number }>((db) =>
  db
    .selectFrom('contacts')
    .select('id')
    .where('account_id', '=', bind('account'))
    .where('id', '>', bind('after'))
    .orderBy('id')
    .limit(bind('limit')),
)

export async function contactIds(reader: Reader, account: number, after: number, limit: number): Promise<number[]> {
  return (await reader.all(idsAfter, { account, after, limit })).map(({ id }) => id)
}

const insertContact = statement<ContactRow>((db) =>
  db.insertInto('contacts').values({
    id: bind('id'),
    account_id: bind('account_id'),
    first_name: bind('first_name'),
    last_name: bind('last_name'),
    external_id: bind('external_id'),
    country: bind('country'),
    addresses: bind('addresses'),
    attributes: bind('attributes'),
    search: bind('search'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
    version: bind('version'),
  }),
)
const changeContact = statement<ContactRow>((db) =>
  db
    .updateTable('contacts')
    .set({
      first_name: bind('first_name'),
      last_name: bind('last_name'),
      external_id: bind('external_id'),
      country: bind('country'),
      addresses: bind('addresses'),
      attributes: bind('attributes'),
      search: bind('search'),
      updated_ms: bind('updated_ms'),
      version: sql<number>`version + 1`,
    })
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account_id'))
    .where('version', '=', bind('version')),
)
const dropContact = statement<{ id: number; account: number }>((db) =>
  db.deleteFrom('contacts').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const claimAddress = statement<{ account: number; kind: string; value: string; id: number }>((db) =>
  db
    .insertInto('contact_addresses')
    .values({ account_id: bind('account'), kind: bind('kind'), value: bind('value'), contact_id: bind('id') })
    .onConflict((conflict) => conflict.doNothing()),
)
const dropAddress = statement<{ account: number; kind: string; value: string; id: number }>((db) =>
  db
    .deleteFrom('contact_addresses')
    .where('account_id', '=', bind('account'))
    .where('kind', '=', bind('kind'))
    .where('value', '=', bind('value'))
    .where('contact_id', '=', bind('id')),
)

/** The row of these fields; `version` is the one that it replaces. */
function contactRow(id: number, account: number, fields: ContactFields, now: number, old?: ContactRow): ContactRow {
  const { firstName = '', lastName = '', externalId = '', country = '', addresses, attributes = {} } = fields
  return {
    id,
    account_id: account,
    first_name: firstName,
    last_name: lastName,
    external_id: externalId,
    country,
    addresses: JSON.stringify(addresses),
    attributes: JSON.stringify(attributes),
    search: [`${firstName} ${lastName}`.trim(), externalId, ...Object.values(addresses)].join('\n').toLowerCase(),
    created_ms: old?.created_ms ?? now,
    updated_ms: now,
    version: old?.version ?? 1,
  }
}

export function contactFields(row: ContactRow): ContactFields {
  return {
    ...(row.first_name !== '' && { firstName: row.first_name }),
    ...(row.last_name !== '' && { lastName: row.last_name }),
    ...(row.external_id !== '' && { externalId: row.external_id }),
    ...(row.country !== '' && { country: row.country }),
    addresses: JSON.parse(row.addresses) as Record<string, string>,
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
  }
}

/** Takes the addresses for a contact; gives who holds the others, by kind. What is held is left alone. */
async function claim(
  tx: Transaction,
  account: number,
  id: number,
  addresses: readonly [string, string][],
): Promise<{ claimed: [string, string][]; held: Map<string, number> }> {
  const claimed: [string, string][] = []
  const held = new Map<string, number>()
  for (const [kind, value] of addresses) {
    if ((await tx.run(claimAddress, { account, kind, value, id })) > 0) claimed.push([kind, value])
    else held.set(kind, (await tx.one(ownerOf, { account, kind, value }))!.contact_id)
  }
  return { claimed, held }
}

async function release(tx: Transaction, account: number, id: number, addresses: readonly [string, string][]): Promise<void> {
  for (const [kind, value] of addresses) await tx.run(dropAddress, { account, kind, value, id })
}

export type ContactSaved =
  | { readonly outcome: 'created' | 'merged' | 'updated'; readonly row: ContactRow; readonly groups: ContactGroupRow[] }
  /** Addresses of that kind belong to another contact; with `several`, to more than one. */
  | { readonly outcome: 'taken'; readonly kind: string; readonly several: boolean }
  | { readonly outcome: 'no_group'; readonly group: number }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'changed' }

export interface NewContact {
  readonly id: number
  readonly account: number
  readonly fields: ContactFields
  readonly groups: readonly number[]
  /** Join what is told to the contact that has one of the addresses, instead of refusing. */
  readonly merge: boolean
  readonly actor: Actor
  readonly now: number
}

/** One contact more, or one joined with what was known; inside a write. */
export async function saveContact(tx: Transaction, input: NewContact): Promise<ContactSaved> {
  const { id, account, fields, groups, merge, actor, now } = input
  for (const group of groups) if (!(await readGroup(tx, account, group))) return { outcome: 'no_group', group }
  const addresses = Object.entries(fields.addresses)
  const { claimed, held } = await claim(tx, account, id, addresses)
  const owners = new Set(held.values())
  if (owners.size > 0) {
    await release(tx, account, id, claimed)
    const [kind] = held.keys()
    if (!merge || owners.size > 1) return { outcome: 'taken', kind: kind!, several: owners.size > 1 }
    return mergeContact(tx, input, [...owners][0]!)
  }
  const row = contactRow(id, account, fields, now)
  await tx.run(insertContact, row)
  for (const group of groups) await joinGroup(tx, account, group, id)
  await count(tx, account, 'contacts', 1)
  await happened(tx, { accountId: account, noun: 'contacts', nounId: id, kind: 'created', actor, data: {}, atMs: now })
  return { outcome: 'created', row, groups: groups.length === 0 ? [] : await groupsOfContact(tx, id) }
}

async function mergeContact(tx: Transaction, input: NewContact, into: number): Promise<ContactSaved> {
  const { account, fields, groups, actor, now } = input
  const old = await tx.one(byId, { account, id: into })
  if (!old) return { outcome: 'gone' }
  const known = contactFields(old)
  const joined: ContactFields = {
    ...known,
    ...fields,
    addresses: { ...known.addresses, ...fields.addresses },
    attributes: { ...known.attributes, ...fields.attributes },
  }
  const saved = await change(tx, old, joined, now)
  if (saved.outcome !== 'updated') return saved
  for (const group of groups) await joinGroup(tx, account, group, into)
  await happened(tx, {
    accountId: account,
    noun: 'contacts',
    nounId: into,
    kind: 'updated',
    actor,
    data: { merged: true },
    atMs: now,
  })
  return { outcome: 'merged', row: saved.row, groups: await groupsOfContact(tx, into) }
}

/** Puts `fields` in the place of what the row says, and moves its addresses along. */
async function change(tx: Transaction, old: ContactRow, fields: ContactFields, now: number): Promise<ContactSaved> {
  const { id, account_id: account } = old
  const before = JSON.parse(old.addresses) as Record<string, string>
  const fresh = Object.entries(fields.addresses).filter(([kind, value]) => before[kind] !== value)
  const { claimed, held } = await claim(tx, account, id, fresh)
  const foreign = [...held].filter(([, owner]) => owner !== id)
  const row = contactRow(id, account, fields, now, old)
  if (foreign.length === 0 && (await tx.run(changeContact, row)) > 0) {
    await release(
      tx,
      account,
      id,
      Object.entries(before).filter(([kind, value]) => fields.addresses[kind] !== value),
    )
    return { outcome: 'updated', row: { ...row, version: row.version + 1 }, groups: [] }
  }
  await release(tx, account, id, claimed)
  return foreign.length === 0 ? { outcome: 'changed' } : { outcome: 'taken', kind: foreign[0]![0], several: false }
}

export const createContact = defineWrite('contacts.create', (tx, input: NewContact): Promise<ContactSaved> =>
  saveContact(tx, input),
)

/** `version` is the one that the change was made on: `changed` when it is no longer that. */
export const updateContact = defineWrite(
  'contacts.update',
  async (
    tx,
    input: { id: number; account: number; fields: ContactFields; version: number; changed: string[]; actor: Actor; now: number },
  ): Promise<ContactSaved> => {
    const { id, account, fields, version, changed, actor, now } = input
    const old = await tx.one(byId, { account, id })
    if (!old) return { outcome: 'gone' }
    if (old.version !== version) return { outcome: 'changed' }
    const saved = await change(tx, old, fields, now)
    if (saved.outcome !== 'updated') return saved
    await happened(tx, { accountId: account, noun: 'contacts', nounId: id, kind: 'updated', actor, data: { changed }, atMs: now })
    return { ...saved, groups: await groupsOfContact(tx, id) }
  },
)

/** Inside a write; false when there is none. */
export async function removeContact(
  tx: Transaction,
  input: { id: number; account: number; actor: Actor; now: number },
): Promise<boolean> {
  const { id, account, actor, now } = input
  const row = await tx.one(byId, { account, id })
  if (!row) return false
  await release(tx, account, id, Object.entries(JSON.parse(row.addresses) as Record<string, string>))
  await leaveGroups(tx, id)
  await tx.run(dropContact, { id, account })
  await count(tx, account, 'contacts', -1)
  await happened(tx, { accountId: account, noun: 'contacts', nounId: id, kind: 'deleted', actor, data: {}, atMs: now })
  return true
}

export const deleteContact = defineWrite(
  'contacts.delete',
  async (tx, input: { id: number; account: number; actor: Actor; now: number }) => ({
    deleted: await removeContact(tx, input),
  }),
)
