// Batches: work on many contacts, accepted at once and done later in small steps. A batch in state `queued` is its own
// job; each step moves the cursor in the same commit as what it did, so that none is done twice, whoever dies meanwhile.

import { joinGroup, leaveGroup, readGroup, removeGroup } from './contact-groups.ts'
import { removeContact, saveContact, type ContactFields } from './contacts.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type ContactBatchRow = Row<'contact_batches'>

export type BatchKind = 'create' | 'delete' | 'copy' | 'move' | 'delete_groups'

/** What a batch keeps as its input; null stands for a row that could not be read. */
export interface BatchInput {
  readonly contacts?: readonly (ContactFields | null)[]
  /** Groups that new contacts join, or that are deleted. */
  readonly groups?: readonly number[]
  /** Contacts to delete. */
  readonly ids?: readonly number[]
  readonly all?: boolean
  readonly from?: number
  readonly to?: number
}

const shownColumns = [
  'id',
  'account_id',
  'kind',
  'status',
  'cursor',
  'done',
  'failed',
  'actor',
  'file_name',
  'created_ms',
  'updated_ms',
] as const
export type ShownBatchRow = Omit<ContactBatchRow, 'input'>

const byId = statement<{ account: number; id: number }, ShownBatchRow>((db) =>
  db.selectFrom('contact_batches').select(shownColumns).where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const next = statement<{}, ContactBatchRow>((db) =>
  db.selectFrom('contact_batches').selectAll().where('status', 'in', ['queued', 'running']).orderBy('id').limit(1),
)

/** Without its input, which may be large. */
export const readBatch = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })
/** The oldest that is not done. */
export const nextBatch = (reader: Reader) => reader.one(next, {})

/** Filter: kind. The rows carry their input: ask for few. */
export const listBatches = listOf('contact_batches', 'account_id', { kind: equal('kind') })

const countByKind = statement<{ account: number; kind: string }, { n: number }>((db) =>
  db
    .selectFrom('contact_batches')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('account_id', '=', bind('account'))
    .where('kind', '=', bind('kind')),
)
const countEvery = statement<{ account: number }, { n: number }>((db) =>
  db
    .selectFrom('contact_batches')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('account_id', '=', bind('account')),
)

export async function countBatches(reader: Reader, account: number, kind?: string): Promise<number> {
  const row = kind === undefined ? await reader.one(countEvery, { account }) : await reader.one(countByKind, { account, kind })
  return Number(row?.n ?? 0)
}

const insertBatch = statement<ContactBatchRow>((db) =>
  db.insertInto('contact_batches').values({
    id: bind('id'),
    account_id: bind('account_id'),
    kind: bind('kind'),
    status: bind('status'),
    input: bind('input'),
    cursor: bind('cursor'),
    done: bind('done'),
    failed: bind('failed'),
    actor: bind('actor'),
    file_name: bind('file_name'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
  }),
)

export const createBatch = defineWrite(
  'contact_batches.create',
  async (tx, input: { row: ContactBatchRow; actor: Actor }): Promise<ShownBatchRow> => {
    const { row, actor } = input
    await tx.run(insertBatch, row)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'contact_batches',
      nounId: row.id,
      kind: 'queued',
      actor,
      data: { kind: row.kind },
      atMs: row.created_ms,
    })
    const { input: _, ...shown } = row
    return shown
  },
)

const advance = statement<{ id: number; cursor: number; to: number; now: number }>((db) =>
  db
    .updateTable('contact_batches')
    .set({ cursor: bind('to'), status: 'running', updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('cursor', '=', bind('cursor'))
    .where('status', 'in', ['queued', 'running']),
)
const settle = statement<{ id: number; status: string; done: number; failed: number }>((db) =>
  db
    .updateTable('contact_batches')
    .set((eb) => ({
      status: bind<string>('status'),
      done: eb('done', '+', bind<number>('done')),
      failed: eb('failed', '+', bind<number>('failed')),
    }))
    .where('id', '=', bind('id')),
)
const forget = statement<{ id: number }>((db) =>
  db.updateTable('contact_batches').set({ input: '{}' }).where('id', '=', bind('id')),
)

export interface BatchStep {
  readonly id: number
  readonly account: number
  readonly kind: BatchKind
  /** Where the batch stood when the step was made, and where it will stand. */
  readonly cursor: number
  readonly to: number
  readonly last: boolean
  /** Ids for contacts to come, one each. */
  readonly contacts?: readonly { readonly id: number; readonly fields: ContactFields | null }[]
  /** Contacts or groups to delete, copy or move. */
  readonly ids?: readonly number[]
  readonly groups?: readonly number[]
  readonly from?: number
  readonly into?: number
  readonly actor: Actor
  readonly now: number
}

/** Does one step; `false` when somebody else did it or the batch has ended. */
export const stepBatch = defineWrite('contact_batches.step', async (tx, step: BatchStep): Promise<boolean> => {
  const { id, account, kind, cursor, to, last, contacts = [], ids = [], groups = [], from, into, actor, now } = step
  if ((await tx.run(advance, { id, cursor, to, now })) === 0) return false
  let done = 0
  let failed = 0
  const tally = (good: boolean): void => {
    if (good) done += 1
    else failed += 1
  }
  for (const contact of contacts) {
    const saved =
      contact.fields &&
      (await saveContact(tx, { id: contact.id, account, fields: contact.fields, groups, merge: true, actor, now }))
    tally(saved?.outcome === 'created' || saved?.outcome === 'merged')
  }
  const groupsThere = into === undefined || (await readGroup(tx, account, into)) !== undefined
  for (const one of ids) {
    if (kind === 'delete') tally(await removeContact(tx, { id: one, account, actor, now }))
    else if (kind === 'delete_groups') tally(await removeGroup(tx, { id: one, account, actor, now }))
    else if (groupsThere) {
      await joinGroup(tx, account, into!, one)
      if (kind === 'move') await leaveGroup(tx, from!, one)
      tally(true)
    } else tally(false)
  }
  await tx.run(settle, { id, status: last ? 'completed' : 'running', done, failed })
  if (last) {
    await tx.run(forget, { id })
    await happened(tx, { accountId: account, noun: 'contact_batches', nounId: id, kind: 'completed', actor, data: {}, atMs: now })
  }
  return true
})

const end = statement<{ id: number; now: number }>((db) =>
  db
    .updateTable('contact_batches')
    .set({ status: 'failed', input: '{}', updated_ms: bind('now') })
    .where('id', '=', bind('id')),
)

/** For a batch whose input cannot be read: it ends, so that those behind it go on. */
export const failBatch = defineWrite(
  'contact_batches.fail',
  async (tx, input: { id: number; account: number; actor: Actor; now: number }) => {
    await tx.run(end, { id: input.id, now: input.now })
    await happened(tx, {
      accountId: input.account,
      noun: 'contact_batches',
      nounId: input.id,
      kind: 'failed',
      actor: input.actor,
      data: {},
      atMs: input.now,
    })
    return { failed: true }
  },
)
