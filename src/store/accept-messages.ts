// Accepting messages: the row, its place in the sender's queue and what it costs are one commit, or there is no message.

import { holdCredit, readBalance, releaseCredit, shortOf, type CreditItem, type CreditShort } from './credit.ts'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { fileInternal, fileMessage, type Filing, type InternalMessage } from './mailbox.ts'
import { dropMediaOfMessage, keepMedia, type NewMedia } from './media.ts'
import type { MessageBatchRow, MessageRow } from './messages.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Transaction } from './store.ts'

export const insertMessage = statement<MessageRow>((db) =>
  db.insertInto('messages').values({
    id: bind('id'),
    account_id: bind('account_id'),
    direction: bind('direction'),
    kind: bind('kind'),
    face: bind('face'),
    sender: bind('sender'),
    recipient: bind('recipient'),
    body: bind('body'),
    coding: bind('coding'),
    segments: bind('segments'),
    state: bind('state'),
    reason: bind('reason'),
    params: bind('params'),
    cause: bind('cause'),
    error_id: bind('error_id'),
    carrier_id: bind('carrier_id'),
    attempts: bind('attempts'),
    priority: bind('priority'),
    report: bind('report'),
    due_ms: bind('due_ms'),
    deadline_ms: bind('deadline_ms'),
    wake_ms: bind('wake_ms'),
    payer_id: bind('payer_id'),
    price_micro: bind('price_micro'),
    currency: bind('currency'),
    batch_id: bind('batch_id'),
    client_ref: bind('client_ref'),
    callback: bind('callback'),
    detail: bind('detail'),
    created_ms: bind('created_ms'),
    sent_ms: bind('sent_ms'),
    ended_ms: bind('ended_ms'),
    updated_ms: bind('updated_ms'),
  }),
)

const joinQueue = statement<{ account: number; sender: string; limit: number }, { queued: number }>((db) =>
  db
    .insertInto('sender_queues')
    .values({ account_id: bind('account'), sender: bind('sender'), queued: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'sender'])
        .doUpdateSet((eb) => ({ queued: eb('sender_queues.queued', '+', 1) }))
        .where('sender_queues.queued', '<', bind('limit')),
    )
    .returning('queued'),
)

const leaveQueueBy = statement<{ account: number; sender: string; n: number }>((db) =>
  db
    .updateTable('sender_queues')
    .set((eb) => ({ queued: eb('queued', '-', bind('n')) }))
    .where('account_id', '=', bind('account'))
    .where('sender', '=', bind('sender')),
)

/** So many of a sender's messages wait no longer. */
export async function leaveQueue(tx: Transaction, account: number, sender: string, n: number): Promise<void> {
  await tx.run(leaveQueueBy, { account, sender, n })
}

export interface NewMessage {
  /** Ended already when it is only kept, failed, with its reason. */
  readonly row: MessageRow
  /** At most so many of this sender's messages may be queued. */
  readonly queueLimit: number
  /** Attachments, kept with it. */
  readonly media: readonly NewMedia[]
  /** The account's files may come to so much, in bytes. */
  readonly mediaAtMost: number
  /** Where queue or credit refuse it, it is kept as failed. */
  readonly keepFailed: boolean
  /** The id that a refusal is known by. */
  readonly errorId: string
  /** Whose mailbox it stands in; nobody's unless told. */
  readonly filing?: Filing | undefined
}

export type Accepted =
  /** With `refused`: kept as failed. */
  { readonly row: MessageRow; readonly refused?: NotAccepted } | { readonly row: null; readonly refused: NotAccepted }

export type NotAccepted =
  | { readonly why: 'queue'; readonly limit: number }
  | { readonly why: 'media' }
  | ({ readonly why: 'credit' } & { readonly short: CreditShort })

const holdOf = (row: MessageRow): CreditItem => ({
  noun: 'messages',
  nounId: row.id,
  payer: row.payer_id,
  account: row.account_id,
  amountMicro: row.price_micro,
  currency: row.currency,
  service: row.kind,
  units: row.segments,
})

async function refusedBy(tx: Transaction, { row, queueLimit, media, mediaAtMost }: NewMessage): Promise<NotAccepted | undefined> {
  const { account_id: account, sender, payer_id: payer, price_micro: price, currency } = row
  if (!(await tx.one(joinQueue, { account, sender, limit: queueLimit }))) return { why: 'queue', limit: queueLimit }
  if (payer !== null && price > 0 && !(await holdCredit(tx, payer, price, row.created_ms))) {
    await leaveQueue(tx, account, sender, 1)
    const short = shortOf(await readBalance(tx, payer), price, currency)
    return { why: 'credit', short: short ?? { why: 'short', requiredMicro: price, balanceMicro: 0, currency } }
  }
  for (const one of media) {
    if ((await keepMedia(tx, one, mediaAtMost)) === 'kept') continue
    await dropMediaOfMessage(tx, row.id)
    await leaveQueue(tx, account, sender, 1)
    if (payer !== null && price > 0) await releaseCredit(tx, [holdOf(row)], row.created_ms)
    return { why: 'media' }
  }
  return undefined
}

/** Inside a write: one message, whole or not at all. The counter of messages is the caller's. */
async function acceptOne(tx: Transaction, one: NewMessage, actor: Actor): Promise<Accepted> {
  let { row } = one
  const refused = row.ended_ms === null ? await refusedBy(tx, one) : undefined
  if (refused) {
    if (!one.keepFailed) return { row: null, refused }
    row = failedBy(row, refused, one.errorId)
  }
  await tx.run(insertMessage, row)
  if (one.filing) await fileMessage(tx, row, one.filing)
  const told = (kind: string, data: object) =>
    happened(tx, { accountId: row.account_id, noun: 'messages', nounId: row.id, kind, actor, data, atMs: row.created_ms })
  await told('created', { state: row.state, carrier: row.carrier_id })
  if (row.state === 'failed') await told('failed', { reason: row.reason, params: row.params, errorId: row.error_id })
  return refused ? { row, refused } : { row }
}

/** The slug that a refused message is kept with, and its parameters. */
function reasonOf(refused: NotAccepted): [string, object] {
  if (refused.why === 'queue') return ['message.queue_overflow', {}]
  if (refused.why === 'media') return ['message.media_unusable', {}]
  const { why, requiredMicro: requiredMicros, balanceMicro: balanceMicros, currency } = refused.short
  return why === 'short' ? ['credit.insufficient', { requiredMicros, balanceMicros, currency }] : ['credit.deduction_failed', {}]
}

function failedBy(row: MessageRow, refused: NotAccepted, errorId: string): MessageRow {
  const [reason, params] = reasonOf(refused)
  return {
    ...row,
    state: 'failed',
    reason,
    params: JSON.stringify(params),
    error_id: errorId,
    payer_id: null,
    price_micro: 0,
    due_ms: null,
    wake_ms: null,
    ended_ms: row.created_ms,
  }
}

export const acceptMessage = defineWrite(
  'messages.accept',
  async (tx, input: NewMessage & { readonly actor: Actor }): Promise<Accepted> => {
    const accepted = await acceptOne(tx, input, input.actor)
    if (accepted.row) await count(tx, input.row.account_id, 'messages', 1)
    return accepted
  },
)

/** A message from one user to others of the account, which no carrier ever sees. */
export const acceptInternal = defineWrite('messages.accept_internal', async (tx, input: InternalMessage) => {
  await tx.run(insertMessage, input.row)
  await fileInternal(tx, input)
  return { row: input.row, entries: input.entries }
})

const insertBatch = statement<MessageBatchRow>((db) =>
  db.insertInto('message_batches').values({
    id: bind('id'),
    account_id: bind('account_id'),
    client_ref: bind('client_ref'),
    accepted: bind('accepted'),
    rejected: bind('rejected'),
    created_ms: bind('created_ms'),
  }),
)

export interface NewBatch {
  readonly id: number
  readonly account: number
  readonly clientRef: string
  /** In the order of the request; null for one that was refused before it came here. */
  readonly messages: readonly (NewMessage | null)[]
  readonly actor: Actor
  readonly now: number
}

/** Each message for itself: the refused ones do not stop the others. */
export const acceptBatch = defineWrite(
  'messages.accept_batch',
  async (tx, input: NewBatch): Promise<{ batch: MessageBatchRow; messages: (Accepted | null)[] }> => {
    const { id, account, clientRef, actor, now } = input
    const messages: (Accepted | null)[] = []
    for (const one of input.messages) messages.push(one && (await acceptOne(tx, one, actor)))
    const kept = messages.filter((one) => one?.row).length
    const accepted = messages.filter((one) => one?.row && one.row.state !== 'failed').length
    const batch = {
      id,
      account_id: account,
      client_ref: clientRef,
      accepted,
      rejected: messages.length - accepted,
      created_ms: now,
    }
    await tx.run(insertBatch, batch)
    if (kept > 0) await count(tx, account, 'messages', kept)
    await happened(tx, { accountId: account, noun: 'message_batches', nounId: id, kind: 'created', actor, atMs: now })
    return { batch, messages }
  },
)
