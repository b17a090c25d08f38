// Groups of clients: a name space of logins, unique over all accounts, and what a client is as a member: its name there, the
// number it calls from, until when it is good, and whether it was ended for good. The login itself is a row of `clients`.

import { sql } from 'kysely'
import { insertClient, leaveGroup } from './clients.ts'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type GroupRow = Row<'client_groups'>
export type MemberRow = Row<'group_clients'>

/** A member with what its client and its number say of it. */
export interface Member extends MemberRow {
  readonly id: number
  readonly login: string
  readonly enabled: number
  readonly created_ms: number
  readonly updated_ms: number
  /** E.164 */
  readonly number: string | null
}

const groupByName = statement<{ name: string }, GroupRow>((db) =>
  db.selectFrom('client_groups').selectAll().where('name', '=', bind('name')),
)

/** Whoever's it is: a name belongs to one account. */
export const readGroup = (reader: Pick<Reader, 'one'>, name: string) => reader.one(groupByName, { name })

export const listGroups = listOf('client_groups', 'account_id')

const insertGroup = statement<GroupRow>((db) =>
  db
    .insertInto('client_groups')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      name: bind('name'),
      members: bind('members'),
      created_ms: bind('created_ms'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

/** `taken` is the account that has the name already. */
export const createGroup = defineWrite(
  'client_groups.create',
  async (tx, input: { row: GroupRow; actor: Actor }): Promise<{ taken: number | null; row: GroupRow }> => {
    const { row, actor } = input
    if ((await tx.run(insertGroup, row)) === 0) return { taken: (await readGroup(tx, row.name))?.account_id ?? null, row }
    await count(tx, row.account_id, 'client_groups', 1)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'client_groups',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { name: row.name },
      atMs: row.created_ms,
    })
    return { taken: null, row }
  },
)

const dropGroup = statement<{ id: number; account: number }>((db) =>
  db.deleteFrom('client_groups').where('id', '=', bind('id')).where('account_id', '=', bind('account')).where('members', '=', 0),
)

/** A group goes only when it is empty; `members` counts those that keep it. */
export const deleteGroup = defineWrite(
  'client_groups.delete',
  async (
    tx,
    input: { id: number; name: string; account: number; actor: Actor; now: number },
  ): Promise<{ deleted: boolean; members: number }> => {
    const { id, name, account, actor, now } = input
    if ((await tx.run(dropGroup, { id, account })) === 0) {
      const row = await readGroup(tx, name)
      return { deleted: false, members: row?.id === id ? row.members : 0 }
    }
    await count(tx, account, 'client_groups', -1)
    await happened(tx, {
      accountId: account,
      noun: 'client_groups',
      nounId: id,
      kind: 'deleted',
      actor,
      data: { name },
      atMs: now,
    })
    return { deleted: true, members: 0 }
  },
)

type MemberQuery = { group: number; name: string }

const memberColumns = [
  'group_clients.client_id',
  'group_clients.client_id as id',
  'group_clients.group_id',
  'group_clients.account_id',
  'group_clients.name',
  'group_clients.number_id',
  'group_clients.expires_ms',
  'group_clients.ended',
  'clients.login',
  'clients.enabled',
  'clients.created_ms',
  'clients.updated_ms',
  'numbers.number',
] as const

const memberByName = statement<MemberQuery, Member>((db) =>
  db
    .selectFrom('group_clients')
    .innerJoin('clients', 'clients.id', 'group_clients.client_id')
    .leftJoin('numbers', 'numbers.id', 'group_clients.number_id')
    .select(memberColumns)
    .where('group_clients.group_id', '=', bind('group'))
    .where('group_clients.name', '=', bind('name')),
)

export const readMember = (reader: Pick<Reader, 'one'>, group: number, name: string) => reader.one(memberByName, { group, name })

const numberOf = statement<{ client: number }, { number: string }>((db) =>
  db
    .selectFrom('group_clients')
    .innerJoin('numbers', 'numbers.id', 'group_clients.number_id')
    .select('numbers.number')
    .where('group_clients.client_id', '=', bind('client')),
)

/** The number that a client calls from as a member of its group; undefined without one. */
export const readMemberNumber = async (reader: Pick<Reader, 'one'>, client: number): Promise<string | undefined> =>
  (await reader.one(numberOf, { client }))?.number

const memberPage = statement<{ group: number; after: number; limit: number; skip: number }, Member>((db) =>
  db
    .selectFrom('group_clients')
    .innerJoin('clients', 'clients.id', 'group_clients.client_id')
    .leftJoin('numbers', 'numbers.id', 'group_clients.number_id')
    .select(memberColumns)
    .where('group_clients.group_id', '=', bind('group'))
    .where('group_clients.client_id', '<', bind('after'))
    .orderBy('group_clients.client_id', 'desc')
    .limit(bind('limit'))
    .offset(bind('skip')),
)

/** Newest first. */
export const listMembers = (
  reader: Reader,
  page: { group: number; after?: number | undefined; limit: number; skip?: number | undefined },
) =>
  reader.all(memberPage, {
    group: page.group,
    after: page.after ?? Number.MAX_SAFE_INTEGER,
    limit: page.limit,
    skip: page.skip ?? 0,
  })

const changeMembers = statement<{ id: number; delta: number }>((db) =>
  db
    .updateTable('client_groups')
    .set({ members: sql<number>`members + ${bind('delta')}` })
    .where('id', '=', bind('id')),
)
const insertMember = statement<MemberRow>((db) =>
  db
    .insertInto('group_clients')
    .values({
      client_id: bind('client_id'),
      group_id: bind('group_id'),
      account_id: bind('account_id'),
      name: bind('name'),
      number_id: bind('number_id'),
      expires_ms: bind('expires_ms'),
      ended: bind('ended'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)
const ofNumber = statement<{ number: number }, { client_id: number }>((db) =>
  db.selectFrom('group_clients').select('client_id').where('number_id', '=', bind('number')),
)

export type MemberRefused = 'group' | 'name' | 'number'

// Changes nothing, but holds the row until the commit: two clients that want one number come one after the other.
const holdNumber = statement<{ number: number; account: number }>((db) =>
  db
    .updateTable('numbers')
    .set((set) => ({ version: set('version', '+', 0) }))
    .where('id', '=', bind('number'))
    .where('account_id', '=', bind('account')),
)

/** Whether another client calls from the number, or it is the account's no more. */
async function isNumberTaken(tx: Transaction, number: number | null, account: number, client: number): Promise<boolean> {
  if (number === null) return false
  if ((await tx.run(holdNumber, { number, account })) === 0) return true
  const held = await tx.one(ofNumber, { number })
  return held !== undefined && held.client_id !== client
}

/** The client and its place in the group, in one commit. */
export const createMember = defineWrite(
  'client_groups.addMember',
  async (
    tx,
    input: { client: Row<'clients'>; member: MemberRow; actor: Actor },
  ): Promise<{ refused: MemberRefused } | { refused: null; member: Member }> => {
    const { client, member, actor } = input
    if ((await tx.run(changeMembers, { id: member.group_id, delta: 1 })) === 0) return { refused: 'group' }
    const undo = async (refused: MemberRefused) => {
      await tx.run(changeMembers, { id: member.group_id, delta: -1 })
      return { refused } as const
    }
    if (await isNumberTaken(tx, member.number_id, client.account_id, client.id)) return undo('number')
    if ((await tx.run(insertMember, member)) === 0) return undo('name')
    if ((await tx.run(insertClient, client)) === 0) {
      await tx.run(leaveGroup, { client: client.id })
      return undo('name')
    }
    await count(tx, client.account_id, 'clients', 1)
    await happened(tx, {
      accountId: client.account_id,
      noun: 'clients',
      nounId: client.id,
      kind: 'created',
      actor,
      data: { login: client.login },
      atMs: client.created_ms,
    })
    return { refused: null, member: (await readMember(tx, member.group_id, member.name))! }
  },
)

const changeMember = statement<Pick<MemberRow, 'client_id' | 'number_id' | 'expires_ms' | 'ended'>>((db) =>
  db
    .updateTable('group_clients')
    .set({ number_id: bind('number_id'), expires_ms: bind('expires_ms'), ended: bind('ended') })
    .where('client_id', '=', bind('client_id'))
    .where('ended', '=', 0),
)
const changeEnabled = statement<{ id: number; enabled: number; now: number }>((db) =>
  db
    .updateTable('clients')
    .set((set) => ({ enabled: bind('enabled'), updated_ms: bind('now'), version: set('version', '+', 1) }))
    .where('id', '=', bind('id')),
)
const changePassword = statement<{ id: number; password: string }>((db) =>
  db
    .updateTable('clients')
    .set({ password_sealed: bind('password') })
    .where('id', '=', bind('id')),
)

export interface MemberChange {
  readonly member: MemberRow
  readonly enabled: number
  /** Sealed; null leaves it. */
  readonly password: string | null
  readonly changed: readonly string[]
  readonly actor: Actor
  readonly now: number
}

/** `gone` when the client is no member any more, or was ended. */
export const updateMember = defineWrite(
  'client_groups.updateMember',
  async (tx, input: MemberChange): Promise<{ refused: 'gone' | 'number' } | { refused: null; member: Member }> => {
    const { member, enabled, password, changed, actor, now } = input
    const { client_id: id, account_id: accountId, number_id, expires_ms, ended } = member
    if (await isNumberTaken(tx, number_id, accountId, id)) return { refused: 'number' }
    if ((await tx.run(changeMember, { client_id: id, number_id, expires_ms, ended })) === 0) return { refused: 'gone' }
    await tx.run(changeEnabled, { id, enabled, now })
    if (password !== null) await tx.run(changePassword, { id, password })
    await happened(tx, {
      accountId,
      noun: 'clients',
      nounId: id,
      kind: ended === 1 ? 'ended' : 'updated',
      actor,
      data: { changed },
      atMs: now,
    })
    return { refused: null, member: (await readMember(tx, member.group_id, member.name))! }
  },
)
