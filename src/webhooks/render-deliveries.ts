// From who is to be told to rows of deliveries: each rendered once, in the form of whoever registered its URL.

import { hash } from 'node:crypto'
import { unrenderedReason, type WebhookDeliveryRow } from '#store/webhook-deliveries.ts'
import { tryForMs } from './attempt-delivery.ts'
import type { Target, WebhookForm } from './webhook-form.ts'

/** 48 bits of a hash: two that share one merely wait for each other. */
const number48 = (text: string): number => hash('sha256', text, 'buffer').readUIntBE(0, 6)

/** What fails together: one server, as one account calls it. */
function queueOf(accountId: number, url: string): number {
  return number48(`${accountId} ${URL.parse(url)?.origin ?? url}`)
}

/** What is told one after the other. */
function laneOf(noun: string, nounId: number, url: string): number {
  return number48(`${noun} ${nounId} ${url}`)
}

export interface RenderAsk {
  readonly id: number
  readonly target: Target
  readonly happenedMs: number
  readonly nowMs: number
  /** Not sent, but kept for a listener. */
  readonly offered?: boolean
}

export async function renderDelivery(form: WebhookForm, ask: RenderAsk): Promise<WebhookDeliveryRow> {
  const { id, target, happenedMs, offered = false } = ask
  const means = { deliveryId: id, happenedMs }
  const rendered = await form.render(target, means)
  const { fallbackUrl, fallbackMethod = target.method } = target
  const fallback =
    fallbackUrl === undefined ? undefined : await form.render({ ...target, url: fallbackUrl, method: fallbackMethod }, means)
  return {
    ...emptyDelivery(ask),
    state: offered ? 'offered' : 'pending',
    method: rendered.method,
    url: rendered.url,
    headers: JSON.stringify(rendered.headers),
    body: rendered.body,
    fallback: fallback ? JSON.stringify(fallback) : null,
    subject: form.answered || form.failed ? JSON.stringify(target.subject) : null,
    ended_ms: offered ? ask.nowMs : null,
  }
}

/** What a form could not render, by a fault of ours: it has failed, and is told nobody, now or later. */
export function unrenderedDelivery(ask: RenderAsk, errorId: string): WebhookDeliveryRow {
  return {
    ...emptyDelivery(ask),
    state: 'failed',
    reason: unrenderedReason,
    params: '{}',
    error_id: errorId,
    ended_ms: ask.nowMs,
  }
}

function emptyDelivery({ id, target, happenedMs, nowMs }: RenderAsk): WebhookDeliveryRow {
  return {
    id,
    account_id: target.accountId,
    endpoint_id: target.endpointId,
    face: target.face,
    kind: target.kind,
    noun: target.noun,
    noun_id: target.nounId,
    lane: laneOf(target.noun, target.nounId, target.url),
    queue: queueOf(target.accountId, target.url),
    state: 'pending',
    method: target.method,
    url: target.url,
    headers: '{}',
    body: '',
    fallback: null,
    subject: null,
    error_id: target.errorId ?? null,
    loopback: target.loopback ? 1 : 0,
    attempts: 0,
    attempts_before: 0,
    due_ms: nowMs,
    deadline_ms: nowMs + tryForMs,
    status: null,
    reason: null,
    params: null,
    happened_ms: happenedMs,
    created_ms: nowMs,
    ended_ms: null,
  }
}
