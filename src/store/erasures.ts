// The wish to be forgotten, and how far it has come. What is found where stands in personal-data.ts; each step here moves
// the place and the cursor, so that a process that dies goes on where it was. A step that is done twice finds nothing more.

import { happened, type Actor } from './happenings.ts'
import { listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type ErasureRow = Row<'erasures'>

const byId = statement<{ account: number; id: number }, ErasureRow>((db) =>
  db.selectFrom('erasures').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const queued = statement<{ after: number }, ErasureRow>((db) =>
  db
    .selectFrom('erasures')
    .selectAll()
    .where('status', 'in', ['queued', 'running'])
    .where('id', '>', bind('after'))
    .orderBy('id')
    .limit(1),
)

export const readErasure = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })
/** The oldest after that id which is not done. */
export const nextErasure = (reader: Reader, after: number) => reader.one(queued, { after })
export const listErasures = listOf('erasures', 'account_id')

const insert = statement<ErasureRow>((db) =>
  db.insertInto('erasures').values({
    id: bind('id'),
    account_id: bind('account_id'),
    kind: bind('kind'),
    person_sealed: bind('person_sealed'),
    person_hash: bind('person_hash'),
    status: bind('status'),
    place: bind('place'),
    cursor: bind('cursor'),
    erased: bind('erased'),
    actor: bind('actor'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
  }),
)

export const createErasure = defineWrite(
  'erasures.create',
  async (tx, { row, actor }: { row: ErasureRow; actor: Actor }): Promise<ErasureRow> => {
    await tx.run(insert, row)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'erasures',
      nounId: row.id,
      kind: 'queued',
      actor,
      data: { person: row.person_hash },
      atMs: row.created_ms,
    })
    return row
  },
)

const advance = statement<{
  id: number
  from_place: string
  from_cursor: number
  place: string
  cursor: number
  erased: number
  now: number
}>((db) =>
  db
    .updateTable('erasures')
    .set((eb) => ({
      status: 'running',
      place: bind<string>('place'),
      cursor: bind<number>('cursor'),
      erased: eb('erased', '+', bind<number>('erased')),
      updated_ms: bind<number>('now'),
    }))
    .where('id', '=', bind('id'))
    .where('place', '=', bind('from_place'))
    .where('cursor', '=', bind('from_cursor'))
    .where('status', 'in', ['queued', 'running']),
)
const complete = statement<{ id: number }>((db) =>
  db.updateTable('erasures').set({ status: 'completed', person_sealed: '' }).where('id', '=', bind('id')),
)

export interface ErasureStep {
  readonly row: ErasureRow
  readonly place: string
  readonly cursor: number
  readonly erased: number
  readonly last: boolean
  readonly now: number
}

/** False when somebody else moved it. With the last step whom it was about is forgotten here too. */
export const stepErasure = defineWrite('erasures.step', async (tx, step: ErasureStep): Promise<boolean> => {
  const { row, place, cursor, erased, last, now } = step
  const moved = await tx.run(advance, {
    id: row.id,
    from_place: row.place,
    from_cursor: row.cursor,
    place,
    cursor,
    erased,
    now,
  })
  if (moved === 0) return false
  if (!last) return true
  await tx.run(complete, { id: row.id })
  await happened(tx, {
    accountId: row.account_id,
    noun: 'erasures',
    nounId: row.id,
    kind: 'completed',
    actor: JSON.parse(row.actor) as Actor,
    data: { person: row.person_hash, erased: row.erased + erased },
    atMs: now,
  })
  return true
})
