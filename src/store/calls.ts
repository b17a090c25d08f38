// Calls: one row a leg. What happens to them stands in call-life.ts; here is how they are read, listed and deleted.

import { sql } from 'kysely'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { onLostNode } from './leases.ts'
import { atLeast, below, countOf, equal, isLike, isNull, like, listOf } from './list.ts'
import { idsOfBatch } from './row-batch.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type CallRow = Row<'calls'>

/** What of a call has not happened yet, and what nobody asked for. */
export const freshCall = {
  parent_id: null,
  caller_name: '',
  forwarded_from: '',
  number: '',
  reason: null,
  params: null,
  cause: null,
  error_id: null,
  sip_status: null,
  q850: null,
  ended_by: null,
  carrier_id: null,
  client_id: null,
  user_id: null,
  hidden: 0,
  number_id: null,
  application_id: null,
  conference_id: null,
  payer_id: null,
  rate_micro: 0,
  charging_block: '60/60',
  held_micro: 0,
  price_micro: 0,
  cost_micro: 0,
  currency: 'USD',
  duration_ms: null,
  client_ref: '',
  callback: null,
  detail: '{}',
  media: null,
  ringing_ms: null,
  answered_ms: null,
  ended_ms: null,
} as const satisfies Partial<CallRow>

const columns = [
  'id',
  'session_id',
  'parent_id',
  'account_id',
  'direction',
  'origin',
  'face',
  'caller',
  'caller_name',
  'called',
  'forwarded_from',
  'number',
  'state',
  'reason',
  'params',
  'cause',
  'error_id',
  'sip_status',
  'q850',
  'ended_by',
  'carrier_id',
  'client_id',
  'user_id',
  'hidden',
  'number_id',
  'application_id',
  'conference_id',
  'node',
  'payer_id',
  'rate_micro',
  'charging_block',
  'held_micro',
  'price_micro',
  'cost_micro',
  'currency',
  'duration_ms',
  'client_ref',
  'callback',
  'detail',
  'media',
  'created_ms',
  'ringing_ms',
  'answered_ms',
  'ended_ms',
  'updated_ms',
] as const satisfies readonly (keyof CallRow)[]

export const insertCall = statement<CallRow>((db) =>
  db.insertInto('calls').values(Object.fromEntries(columns.map((name) => [name, bind(name)])) as never),
)

const byId = statement<{ account: number; id: number }, CallRow>((db) =>
  db.selectFrom('calls').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const anyById = statement<{ id: number }, CallRow>((db) => db.selectFrom('calls').selectAll().where('id', '=', bind('id')))

export const readCall = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })
/** Whosever it is: for the platform's own loops. */
export const readCallById = (reader: Pick<Reader, 'one'>, id: number) => reader.one(anyById, { id })

const byError = statement<{ error: string }, CallRow>((db) =>
  db.selectFrom('calls').selectAll().where('error_id', '=', bind('error')),
)
/** The call that came to its end under this error id, whosever it is. */
export const readCallByError = (reader: Pick<Reader, 'one'>, error: string) => reader.one(byError, { error })

const bySession = statement<{ session: number }, CallRow>((db) =>
  db.selectFrom('calls').selectAll().where('session_id', '=', bind('session')).orderBy('id'),
)
/** All legs that were ever connected by one script, the first one first. */
export const readSession = (reader: Reader, session: number) => reader.all(bySession, { session })

/** As its user sees it: what a registered phone dials comes in here, but is placed, unless it serves a number of the account. */
export const seenDirection = sql<string>`case when client_id is not null and number_id is null then 'out' else direction end`

const filters = {
  direction: equal('direction'),
  seenAs: (query: any, bound: any) => query.where(sql<boolean>`${seenDirection} = ${bound}`),
  origin: equal('origin'),
  state: equal('state'),
  states: (query: any, bound: any) => query.where(sql<boolean>`${bound} like '%,' || state || ',%'`),
  from: equal('caller'),
  fromLike: like('caller'),
  to: equal('called'),
  toLike: like('called'),
  /** Either end. */
  party: (query: any, bound: any) => query.where((eb: any) => eb.or([eb('caller', '=', bound), eb('called', '=', bound)])),
  number: equal('number'),
  numberId: equal('number_id'),
  client: equal('client_id'),
  user: equal('user_id'),
  hidden: equal('hidden'),
  application: equal('application_id'),
  session: equal('session_id'),
  parent: equal('parent_id'),
  /** The leg with which a session began. */
  first: isNull('parent_id'),
  /** To or from a registered phone, or over a carrier. */
  ofPhone: (query: any, bound: any) => query.where(sql<boolean>`(client_id is not null) = (${bound} = 1)`),
  /** api: by a request; script: by whatever else; any. */
  recorded: (query: any, bound: any) =>
    query.where(
      sql<boolean>`exists (select 1 from recordings as r where r.call_id = calls.id and r.state = 'ready'
        and (${bound} = 'any' or (r.source = 'api') = (${bound} = 'api')))`,
    ),
  conference: equal('conference_id'),
  reason: equal('reason'),
  face: equal('face'),
  clientRef: equal('client_ref'),
  /** Only what is up. */
  open: (query: any, bound: any) => query.where(sql<boolean>`(ended_ms is null) = (${bound} = 1)`),
  since: atLeast('created_ms'),
  until: below('created_ms'),
  startedSince: atLeast('answered_ms'),
  startedUntil: below('answered_ms'),
  endedSince: atLeast('ended_ms'),
  endedUntil: below('ended_ms'),
  /** Of accounts at this path and below. */
  within: (query: any, bound: any) =>
    query.where(sql<boolean>`account_id in (select id from accounts where path like ${bound} || '%')`),
}

const sortable = {
  from: sql.ref('caller'),
  to: sql.ref('called'),
  direction: sql.ref('direction'),
  state: sql.ref('state'),
  duration: sql.ref('duration_ms'),
  price: sql.ref('price_micro'),
  started: sql.ref('answered_ms'),
}

export const listCalls = listOf('calls', 'account_id', filters, 'id', sortable)
export const countCalls = countOf('calls', 'account_id', filters)

const told = statement<{ ids: string }, CallRow>((db, engine) =>
  db.selectFrom('calls').selectAll().where('id', 'in', idsOfBatch(engine)).where('callback', 'is not', null),
)
/** Those of some calls that have a URL of their own to be told to. */
export const readToldCalls = (reader: Reader, ids: readonly number[]) => reader.all(told, { ids: JSON.stringify(ids) })

const openOnes = statement<{ now: number; own: string; limit: number }, CallRow>((db) =>
  db.selectFrom('calls').selectAll().where('ended_ms', 'is', null).where(onLostNode).orderBy('id').limit(bind('limit')),
)
/** Calls that are up by their rows, on nodes that are not: nobody will end them. */
export const orphanedCalls = (reader: Reader, own: string, now: number, limit: number) =>
  reader.all(openOnes, { own, now, limit })

const upOnOthers = statement<{ own: string }, { account: number; n: number }>((db) =>
  db
    .selectFrom('calls')
    .select(['account_id as account', sql<number>`count(*)`.as('n')])
    .where('ended_ms', 'is', null)
    .where('node', '!=', bind('own'))
    .groupBy('account_id'),
)
/** How many calls are up on other nodes, by account; accounts without any are not among them. */
export const callsOnOtherNodes = (reader: Pick<Reader, 'all'>, own: string) => reader.all(upOnOthers, { own })

const upElsewhere = statement<{ account: number; own: string; ref: string }, { id: number }>((db) =>
  db
    .selectFrom('calls')
    .select('id')
    .where('account_id', '=', bind('account'))
    .where('ended_ms', 'is', null)
    .where('node', '!=', bind('own'))
    .where(isLike('detail', bind('ref')))
    .limit(1),
)
/** Whether a call of the account is up on another node than `own` under this name in signalling: `sip:<Call-ID>`. */
export const isUpElsewhere = async (reader: Pick<Reader, 'one'>, account: number, own: string, ref: string): Promise<boolean> =>
  (await reader.one(upElsewhere, { account, own, ref: `%"ref":${JSON.stringify(ref)}%` })) !== undefined

const spentSince = statement<{ account: number; since: number }, { spent: number }>((db) =>
  db
    .selectFrom('calls')
    .select(sql<number>`coalesce(sum(price_micro + held_micro), 0)`.as('spent'))
    .where('account_id', '=', bind('account'))
    .where('id', '>=', bind('since')),
)
/** What calls made from this id on cost and hold, in the account's currency. */
export const spentOnCalls = (reader: Pick<Reader, 'one'>, account: number, sinceId: number) =>
  reader.one(spentSince, { account, since: sinceId })

const remove = statement<{ account: number; id: number }>((db) =>
  db.deleteFrom('calls').where('id', '=', bind('id')).where('account_id', '=', bind('account')).where('ended_ms', 'is not', null),
)

/** `open`: it has not ended. Null where there is none. */
export const deleteCall = defineWrite(
  'calls.delete',
  async (
    tx,
    input: { readonly account: number; readonly id: number; readonly actor: Actor; readonly now: number },
  ): Promise<{ deleted: true } | { open: string } | null> => {
    const { account, id, actor, now } = input
    const row = await tx.one(byId, { account, id })
    if (!row) return null
    if ((await tx.run(remove, { account, id })) === 0) return { open: row.state }
    await count(tx, account, 'calls', -1)
    await happened(tx, { accountId: account, noun: 'calls', nounId: id, kind: 'deleted', actor, atMs: now })
    return { deleted: true }
  },
)
