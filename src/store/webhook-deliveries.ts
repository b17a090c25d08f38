// Deliveries: one telling of one event at one URL. The relay adds them together with its cursor over the log, so that
// neither is ever without the other; what came of many attempts is one write.

import { sql } from 'kysely'
import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { idsOfBatch, insertBatch, rowsOfBatch } from './row-batch.ts'
import { bind, statement, type Statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type WebhookDeliveryRow = Row<'webhook_deliveries'>

export interface MessagesToTell {
  /** Those of these faces. */
  readonly faces: readonly string[]
  /** All, while any of these faces keeps a facet whose noun begins so. */
  readonly facets: readonly { readonly face: string; readonly prefix: string }[]
}

/** Those of some messages that nobody is told of: no URL of their own or of a number that they came to, no endpoint, and not these. */
export function untoldMessages({ faces, facets }: MessagesToTell): Statement<{ ids: string }, { id: number }> {
  return statement((db, engine) => {
    let query = db
      .selectFrom('messages')
      .select('id')
      .where('id', 'in', idsOfBatch(engine))
      .where('callback', 'is', null)
      .where('direction', '=', 'out')
      .where(sql<boolean>`not exists (select 1 from webhook_endpoints where webhook_endpoints.account_id = messages.account_id)`)
    if (faces.length > 0) query = query.where('face', 'not in', faces)
    for (const { face, prefix } of facets)
      query = query.where(
        sql<boolean>`not exists (select 1 from facets where face = ${face} and noun >= ${prefix} and noun < ${`${prefix}\u{10ffff}`})`,
      )
    return query
  })
}

const columns = {
  id: 'big',
  account_id: 'big',
  endpoint_id: 'big',
  face: 'text',
  kind: 'text',
  noun: 'text',
  noun_id: 'big',
  lane: 'big',
  queue: 'big',
  state: 'text',
  method: 'text',
  url: 'text',
  headers: 'text',
  body: 'text',
  fallback: 'text',
  subject: 'text',
  error_id: 'text',
  loopback: 'big',
  attempts: 'big',
  attempts_before: 'big',
  due_ms: 'big',
  deadline_ms: 'big',
  status: 'big',
  reason: 'text',
  params: 'text',
  happened_ms: 'big',
  created_ms: 'big',
  ended_ms: 'big',
} as const

const insert = insertBatch('webhook_deliveries', columns)

const cursorName = 'webhooks cursor'

const readCursorStatement = statement<{}, { value: string }>((db) =>
  db.selectFrom('meta').select('value').where('name', '=', cursorName),
)
const startCursor = statement<{ value: string }>((db) =>
  db
    .insertInto('meta')
    .values({ name: cursorName, value: bind('value') })
    .onConflict((conflict) => conflict.column('name').doNothing()),
)
const moveCursor = statement<{ from: string; to: string }>((db) =>
  db
    .updateTable('meta')
    .set({ value: bind('to') })
    .where('name', '=', cursorName)
    .where('value', '=', bind('from')),
)

/** How far the log has been told; undefined before the first time. */
export const readWebhookCursor = async (reader: Reader): Promise<string | undefined> =>
  (await reader.one(readCursorStatement, {}))?.value

/**
 * Adds deliveries (JSON of WebhookDeliveryRow[]) and moves the cursor from where it was read. False, and nothing changed,
 * when another relay has moved it meanwhile.
 */
export const relayWebhooks = defineWrite(
  'webhook_deliveries.relay',
  async (tx, { rows, from, to }: { rows: string; from: string; to: string }): Promise<boolean> => {
    if ((await tx.run(moveCursor, { from, to })) === 0) {
      if ((await tx.one(readCursorStatement, {})) !== undefined) return false
      await tx.run(startCursor, { value: to })
    }
    if (rows !== '[]') await tx.run(insert, { rows })
    return true
  },
)

/** One delivery beside the log: a test or a sample. */
export const addWebhookDeliveries = defineWrite(
  'webhook_deliveries.add',
  async (tx, input: { rows: WebhookDeliveryRow[]; accountId: number; actor: Actor; now: number }): Promise<{ ids: number[] }> => {
    const { rows, accountId, actor, now } = input
    await tx.run(insert, { rows: JSON.stringify(rows) })
    const [first] = rows
    if (first) await wake(tx, accountId, first.id, 'added', [...new Set(rows.map(({ queue }) => queue))], actor, now)
    return { ids: rows.map(({ id }) => id) }
  },
)

/** The relay reads the log: that is how it hears, on whichever node it runs, of what it did not add itself. */
async function wake(
  tx: Parameters<typeof happened>[0],
  accountId: number,
  nounId: number,
  kind: 'added' | 'replayed',
  queues: number[],
  actor: Actor,
  atMs: number,
): Promise<void> {
  await happened(tx, { accountId, noun: 'webhook_deliveries', nounId, kind, actor, data: { queues }, atMs })
}

/** What came of an attempt. `pending` with a new `due_ms` is tried again. */
export interface WebhookOutcome {
  readonly id: number
  readonly state: 'pending' | 'delivered' | 'failed' | 'canceled'
  readonly attempts: number
  readonly due_ms: number
  readonly status: number | null
  readonly reason: string | null
  readonly params: string | null
  readonly ended_ms: number | null
}

const outcomeColumns = {
  id: 'big',
  state: 'text',
  attempts: 'big',
  due_ms: 'big',
  status: 'big',
  reason: 'text',
  params: 'text',
  ended_ms: 'big',
} as const

const settle = statement<{ rows: string }>((db, engine) => ({
  compile: () =>
    sql`update webhook_deliveries set state = given.state, attempts = given.attempts, due_ms = given.due_ms,
      status = given.status, reason = given.reason, params = given.params, ended_ms = given.ended_ms
      from ${rowsOfBatch(engine, outcomeColumns)} as given
      where webhook_deliveries.id = given.id and webhook_deliveries.state = 'pending'`.compile(db),
}))

/** JSON of WebhookOutcome[]; what has ended already stays as it ended. */
export const settleWebhooks = defineWrite(
  'webhook_deliveries.settle',
  async (tx, input: { rows: string }): Promise<number> => await tx.run(settle, input),
)

const pendingOf = statement<{ queue: number; after: number; limit: number }, WebhookDeliveryRow>((db) =>
  db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('queue', '=', bind('queue'))
    .where('state', '=', sql.lit('pending'))
    .where('id', '>', bind('after'))
    .orderBy('id')
    .limit(bind('limit')),
)

/** What a queue still has to tell, in its order. */
export const pendingWebhooks = (reader: Reader, queue: number, after: number, limit: number) =>
  reader.all(pendingOf, { queue, after, limit })

const pendingById = statement<{ id: number }, WebhookDeliveryRow>((db) =>
  db.selectFrom('webhook_deliveries').selectAll().where('id', '=', bind('id')).where('state', '=', sql.lit('pending')),
)
/** One by its id, unless it has ended. */
export const readPendingWebhook = (reader: Reader, id: number) => reader.one(pendingById, { id })

const nextQueue = statement<{ after: number }, { queue: number }>((db) =>
  db
    .selectFrom('webhook_deliveries')
    .select('queue')
    .where('state', '=', sql.lit('pending'))
    .where('queue', '>', bind('after'))
    .orderBy('queue')
    .limit(1),
)

/** Every queue with something to tell: a step of the index each, however much waits there. */
export async function pendingWebhookQueues(reader: Reader): Promise<number[]> {
  const queues: number[] = []
  for (let after = -1; ;) {
    const row = await reader.one(nextQueue, { after })
    if (!row) return queues
    queues.push(row.queue)
    after = row.queue
  }
}

const overdue = statement<{ queue: number; now: number; limit: number }, WebhookDeliveryRow>((db) =>
  db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('queue', '=', bind('queue'))
    .where('state', '=', sql.lit('pending'))
    .where('deadline_ms', '<', bind('now'))
    .orderBy('id')
    .limit(bind('limit')),
)

/** What a queue could not tell in time. */
export const overdueWebhooks = (reader: Reader, queue: number, now: number, limit: number) =>
  reader.all(overdue, { queue, now, limit })

const byId = statement<{ account: number; id: number }, WebhookDeliveryRow>((db) =>
  db.selectFrom('webhook_deliveries').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
export const readWebhookDelivery = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })

const ofNoun = statement<{ noun: string; noun_id: number; limit: number }, WebhookDeliveryRow>((db) =>
  db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('noun_id', '=', bind('noun_id'))
    .where('noun', '=', bind('noun'))
    .orderBy('id')
    .limit(bind('limit')),
)
/** Who was told of a thing, oldest first. */
export const webhookDeliveriesOf = (reader: Reader, noun: string, id: number, limit = 1000) =>
  reader.all(ofNoun, { noun, noun_id: id, limit })

const webhookDeliveryFilters = {
  // Written out, so that the index of the few that failed is used.
  failed: (query: any) => query.where('state', '=', sql.lit('failed')),
  state: equal('state'),
  kind: equal('kind'),
  endpoint: equal('endpoint_id'),
  nounId: equal('noun_id'),
}
export const listWebhookDeliveries = listOf('webhook_deliveries', 'account_id', webhookDeliveryFilters)

const offered = statement<{ account: number; endpoint: number; after: number; limit: number }, WebhookDeliveryRow>((db) =>
  db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('id', '>', bind('after'))
    .where(({ eb, or }) => or([eb('endpoint_id', '=', bind('endpoint')), eb('endpoint_id', 'is', null)]))
    .orderBy('id')
    .limit(bind('limit')),
)
/** What a listener has not seen: its own, and what goes to URLs that are no endpoint's. */
export const webhooksForListener = (reader: Reader, account: number, endpoint: number, after: number, limit: number) =>
  reader.all(offered, { account, endpoint, after, limit })

interface ReplayParams {
  account: number
  now: number
  deadline: number
}
const again = {
  state: 'pending',
  due_ms: bind<number>('now'),
  deadline_ms: bind<number>('deadline'),
  ended_ms: null,
  attempts_before: sql.ref<number>('attempts'),
} as const

/** Why a delivery failed that has nothing to be sent: its form had a fault. */
export const unrenderedReason = 'webhook.not_rendered'

const replayOne = statement<ReplayParams & { id: number }, { id: number; queue: number }>((db) =>
  db
    .updateTable('webhook_deliveries')
    .set(again)
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account'))
    .where('state', 'in', [sql.lit('failed'), sql.lit('delivered'), sql.lit('canceled')])
    .where(sql<boolean>`(reason is null or reason <> ${sql.lit(unrenderedReason)})`)
    .returning(['id', 'queue']),
)

interface ReplayFilter {
  readonly kind?: string | undefined
  readonly endpoint?: number | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}
const replaySome = statement<
  ReplayParams & { kind: string | null; endpoint: number | null; from: number; to: number; limit: number },
  { id: number; queue: number }
>((db) =>
  db
    .updateTable('webhook_deliveries')
    .set(again)
    .where(
      sql<boolean>`id in (select id from webhook_deliveries where account_id = ${bind('account')} and state = 'failed'
        and (reason is null or reason <> ${sql.lit(unrenderedReason)})
        and (cast(${bind('kind')} as text) is null or kind = ${bind('kind')})
        and (cast(${bind('endpoint')} as bigint) is null or endpoint_id = ${bind('endpoint')})
        and happened_ms >= ${bind('from')} and happened_ms < ${bind('to')} order by id limit ${bind('limit')})`,
    )
    .returning(['id', 'queue']),
)

/** Tells it once more, from the start, under the id it had. `waiting` when it is under way anyhow, `unrendered` when there is nothing to tell. */
export const replayWebhook = defineWrite(
  'webhook_deliveries.replay',
  async (
    tx,
    { actor, ...input }: ReplayParams & { id: number; actor: Actor },
  ): Promise<{ outcome: 'gone' | 'waiting' | 'unrendered' | 'replayed'; row: WebhookDeliveryRow | null }> => {
    const before = await tx.one(byId, input)
    if (!before) return { outcome: 'gone', row: null }
    const done = await tx.one(replayOne, input)
    if (!done) return { outcome: before.reason === unrenderedReason ? 'unrendered' : 'waiting', row: before }
    await wake(tx, input.account, input.id, 'replayed', [done.queue], actor, input.now)
    return { outcome: 'replayed', row: (await tx.one(byId, input)) ?? null }
  },
)

/** Tells dead letters once more, the oldest first, at most `limit` at a time. */
export const replayWebhooks = defineWrite(
  'webhook_deliveries.replay_some',
  async (
    tx,
    { actor, filter, ...input }: ReplayParams & { filter: ReplayFilter; limit: number; actor: Actor },
  ): Promise<{ replayed: number }> => {
    const { kind, endpoint, fromMs, toMs } = filter
    const bounds = { from: fromMs ?? 0, to: toMs ?? Number.MAX_SAFE_INTEGER }
    const rows = await tx.all(replaySome, { ...input, kind: kind ?? null, endpoint: endpoint ?? null, ...bounds })
    const [first] = rows
    if (first) {
      const queues = [...new Set(rows.map(({ queue }) => queue))]
      await wake(tx, input.account, first.id, 'replayed', queues, actor, input.now)
    }
    return { replayed: rows.length }
  },
)
