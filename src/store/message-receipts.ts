// What the network says of messages it took. A receipt finds its segment by the network's id in canonical form; state moves
// forward only; what comes for nobody is parked, and matched when its message's id becomes known.

import { leaveQueue } from './accept-messages.ts'
import { happened } from './happenings.ts'
import { errorIdOf } from './message-error-id.ts'
import { ending, platformActor, releaseUnsent, type Why } from './message-life.ts'
import type { MessageRow } from './messages.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export interface ReceiptItem {
  readonly carrier: number
  /** Forms that the id may have been given in: as it is, then converted. */
  readonly refs: readonly string[]
  /** Both ends of the message as the network wrote them, one of which is its recipient. */
  readonly addresses: readonly string[]
  readonly state: string
  readonly final: boolean
  /** What it makes of the message when it is final. */
  readonly ends: 'delivered' | 'undelivered' | 'expired' | 'failed'
  readonly why: Why | null
  readonly raw: string
  /** Whether another route may be tried. */
  readonly elsewhere: boolean
  /** The parked row it comes from, if it does. */
  readonly parked?: number
}

export type ReceiptTaken =
  | { readonly fate: 'moved'; readonly messageId: number; readonly state: string }
  | { readonly fate: 'noted' | 'late'; readonly messageId: number }
  /** Queued again, over another route. */
  | { readonly fate: 'rerouted'; readonly messageId: number; readonly row: MessageRow }
  | { readonly fate: 'parked' }

const segmentByRef = statement<{ carrier: number; ref: string }, Row<'message_segments'>>((db) =>
  db.selectFrom('message_segments').selectAll().where('carrier_id', '=', bind('carrier')).where('ref', '=', bind('ref')),
)

const moveSegment = statement<{ carrier: number; ref: string; state: string; cause: string | null; now: number }>((db) =>
  db
    .updateTable('message_segments')
    .set({ state: bind('state'), cause: bind('cause'), at_ms: bind('now') })
    .where('carrier_id', '=', bind('carrier'))
    .where('ref', '=', bind('ref')),
)

const toldColumns = ['id', 'account_id', 'segments', 'state', 'ended_ms', 'detail', 'deadline_ms', 'sender', 'recipient'] as const
type Told = Pick<MessageRow, (typeof toldColumns)[number]>
const toldRow = statement<{ id: number }, Told>((db) =>
  db.selectFrom('messages').select(toldColumns).where('id', '=', bind('id')),
)

const delivered = statement<{ id: number }, { n: number }>((db) =>
  db
    .selectFrom('message_segments')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('message_id', '=', bind('id'))
    .where('segment', '>', 0)
    .where('state', '=', 'delivered'),
)

/** Of a message that goes over another route now: what the first network still says of it changes nothing. */
const superseded = 'superseded'

const supersedeParts = statement<{ id: number }>((db) =>
  db.updateTable('message_segments').set({ state: superseded }).where('message_id', '=', bind('id')).where('segment', '>', 0),
)

const endSent = statement<{
  id: number
  state: string
  reason: string | null
  params: string | null
  cause: string | null
  errorId: string | null
  now: number
}>((db) => db.updateTable('messages').set(ending).where('id', '=', bind('id')).where('ended_ms', 'is', null))

const reroute = statement<{ id: number; carrier: number; detail: string; wake: number | null; now: number } & Why>((db) =>
  db
    .updateTable('messages')
    .set({
      state: 'queued',
      carrier_id: bind('carrier'),
      detail: bind('detail'),
      wake_ms: bind('wake'),
      reason: bind('reason'),
      params: bind('params'),
      cause: bind('cause'),
      updated_ms: bind('now'),
    })
    .where('id', '=', bind('id'))
    .where('state', '=', 'sent')
    .where('ended_ms', 'is', null),
)
const joinAgain = statement<{ account: number; sender: string }>((db) =>
  db
    .insertInto('sender_queues')
    .values({ account_id: bind('account'), sender: bind('sender'), queued: 1 })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'sender']).doUpdateSet((eb) => ({ queued: eb('sender_queues.queued', '+', 1) })),
    ),
)
const wholeRow = statement<{ id: number }, MessageRow>((db) => db.selectFrom('messages').selectAll().where('id', '=', bind('id')))

const park = statement<Row<'parked_receipts'>>((db) =>
  db.insertInto('parked_receipts').values({
    id: bind('id'),
    carrier_id: bind('carrier_id'),
    ref: bind('ref'),
    receipt: bind('receipt'),
    at_ms: bind('at_ms'),
  }),
)
const unpark = statement<{ id: number }>((db) => db.deleteFrom('parked_receipts').where('id', '=', bind('id')))

const nothing: Why = { reason: '', params: null, cause: null }

interface Match {
  readonly segment: Row<'message_segments'>
  /** Undefined: its account deleted it. */
  readonly row: Told | undefined
}

/**
 * An id in another form than it was given in may be another message's id by chance, 33 being 21 in hexadecimal: the recipient
 * tells them apart. Where it agrees with none, the id as it stands is believed; where there is none, any form of it.
 */
async function matchOf(tx: Transaction, { carrier, refs, addresses = [] }: ReceiptItem): Promise<Match | null> {
  const endings = addresses.map((one) => one.replaceAll(/\D/g, '').slice(-tellingDigits))
  const telling = endings.filter((ending) => ending.length === tellingDigits)
  let otherwise: Match | null = null
  for (let at = 0; at < refs.length; at += 1) {
    const segment = await tx.one(segmentByRef, { carrier, ref: refs[at]! })
    if (!segment) continue
    const row = await tx.one(toldRow, { id: segment.message_id })
    if (row && telling.some((ending) => row.recipient.endsWith(ending))) return { segment, row }
    if (at === 0 || (telling.length === 0 && isOpen(segment))) otherwise ??= { segment, row }
  }
  return otherwise
}

/** Networks leave out or add what stands before the subscriber's own digits. */
const tellingDigits = 7

const openStates = new Set(['sent', 'enroute', 'accepted', 'unknown'])
const isOpen = ({ state }: Row<'message_segments'>): boolean => openStates.has(state)

async function takeOne(tx: Transaction, item: ReceiptItem, now: number): Promise<ReceiptTaken | null> {
  const match = await matchOf(tx, item)
  if (!match) return null
  const { segment, row } = match
  const { message_id: id } = segment
  // Deleted by its account; the network's word changes nothing any more.
  if (!row) return { fate: 'late', messageId: id }
  const { state, final, why, raw } = item
  const note = (kind: string, data: object) =>
    happened(tx, { accountId: row.account_id, noun: 'messages', nounId: id, kind, actor: platformActor, data, atMs: now })
  const told = { receipt: state, segment: segment.segment, raw, ...why }
  // It has ended, or this part of it has: a second receipt, or one of a network that it was taken away from.
  if (row.ended_ms !== null || !isOpen(segment)) {
    await note('receipt_late', told)
    return { fate: 'late', messageId: id }
  }
  await tx.run(moveSegment, { carrier: item.carrier, ref: segment.ref, state: final ? item.ends : state, cause: raw, now })
  if (!final) {
    await note('receipt', told)
    return { fate: 'noted', messageId: id }
  }
  // Parts are counted from 1 where there are several; one part tells nothing of the others.
  const done = segment.segment > 0 ? Number((await tx.one(delivered, { id }))?.n ?? 0) : 0
  if (item.ends === 'delivered' && done < row.segments && segment.segment > 0) {
    await note('receipt', told)
    return { fate: 'noted', messageId: id }
  }
  // Not when the recipient has a part of it: the whole would come beside it.
  if (item.elsewhere && why && row.state === 'sent' && done === 0) {
    const again = await tryElsewhere(tx, row, why, now)
    if (again) {
      if (segment.segment > 0) await tx.run(supersedeParts, { id })
      await note('rerouted', { ...told, next: again.carrier_id })
      return { fate: 'rerouted', messageId: id, row: again }
    }
  }
  const { reason, params, cause } = why ?? nothing
  const errorId = item.ends === 'delivered' ? null : errorIdOf(id)
  if ((await tx.run(endSent, { id, state: item.ends, reason: reason || null, params, cause: cause ?? raw, errorId, now })) === 0)
    return { fate: 'late', messageId: id }
  if (row.state === 'queued' || row.state === 'scheduled') {
    await leaveQueue(tx, row.account_id, row.sender, 1)
    await releaseUnsent(tx, (await tx.one(wholeRow, { id }))!, now)
  }
  await note(item.ends, { ...told, ...(errorId !== null && { errorId }) })
  return { fate: 'moved', messageId: id, state: item.ends }
}

async function tryElsewhere(tx: Transaction, row: Told, why: Why, now: number): Promise<MessageRow | null> {
  const detail = JSON.parse(row.detail) as { elsewhere?: number[]; redactedMs?: number }
  const [next, ...rest] = detail.elsewhere ?? []
  // What it said was taken away meanwhile, and cannot be said again.
  if (detail.redactedMs !== undefined) return null
  if (next === undefined || (row.deadline_ms ?? Infinity) <= now) return null
  const changed = await tx.run(reroute, {
    id: row.id,
    carrier: next,
    detail: JSON.stringify({ ...detail, elsewhere: rest }),
    wake: row.deadline_ms,
    ...why,
    now,
  })
  if (changed === 0) return null
  await tx.run(joinAgain, { account: row.account_id, sender: row.sender })
  return (await tx.one(wholeRow, { id: row.id }))!
}

/** `ids` are for the receipts that may have to be parked, one each. */
export const takeReceipts = defineWrite(
  'messages.receipts',
  async (
    tx,
    { items, ids, now }: { readonly items: readonly ReceiptItem[]; readonly ids: readonly number[]; readonly now: number },
  ): Promise<ReceiptTaken[]> => {
    const fates: ReceiptTaken[] = []
    for (let at = 0; at < items.length; at += 1) {
      const item = items[at]!
      const fate = await takeOne(tx, item, now)
      if (fate) {
        if (item.parked !== undefined) await tx.run(unpark, { id: item.parked })
        fates.push(fate)
        continue
      }
      if (item.parked === undefined) {
        await tx.run(park, {
          id: ids[at]!,
          carrier_id: item.carrier,
          ref: item.refs[0] ?? '',
          receipt: JSON.stringify(item),
          at_ms: now,
        })
      }
      fates.push({ fate: 'parked' })
    }
    return fates
  },
)

const parkedSince = statement<{ after: number; limit: number }, Row<'parked_receipts'>>((db) =>
  db.selectFrom('parked_receipts').selectAll().where('id', '>', bind('after')).orderBy('id').limit(bind('limit')),
)

/** Receipts that wait for their message, oldest first. */
export const parkedReceipts = (reader: Reader, after: number, limit: number) => reader.all(parkedSince, { after, limit })

const dropParked = statement<{ before: number }>((db) => db.deleteFrom('parked_receipts').where('at_ms', '<', bind('before')))

/** Those that nobody's message was ever found for; gives how many, for the journal. */
export const purgeParked = defineWrite('messages.purge_parked', (tx, { before }: { readonly before: number }) =>
  Promise.resolve(tx.run(dropParked, { before })),
)

const awaited = statement<{ carrier: number; limit: number }, { raw_ref: string }>((db) =>
  db
    .selectFrom('message_segments')
    .innerJoin('messages', 'messages.id', 'message_segments.message_id')
    .select('raw_ref')
    .where('message_segments.carrier_id', '=', bind('carrier'))
    .where('message_segments.state', '=', 'sent')
    .where('messages.state', '=', 'sent')
    .where('messages.ended_ms', 'is', null)
    .limit(bind('limit')),
)

/** What a network calls the messages whose receipts are still to come: for a network that lives in this process. */
export async function awaitedRefs(reader: Reader, carrier: number, limit: number): Promise<string[]> {
  return (await reader.all(awaited, { carrier, limit })).map((row) => row.raw_ref)
}
