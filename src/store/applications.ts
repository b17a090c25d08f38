// Applications: what answers a number's calls and messages. `kind` inbound and outbound are named services, whose
// name is unique in the account for their kind; the other kinds may share names.

import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type ApplicationRow = Row<'applications'>

const byId = statement<{ account: number; id: number }, ApplicationRow>((db) =>
  db.selectFrom('applications').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const byName = statement<{ account: number; kind: string; name: string }, ApplicationRow>((db) =>
  db
    .selectFrom('applications')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('kind', '=', bind('kind'))
    .where('name', '=', bind('name'))
    .limit(1),
)

export const readApplication = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })
export const readApplicationByName = (reader: Reader, account: number, kind: string, name: string) =>
  reader.one(byName, { account, kind, name })

export const listApplications = listOf('applications', 'account_id', { kind: equal('kind'), name: like('name') })

const insertApplication = statement<ApplicationRow>((db) =>
  db.insertInto('applications').values({
    id: bind('id'),
    account_id: bind('account_id'),
    name: bind('name'),
    kind: bind('kind'),
    detail: bind('detail'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
    version: bind('version'),
  }),
)

/** `unique` refuses a second one of the same kind and name. */
export const createApplication = defineWrite(
  'applications.create',
  async (
    tx,
    input: { row: ApplicationRow; unique: boolean; actor: Actor },
  ): Promise<{ taken: true } | { taken: false; row: ApplicationRow }> => {
    const { row, unique, actor } = input
    if (unique && (await tx.one(byName, { account: row.account_id, kind: row.kind, name: row.name }))) return { taken: true }
    await tx.run(insertApplication, row)
    await count(tx, row.account_id, 'applications', 1)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'applications',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { name: row.name, kind: row.kind },
      atMs: row.created_ms,
    })
    return { taken: false, row }
  },
)

const changeApplication = statement<{ id: number; account: number; name: string; kind: string; detail: string; now: number }>(
  (db) =>
    db
      .updateTable('applications')
      .set((set) => ({
        name: bind('name'),
        kind: bind('kind'),
        detail: bind('detail'),
        updated_ms: bind('now'),
        version: set('version', '+', 1),
      }))
      .where('id', '=', bind('id'))
      .where('account_id', '=', bind('account')),
)

export const updateApplication = defineWrite(
  'applications.update',
  async (
    tx,
    input: {
      id: number
      account: number
      name: string
      kind: string
      detail: string
      changed: string[]
      actor: Actor
      now: number
    },
  ): Promise<ApplicationRow | null> => {
    const { changed, actor, ...row } = input
    if ((await tx.run(changeApplication, row)) === 0) return null
    await happened(tx, {
      accountId: row.account,
      noun: 'applications',
      nounId: row.id,
      kind: 'updated',
      actor,
      data: { changed },
      atMs: row.now,
    })
    return (await tx.one(byId, { account: row.account, id: row.id })) ?? null
  },
)

const dropApplication = statement<{ id: number; account: number }>((db) =>
  db.deleteFrom('applications').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const usedBy = statement<{ id: number; account: number }, { n: number }>((db) =>
  db
    .selectFrom('numbers')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('account_id', '=', bind('account'))
    .where('application_id', '=', bind('id')),
)

/** `whileInUse: false` refuses when a number still points at it. */
export const deleteApplication = defineWrite(
  'applications.delete',
  async (
    tx,
    input: { id: number; account: number; whileInUse: boolean; actor: Actor; now: number },
  ): Promise<{ outcome: 'deleted' | 'in_use' | 'gone' }> => {
    const { id, account, whileInUse, actor, now } = input
    if (!whileInUse && Number((await tx.one(usedBy, { id, account }))?.n ?? 0) > 0) return { outcome: 'in_use' }
    if ((await tx.run(dropApplication, { id, account })) === 0) return { outcome: 'gone' }
    await count(tx, account, 'applications', -1)
    await happened(tx, { accountId: account, noun: 'applications', nounId: id, kind: 'deleted', actor, data: {}, atMs: now })
    return { outcome: 'deleted' }
  },
)
