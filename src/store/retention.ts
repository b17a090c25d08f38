// Takes away what an account no longer keeps: ended messages, their texts, ended calls, ended e-mails, ended deliveries, refusals. Ids are
// sorted by time, so that what is old is a range of the account's own index, and each step is a short one.
//
// A purge leaves no line in the log for each message, or the log would grow by what is to shrink; the setting that asked for
// it has its own.

import { sql } from 'kysely'
import { count } from './counters.ts'
import { dropHappenings } from './happenings.ts'
import { dropMediaOfMessage } from './media.ts'
import { dropMessage, type MessageRow } from './messages.ts'
import { setMeta } from './meta.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Transaction } from './store.ts'

export interface OldRows {
  readonly account: number
  /** No row whose id is this or a later one: the first that could have been made at `beforeMs`. */
  readonly beforeId: number
  /** And none that ended at this moment or later. */
  readonly beforeMs: number
  /** Where an earlier step of the same run came to; -1 to begin. */
  readonly after: number
  readonly limit: number
}

export interface PurgeStep {
  readonly done: number
  /** Where the next step goes on; null when there is nothing more. */
  readonly next: number | null
}

type OldParams = { account: number; after: number; before_id: number; limit: number }
type OldMessage = Pick<MessageRow, 'id' | 'account_id' | 'ended_ms' | 'body' | 'detail'>

const oldMessages = statement<OldParams, OldMessage>((db) =>
  db
    .selectFrom('messages')
    .select(['id', 'account_id', 'ended_ms', 'body', 'detail'])
    .where('account_id', '=', bind('account'))
    .where('id', '>', bind('after'))
    .where('id', '<', bind('before_id'))
    .orderBy('id')
    .limit(bind('limit')),
)

const readOld = (tx: Transaction, { account, after, beforeId, limit }: OldRows) =>
  tx.all(oldMessages, { account, after, before_id: beforeId, limit })

const nextOf = (rows: readonly { readonly id: number }[], limit: number): number | null =>
  rows.length < limit ? null : rows.at(-1)!.id

const isOld = ({ ended_ms }: Pick<MessageRow, 'ended_ms'>, beforeMs: number): boolean => ended_ms !== null && ended_ms < beforeMs

/** Messages with their attachments and their part of the log. Their segments' ids go with their age, see purgeSegments. */
export const purgeMessages = defineWrite('retention.messages', async (tx, old: OldRows): Promise<PurgeStep> => {
  const rows = await readOld(tx, old)
  let done = 0
  for (const row of rows) {
    if (!isOld(row, old.beforeMs)) continue
    await dropMessage(tx, row)
    if (mayHaveMedia(row)) await dropMediaOfMessage(tx, row.id)
    await dropHappenings(tx, 'messages', row.id)
    done += 1
  }
  if (done > 0) await count(tx, old.account, 'messages', -done)
  return { done, next: nextOf(rows, old.limit) }
})

const oldCalls = statement<OldParams, { id: number; ended_ms: number | null }>((db) =>
  db
    .selectFrom('calls')
    .select(['id', 'ended_ms'])
    .where('account_id', '=', bind('account'))
    .where('id', '>', bind('after'))
    .where('id', '<', bind('before_id'))
    .orderBy('id')
    .limit(bind('limit')),
)
const dropCall = statement<{ id: number }>((db) => db.deleteFrom('calls').where('id', '=', bind('id')))

/** Calls with their part of the log; their recordings have a time of their own. */
export const purgeCalls = defineWrite('retention.calls', async (tx, old: OldRows): Promise<PurgeStep> => {
  const { account, after, beforeId, beforeMs, limit } = old
  const rows = await tx.all(oldCalls, { account, after, before_id: beforeId, limit })
  let done = 0
  for (const { id, ended_ms } of rows) {
    if (ended_ms === null || ended_ms >= beforeMs) continue
    await tx.run(dropCall, { id })
    await dropHappenings(tx, 'calls', id)
    done += 1
  }
  if (done > 0) await count(tx, account, 'calls', -done)
  return { done, next: nextOf(rows, limit) }
})

const mayHaveMedia = ({ detail }: Pick<MessageRow, 'detail'>): boolean => detail.includes('"media"')

const blank = statement<{ id: number; detail: string }>((db) =>
  db
    .updateTable('messages')
    .set({ body: '', detail: bind('detail') })
    .where('id', '=', bind('id')),
)

/** The part of the name in `meta` under which an account's way through its texts is kept. */
export const textsMark = (account: number): string => `texts purged ${account}`

/**
 * Texts and attachments; the rest of a message stays. `mark` is where all before is done: kept in the same commit, so that
 * years of messages without text are not walked through again and again. What has not ended yet keeps the mark before it.
 */
export const purgeTexts = defineWrite(
  'retention.texts',
  async (tx, old: OldRows & { readonly markFrom: number }): Promise<PurgeStep & { readonly mark: number }> => {
    const rows = await readOld(tx, old)
    let done = 0
    let mark = old.markFrom
    let stuck = old.after !== old.markFrom
    for (const row of rows) {
      if (!isOld(row, old.beforeMs)) {
        stuck = true
        continue
      }
      if (!stuck) mark = row.id
      const detail = JSON.parse(row.detail) as { subject?: string; media?: number[]; redactedMs?: number }
      if (row.body === '' && detail.subject === undefined && detail.media === undefined) continue
      const { subject: _, media, ...kept } = detail
      if (media !== undefined) await dropMediaOfMessage(tx, row.id)
      await tx.run(blank, { id: row.id, detail: JSON.stringify({ ...kept, redactedMs: old.beforeMs }) })
      done += 1
    }
    if (mark !== old.markFrom) await setMeta.run(tx, { name: textsMark(old.account), value: String(mark) })
    return { done, next: nextOf(rows, old.limit), mark }
  },
)

const dropEmails = statement<OldParams & { before_ms: number }>((db) =>
  db.deleteFrom('emails').where(
    sql<boolean>`id in (select id from emails where account_id = ${bind('account')} and id > ${bind('after')}
      and id < ${bind('before_id')} and ended_ms < ${bind('before_ms')} order by id limit ${bind('limit')})`,
  ),
)
const dropDeliveries = statement<OldParams & { before_ms: number }>((db) =>
  db.deleteFrom('webhook_deliveries').where(
    sql<boolean>`id in (select id from webhook_deliveries where account_id = ${bind('account')} and id > ${bind('after')}
      and id < ${bind('before_id')} and ended_ms < ${bind('before_ms')} order by id limit ${bind('limit')})`,
  ),
)
const paramsOf = ({ account, after, beforeId, beforeMs, limit }: OldRows) => ({
  account,
  after,
  before_id: beforeId,
  before_ms: beforeMs,
  limit,
})

export const purgeEmails = defineWrite('retention.emails', async (tx, old: OldRows): Promise<PurgeStep> => {
  const done = await tx.run(dropEmails, paramsOf(old))
  if (done > 0) await count(tx, old.account, 'emails', -done)
  return { done, next: done < old.limit ? null : old.after }
})

/** What is still to be told stays. */
export const purgeDeliveries = defineWrite('retention.deliveries', async (tx, old: OldRows): Promise<PurgeStep> => {
  const done = await tx.run(dropDeliveries, paramsOf(old))
  return { done, next: done < old.limit ? null : old.after }
})

const dropRefusals = statement<{ account: number; before: number; limit: number }>((db) =>
  db.deleteFrom('refusals').where(
    sql<boolean>`error_id in (select error_id from refusals where account_id = ${bind('account')}
      and at_ms < ${bind('before')} order by at_ms limit ${bind('limit')})`,
  ),
)

/** For `store.note(purgeRefusalsOf, ...)`. */
export const purgeRefusalsOf = defineWrite(
  'retention.refusals',
  async (tx, input: { account: number; beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(dropRefusals, { account: input.account, before: input.beforeMs, limit: input.limit }),
)

export interface SegmentKey {
  readonly carrier: number
  readonly ref: string
}

const segmentAt = statement<{ carrier: number; ref: string; skip: number }, { carrier_id: number; ref: string }>((db) =>
  db
    .selectFrom('message_segments')
    .select(['carrier_id', 'ref'])
    .where((eb) => eb(eb.refTuple('carrier_id', 'ref'), '>', eb.tuple(bind<number>('carrier'), bind<string>('ref'))))
    .orderBy('carrier_id')
    .orderBy('ref')
    .limit(1)
    .offset(bind('skip')),
)
const dropSegments = statement<{ carrier: number; ref: string; to_carrier: number; to_ref: string; before: number }>((db) =>
  db
    .deleteFrom('message_segments')
    .where((eb) => eb(eb.refTuple('carrier_id', 'ref'), '>', eb.tuple(bind<number>('carrier'), bind<string>('ref'))))
    .where((eb) => eb(eb.refTuple('carrier_id', 'ref'), '<=', eb.tuple(bind<number>('to_carrier'), bind<string>('to_ref'))))
    .where('at_ms', '<', bind('before')),
)

/** Beyond every carrier. */
const lastKey: SegmentKey = { carrier: Number.MAX_SAFE_INTEGER, ref: '' }

/**
 * The networks' ids of segments that are of no more use: no receipt will name them. They have no index by age, which every
 * send would pay for; so the table is walked, `span` rows a step. Gives where the next step begins, null at the end.
 */
export const purgeSegments = defineWrite(
  'retention.segments',
  async (
    tx,
    input: { after: SegmentKey; span: number; beforeMs: number },
  ): Promise<{ done: number; next: SegmentKey | null }> => {
    const { after, span, beforeMs } = input
    const end = await tx.one(segmentAt, { ...after, skip: span })
    const to = end ? { carrier: end.carrier_id, ref: end.ref } : lastKey
    const done = await tx.run(dropSegments, { ...after, to_carrier: to.carrier, to_ref: to.ref, before: beforeMs })
    return { done, next: end ? to : null }
  },
)
