// Carriers: the networks that messages go over, as the operator configured them. A change is heard by whoever opens them.

import { sql } from 'kysely'
import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type CarrierRow = Row<'carriers'>

const byId = statement<{ id: number }, CarrierRow>((db) => db.selectFrom('carriers').selectAll().where('id', '=', bind('id')))
const byName = statement<{ name: string }, CarrierRow>((db) =>
  db.selectFrom('carriers').selectAll().where('name', '=', bind('name')),
)
const every = statement<Record<string, never>, CarrierRow>((db) => db.selectFrom('carriers').selectAll().orderBy('id'))

export const readCarrier = (reader: Reader, id: number) => reader.one(byId, { id })
export const readCarrierByName = (reader: Reader, name: string) => reader.one(byName, { name })
/** There are few. */
export const allCarriers = (reader: Reader) => reader.all(every, {})

export const listCarriers = listOf('carriers', 'id', { kind: equal('kind'), enabled: equal('enabled') })

const insert = statement<CarrierRow>((db) =>
  db
    .insertInto('carriers')
    .values({
      id: bind('id'),
      name: bind('name'),
      kind: bind('kind'),
      enabled: bind('enabled'),
      detail: bind('detail'),
      secret_sealed: bind('secret_sealed'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
      version: bind('version'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

export interface CarrierCreation {
  readonly row: CarrierRow
  /** Whose log it stands in: the operator's account. */
  readonly accountId: number
  readonly actor: Actor
}

/** `taken` is true when another carrier has the name. */
export const createCarrier = defineWrite(
  'carriers.create',
  async (tx, { row, accountId, actor }: CarrierCreation): Promise<{ taken: boolean; row: CarrierRow }> => {
    if ((await tx.run(insert, row)) === 0) return { taken: true, row }
    const { id, name, kind, created_ms: atMs } = row
    // Who opens carriers must hear of a new one too.
    tx.touched('carriers')
    await happened(tx, { accountId, noun: 'carriers', nounId: id, kind: 'created', actor, data: { name, kind }, atMs })
    return { taken: false, row }
  },
)

const change = statement<{ id: number; enabled: number; detail: string; secret: string | null; version: number; now: number }>(
  (db) =>
    db
      .updateTable('carriers')
      .set((set) => ({
        enabled: bind('enabled'),
        detail: bind('detail'),
        secret_sealed: bind('secret'),
        updated_ms: bind('now'),
        version: set('version', '+', 1),
      }))
      .where('id', '=', bind('id'))
      .where('version', '=', bind('version')),
)

export interface CarrierChange {
  readonly id: number
  /** The version that the change was made from: another's change in between is not written over. */
  readonly version: number
  readonly enabled: number
  readonly detail: string
  readonly secret: string | null
  readonly changed: readonly string[]
  readonly accountId: number
  readonly actor: Actor
  readonly now: number
}

/** Null when it is gone or was changed by another meanwhile. */
export const updateCarrier = defineWrite('carriers.update', async (tx, input: CarrierChange): Promise<CarrierRow | null> => {
  const { id, version, enabled, detail, secret, changed, accountId, actor, now } = input
  if ((await tx.run(change, { id, version, enabled, detail, secret, now })) === 0) return null
  await happened(tx, { accountId, noun: 'carriers', nounId: id, kind: 'updated', actor, data: { changed }, atMs: now })
  return (await tx.one(byId, { id })) ?? null
})

const routeOver = statement<{ id: number }, { id: number }>((db) =>
  db.selectFrom('routes').select('id').where('carrier_id', '=', bind('id')).limit(1),
)
// Written out, so that SQLite sees that the partial index holds what is asked for.
const messageQueued = statement<{ id: number }, { id: number }>((db) =>
  db
    .selectFrom('messages')
    .select('id')
    .where('carrier_id', '=', bind('id'))
    .where(sql<boolean>`state = 'queued'`)
    .limit(1),
)
const drop = statement<{ id: number }>((db) => db.deleteFrom('carriers').where('id', '=', bind('id')))

export type CarrierRemoval = 'deleted' | 'absent' | 'routed' | 'queued'

/** `routed`: a route leads over it; `queued`: messages wait for it. Then it stays. */
export const deleteCarrier = defineWrite(
  'carriers.delete',
  async (tx, input: { id: number; accountId: number; actor: Actor; now: number }): Promise<CarrierRemoval> => {
    const { id, accountId, actor, now } = input
    if (await tx.one(routeOver, { id })) return 'routed'
    if (await tx.one(messageQueued, { id })) return 'queued'
    if ((await tx.run(drop, { id })) === 0) return 'absent'
    await happened(tx, { accountId, noun: 'carriers', nounId: id, kind: 'deleted', actor, data: {}, atMs: now })
    return 'deleted'
  },
)
