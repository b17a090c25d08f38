// What happens to an accepted message until its end. Every change is a condition on the row: a message that has ended stays as it
// is, whoever comes late. Changes come in batches, many messages a write, and each leaves its line in the log.
//
//   scheduled --> queued --> sent --> delivered | undelivered | expired | failed | unconfirmed
//       |   ^        |  \______ (another route, after a failed receipt)
//       |   '--------'  again, after a pause
//       '---> canceled | expired | failed

import { errorIdOf } from './message-error-id.ts'
import { happened, type Actor } from './happenings.ts'
import { releaseCredit, settleCredit, type CreditItem } from './credit.ts'
import { leaveQueue } from './accept-messages.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Transaction } from './store.ts'
import type { MessageRow } from './messages.ts'
import type { Row } from './schema.ts'

export type SegmentRow = Row<'message_segments'>

/** The platform itself: loops, carriers. */
export const platformActor: Actor = { face: 'platform' }

/** What of a message the writes need that is known to whoever had it in hand. */
export interface InHand {
  readonly id: number
  readonly account: number
  readonly sender: string
  readonly payer: number | null
  readonly priceMicro: number
  readonly currency: string
  readonly kind: string
  readonly segments: number
  /** Sent once already, and on its way over another route: it was charged and counted then. */
  readonly isPaid: boolean
}

export interface SegmentRef {
  /** In canonical form. */
  readonly ref: string
  readonly raw: string
  readonly segment: number
}

export interface Why {
  readonly reason: string
  readonly params: string | null
  readonly cause: string | null
}

export type Step =
  | {
      readonly to: 'sent'
      readonly message: InHand
      readonly carrier: number
      readonly refs: readonly SegmentRef[]
      readonly segments: number
      readonly coding: string
      readonly attempts: number
      /** When its receipt is late; null: none will come, this is its end. */
      readonly wakeMs: number | null
    }
  | {
      readonly to: 'again'
      readonly message: InHand
      /** Over this carrier. */
      readonly carrier: number
      readonly tried: number
      readonly refs: readonly SegmentRef[]
      /** null: at once. */
      readonly dueMs: number | null
      readonly deadlineMs: number
      readonly attempts: number
      readonly why: Why
      readonly detail: string
    }
  | {
      readonly to: 'failed' | 'expired'
      readonly message: InHand
      readonly carrier: number | null
      readonly refs: readonly SegmentRef[]
      readonly attempts: number
      readonly why: Why
    }

const markSent = statement<{
  id: number
  carrier: number
  segments: number
  coding: string
  attempts: number
  wake: number | null
  ended: number | null
  now: number
}>((db) =>
  db
    .updateTable('messages')
    .set({
      state: 'sent',
      reason: null,
      params: null,
      cause: null,
      carrier_id: bind('carrier'),
      segments: bind('segments'),
      coding: bind('coding'),
      attempts: bind('attempts'),
      wake_ms: bind('wake'),
      ended_ms: bind('ended'),
      sent_ms: bind('now'),
      updated_ms: bind('now'),
    })
    .where('id', '=', bind('id'))
    .where('state', '=', 'queued'),
)

const markAgain = statement<{
  id: number
  state: string
  carrier: number
  due: number | null
  wake: number
  attempts: number
  reason: string
  params: string | null
  cause: string | null
  detail: string
  now: number
}>((db) =>
  db
    .updateTable('messages')
    .set({
      state: bind('state'),
      carrier_id: bind('carrier'),
      due_ms: bind('due'),
      wake_ms: bind('wake'),
      attempts: bind('attempts'),
      reason: bind('reason'),
      params: bind('params'),
      cause: bind('cause'),
      detail: bind('detail'),
      updated_ms: bind('now'),
    })
    .where('id', '=', bind('id'))
    .where('state', '=', 'queued')
    // Told twice, where it is not known whether the first time was kept, it is done once.
    .where('attempts', '<', bind('attempts')),
)

/** What ends a message, whatever ends it. */
export const ending = {
  state: bind<string>('state'),
  reason: bind<string | null>('reason'),
  params: bind<string | null>('params'),
  cause: bind<string | null>('cause'),
  error_id: bind<string | null>('errorId'),
  wake_ms: null,
  ended_ms: bind<number>('now'),
  updated_ms: bind<number>('now'),
}

export const endMessage = statement<{
  id: number
  from1: string
  from2: string
  state: string
  reason: string | null
  params: string | null
  cause: string | null
  attempts: number
  errorId: string | null
  now: number
}>((db) =>
  db
    .updateTable('messages')
    .set({ ...ending, attempts: bind('attempts') })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null)
    .where('state', 'in', [bind('from1'), bind('from2')]),
)

const putSegment = statement<SegmentRow>((db) =>
  db
    .insertInto('message_segments')
    .values({
      carrier_id: bind('carrier_id'),
      ref: bind('ref'),
      message_id: bind('message_id'),
      segment: bind('segment'),
      state: bind('state'),
      cause: bind('cause'),
      raw_ref: bind('raw_ref'),
      at_ms: bind('at_ms'),
    })
    // Some networks count around: the newer message has the id.
    .onConflict((conflict) =>
      conflict.columns(['carrier_id', 'ref']).doUpdateSet({
        message_id: bind('message_id'),
        segment: bind('segment'),
        state: bind('state'),
        cause: bind('cause'),
        raw_ref: bind('raw_ref'),
        at_ms: bind('at_ms'),
      }),
    ),
)

async function putSegments(tx: Transaction, carrier: number, id: number, refs: readonly SegmentRef[], now: number) {
  for (const { ref, raw, segment } of refs) {
    await tx.run(putSegment, {
      carrier_id: carrier,
      ref,
      message_id: id,
      segment,
      state: 'sent',
      cause: null,
      raw_ref: raw,
      at_ms: now,
    })
  }
}

/** A message without a payer costs nobody's balance; it is counted all the same. */
const creditItem = ({ id, payer, account, priceMicro, currency, kind, segments }: InHand): CreditItem => ({
  noun: 'messages',
  nounId: id,
  payer,
  account,
  amountMicro: priceMicro,
  currency,
  service: kind,
  units: segments,
})

/** Many messages' next step in one commit. Gives for each whether it was taken: false when the message had ended or moved on. */
export const settleMessages = defineWrite(
  'messages.settle',
  async (tx, { steps, now }: { readonly steps: readonly Step[]; readonly now: number }): Promise<boolean[]> => {
    const taken: boolean[] = []
    const charged: CreditItem[] = []
    const released: CreditItem[] = []
    const left = new Map<string, { account: number; sender: string; n: number }>()
    for (const step of steps) {
      const { message } = step
      const done = await takeStep(tx, step, now)
      taken.push(done)
      if (!done || step.to === 'again') continue
      const key = `${message.account} ${message.sender}`
      const queue = left.get(key)
      if (queue) queue.n += 1
      else left.set(key, { account: message.account, sender: message.sender, n: 1 })
      if (message.isPaid) continue
      if (step.to === 'sent') charged.push(creditItem(message))
      else if (message.payer !== null && message.priceMicro > 0) released.push(creditItem(message))
    }
    for (const { account, sender, n } of left.values()) await leaveQueue(tx, account, sender, n)
    // A payer whose balance cannot bear what was held for it is told so in its log (balances.charge_failed). The message
    // stands as it is: the network has it, and the books are for people to put right.
    if (charged.length > 0) await settleCredit(tx, charged, now)
    if (released.length > 0) await releaseCredit(tx, released, now)
    return taken
  },
)

async function takeStep(tx: Transaction, step: Step, now: number): Promise<boolean> {
  const { message, attempts } = step
  const { id, account } = message
  const told = (kind: string, data: object) =>
    happened(tx, { accountId: account, noun: 'messages', nounId: id, kind, actor: platformActor, data, atMs: now })
  if (step.to === 'sent') {
    const { carrier, segments, coding, wakeMs } = step
    const ended = wakeMs === null ? now : null
    if ((await tx.run(markSent, { id, carrier, segments, coding, attempts, wake: wakeMs, ended, now })) === 0) {
      await noteSentLate(tx, step, now)
      return false
    }
    await putSegments(tx, carrier, id, step.refs, now)
    await told('sent', { carrier, attempts, ...(ended !== null && { final: true }) })
    return true
  }
  const { why } = step
  if (step.to === 'again') {
    const { carrier, dueMs, deadlineMs, detail, tried } = step
    const state = dueMs === null ? 'queued' : 'scheduled'
    const wake = dueMs ?? deadlineMs
    if ((await tx.run(markAgain, { id, state, carrier, due: dueMs, wake, attempts, ...why, detail, now })) === 0) return false
    await putSegments(tx, tried, id, step.refs, now)
    await told('retried', { carrier: tried, next: carrier, dueMs, attempts, ...why })
    return true
  }
  const state = step.to
  const errorId = errorIdOf(id)
  if ((await tx.run(endMessage, { id, from1: 'queued', from2: 'queued', state, ...why, attempts, errorId, now })) === 0)
    return false
  if (step.carrier !== null) await putSegments(tx, step.carrier, id, step.refs, now)
  await told(state, { carrier: step.carrier, attempts, ...why, errorId })
  return true
}

/**
 * It was ended elsewhere while it was on the wire, so that what was told of it stays; that the network has it all the same
 * stands in its log, and receipts find it there.
 */
async function noteSentLate(tx: Transaction, step: Step & { to: 'sent' }, now: number): Promise<void> {
  const { message, carrier, attempts, refs } = step
  const row = await tx.one(messageById, { id: message.id })
  if (!row || row.ended_ms === null || row.sent_ms !== null) return
  await putSegments(tx, carrier, message.id, refs, now)
  const data = { carrier, attempts, state: row.state }
  const { account: accountId, id: nounId } = message
  await happened(tx, { accountId, noun: 'messages', nounId, kind: 'sent_late', actor: platformActor, data, atMs: now })
}

export const messageById = statement<{ id: number }, MessageRow>((db) =>
  db.selectFrom('messages').selectAll().where('id', '=', bind('id')),
)

/** What of a row its next step needs. */
export const inHandOf = (row: MessageRow): InHand => ({
  id: row.id,
  account: row.account_id,
  sender: row.sender,
  payer: row.payer_id,
  priceMicro: row.price_micro,
  currency: row.currency,
  kind: row.kind,
  segments: row.segments,
  isPaid: row.sent_ms !== null,
})

/** Inside a write that ends a message: what is held for it is given back, unless it was sent once and is paid for. */
export async function releaseUnsent(tx: Transaction, row: MessageRow, now: number): Promise<void> {
  if (row.payer_id !== null && row.price_micro > 0 && row.sent_ms === null)
    await releaseCredit(tx, [creditItem(inHandOf(row))], now)
}
