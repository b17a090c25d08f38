// Users: people who log in. A login is unique over all accounts and kept in lower case.

import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type UserRow = Row<'users'>

const byId = statement<{ id: number }, UserRow>((db) => db.selectFrom('users').selectAll().where('id', '=', bind('id')))
const byLogin = statement<{ login: string }, UserRow>((db) =>
  db.selectFrom('users').selectAll().where('login', '=', bind('login')),
)

export const readUser = (reader: Reader, id: number) => reader.one(byId, { id })
export const readUserByLogin = (reader: Reader, login: string) => reader.one(byLogin, { login: login.toLowerCase() })

export const listUsers = listOf('users', 'account_id', {
  login: like('login'),
  status: equal('status'),
  role: equal('role'),
  detail: like('detail'),
  kind: like('detail'),
})

const insertUser = statement<UserRow>((db) =>
  db
    .insertInto('users')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      login: bind('login'),
      name: bind('name'),
      role: bind('role'),
      status: bind('status'),
      password_hash: bind('password_hash'),
      totp_sealed: bind('totp_sealed'),
      totp_confirmed: bind('totp_confirmed'),
      detail: bind('detail'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
      version: bind('version'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

/** 0 when the login is taken. For writes that make more than a user. */
export const insertUserRow = (tx: Transaction, row: UserRow) => tx.run(insertUser, row)

/** `taken` when the login exists already. */
export const createUser = defineWrite(
  'users.create',
  async (tx, input: { row: UserRow; actor: Actor }): Promise<{ taken: true } | { taken: false; row: UserRow }> => {
    const { row, actor } = input
    if ((await tx.run(insertUser, row)) === 0) return { taken: true }
    await count(tx, row.account_id, 'users', 1)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'users',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { login: row.login, role: row.role },
      atMs: row.created_ms,
    })
    return { taken: false, row }
  },
)

const changeUser = statement<Omit<UserRow, 'account_id' | 'login' | 'created_ms'>>((db) =>
  db
    .updateTable('users')
    .set((set) => ({
      name: bind('name'),
      role: bind('role'),
      status: bind('status'),
      password_hash: bind('password_hash'),
      totp_sealed: bind('totp_sealed'),
      totp_confirmed: bind('totp_confirmed'),
      detail: bind('detail'),
      updated_ms: bind('updated_ms'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id'))
    .where('version', '=', bind('version')),
)
const endTokens = statement<{ user: number }>((db) => db.deleteFrom('tokens').where('user_id', '=', bind('user')))

/** A key that follows its user's password, with its new secret. */
export interface FollowingKey {
  readonly id: number
  readonly secret_hash: string
  readonly secret_sealed: string | null
  readonly now: number
}

const followPassword = statement<FollowingKey>((db) =>
  db
    .updateTable('credentials')
    .set({
      secret_hash: bind('secret_hash'),
      secret_sealed: bind('secret_sealed'),
      previous_hash: null,
      previous_until_ms: null,
      updated_ms: bind('now'),
    })
    .where('id', '=', bind('id')),
)

/** Locked on PostgreSQL, so that two administrators who demote each other at once do not both succeed. */
const otherAdministrators = statement<{ account: number; id: number }, { id: number }>((db, engine) => {
  const others = db
    .selectFrom('users')
    .select('id')
    .where('account_id', '=', bind('account'))
    .where('role', '=', 'administrator')
    .where('status', '=', 'active')
    .where('id', '!=', bind('id'))
  return engine === 'postgres' ? others.forUpdate() : others
})

/** Whether the account would have nobody left to run it without this user as an active administrator. */
async function isLastAdministrator(tx: Transaction, id: number): Promise<boolean> {
  const now = await tx.one(byId, { id })
  if (now?.role !== 'administrator' || now.status !== 'active') return false
  return (await tx.all(otherAdministrators, { account: now.account_id, id })).length === 0
}

/**
 * `signOut` ends every token and session of the user in the same commit, `following` changes the keys that follow the
 * password. Nothing is changed when the user is gone or no longer as `row` was read (null), or would leave the
 * account without an administrator.
 */
export const updateUser = defineWrite(
  'users.update',
  async (
    tx,
    input: { row: UserRow; changed: string[]; signOut: boolean; following?: FollowingKey[]; actor: Actor },
  ): Promise<UserRow | null | 'last_administrator'> => {
    const { row, changed, signOut, following = [], actor } = input
    const stays = row.role === 'administrator' && row.status === 'active'
    if (!stays && (await isLastAdministrator(tx, row.id))) return 'last_administrator'
    if ((await tx.run(changeUser, row)) === 0) return null
    for (const key of following) await tx.run(followPassword, key)
    if (signOut) await tx.run(endTokens, { user: row.id })
    await happened(tx, {
      accountId: row.account_id,
      noun: 'users',
      nounId: row.id,
      kind: 'updated',
      actor,
      data: { changed },
      atMs: row.updated_ms,
    })
    return (await tx.one(byId, { id: row.id })) ?? null
  },
)

const dropUser = statement<{ id: number }>((db) => db.deleteFrom('users').where('id', '=', bind('id')))
const dropKeys = statement<{ user: number }>((db) => db.deleteFrom('credentials').where('user_id', '=', bind('user')))

export const deleteUser = defineWrite(
  'users.delete',
  async (tx, input: { id: number; accountId: number; actor: Actor; now: number }) => {
    if (await isLastAdministrator(tx, input.id)) return { outcome: 'last_administrator' as const }
    await tx.run(endTokens, { user: input.id })
    await tx.run(dropKeys, { user: input.id })
    const gone = await tx.run(dropUser, { id: input.id })
    if (gone > 0) {
      await count(tx, input.accountId, 'users', -1)
      await happened(tx, {
        accountId: input.accountId,
        noun: 'users',
        nounId: input.id,
        kind: 'deleted',
        actor: input.actor,
        data: {},
        atMs: input.now,
      })
    }
    return { outcome: gone > 0 ? ('deleted' as const) : ('gone' as const) }
  },
)
