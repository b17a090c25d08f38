// Leases: one node holds a thing (a bind, a trunk registration, a loop) until its lease runs out. Each taking raises the
// epoch, so that one who was asleep too long can neither renew nor let go what another has meanwhile.

import { sql } from 'kysely'
import { presenceClass } from './presence-class.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type PresentNode, type Reader } from './store.ts'

interface LeaseParams {
  thing: string
  node: string
  now_ms: number
  expires_ms: number
}

const take = statement<LeaseParams, { epoch: number }>((db) =>
  db
    .insertInto('leases')
    .values({ thing: bind('thing'), node: bind('node'), epoch: 1, expires_ms: bind('expires_ms') })
    .onConflict((conflict) =>
      conflict
        .column('thing')
        .doUpdateSet({ node: bind('node'), epoch: sql<number>`leases.epoch + 1`, expires_ms: bind('expires_ms') })
        .where(({ eb, or }) => or([eb('leases.expires_ms', '<=', bind('now_ms')), eb('leases.node', '=', bind('node'))])),
    )
    .returning('epoch'),
)

export interface LeaseAsk {
  readonly thing: string
  readonly node: string
  readonly nowMs: number
  readonly forMs: number
}

/** Gives the epoch under which the node now holds the thing, or null while another holds it. */
export const takeLease = defineWrite('leases.take', async (tx, ask: LeaseAsk): Promise<number | null> => {
  const row = await tx.one(take, { thing: ask.thing, node: ask.node, now_ms: ask.nowMs, expires_ms: ask.nowMs + ask.forMs })
  return row?.epoch ?? null
})

const renew = statement<LeaseParams & { epoch: number }>((db) =>
  db
    .updateTable('leases')
    .set({ expires_ms: bind('expires_ms') })
    .where('thing', '=', bind('thing'))
    .where('node', '=', bind('node'))
    .where('epoch', '=', bind('epoch'))
    .where('expires_ms', '>', bind('now_ms')),
)

/** False when the lease ran out or was taken by another: the holder must let go. */
export const renewLease = defineWrite('leases.renew', async (tx, ask: LeaseAsk & { epoch: number }): Promise<boolean> => {
  const { thing, node, epoch, nowMs, forMs } = ask
  return (await tx.run(renew, { thing, node, epoch, now_ms: nowMs, expires_ms: nowMs + forMs })) > 0
})

const release = statement<{ thing: string; node: string; epoch: number }>((db) =>
  db
    .updateTable('leases')
    .set({ expires_ms: 0 })
    .where('thing', '=', bind('thing'))
    .where('node', '=', bind('node'))
    .where('epoch', '=', bind('epoch')),
)

export const releaseLease = defineWrite(
  'leases.release',
  async (tx, input: { thing: string; node: string; epoch: number }): Promise<boolean> => (await tx.run(release, input)) > 0,
)

const holder = statement<{ thing: string; now_ms: number }, { node: string }>((db) =>
  db.selectFrom('leases').select('node').where('thing', '=', bind('thing')).where('expires_ms', '>', bind('now_ms')),
)
/** The node whose lease of the thing has not run out, alive or not. */
export const leaseHolder = async (reader: Pick<Reader, 'one'>, thing: string, nowMs: number): Promise<string | undefined> =>
  (await reader.one(holder, { thing, now_ms: nowMs }))?.node

/** For `in`: the nodes that hold a number at the moment `now`. */
export const livingNodes = sql<string>`(select node from leases where thing like 'node %' and expires_ms > ${bind('now')})`

/** For `where`: what has a row's `node` is not the node `own`, and had no lease at the moment `now`. */
export const onLostNode = sql<boolean>`node != ${bind('own')} and node not in ${livingNodes}`

const alive = statement<{ node: string; now_ms: number }, { node: string }>((db) =>
  db
    .selectFrom('leases')
    .select('node')
    .where('thing', 'like', 'node %')
    .where('node', '=', bind('node'))
    .where('expires_ms', '>', bind('now_ms')),
)
/** Whether the node holds a number: one that died, or was taken for dead, does not. */
export const isNodeAlive = async (reader: Pick<Reader, 'one'>, node: string, nowMs: number): Promise<boolean> =>
  (await reader.one(alive, { node, now_ms: nowMs })) !== undefined

const lock = statement<{ number: number }, { got: boolean }>((db) =>
  db.selectNoFrom(
    sql<boolean>`pg_try_advisory_xact_lock(${sql.lit(presenceClass)}, cast(${bind('number')} as integer))`.as('got'),
  ),
)

const fence = statement<{ thing: string; node: string; epoch: number }>((db) =>
  db
    .updateTable('leases')
    .set({ node: '', epoch: sql<number>`epoch + 1` })
    .where('thing', '=', bind('thing'))
    .where('node', '=', bind('node'))
    .where('epoch', '=', bind('epoch')),
)

const endLeases = statement<{ node: string }>((db) =>
  db
    .updateTable('leases')
    .set({ expires_ms: 0, epoch: sql<number>`epoch + 1` })
    .where('node', '=', bind('node'))
    .where(sql<boolean>`(thing like 'loop %' or thing = 'webhooks relay')`),
)

/**
 * Takes the node for dead, unless it has its lock again: from now on it can renew nothing, and what it had is anybody's. Its number stays
 * unused until its lease would have run out, so that ids it may still be making are nobody else's; so do its carriers', whose messages it
 * may still have on the wire. PostgreSQL only.
 */
export const fenceNode = defineWrite('leases.fenceNode', async (tx, { thing, node, epoch }: PresentNode): Promise<boolean> => {
  if (!(await tx.one(lock, { number: Number(thing.slice('node '.length)) }))?.got) return false
  if ((await tx.run(fence, { thing, node, epoch })) === 0) return false
  await tx.run(endLeases, { node })
  tx.touched('nodes')
  return true
})
