// What a subscription's address is told (reference 11.3): JSON in an envelope, with the Verification-Token that was given, which is
// put on at each attempt so that no delivery keeps it. An address that takes nothing for ten minutes is given up.

import type { WebhookFormParts } from '#operations/face-parts.ts'
import { giveUpWebhookEndpoint, readWebhookEndpoint } from '#store/webhook-endpoints.ts'
import type { WebhookForm } from '#webhooks/webhook-form.ts'
import { face } from './applications.ts'
import { isoTime } from './formats.ts'
import { RingCentralIds } from './ids.ts'
import type { KeptSubscription } from './subscription-record.ts'
import type { SubscriptionSubject } from './subscription-targets.ts'
import { userAgent } from './validate-hook.ts'

export function ringcentralWebhookForm({ store, key, clock }: WebhookFormParts): WebhookForm {
  const ids = new RingCentralIds(key)
  return {
    face,
    // Ten minutes in all.
    retryAfterMs: [5_000, 15_000, 40_000, 120_000, 180_000, 240_000],
    render(target, { deliveryId, happenedMs }) {
      const { event, subscriptionId, ownerId, body } = target.subject as SubscriptionSubject
      const envelope = {
        uuid: ids.uuid('event', deliveryId),
        event,
        timestamp: isoTime(happenedMs),
        subscriptionId,
        ownerId,
        body,
      }
      return {
        method: 'POST',
        url: target.url,
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': userAgent },
        body: JSON.stringify(envelope),
      }
    },
    async sign({ accountId, endpointId }): Promise<Record<string, string>> {
      const row = endpointId === null ? undefined : await readWebhookEndpoint(store, accountId, endpointId)
      const { verificationToken } = JSON.parse(row?.detail ?? '{}') as Partial<KeptSubscription>
      return verificationToken === undefined ? {} : { 'verification-token': key.open(verificationToken) }
    },
    async failed({ accountId, endpointId }, reason) {
      if (endpointId === null) return
      const givenUp = { atMs: clock.nowMs(), reason }
      await store.write(giveUpWebhookEndpoint, { account: accountId, id: endpointId, givenUp })
    },
  }
}
