// Routes: which carrier takes what. There are few, and whoever routes keeps them in memory until `onChange` tells of `routes`.

import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type RouteRow = Row<'routes'>

const byId = statement<{ id: number }, RouteRow>((db) => db.selectFrom('routes').selectAll().where('id', '=', bind('id')))
const every = statement<Record<string, never>, RouteRow>((db) => db.selectFrom('routes').selectAll().orderBy('id'))

export const readRoute = (reader: Reader, id: number) => reader.one(byId, { id })
export const allRoutes = (reader: Reader) => reader.all(every, {})

export const listRoutes = listOf('routes', 'id', { carrier: equal('carrier_id'), prefix: equal('prefix') })

const carrierIs = statement<{ id: number }, { id: number }>((db, engine) => {
  const row = db.selectFrom('carriers').select('id').where('id', '=', bind('id'))
  return engine === 'postgres' ? row.forShare() : row
})

const insert = statement<RouteRow>((db) =>
  db.insertInto('routes').values({
    id: bind('id'),
    account_id: bind('account_id'),
    prefix: bind('prefix'),
    sender: bind('sender'),
    kind: bind('kind'),
    carrier_id: bind('carrier_id'),
    rank: bind('rank'),
    cost_micro: bind('cost_micro'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
    version: bind('version'),
  }),
)

/** `noCarrier` is true when the carrier is not there, or is not any more. */
export const createRoute = defineWrite(
  'routes.create',
  async (
    tx,
    { row, accountId, actor }: { readonly row: RouteRow; readonly accountId: number; readonly actor: Actor },
  ): Promise<{ noCarrier: boolean; row: RouteRow }> => {
    if (!(await tx.one(carrierIs, { id: row.carrier_id }))) return { noCarrier: true, row }
    await tx.run(insert, row)
    const { id, prefix, carrier_id: carrierId, created_ms: atMs } = row
    // Who keeps routes in memory must hear of a new one too.
    tx.touched('routes')
    await happened(tx, { accountId, noun: 'routes', nounId: id, kind: 'created', actor, data: { prefix, carrierId }, atMs })
    return { noCarrier: false, row }
  },
)

const change = statement<Omit<RouteRow, 'created_ms' | 'updated_ms'> & { now: number }>((db) =>
  db
    .updateTable('routes')
    .set((set) => ({
      account_id: bind('account_id'),
      prefix: bind('prefix'),
      sender: bind('sender'),
      kind: bind('kind'),
      carrier_id: bind('carrier_id'),
      rank: bind('rank'),
      cost_micro: bind('cost_micro'),
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id'))
    .where('version', '=', bind('version')),
)

export interface RouteChange {
  /** As it is to be; `version` is the one that the change was made from. */
  readonly row: RouteRow
  readonly changed: readonly string[]
  readonly accountId: number
  readonly actor: Actor
  readonly now: number
}

/** `row` is null when the route is gone or was changed by another meanwhile. */
export const updateRoute = defineWrite(
  'routes.update',
  async (tx, { row, changed, accountId, actor, now }: RouteChange): Promise<{ noCarrier: boolean; row: RouteRow | null }> => {
    if (!(await tx.one(carrierIs, { id: row.carrier_id }))) return { noCarrier: true, row: null }
    if ((await tx.run(change, { ...row, now })) === 0) return { noCarrier: false, row: null }
    await happened(tx, { accountId, noun: 'routes', nounId: row.id, kind: 'updated', actor, data: { changed }, atMs: now })
    return { noCarrier: false, row: (await tx.one(byId, { id: row.id })) ?? null }
  },
)

const drop = statement<{ id: number }>((db) => db.deleteFrom('routes').where('id', '=', bind('id')))

/** False when it was not there. Messages queued under it stay with their carrier. */
export const deleteRoute = defineWrite(
  'routes.delete',
  async (tx, input: { id: number; accountId: number; actor: Actor; now: number }): Promise<boolean> => {
    const { id, accountId, actor, now } = input
    if ((await tx.run(drop, { id })) === 0) return false
    await happened(tx, { accountId, noun: 'routes', nounId: id, kind: 'deleted', actor, data: {}, atMs: now })
    return true
  },
)
