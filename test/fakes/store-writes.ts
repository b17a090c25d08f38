// Writes that misbehave as tests need it, beside the program's own. The store thread loads this module by its URL.

import { sql } from 'kysely'
import { count } from '#store/counters.ts'
import { happened, type NewHappening } from '#store/happenings.ts'
import { bind, statement } from '#store/statement.ts'
import { defineWrite } from '#store/store.ts'
import { writeTable } from '#store/write-table.ts'
import { writes as programWrites } from '#store/writes.ts'
import * as creditWrites from './credit-writes.ts'
import * as messageWrites from './messages.ts'

export const insertMeta = statement<{ name: string; value: string }>((db) =>
  db.insertInto('meta').values({ name: bind('name'), value: bind('value') }),
)
export const selectMeta = statement<{ name: string }, { value: string }>((db) =>
  db.selectFrom('meta').select('value').where('name', '=', bind('name')),
)
const updateMeta = statement<{ name: string; value: string }>((db) =>
  db
    .updateTable('meta')
    .set({ value: bind('value') })
    .where('name', '=', bind('name')),
)

/** Inserts a row, a happening and a count, and sees its own row. */
export const addMeta = defineWrite('test.add', async (tx, input: { name: string; value: string }) => {
  await tx.run(insertMeta, input)
  await count(tx, 1, 'meta', 1)
  await happened(tx, { accountId: 1, noun: 'meta', nounId: 1, kind: 'created', actor: { face: 'test' }, data: input, atMs: 1 })
  return { seen: (await tx.one(selectMeta, { name: input.name }))?.value }
})

export const addAndThrow = defineWrite(
  'test.add_and_throw',
  async (tx, input: { name: string; value: string }): Promise<null> => {
    await tx.run(insertMeta, input)
    throw new Error(`thrown by ${input.name}`)
  },
)

/** The second insert breaks the primary key. */
export const addTwice = defineWrite('test.add_twice', async (tx, input: { name: string; value: string }): Promise<null> => {
  await tx.run(insertMeta, input)
  await tx.run(insertMeta, input)
  return null
})

/** Changes two rows in the given order: two of these in opposite orders are a deadlock where rows are locked. */
export const changeBoth = defineWrite(
  'test.change_both',
  async (tx, input: { names: [string, string]; value: string }): Promise<null> => {
    for (const name of input.names) await tx.run(updateMeta, { name, value: input.value })
    return null
  },
)

const pause = statement<{ seconds: number }>((db, engine) =>
  engine === 'postgres'
    ? db.selectNoFrom(sql`pg_sleep(${bind('seconds')}::float8)`.as('slept'))
    : db.selectNoFrom(sql`${bind('seconds')}`.as('slept')),
)

/** Any rows of the log, in one commit. */
export const happenAll = defineWrite('test.happen_all', async (tx, rows: NewHappening[]): Promise<null> => {
  for (const row of rows) await happened(tx, row)
  return null
})

/** Takes its place in the log and commits some time after. */
export const happenLate = defineWrite('test.happen_late', async (tx, input: { id: number; seconds: number }): Promise<null> => {
  await happened(tx, { accountId: 7, noun: 'tests', nounId: input.id, kind: 'created', actor: { face: 'test' }, atMs: 1 })
  await tx.all(pause, { seconds: input.seconds })
  return null
})

const raw = (text: string) => statement<{}>((db) => ({ compile: () => sql.raw(text).compile(db) }) as never)
const noRoom = raw('pragma max_page_count = 1')
const muchRoom = raw('pragma max_page_count = 1000000')

/** SQLite only: the database file may not grow, as on a full disk. */
export const fillDisk = defineWrite('test.fill_disk', async (tx, input: { full: boolean }): Promise<null> => {
  await tx.all(input.full ? noRoom : muchRoom, {})
  return null
})

export const writes = new Map([
  ...programWrites,
  ...writeTable({ addMeta, addAndThrow, addTwice, changeBoth, happenAll, happenLate, fillDisk }, creditWrites, messageWrites),
])
