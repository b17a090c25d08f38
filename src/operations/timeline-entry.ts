// What stands in timelines of messages and calls alike: what was kept of a thing's life, and who was told of it.

import Type, { type Static } from 'typebox'
import type { EvidenceRecord } from '#store/evidence.ts'
import type { Happening } from '#store/happenings.ts'
import { webhookAttemptsOf, type WebhookAttemptRow } from '#store/webhook-attempts.ts'
import { webhookDeliveriesOf, type WebhookDeliveryRow } from '#store/webhook-deliveries.ts'
import { Moment } from './fields.ts'
import type { Means } from './operation.ts'

export const entryFields = {
  at: Moment('When it happened.'),
  actor: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  data: Type.Record(Type.String(), Type.Unknown()),
}

const AnyEntry = Type.Object(entryFields)
type Shared<W extends string> = Static<typeof AnyEntry> & { what: W; kind: string }

/** Beyond these a timeline tells of noise. */
export const entriesAtMost = 1000

export const happeningEntry = ({ kind, actor, data, at_ms }: Happening): Shared<'happening'> => ({
  at: at_ms,
  what: 'happening',
  kind,
  actor: JSON.parse(actor) as Record<string, unknown>,
  data: JSON.parse(data) as Record<string, unknown>,
})

interface KeptInOrder {
  readonly leading: readonly EvidenceRecord[]
  readonly following: readonly EvidenceRecord[]
}

/**
 * What was kept, parted for a list that is then sorted by time: within one millisecond what came in stands before the steps that it led to, and
 * what went out behind them. Among themselves all stay in their order.
 */
export function partKept(kept: readonly EvidenceRecord[]): KeptInOrder {
  const leading: EvidenceRecord[] = []
  const following: EvidenceRecord[] = []
  let latestMs = -Infinity
  let came = false
  let went = false
  for (const record of kept) {
    if (record.atMs !== latestMs) came = went = false
    latestMs = record.atMs
    if (record.protocol !== 'step' && record.direction === 'in') came = true
    if (record.protocol !== 'step' && record.direction === 'out') went = true
    if (came && !went) leading.push(record)
    else following.push(record)
  }
  return { leading, following }
}

function attemptEntry({ kind, url }: WebhookDeliveryRow, attempt: WebhookAttemptRow): Shared<'webhook'> {
  const { at_ms: at, attempt: number, took_ms: tookMs, method, headers, status, answer_body: answer, reason, detail } = attempt
  const data = {
    url: attempt.url || url,
    attempt: number,
    method,
    request: JSON.parse(headers) as unknown,
    status,
    answer,
    tookMs,
    reason,
    detail,
  }
  return { at, what: 'webhook', kind, actor: null, data }
}

/** Each delivery with its attempts: what became of it stands after the last of them, what is still to be told where it began. */
export async function toldOf({ read, notes }: Means, noun: string, id: number): Promise<Shared<'webhook'>[]> {
  const entries: Shared<'webhook'>[] = []
  for (const delivery of await webhookDeliveriesOf(read, noun, id, entriesAtMost)) {
    const attempts = await webhookAttemptsOf(notes, delivery.id)
    for (const attempt of attempts) entries.push(attemptEntry(delivery, attempt))
    const { state, kind, url, created_ms: createdMs, ended_ms: endedMs, attempts: tried, reason } = delivery
    const at = Math.max(endedMs ?? createdMs, ...attempts.map((one) => one.at_ms + (endedMs === null ? 0 : one.took_ms)))
    entries.push({ at, what: 'webhook', kind, actor: null, data: { url, state, attempts: tried, reason } })
  }
  return entries
}
