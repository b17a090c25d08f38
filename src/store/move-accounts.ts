// Moving: an account with all below it to another place in the tree, or an account's numbers to another account. What must
// be unique in a tree of accounts (logins of clients, SIP numbers) is looked for in the one moved to, in the same write.

import { sql } from 'kysely'
import { readAccount, type AccountRow } from './accounts.ts'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite } from './store.ts'
import type { NumberRow } from './numbers.ts'

const deepest = statement<{ prefix: string }, { depth: number }>((db) =>
  db.selectFrom('accounts').select('depth').where('path', 'like', bind('prefix')).orderBy('depth', 'desc').limit(1),
)

const loginTaken = statement<{ prefix: string; realm: number }, { id: number }>((db) =>
  db
    .selectFrom('clients as mine')
    .innerJoin('accounts', 'accounts.id', 'mine.account_id')
    .innerJoin('clients as other', 'other.login', 'mine.login')
    .select('mine.id')
    .where('accounts.path', 'like', bind('prefix'))
    .where('other.realm_id', '=', bind('realm'))
    .limit(1),
)

const numberTaken = statement<{ prefix: string; tree: string }, { id: number }>((db) =>
  db
    .selectFrom('numbers as mine')
    .innerJoin('accounts as holder', 'holder.id', 'mine.account_id')
    .innerJoin('numbers as other', 'other.number', 'mine.number')
    .innerJoin('accounts as theirs', 'theirs.id', 'other.account_id')
    .select('mine.id')
    .where('mine.form', '!=', 'e164')
    .where('other.form', '!=', 'e164')
    .where('holder.path', 'like', bind('prefix'))
    .where('theirs.path', 'like', bind('tree'))
    .limit(1),
)

const movePaths = statement<{ prefix: string; to: string; cut: number; deeper: number; now: number }>((db) =>
  db
    .updateTable('accounts')
    .set((set) => ({
      path: sql<string>`${bind('to')} || substr(path, ${bind('cut')})`,
      depth: sql<number>`depth + ${bind('deeper')}`,
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('path', 'like', bind('prefix')),
)

const setParent = statement<{ id: number; parent: number }>((db) =>
  db
    .updateTable('accounts')
    .set({ parent_id: bind('parent') })
    .where('id', '=', bind('id')),
)

const setRealm = statement<{ prefix: string; realm: number }>((db) =>
  db
    .updateTable('clients')
    .set({ realm_id: bind('realm') })
    .where('account_id', 'in', db.selectFrom('accounts').select('id').where('path', 'like', bind('prefix'))),
)

export interface Move {
  readonly id: number
  readonly parentId: number
  readonly maxDepth: number
  readonly actor: Actor
  readonly now: number
}

/** Below the operator's account each has a tree of its own. */
const treeOf = (path: string): string => path.split('/').slice(0, 3).join('/')

export const moveAccount = defineWrite(
  'accounts.move',
  async (
    tx,
    input: Move,
  ): Promise<{ refused: 'gone' | 'inside' | 'depth' | 'login' | 'number' } | { refused: null; row: AccountRow }> => {
    const { id, parentId, maxDepth, actor, now } = input
    const account = await readAccount(tx, id)
    const above = await readAccount(tx, parentId)
    if (!account || !above || account.parent_id === null) return { refused: 'gone' }
    if (above.path.startsWith(account.path)) return { refused: 'inside' }
    const prefix = `${account.path}%`
    const deeper = above.depth + 1 - account.depth
    const bottom = await tx.one(deepest, { prefix })
    if ((bottom?.depth ?? account.depth) + deeper > maxDepth) return { refused: 'depth' }
    const path = `${above.path}${id}/`
    if (treeOf(path) !== treeOf(account.path)) {
      const realm = Number(path.split('/')[2])
      if (await tx.one(loginTaken, { prefix, realm })) return { refused: 'login' }
      if (await tx.one(numberTaken, { prefix, tree: `${treeOf(path)}/%` })) return { refused: 'number' }
      await tx.run(setRealm, { prefix, realm })
    }
    await tx.run(setParent, { id, parent: parentId })
    await tx.run(movePaths, { prefix, to: path, cut: account.path.length + 1, deeper, now })
    await count(tx, account.parent_id, 'accounts', -1)
    await count(tx, parentId, 'accounts', 1)
    await happened(tx, {
      accountId: id,
      noun: 'accounts',
      nounId: id,
      kind: 'moved',
      actor,
      data: { from: account.parent_id, to: parentId },
      atMs: now,
    })
    return { refused: null, row: (await readAccount(tx, id))! }
  },
)

const numbersOf = statement<{ account: number }, NumberRow>((db) =>
  db.selectFrom('numbers').selectAll().where('account_id', '=', bind('account')).orderBy('id'),
)

const giveNumber = statement<{ id: number; account: number; detail: string; now: number }>((db) =>
  db
    .updateTable('numbers')
    .set((set) => ({
      account_id: bind('account'),
      application_id: null,
      // The addresses stay behind with the applications.
      address_id: null,
      detail: bind('detail'),
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id')),
)

const unlinkMember = statement<{ number: number }>((db) =>
  db.updateTable('group_clients').set({ number_id: null }).where('number_id', '=', bind('number')),
)

/** Applications, services, users and campaigns stay behind; URLs go along. */
function without(detail: string): string {
  const kept = Object.entries(JSON.parse(detail) as Record<string, unknown>).filter(
    ([name]) => !name.endsWith('ApplicationId') && !['service', 'userId', 'messaging'].includes(name),
  )
  return JSON.stringify(Object.fromEntries(kept))
}

export const moveNumbers = defineWrite(
  'numbers.move',
  async (tx, input: { from: number; to: number; actor: Actor; now: number }): Promise<{ taken: boolean; moved: number }> => {
    const { from, to, actor, now } = input
    const [holder, taker] = [(await readAccount(tx, from))!, (await readAccount(tx, to))!]
    const tree = treeOf(taker.path)
    if (tree !== treeOf(holder.path) && (await tx.one(numberTaken, { prefix: holder.path, tree: `${tree}/%` })))
      return { taken: true, moved: 0 }
    const rows = await tx.all(numbersOf, { account: from })
    for (const row of rows) {
      await tx.run(giveNumber, { id: row.id, account: to, detail: without(row.detail), now })
      await tx.run(unlinkMember, { number: row.id })
      await happened(tx, {
        accountId: from,
        noun: 'numbers',
        nounId: row.id,
        kind: 'released',
        actor,
        data: { number: row.number, to },
        atMs: now,
      })
      await happened(tx, {
        accountId: to,
        noun: 'numbers',
        nounId: row.id,
        kind: 'bought',
        actor,
        data: { number: row.number, from },
        atMs: now,
      })
    }
    await count(tx, from, 'numbers', -rows.length)
    await count(tx, to, 'numbers', rows.length)
    return { taken: false, moved: rows.length }
  },
)
