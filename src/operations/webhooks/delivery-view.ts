// A delivery as the operations show it: who was told what, and how it went; with its attempts when one is read.

import Type, { type Static } from 'typebox'
import { shownUrl } from '#protocols/http/outgoing.ts'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { detailOf, Refusal, type Params } from '#reasons/refusal.ts'
import type { WebhookAttemptRow } from '#store/webhook-attempts.ts'
import type { WebhookDeliveryRow } from '#store/webhook-deliveries.ts'
import { Id, Moment, OneOf } from '../fields.ts'

export const deliveryStates = ['pending', 'delivered', 'failed', 'canceled', 'offered'] as const

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const Why = Type.Object({
  slug: Type.String({ description: 'The reason; its page tells all about it.' }),
  title: Type.String(),
  detail: Type.String({ description: 'What happened this time.' }),
  fault: Type.String({ description: 'Who must act.' }),
  retry: Type.String({ description: 'Whether the same may succeed: never, after-change, later.' }),
  remedy: Type.String(),
})

export const DeliveryView = Type.Object({
  id: Id('delivery'),
  accountId: Id('account'),
  endpointId: Nullable(Id('endpoint')),
  face: Type.String({ description: 'In whose form it is told.' }),
  event: Type.String(),
  noun: Type.String({ description: 'What it is about.' }),
  nounId: Type.Integer({ 'x-noun-of': 'noun' }),
  state: OneOf(deliveryStates, 'failed: given up, may be replayed. offered: kept for a listener.'),
  method: Type.String(),
  url: Type.String(),
  attempts: Type.Integer(),
  nextAttemptAt: Nullable(Moment('When it is tried next, while it is pending.')),
  lastStatus: Nullable(Type.Integer({ description: 'Status of the last answer.' })),
  reason: Nullable(Why),
  errorId: Nullable(Type.String({ description: 'The error that the event is about.' })),
  happenedAt: Moment('When it happened.'),
  createdAt: Moment('When it was to be told.'),
  endedAt: Nullable(Moment('When it was delivered or given up.')),
})

export function whyOf(slug: string | null, params: string | null): Static<typeof Why> | null {
  const reason = slug === null ? undefined : catalogue[slug as Slug]
  if (!reason) return null
  const told = new Refusal(slug as Slug, JSON.parse(params ?? '{}') as Params)
  const { title, fault, retry, remedy } = reason
  return { slug: slug!, title, detail: detailOf(told), fault, retry, remedy }
}

export function deliveryView(row: WebhookDeliveryRow): Static<typeof DeliveryView> {
  return {
    id: row.id,
    accountId: row.account_id,
    endpointId: row.endpoint_id,
    face: row.face,
    event: row.kind,
    noun: row.noun,
    nounId: row.noun_id,
    state: row.state as (typeof deliveryStates)[number],
    method: row.method,
    url: shownUrl(row.url),
    attempts: row.attempts,
    nextAttemptAt: row.state === 'pending' ? row.due_ms : null,
    lastStatus: row.status,
    reason: whyOf(row.reason, row.params),
    errorId: row.error_id,
    happenedAt: row.happened_ms,
    createdAt: row.created_ms,
    endedAt: row.ended_ms,
  }
}

const Headers = Type.Record(Type.String(), Type.Unknown())

const AttemptView = Type.Object({
  attempt: Type.Integer(),
  fallback: Type.Boolean({ description: 'Whether the fallback URL was asked.' }),
  at: Moment('When it began.'),
  tookMs: Type.Integer(),
  method: Type.String(),
  url: Type.String(),
  address: Type.String({ description: 'The address that was connected to; empty when there was none.' }),
  headers: Headers,
  status: Nullable(Type.Integer()),
  answerHeaders: Headers,
  answerBody: Type.String({ description: 'The first 2 KB of it.' }),
  reason: Nullable(Type.String({ description: 'Why it failed.' })),
  detail: Type.String(),
})

export const DeliveryInFull = Type.Object({
  ...DeliveryView.properties,
  headers: Headers,
  body: Type.String(),
  log: Type.Array(AttemptView, { description: 'Its attempts, oldest first; kept for a week.' }),
})

const parsed = (json: string): Record<string, unknown> => {
  try {
    return JSON.parse(json) as Record<string, unknown>
  } catch {
    // It was too long to be kept whole.
    return {}
  }
}

export function attemptView(row: WebhookAttemptRow): Static<typeof AttemptView> {
  return {
    attempt: row.attempt,
    fallback: row.step === 1,
    at: row.at_ms,
    tookMs: row.took_ms,
    method: row.method,
    url: row.url,
    address: row.address,
    headers: parsed(row.headers),
    status: row.status,
    answerHeaders: parsed(row.answer_headers),
    answerBody: row.answer_body,
    reason: row.reason,
    detail: row.detail,
  }
}
