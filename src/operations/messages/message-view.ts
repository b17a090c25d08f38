// A message as the operations show it.

import Type, { type Static } from 'typebox'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { detailOf, Refusal } from '#reasons/refusal.ts'
import type { MessageRow } from '#store/messages.ts'
import { Id, Moment, OneOf, Optional } from '../fields.ts'

export const messageStates = [
  'scheduled',
  'queued',
  'sent',
  'delivered',
  'undelivered',
  'expired',
  'failed',
  'unconfirmed',
  'canceled',
  'received',
] as const
/** Those that go over a carrier. */
export const sentKinds = ['sms', 'flash', 'mms'] as const
export const messageKinds = [...sentKinds, 'internal'] as const

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const ReasonView = Type.Object(
  {
    slug: Type.String({ description: 'The reason; its page tells all about it.' }),
    title: Type.String(),
    detail: Type.String({ description: 'What happened this time.' }),
    fault: Type.String({ description: 'Who must act.' }),
    retry: Type.String({ description: 'Whether sending the same again may succeed: never, after-change, later.' }),
    remedy: Type.String(),
    cause: Nullable(Type.String({ description: "The network's own words." })),
    params: Type.Record(Type.String(), Type.Unknown()),
  },
  { description: 'Why it ended so, or why it waits.' },
)

export const MessageView = Type.Object({
  id: Id('message'),
  accountId: Id('account'),
  direction: OneOf(['out', 'in'], 'Whether it was sent or received.'),
  kind: OneOf(messageKinds, 'SMS, an SMS shown at once, MMS, or a message between users of the account.'),
  from: Type.String(),
  to: Type.String(),
  text: Type.String({ description: 'Empty once redacted.' }),
  subject: Nullable(Type.String()),
  coding: Type.String({ description: 'gsm7 or ucs2; auto until it is known.' }),
  segments: Type.Integer({ description: 'Short messages that it takes.' }),
  state: OneOf(messageStates, 'How far it has come.'),
  final: Type.Boolean({ description: 'Whether this is its end: it will not change any more.' }),
  reason: Nullable(ReasonView),
  errorId: Nullable(Type.String()),
  attempts: Type.Integer(),
  perhapsTwice: Type.Boolean({
    description: 'The platform was stopped while the message was on the wire and sent it again: the network may have it twice.',
  }),
  priority: OneOf(['high', 'normal', 'low'], 'Its place in the queue.'),
  priceMicro: Type.Integer({ description: 'What it costs, in millionths of the currency.' }),
  currency: Type.String(),
  batchId: Nullable(Id('messageBatch')),
  reference: Type.String({ description: "The sender's own." }),
  media: Type.Array(Id('media')),
  carrierId: Nullable(Id('carrier')),
  createdAt: Moment('When it was accepted or received.'),
  sendAt: Nullable(Moment('Not before this.')),
  validUntil: Nullable(Moment('Of no use after this.')),
  sentAt: Nullable(Moment('When the network took it.')),
  endedAt: Nullable(Moment('When it came to its end.')),
  updatedAt: Moment('When it last changed.'),
  custom: Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object', 'x-hidden': true })),
  face: Optional(Type.String({ 'x-hidden': true })),
})

export type MessageValue = Static<typeof MessageView>

/** What a row's detail may hold beside what faces keep. */
interface KeptDetail {
  readonly media?: readonly number[]
  readonly subject?: string
  readonly perhapsTwice?: boolean
  readonly [name: string]: unknown
}

/** The reason that a row ended with, as a refusal would tell it. */
export function reasonView(row: Pick<MessageRow, 'reason' | 'params' | 'cause'>): Static<typeof ReasonView> | null {
  const { reason, cause } = row
  if (reason === null) return null
  const params = row.params === null ? {} : (JSON.parse(row.params) as Record<string, string>)
  const { title, fault, retry, remedy } = catalogue[reason as Slug]
  return { slug: reason, title, detail: detailOf(new Refusal(reason as Slug, params)), fault, retry, remedy, cause, params }
}

const priorities = ['high', 'normal', 'low'] as const
const nothing: KeptDetail = {}

export function messageView(row: MessageRow): MessageValue {
  const detail = row.detail === '{}' ? nothing : (JSON.parse(row.detail) as KeptDetail)
  return {
    id: row.id,
    accountId: row.account_id,
    direction: row.direction as 'out',
    kind: row.kind as 'sms',
    from: row.sender,
    to: row.recipient,
    text: row.body,
    subject: detail.subject ?? null,
    coding: row.coding,
    segments: row.segments,
    state: row.state as 'queued',
    final: row.ended_ms !== null,
    reason: reasonView(row),
    errorId: row.error_id,
    attempts: row.attempts,
    perhapsTwice: detail.perhapsTwice ?? false,
    priority: priorities[row.priority] ?? 'normal',
    priceMicro: row.price_micro,
    currency: row.currency,
    batchId: row.batch_id,
    reference: row.client_ref,
    media: [...(detail.media ?? [])],
    carrierId: row.carrier_id,
    createdAt: row.created_ms,
    sendAt: row.due_ms,
    validUntil: row.deadline_ms,
    sentAt: row.sent_ms,
    endedAt: row.ended_ms,
    updatedAt: row.updated_ms,
    custom: detail as Record<string, unknown>,
    face: row.face,
  }
}
