// Groups of contacts. A name is one group's in the account; `members` is kept with each joining and leaving, so that it
// is never counted.

import { sql } from 'kysely'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { isLike, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type ContactGroupRow = Row<'contact_groups'>

const byId = statement<{ account: number; id: number }, ContactGroupRow>((db) =>
  db.selectFrom('contact_groups').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const byName = statement<{ account: number; name: string }, ContactGroupRow>((db) =>
  db.selectFrom('contact_groups').selectAll().where('account_id', '=', bind('account')).where('name', '=', bind('name')),
)
const ofContact = statement<{ contact: number }, ContactGroupRow>((db) =>
  db
    .selectFrom('contact_groups')
    .innerJoin('contact_members', 'contact_members.group_id', 'contact_groups.id')
    .selectAll('contact_groups')
    .where('contact_members.contact_id', '=', bind('contact'))
    .orderBy('contact_groups.id'),
)
const membersAfter = statement<{ group: number; after: number; limit: number }, { contact_id: number }>((db) =>
  db
    .selectFrom('contact_members')
    .select('contact_id')
    .where('group_id', '=', bind('group'))
    .where('contact_id', '>', bind('after'))
    .orderBy('contact_id')
    .limit(bind('limit')),
)
const isContact = statement<{ account: number; id: number }, { id: number }>((db) =>
  db.selectFrom('contacts').select('id').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)

export const readGroup = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })
export const groupsOfContact = async (reader: Pick<Reader, 'all'>, contact: number): Promise<ContactGroupRow[]> =>
  reader.all(ofContact, { contact })

/** Contacts of a group from a contact upwards. */
export async function groupMembers(reader: Reader, group: number, after: number, limit: number): Promise<number[]> {
  return (await reader.all(membersAfter, { group, after, limit })).map((row) => row.contact_id)
}

/** Filter: name (LIKE). */
export const listGroups = listOf('contact_groups', 'account_id', { name: like('name') })

const countByName = statement<{ account: number; name: string }, { n: number }>((db) =>
  db
    .selectFrom('contact_groups')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('account_id', '=', bind('account'))
    .where(isLike('name', bind('name'))),
)

/** How many groups are named like that. */
export async function countGroups(reader: Reader, account: number, name: string): Promise<number> {
  return Number((await reader.one(countByName, { account, name }))?.n ?? 0)
}

const insertGroup = statement<ContactGroupRow>((db) =>
  db
    .insertInto('contact_groups')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      name: bind('name'),
      description: bind('description'),
      blocked: bind('blocked'),
      members: bind('members'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
      version: bind('version'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

/** `taken` when another group has the name. */
export const createGroup = defineWrite(
  'contact_groups.create',
  async (
    tx,
    input: { row: ContactGroupRow; actor: Actor },
  ): Promise<{ taken: true } | { taken: false; row: ContactGroupRow }> => {
    const { row, actor } = input
    if ((await tx.run(insertGroup, row)) === 0) return { taken: true }
    await count(tx, row.account_id, 'contact_groups', 1)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'contact_groups',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { name: row.name },
      atMs: row.created_ms,
    })
    return { taken: false, row }
  },
)

const changeGroup = statement<{ id: number; account: number; name: string; description: string; blocked: number; now: number }>(
  (db) =>
    db
      .updateTable('contact_groups')
      .set({
        name: bind('name'),
        description: bind('description'),
        blocked: bind('blocked'),
        updated_ms: bind('now'),
        version: sql<number>`version + 1`,
      })
      .where('id', '=', bind('id'))
      .where('account_id', '=', bind('account')),
)

export const updateGroup = defineWrite(
  'contact_groups.update',
  async (
    tx,
    input: {
      id: number
      account: number
      name: string
      description: string
      blocked: number
      changed: string[]
      actor: Actor
      now: number
    },
  ): Promise<{ outcome: 'updated'; row: ContactGroupRow } | { outcome: 'taken' | 'gone' }> => {
    const { changed, actor, ...row } = input
    const holder = await tx.one(byName, { account: row.account, name: row.name })
    if (holder && holder.id !== row.id) return { outcome: 'taken' }
    if ((await tx.run(changeGroup, row)) === 0) return { outcome: 'gone' }
    await happened(tx, {
      accountId: row.account,
      noun: 'contact_groups',
      nounId: row.id,
      kind: 'updated',
      actor,
      data: { changed },
      atMs: row.now,
    })
    return { outcome: 'updated', row: (await tx.one(byId, { account: row.account, id: row.id }))! }
  },
)

const dropGroup = statement<{ id: number; account: number }>((db) =>
  db.deleteFrom('contact_groups').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const dropMembers = statement<{ group: number }>((db) => db.deleteFrom('contact_members').where('group_id', '=', bind('group')))

/** Inside a write; its contacts stay. False when there is none. */
export async function removeGroup(
  tx: Transaction,
  input: { id: number; account: number; actor: Actor; now: number },
): Promise<boolean> {
  const { id, account, actor, now } = input
  if ((await tx.run(dropGroup, { id, account })) === 0) return false
  await tx.run(dropMembers, { group: id })
  await count(tx, account, 'contact_groups', -1)
  await happened(tx, { accountId: account, noun: 'contact_groups', nounId: id, kind: 'deleted', actor, data: {}, atMs: now })
  return true
}

export const deleteGroup = defineWrite(
  'contact_groups.delete',
  async (tx, input: { id: number; account: number; actor: Actor; now: number }) => ({
    deleted: await removeGroup(tx, input),
  }),
)

const insertMember = statement<Row<'contact_members'>>((db) =>
  db
    .insertInto('contact_members')
    .values({ group_id: bind('group_id'), contact_id: bind('contact_id'), account_id: bind('account_id') })
    .onConflict((conflict) => conflict.doNothing()),
)
const dropMember = statement<{ group: number; contact: number }>((db) =>
  db.deleteFrom('contact_members').where('group_id', '=', bind('group')).where('contact_id', '=', bind('contact')),
)
const addMembers = statement<{ group: number; delta: number }>((db) =>
  db
    .updateTable('contact_groups')
    .set((eb) => ({ members: eb('members', '+', bind<number>('delta')) }))
    .where('id', '=', bind('group')),
)

/** Inside a write: false when the contact was in the group already. The group must be the account's. */
export async function joinGroup(tx: Transaction, account: number, group: number, contact: number): Promise<boolean> {
  if ((await tx.run(insertMember, { group_id: group, contact_id: contact, account_id: account })) === 0) return false
  await tx.run(addMembers, { group, delta: 1 })
  return true
}

/** Inside a write: false when the contact was not in the group. */
export async function leaveGroup(tx: Transaction, group: number, contact: number): Promise<boolean> {
  if ((await tx.run(dropMember, { group, contact })) === 0) return false
  await tx.run(addMembers, { group, delta: -1 })
  return true
}

/** Inside a write: the contact leaves every group. */
export async function leaveGroups(tx: Transaction, contact: number): Promise<void> {
  for (const { id } of await tx.all(ofContact, { contact })) await leaveGroup(tx, id, contact)
}

/** Puts contacts into a group or takes them out; nothing is done when one of them is not the account's. */
export const changeMembers = defineWrite(
  'contact_groups.members',
  async (
    tx,
    input: { group: number; account: number; contacts: readonly number[]; join: boolean; actor: Actor; now: number },
  ): Promise<
    { outcome: 'changed'; row: ContactGroupRow } | { outcome: 'no_group' } | { outcome: 'no_contact'; contact: number }
  > => {
    const { group, account, contacts, join, actor, now } = input
    if (!(await tx.one(byId, { account, id: group }))) return { outcome: 'no_group' }
    for (const contact of contacts)
      if (!(await tx.one(isContact, { account, id: contact }))) return { outcome: 'no_contact', contact }
    let n = 0
    for (const contact of contacts) {
      if (join ? await joinGroup(tx, account, group, contact) : await leaveGroup(tx, group, contact)) n += 1
    }
    await happened(tx, {
      accountId: account,
      noun: 'contact_groups',
      nounId: group,
      kind: join ? 'joined' : 'left',
      actor,
      data: { contacts: n },
      atMs: now,
    })
    return { outcome: 'changed', row: (await tx.one(byId, { account, id: group }))! }
  },
)
