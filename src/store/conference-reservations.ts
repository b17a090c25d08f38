// Reservations of conferences. What can race (whether a name is free, whether there is still time to change it) is decided inside the
// writes. The times of a row say what it is now; its state follows within seconds, when a loop tells that it began or is over.

import { happened, type Actor } from './happenings.ts'
import { atLeast, equal, isNull, listOf } from './list.ts'
import { purgeWithLog } from './purge-with-log.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type ReservationRow = Row<'conference_reservations'>
export type ReservationState = 'reserved' | 'running' | 'completed' | 'cancelled'

const byId = statement<{ account: number; id: number }, ReservationRow>((db) =>
  db.selectFrom('conference_reservations').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
export const readReservation = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })

const ofName = statement<{ account: number; name: string; since: number }, ReservationRow>((db) =>
  db
    .selectFrom('conference_reservations')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('name', '=', bind('name'))
    .where('ends_ms', '>', bind('since'))
    .where('state', '!=', 'cancelled')
    .orderBy('ends_ms', 'desc')
    .limit(1),
)
/** The last of that name that was not over at that moment. */
export const reservationOfName = (reader: Pick<Reader, 'one'>, account: number, name: string, sinceMs: number) =>
  reader.one(ofName, { account, name, since: sinceMs })

export const listReservations = listOf('conference_reservations', 'account_id', {
  name: equal('name'),
  standing: isNull('ended_ms'),
  endsSince: atLeast('ends_ms'),
})

/** What it is at a moment, whether or not a loop has said so yet. */
export function reservationState(row: Pick<ReservationRow, 'state' | 'starts_ms' | 'ends_ms'>, nowMs: number): ReservationState {
  if (row.state === 'cancelled') return 'cancelled'
  if (nowMs >= row.ends_ms) return 'completed'
  return nowMs >= row.starts_ms ? 'running' : 'reserved'
}

const told = (
  tx: Transaction,
  { id, account_id: accountId }: Pick<ReservationRow, 'id' | 'account_id'>,
  kind: string,
  data: object,
  actor: Actor,
  atMs: number,
) => happened(tx, { accountId, noun: 'conference_reservations', nounId: id, kind, actor, data, atMs })

const insert = statement<ReservationRow>((db) =>
  db
    .insertInto('conference_reservations')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      face: bind('face'),
      name: bind('name'),
      state: bind('state'),
      participants: bind('participants'),
      divert: bind('divert'),
      starts_ms: bind('starts_ms'),
      ends_ms: bind('ends_ms'),
      ended_ms: bind('ended_ms'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)
const standing = statement<{ account: number; name: string }, ReservationRow>((db) =>
  db
    .selectFrom('conference_reservations')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('name', '=', bind('name'))
    .where('ended_ms', 'is', null),
)
const become = statement<{ id: number; state: string; ends: number; ended: number | null; now: number }>((db) =>
  db
    .updateTable('conference_reservations')
    .set({ state: bind('state'), ends_ms: bind('ends'), ended_ms: bind('ended'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

/** Tells what its times have made of it: that it began, that it is over. */
async function settle(tx: Transaction, row: ReservationRow, now: number): Promise<void> {
  const state = reservationState(row, now)
  const actor = { face: row.face }
  const ends = row.ends_ms
  if (row.state === 'reserved' && state !== 'reserved') await told(tx, row, 'started', { name: row.name }, actor, row.starts_ms)
  if (state === 'completed') await told(tx, row, 'ended', { name: row.name, state }, actor, ends)
  await tx.run(become, { id: row.id, state, ends, ended: state === 'completed' ? ends : null, now })
}

/** `taken`: the account has one of that name that is not over. */
export const reserveConference = defineWrite(
  'conference_reservations.create',
  async (
    tx,
    { row, actor }: { readonly row: ReservationRow; readonly actor: Actor },
  ): Promise<{ taken: boolean; row: ReservationRow }> => {
    const { created_ms: now } = row
    const before = await tx.one(standing, { account: row.account_id, name: row.name })
    if (before) {
      if (before.ends_ms > now) return { taken: true, row }
      await settle(tx, before, now)
    }
    if ((await tx.run(insert, row)) === 0) return { taken: true, row }
    const { name, participants, starts_ms: startsMs, ends_ms: endsMs } = row
    await told(tx, row, 'created', { name, participants, startsMs, endsMs }, actor, now)
    return { taken: false, row }
  },
)

interface ReservationAsk {
  readonly id: number
  readonly account: number
  readonly actor: Actor
  readonly now: number
}

/** Why it was not changed; `row` as it is. `gone`: the account never had it. */
export type ReservationDone<W extends string> =
  | { readonly refused: null; readonly row: ReservationRow }
  | { readonly refused: 'gone' }
  | { readonly refused: W | 'cancelled' | 'completed'; readonly row: ReservationRow }

const change = statement<{ id: number; ends: number; participants: number; divert: string; now: number }>((db) =>
  db
    .updateTable('conference_reservations')
    .set({ ends_ms: bind('ends'), participants: bind('participants'), divert: bind('divert'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

export interface ReservationChange {
  readonly endsMs: number | null
  readonly participants: number | null
  readonly divert: string | null
  /** So long before its end that can no longer be moved. */
  readonly noticeMs: number
  /** From its start to its end. */
  readonly leastMs: number
  readonly mostMs: number
}

export const changeReservation = defineWrite(
  'conference_reservations.change',
  async (
    tx,
    input: ReservationAsk & ReservationChange,
  ): Promise<ReservationDone<'ends_soon' | 'too_short' | 'too_long' | 'ends_past'>> => {
    const { id, account, endsMs, actor, now } = input
    const row = await tx.one(byId, { account, id })
    if (!row) return { refused: 'gone' }
    const state = reservationState(row, now)
    if (state === 'cancelled' || state === 'completed') return { refused: state, row }
    const ends = endsMs ?? row.ends_ms
    if (endsMs !== null && endsMs !== row.ends_ms) {
      if (row.ends_ms - now < input.noticeMs) return { refused: 'ends_soon', row }
      if (ends <= now) return { refused: 'ends_past', row }
      if (ends - row.starts_ms > input.mostMs) return { refused: 'too_long', row }
      if (ends - row.starts_ms < input.leastMs) return { refused: 'too_short', row }
    }
    const participants = input.participants ?? row.participants
    const divert = input.divert ?? row.divert
    await tx.run(change, { id, ends, participants, divert, now })
    await told(tx, row, 'updated', { name: row.name, participants, endsMs: ends }, actor, now)
    return { refused: null, row: { ...row, ends_ms: ends, participants, divert, updated_ms: now } }
  },
)

export const cancelReservation = defineWrite(
  'conference_reservations.cancel',
  async (
    tx,
    { id, account, noticeMs, actor, now }: ReservationAsk & { readonly noticeMs: number },
  ): Promise<ReservationDone<'started' | 'starts_soon'>> => {
    const row = await tx.one(byId, { account, id })
    if (!row) return { refused: 'gone' }
    const state = reservationState(row, now)
    if (state === 'cancelled' || state === 'completed') return { refused: state, row }
    if (state === 'running') return { refused: 'started', row }
    if (row.starts_ms - now < noticeMs) return { refused: 'starts_soon', row }
    await tx.run(become, { id, state: 'cancelled', ends: row.ends_ms, ended: now, now })
    await told(tx, row, 'cancelled', { name: row.name }, actor, now)
    return { refused: null, row: { ...row, state: 'cancelled', ended_ms: now, updated_ms: now } }
  },
)

/** Before its time, while it runs. */
export const endReservation = defineWrite(
  'conference_reservations.end',
  async (tx, { id, account, actor, now }: ReservationAsk): Promise<ReservationDone<'not_started'>> => {
    const row = await tx.one(byId, { account, id })
    if (!row) return { refused: 'gone' }
    const state = reservationState(row, now)
    if (state === 'cancelled' || state === 'completed') return { refused: state, row }
    if (state === 'reserved') return { refused: 'not_started', row }
    if (row.state === 'reserved') await told(tx, row, 'started', { name: row.name }, { face: row.face }, row.starts_ms)
    await tx.run(become, { id, state: 'completed', ends: now, ended: now, now })
    await told(tx, row, 'ended', { name: row.name, state: 'completed' }, actor, now)
    return { refused: null, row: { ...row, state: 'completed', ends_ms: now, ended_ms: now, updated_ms: now } }
  },
)

const begun = statement<{ now: number; limit: number }, ReservationRow>((db) =>
  db
    .selectFrom('conference_reservations')
    .selectAll()
    .where('state', '=', 'reserved')
    .where('starts_ms', '<=', bind('now'))
    .orderBy('starts_ms')
    .limit(bind('limit')),
)
const over = statement<{ now: number; limit: number }, ReservationRow>((db) =>
  db
    .selectFrom('conference_reservations')
    .selectAll()
    .where('ended_ms', 'is', null)
    .where('ends_ms', '<=', bind('now'))
    .orderBy('ends_ms')
    .limit(bind('limit')),
)

/** Gives how many began or are over. */
export const settleReservations = defineWrite(
  'conference_reservations.settle',
  async (tx, { now, limit }: { readonly now: number; readonly limit: number }): Promise<number> => {
    const due = new Map<number, ReservationRow>()
    for (const row of await tx.all(begun, { now, limit })) due.set(row.id, row)
    for (const row of await tx.all(over, { now, limit })) due.set(row.id, row)
    for (const row of due.values()) await settle(tx, row, now)
    return due.size
  },
)

const old = statement<{ before: number; limit: number }, { id: number }>((db) =>
  db
    .selectFrom('conference_reservations')
    .select('id')
    .where('ended_ms', '<', bind('before'))
    .orderBy('ended_ms')
    .limit(bind('limit')),
)

/** Those that were over or cancelled before that moment. */
export const purgeReservations = purgeWithLog('conference_reservations', old)
