// What operations use of webhooks: a sample of an event rendered for an endpoint, and the headers with which a delivery
// would be sent now. What they store is told by the relay, like all else.

import type { WebhookDeliveryRow } from '#store/webhook-deliveries.ts'
import type { WebhookEndpointRow } from '#store/webhook-endpoints.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { deliveryOf } from './attempt-delivery.ts'
import { targetOf, type EventSubject } from './endpoints.ts'
import { renderDelivery } from './render-deliveries.ts'
import type { Rendered, WebhookForms } from './webhook-form.ts'

export interface WebhooksParts {
  readonly clock: Clock
  readonly nextId: NextId
  readonly forms: WebhookForms
}

export class Webhooks {
  readonly #parts: WebhooksParts

  constructor(parts: WebhooksParts) {
    this.#parts = parts
  }

  /** The row of a delivery that nothing happened for. */
  async sample(row: WebhookEndpointRow, type: string, data: Readonly<Record<string, unknown>>, loopback: boolean) {
    const { clock, nextId, forms } = this.#parts
    const nowMs = clock.nowMs()
    const id = nextId()
    const isListener = row.kind === 'listener'
    const subject: EventSubject = { type, happenedMs: nowMs, noun: 'webhook_deliveries', nounId: id, data, test: true }
    const target = targetOf({ row, events: [], isListener }, subject, loopback)
    const form = forms.get(row.face)
    if (!form) throw new Error(`no form tells webhooks of ${row.face}`)
    return await renderDelivery(form, { id, target, happenedMs: nowMs, nowMs, offered: isListener })
  }

  /** Those it was rendered with, and the signature of this moment. */
  async headersOf(row: WebhookDeliveryRow): Promise<Record<string, string>> {
    const { clock, forms } = this.#parts
    const headers = JSON.parse(row.headers) as Record<string, string>
    const rendered: Rendered = { method: row.method as Rendered['method'], url: row.url, headers, body: row.body }
    return { ...headers, ...(await forms.get(row.face)?.sign?.(deliveryOf(row), rendered, clock.nowMs())) }
  }
}
