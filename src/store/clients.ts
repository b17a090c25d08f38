// Clients: phones that register by SIP or WebSocket. A login is unique under the root of the account's tree.

import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type ClientRow = Row<'clients'>

const byId = statement<{ account: number; id: number }, ClientRow>((db) =>
  db.selectFrom('clients').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const byLogin = statement<{ realm: number; login: string }, ClientRow>((db) =>
  db.selectFrom('clients').selectAll().where('realm_id', '=', bind('realm')).where('login', '=', bind('login')),
)

export const readClient = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })
export const readClientByLogin = (reader: Reader, realm: number, login: string) => reader.one(byLogin, { realm, login })

/** `%"userId":7_%`: ids have as many digits as one another for centuries to come. */
const ofUser = like('detail')

export const listClients = listOf('clients', 'account_id', { login: like('login'), user: ofUser, enabled: equal('enabled') })

export const insertClient = statement<ClientRow>((db) =>
  db
    .insertInto('clients')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      realm_id: bind('realm_id'),
      login: bind('login'),
      name: bind('name'),
      password_sealed: bind('password_sealed'),
      enabled: bind('enabled'),
      detail: bind('detail'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
      version: bind('version'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

/** `taken` carries the client that holds the login. */
export const createClient = defineWrite(
  'clients.create',
  async (tx, input: { row: ClientRow; actor: Actor }): Promise<{ taken: ClientRow | null; row: ClientRow }> => {
    const { row, actor } = input
    if ((await tx.run(insertClient, row)) === 0) {
      return { taken: (await tx.one(byLogin, { realm: row.realm_id, login: row.login })) ?? null, row }
    }
    await count(tx, row.account_id, 'clients', 1)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'clients',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { login: row.login },
      atMs: row.created_ms,
    })
    return { taken: null, row }
  },
)

const changeClient = statement<{
  id: number
  account: number
  name: string
  password_sealed: string
  enabled: number
  detail: string
  now: number
}>((db) =>
  db
    .updateTable('clients')
    .set((set) => ({
      name: bind('name'),
      password_sealed: bind('password_sealed'),
      enabled: bind('enabled'),
      detail: bind('detail'),
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account')),
)

export const updateClient = defineWrite(
  'clients.update',
  async (
    tx,
    input: {
      id: number
      account: number
      name: string
      password_sealed: string
      enabled: number
      detail: string
      changed: string[]
      actor: Actor
      now: number
    },
  ): Promise<ClientRow | null> => {
    const { changed, actor, ...row } = input
    if ((await tx.run(changeClient, row)) === 0) return null
    await happened(tx, {
      accountId: row.account,
      noun: 'clients',
      nounId: row.id,
      kind: 'updated',
      actor,
      data: { changed },
      atMs: row.now,
    })
    return (await tx.one(byId, { account: row.account, id: row.id })) ?? null
  },
)

const dropClient = statement<{ id: number; account: number }>((db) =>
  db.deleteFrom('clients').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)

export const leaveGroup = statement<{ client: number }>((db) =>
  db.deleteFrom('group_clients').where('client_id', '=', bind('client')),
)
const groupOf = statement<{ client: number }, { group_id: number; ended: number }>((db) =>
  db.selectFrom('group_clients').select(['group_id', 'ended']).where('client_id', '=', bind('client')),
)
const oneMemberLess = statement<{ group: number }>((db) =>
  db
    .updateTable('client_groups')
    .set((set) => ({ members: set('members', '-', 1) }))
    .where('id', '=', bind('group')),
)

const dropRegistrations = statement<{ client: number }>((db) =>
  db.deleteFrom('registrations').where('client_id', '=', bind('client')),
)

/** With its place in a group, and where it is registered. `endedOnly` keeps a member that was not ended before. */
export const deleteClient = defineWrite(
  'clients.delete',
  async (
    tx,
    input: { id: number; account: number; endedOnly?: boolean; actor: Actor; now: number },
  ): Promise<{ deleted: boolean; inUse: boolean }> => {
    const place = await tx.one(groupOf, { client: input.id })
    if (input.endedOnly && place?.ended === 0) return { deleted: false, inUse: true }
    const gone = await tx.run(dropClient, { id: input.id, account: input.account })
    if (gone > 0) {
      if (place) {
        await tx.run(leaveGroup, { client: input.id })
        await tx.run(oneMemberLess, { group: place.group_id })
      }
      await tx.run(dropRegistrations, { client: input.id })
      await count(tx, input.account, 'clients', -1)
      await happened(tx, {
        accountId: input.account,
        noun: 'clients',
        nounId: input.id,
        kind: 'deleted',
        actor: input.actor,
        data: {},
        atMs: input.now,
      })
    }
    return { deleted: gone > 0, inUse: false }
  },
)
