// A message as webhooks are told of it: plain JSON, as it stood when the happening came about and not as it stands by the
// time somebody is told. Faces render it in their words; ids are the core's, which each face shows in its own form.

import type { Happening } from '#store/happenings.ts'
import type { MediaRow } from '#store/media.ts'
import type { MessageRow } from '#store/messages.ts'

export interface MessageSubject {
  readonly id: number
  readonly account: number
  readonly direction: 'out' | 'in'
  readonly kind: 'sms' | 'flash' | 'mms'
  /** E.164, a short code or letters. */
  readonly from: string
  readonly to: string
  /** Empty once redacted. */
  readonly text: string
  readonly subject: string | null
  readonly coding: string
  readonly segments: number
  /** scheduled, queued, sent, delivered, undelivered, failed, expired, canceled, unconfirmed, received */
  readonly state: string
  /** Whether this is its end: nothing comes after it but late receipts, which are not told. */
  readonly final: boolean
  /** A slug, or null; with its parameters, and the network's own words. */
  readonly reason: string | null
  readonly params: Readonly<Record<string, unknown>>
  readonly cause: string | null
  readonly errorId: string | null
  /** In millionths of the currency; what the whole message costs. */
  readonly priceMicro: number
  readonly currency: string
  /** The sender's own; empty when there is none. */
  readonly clientRef: string
  readonly batchId: number | null
  readonly attempts: number
  /** ms UTC */
  readonly createdMs: number
  readonly sentMs: number | null
  readonly endedMs: number | null
  readonly happenedMs: number
  /** Of a message that was received: the number it came to, and its application. */
  readonly numberId: number | null
  readonly applicationId: number | null
  /** Segments that never came, from 1; then the text has gaps. */
  readonly missing: readonly number[]
  /** Where each segment is told by itself: which one, from 1. */
  readonly segment?: number
  /** What a word in it asked for: stop, start. */
  readonly optOut: string | null
  readonly media: readonly SubjectMedia[]
  /** What the face that sent it keeps with it. */
  readonly custom: Readonly<Record<string, unknown>>
}

export interface SubjectMedia {
  readonly id: number
  readonly type: string
  readonly sizeBytes: number
  readonly name: string
}

const ends = new Set(['delivered', 'undelivered', 'failed', 'expired', 'canceled', 'unconfirmed', 'received'])

/** What the happenings of messages carry. Parameters stand as the row has them, as JSON. */
interface Told {
  readonly state?: string
  readonly final?: boolean
  readonly reason?: string | null
  readonly params?: string | null
  readonly cause?: string | null
  readonly errorId?: string | null
  readonly missing?: readonly number[]
  readonly optOut?: string
}

interface Detail {
  readonly subject?: string
  readonly numberId?: number
  readonly applicationId?: number
  readonly [name: string]: unknown
}

/** `media` are the rows of what it carries. */
export function messageSubject(row: MessageRow, happening: Happening, media: readonly MediaRow[] = []): MessageSubject {
  const told = JSON.parse(happening.data) as Told
  const detail = JSON.parse(row.detail) as Detail
  const { kind } = happening
  const state = kind === 'created' ? (told.state ?? row.state) : ends.has(kind) || kind === 'sent' ? kind : row.state
  const final = ends.has(state) || told.final === true
  const began = kind === 'created' && !final
  // One that was refused and kept as failed has its reason from the first.
  const why: Told = kind === 'created' && final ? row : told
  return {
    id: row.id,
    account: row.account_id,
    direction: row.direction as MessageSubject['direction'],
    kind: row.kind as MessageSubject['kind'],
    from: row.sender,
    to: row.recipient,
    text: row.body,
    subject: detail.subject ?? null,
    coding: row.coding,
    segments: row.segments,
    state,
    final,
    reason: why.reason || null,
    params: why.params ? (JSON.parse(why.params) as Record<string, unknown>) : {},
    cause: why.cause ?? null,
    errorId: told.errorId ?? (final ? row.error_id : null),
    priceMicro: row.price_micro,
    currency: row.currency,
    clientRef: row.client_ref,
    batchId: row.batch_id,
    attempts: row.attempts,
    createdMs: row.created_ms,
    sentMs: began ? null : row.sent_ms,
    endedMs: final ? (row.ended_ms ?? happening.at_ms) : null,
    happenedMs: happening.at_ms,
    numberId: detail.numberId ?? null,
    applicationId: detail.applicationId ?? null,
    missing: told.missing ?? [],
    optOut: told.optOut ?? null,
    media: media.map(({ id, type, size_bytes: sizeBytes, name }) => ({ id, type, sizeBytes, name })),
    custom: detail,
  }
}
