// Messaging for tests that have a store and no program around it: nothing listens, the pretend network is open when asked for.

import type { Journal } from '#journal/journal.ts'
import { Outgoing } from '#protocols/http/outgoing.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import { buildConferences, type ConferencesBuilt } from '../src/roof/build-conferences.ts'
import { buildMessaging, type MessagingBuilt } from '../src/roof/build-messaging.ts'
import { buildWebhooks, type WebhooksBuilt } from '../src/roof/build-webhooks.ts'

export interface MessagingParts {
  readonly store: Store
  readonly clock: Clock
  readonly key: Key
  readonly nextId: NextId
  readonly journal: Journal
  readonly dataDir: string
}

export interface MessagingOver {
  readonly built: MessagingBuilt
  readonly outgoing: Outgoing
  /** Its relay is not started. */
  readonly webhooks: WebhooksBuilt
  readonly voice: ConferencesBuilt
  close(): Promise<void>
}

export function messagingOver(parts: MessagingParts): MessagingOver {
  const outgoing = new Outgoing({ clock: parts.clock, userAgent: 'Offhook/test', allow: [] })
  const { fetch } = outgoing
  const built = buildMessaging({ ...parts, fetch, fetchOwn: fetch, publicUrl: () => 'http://offhook.test', node: 'test' })
  const { accounts } = built
  const webhooks = buildWebhooks({ ...parts, fetch, accounts, node: 'test' })
  return {
    built,
    outgoing,
    webhooks,
    voice: buildConferences({ ...parts, publicUrl: () => 'http://offhook.test', node: 'test' }),
    async close() {
      await webhooks.relay.stop()
      await built.stop()
      await outgoing.close()
    },
  }
}
