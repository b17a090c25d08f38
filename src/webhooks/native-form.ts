// Our own form: JSON with the headers of Standard Webhooks. Body and id are the same on every attempt; the signature is made
// anew, as it covers the time of sending, and with each secret that is good at the time.

import { standardSignature } from './verify.ts'
import type { EventSubject } from './endpoints.ts'
import type { Delivery, Rendered, Target, WebhookForm } from './webhook-form.ts'

export interface NativeFormParts {
  /** An id as the native API shows it; the noun is the name of a table. */
  readonly showId: (noun: string, id: number) => string
  readonly secretsOf: (accountId: number, endpointId: number | null) => Promise<readonly string[]>
}

export function nativeForm({ showId, secretsOf }: NativeFormParts): WebhookForm {
  return {
    face: 'api',
    render(target: Target, { deliveryId }): Rendered {
      const subject = target.subject as EventSubject
      const { type, happenedMs, noun, nounId, data, test } = subject
      const errorId = target.errorId ?? undefined
      const body = JSON.stringify({
        type,
        timestamp: new Date(happenedMs).toISOString(),
        accountId: showId('accounts', target.accountId),
        ...(errorId !== undefined && { errorId }),
        ...(test && { test: true }),
        data: { id: showId(noun, nounId), ...data },
      })
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'webhook-id': showId('webhook_deliveries', deliveryId),
        'offhook-event': type,
      }
      if (errorId !== undefined) headers['offhook-error-id'] = errorId
      return { method: 'POST', url: target.url, headers, body }
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
