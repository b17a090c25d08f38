// Accounts, a tree by `path`. Status and settings here are an account's own; what it inherits is reckoned in accounts/.

import { takeAlias } from './aliases.ts'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type AccountRow = Row<'accounts'>

export type AccountAlias = Omit<Row<'aliases'>, 'id'>

const byId = statement<{ id: number }, AccountRow>((db) => db.selectFrom('accounts').selectAll().where('id', '=', bind('id')))

export const readAccount = (reader: Reader, id: number) => reader.one(byId, { id })

const rootAccount = statement<{}, AccountRow>((db) => db.selectFrom('accounts').selectAll().where('parent_id', 'is', null))

/** The operator's own account. */
export const readRootAccount = (reader: Reader) => reader.one(rootAccount, {})

/** Direct children, newest first; filters: name (LIKE), status. */
export const listAccounts = listOf('accounts', 'parent_id', { name: like('name'), status: equal('status') })

const insertAccount = statement<AccountRow>((db) =>
  db.insertInto('accounts').values({
    id: bind('id'),
    parent_id: bind('parent_id'),
    path: bind('path'),
    depth: bind('depth'),
    name: bind('name'),
    status: bind('status'),
    kind: bind('kind'),
    settings: bind('settings'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
    version: bind('version'),
  }),
)

/** `alias` is a name that a face has for the account from the start; null when that is taken. */
/** What could not be had: the field's name among the operation's. */
export interface AccountTaken {
  readonly taken: 'alias' | 'owner.login'
}

export const createAccount = defineWrite(
  'accounts.create',
  async (tx, input: { row: AccountRow; alias?: AccountAlias; actor: Actor }): Promise<AccountRow | AccountTaken> => {
    const { row, alias, actor } = input
    if (alias && !(await takeAlias(tx, { ...alias, id: row.id }))) return { taken: 'alias' }
    await tx.run(insertAccount, row)
    if (row.parent_id !== null) await count(tx, row.parent_id, 'accounts', 1)
    await happened(tx, {
      accountId: row.id,
      noun: 'accounts',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { name: row.name },
      atMs: row.created_ms,
    })
    return row
  },
)

const changeAccount = statement<{ id: number; name: string; status: string; kind: string; settings: string; now: number }>((db) =>
  db
    .updateTable('accounts')
    .set((set) => ({
      name: bind('name'),
      status: bind('status'),
      kind: bind('kind'),
      settings: bind('settings'),
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id'))
    .where('status', '!=', 'closed'),
)

/** Gives undefined when the account is gone or closed meanwhile. */
export const updateAccount = defineWrite(
  'accounts.update',
  async (
    tx,
    input: {
      id: number
      name: string
      status: string
      kind: string
      settings: string
      changed: string[]
      actor: Actor
      now: number
    },
  ) => {
    const { changed, actor, ...row } = input
    if ((await tx.run(changeAccount, row)) === 0) return null
    await happened(tx, {
      accountId: row.id,
      noun: 'accounts',
      nounId: row.id,
      kind: 'updated',
      actor,
      data: { changed },
      atMs: row.now,
    })
    return (await tx.one(byId, { id: row.id })) ?? null
  },
)

const below = statement<{ prefix: string }, { id: number; parent_id: number | null }>((db) =>
  db.selectFrom('accounts').select(['id', 'parent_id']).where('path', 'like', bind('prefix')).where('status', '!=', 'closed'),
)
const closeOne = statement<{ id: number; now: number }>((db) =>
  db
    .updateTable('accounts')
    .set({ status: 'closed', updated_ms: bind('now') })
    .where('id', '=', bind('id')),
)
const releaseNumbers = statement<{ account: number; now: number }>((db) =>
  db
    .updateTable('numbers')
    .set({ account_id: null, application_id: null, name: '', face: '', detail: '{}', bought_ms: null, updated_ms: bind('now') })
    .where('account_id', '=', bind('account'))
    .where('form', '=', 'e164'),
)
const dropOwned = (
  [
    'applications',
    'clients',
    'client_groups',
    'group_clients',
    'tokens',
    'numbers',
    'contacts',
    'contact_addresses',
    'contact_groups',
    'contact_members',
    'contact_batches',
  ] as const
).map((table) => statement<{ account: number }>((db) => db.deleteFrom(table).where('account_id', '=', bind('account'))))
const zeroCounters = statement<{ account: number }>((db) =>
  db.updateTable('counters').set({ n: 0 }).where('account_id', '=', bind('account')),
)

/**
 * Closes an account and all below it: numbers go back to stock; applications, clients and tokens end. Keys stay, so that
 * whoever shows one learns that the account is closed; they open nothing, since it is not active.
 */
export const closeAccount = defineWrite(
  'accounts.close',
  async (tx, input: { id: number; path: string; actor: Actor; now: number }) => {
    const { id, path, actor, now } = input
    const closing = await tx.all(below, { prefix: `${path}%` })
    for (const account of closing) {
      await tx.run(closeOne, { id: account.id, now })
      await tx.run(releaseNumbers, { account: account.id, now })
      for (const drop of dropOwned) await tx.run(drop, { account: account.id })
      await tx.run(zeroCounters, { account: account.id })
      await happened(tx, {
        accountId: account.id,
        noun: 'accounts',
        nounId: account.id,
        kind: 'closed',
        actor,
        data: { with: id },
        atMs: now,
      })
    }
    return (await tx.one(byId, { id })) ?? null
  },
)
