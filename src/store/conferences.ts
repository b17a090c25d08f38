// Conferences and who is in them. A name is open once at a time in an account: who comes second finds the first one's.

import { sql } from 'kysely'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { onLostNode } from './leases.ts'
import { atLeast, below, countOf, equal, isNull, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type ConferenceRow = Row<'conferences'>
export type ConferenceMemberRow = Row<'conference_members'>

const byId = statement<{ account: number; id: number }, ConferenceRow>((db) =>
  db.selectFrom('conferences').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const openByName = statement<{ account: number; name: string }, ConferenceRow>((db) =>
  db
    .selectFrom('conferences')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('name', '=', bind('name'))
    .where('ended_ms', 'is', null),
)
export const readConference = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })
export const readOpenConference = (reader: Pick<Reader, 'one'>, account: number, name: string) =>
  reader.one(openByName, { account, name })

const filters = {
  name: equal('name'),
  nameLike: like('name'),
  state: equal('state'),
  since: atLeast('created_ms'),
  until: below('created_ms'),
  updatedSince: atLeast('updated_ms'),
  updatedUntil: below('updated_ms'),
  within: (query: any, bound: any) =>
    query.where(sql<boolean>`account_id in (select id from accounts where path like ${bound} || '%')`),
}
export const listConferences = listOf('conferences', 'account_id', filters)
export const countConferences = countOf('conferences', 'account_id', filters)

const insert = statement<ConferenceRow>((db) =>
  db
    .insertInto('conferences')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      face: bind('face'),
      name: bind('name'),
      state: bind('state'),
      reason: bind('reason'),
      node: bind('node'),
      detail: bind('detail'),
      created_ms: bind('created_ms'),
      started_ms: bind('started_ms'),
      ended_ms: bind('ended_ms'),
      updated_ms: bind('updated_ms'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

const told = (
  tx: Transaction,
  row: Pick<ConferenceRow, 'id' | 'account_id'>,
  kind: string,
  data: object,
  actor: Actor,
  atMs: number,
) => happened(tx, { accountId: row.account_id, noun: 'conferences', nounId: row.id, kind, actor, data, atMs })

/** Gives the one that is open under the name: this one, or another's, which may be on another node. */
export const openConference = defineWrite(
  'conferences.open',
  async (
    tx,
    { row, actor }: { readonly row: ConferenceRow; readonly actor: Actor },
  ): Promise<{ row: ConferenceRow; isNew: boolean }> => {
    if ((await tx.run(insert, row)) === 0) {
      const found = await tx.one(openByName, { account: row.account_id, name: row.name })
      if (!found) throw new Error(`conference ${row.id} is neither new nor there`)
      return { row: found, isNew: false }
    }
    await count(tx, row.account_id, 'conferences', 1)
    await told(tx, row, 'created', { name: row.name }, actor, row.created_ms)
    return { row, isNew: true }
  },
)

const start = statement<{ id: number; now: number }>((db) =>
  db
    .updateTable('conferences')
    .set({ state: 'running', started_ms: bind('now'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('state', '=', 'waiting'),
)
const end = statement<{ id: number; state: string; reason: string | null; now: number }>((db) =>
  db
    .updateTable('conferences')
    .set({ state: bind('state'), reason: bind('reason'), ended_ms: bind('now'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)
const leaveAll = statement<{ id: number; now: number }>((db) =>
  db
    .updateTable('conference_members')
    .set({ left_ms: bind('now'), updated_ms: bind('now') })
    .where('conference_id', '=', bind('id'))
    .where('left_ms', 'is', null),
)

interface ConferenceAsk {
  readonly id: number
  readonly account: number
  readonly actor: Actor
  readonly now: number
}

/** False when it had started, or ended. */
export const startConference = defineWrite('conferences.start', async (tx, input: ConferenceAsk): Promise<boolean> => {
  const { id, account, actor, now } = input
  if ((await tx.run(start, { id, now })) === 0) return false
  await told(tx, { id, account_id: account }, 'started', {}, actor, now)
  return true
})

/** Whoever is in it has left with it. False when it had ended. */
export const endConference = defineWrite(
  'conferences.end',
  async (tx, input: ConferenceAsk & { state: 'completed' | 'failed'; reason: string | null }): Promise<boolean> => {
    const { id, account, state, reason, actor, now } = input
    if ((await tx.run(end, { id, state, reason, now })) === 0) return false
    await tx.run(leaveAll, { id, now })
    await told(tx, { id, account_id: account }, 'ended', { state, reason }, actor, now)
    return true
  },
)

const join = statement<ConferenceMemberRow>((db) =>
  db
    .insertInto('conference_members')
    .values({
      conference_id: bind('conference_id'),
      call_id: bind('call_id'),
      account_id: bind('account_id'),
      muted: bind('muted'),
      held: bind('held'),
      start_on_enter: bind('start_on_enter'),
      end_on_exit: bind('end_on_exit'),
      joined_ms: bind('joined_ms'),
      left_ms: bind('left_ms'),
      updated_ms: bind('updated_ms'),
    })
    // Somebody who comes back.
    .onConflict((conflict) =>
      conflict.columns(['conference_id', 'call_id']).doUpdateSet({
        muted: bind('muted'),
        held: bind('held'),
        start_on_enter: bind('start_on_enter'),
        end_on_exit: bind('end_on_exit'),
        left_ms: null,
        updated_ms: bind('updated_ms'),
      }),
    ),
)
const change = statement<{ conference: number; call: number; muted: number; held: number; now: number }>((db) =>
  db
    .updateTable('conference_members')
    .set({ muted: bind('muted'), held: bind('held'), updated_ms: bind('now') })
    .where('conference_id', '=', bind('conference'))
    .where('call_id', '=', bind('call'))
    .where('left_ms', 'is', null),
)
const leave = statement<{ conference: number; call: number; now: number }>((db) =>
  db
    .updateTable('conference_members')
    .set({ left_ms: bind('now'), updated_ms: bind('now') })
    .where('conference_id', '=', bind('conference'))
    .where('call_id', '=', bind('call'))
    .where('left_ms', 'is', null),
)

export const joinConference = defineWrite(
  'conferences.join',
  async (tx, { row, actor }: { readonly row: ConferenceMemberRow; readonly actor: Actor }): Promise<null> => {
    await tx.run(join, row)
    const { conference_id: id, account_id, call_id: call, joined_ms: now, muted } = row
    await told(tx, { id, account_id }, 'joined', { call, muted: muted === 1 }, actor, now)
    return null
  },
)

/** False when it is not in it. */
export const changeMember = defineWrite(
  'conferences.change_member',
  async (tx, input: ConferenceAsk & { call: number; muted: boolean; held: boolean }): Promise<boolean> => {
    const { id, account, call, muted, held, actor, now } = input
    if ((await tx.run(change, { conference: id, call, muted: Number(muted), held: Number(held), now })) === 0) return false
    await told(tx, { id, account_id: account }, 'member_changed', { call, muted, held }, actor, now)
    return true
  },
)

export const leaveConference = defineWrite(
  'conferences.leave',
  async (tx, input: ConferenceAsk & { call: number }): Promise<boolean> => {
    const { id, account, call, actor, now } = input
    if ((await tx.run(leave, { conference: id, call, now })) === 0) return false
    await told(tx, { id, account_id: account }, 'left', { call }, actor, now)
    return true
  },
)

/** Scoped by conference; a member is known by its call. */
export const listMembers = listOf(
  'conference_members',
  'conference_id',
  { account: equal('account_id'), muted: equal('muted'), held: equal('held'), inside: isNull('left_ms') },
  'call_id',
)

const memberAt = statement<{ conference: number; call: number }, ConferenceMemberRow>((db) =>
  db
    .selectFrom('conference_members')
    .selectAll()
    .where('conference_id', '=', bind('conference'))
    .where('call_id', '=', bind('call')),
)
export const readMember = (reader: Pick<Reader, 'one'>, conference: number, call: number) =>
  reader.one(memberAt, { conference, call })

const orphaned = statement<{ now: number; own: string; limit: number }, ConferenceRow>((db) =>
  db.selectFrom('conferences').selectAll().where('ended_ms', 'is', null).where(onLostNode).orderBy('id').limit(bind('limit')),
)
/** Conferences that are open by their rows, on nodes that are gone. */
export const orphanedConferences = (reader: Reader, own: string, now: number, limit: number) =>
  reader.all(orphaned, { own, now, limit })
