// Our own form: JSON with the headers of Standard Webhooks. Body and id are the same on every attempt; the signature is made
// anew, as it covers the time of sending, and with each secret that is good at the time.

import { standardSignature } from './verify.ts'
import type { EventSubject } from './endpoints.ts'
import type { Delivery, Rendered, Target, WebhookForm } from './webhook-form.ts'

export interface NativeFormParts {
  /** An id as the native API shows it; the noun is the name of a table. */
  readonly showId: (noun: string, id: number) => string
  /** The data of an event, with its ids so shown. */
  readonly showData: (noun: string, nounId: number, data: Readonly<Record<string, unknown>>) => Record<string, unknown>
  readonly secretsOf: (accountId: number, endpointId: number | null) => Promise<readonly string[]>
}

export function nativeForm({ showId, showData, secretsOf }: NativeFormParts): WebhookForm {
  return {
    face: 'api',
    render(target: Target, { deliveryId, happenedMs }): Rendered {
      const { type, data, test } = eventOf(target, happenedMs)
      const errorId = target.errorId ?? undefined
      const { noun, nounId } = target
      const body = JSON.stringify({
        type,
        timestamp: new Date(happenedMs).toISOString(),
        accountId: showId('accounts', target.accountId),
        ...(errorId !== undefined && { errorId }),
        ...(test ? { test: true, data } : { data: showData(noun, nounId, data) }),
      })
      const id = showId('webhook_deliveries', deliveryId)
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'webhook-id': id,
        'offhook-event': type,
        ...(errorId !== undefined && { 'offhook-error-id': errorId }),
      }
      if (target.method === 'POST') return { method: 'POST', url: target.url, headers, body }
      // Without a body there is nothing to sign but its absence; what happened stands in the query.
      const url = new URL(target.url)
      url.searchParams.set('type', type)
      url.searchParams.set('id', showId(noun, nounId))
      delete headers['content-type']
      return { method: 'GET', url: url.href, headers, body: '' }
    },
    async sign(delivery: Delivery, rendered: Rendered, nowMs: number) {
      const timestamp = String(Math.floor(nowMs / 1000))
      const id = rendered.headers['webhook-id']!
      const secrets = await secretsOf(delivery.accountId, delivery.endpointId)
      const signatures = secrets.map((secret) => standardSignature(secret, id, timestamp, rendered.body))
      return { 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
    },
  }
}

/** An endpoint's targets say what kind of event it is; those of a message's own URL say how the message stands. */
function eventOf({ kind, subject }: Target, happenedMs: number): Pick<EventSubject, 'type' | 'data' | 'happenedMs' | 'test'> {
  if ('type' in subject && 'data' in subject) return subject as EventSubject
  const data = subject as Readonly<Record<string, unknown>>
  const { state } = data
  return { type: typeof state === 'string' ? `${kind.split('.')[0]}.${state}` : kind, data, happenedMs }
}
