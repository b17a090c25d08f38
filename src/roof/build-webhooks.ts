// Webhooks with their forms and those who are told, put together. Part of the roof: it knows every room below.

import type { AccountsKnown } from '#accounts/accounts-known.ts'
import { NativeIds } from '#api/native-ids.ts'
import { webhookData } from '#api/webhook-data.ts'
import { messageSubject } from '#messaging/message-subject.ts'
import { messageTargets, type MessageTargetParts } from '#messaging/message-targets.ts'
import { noteUnserved } from '#messaging/note-unserved.ts'
import type { Happening } from '#store/happenings.ts'
import { mediaOfMessage } from '#store/media.ts'
import { readCallById } from '#store/calls.ts'
import { readMessageById } from '#store/messages.ts'
import type { Store } from '#store/store.ts'
import { callSubject, isCallHappening } from '#voice/call-subject.ts'
import { callTargets } from '#voice/call-targets.ts'
import { Endpoints } from '#webhooks/endpoints.ts'
import { nativeForm } from '#webhooks/native-form.ts'
import { Relay } from '#webhooks/relay.ts'
import type { TargetsOf, WebhookForm } from '#webhooks/webhook-form.ts'
import { Webhooks } from '#webhooks/webhooks.ts'
import type { Ground } from './ground.ts'

export interface BuildWebhooksParts extends Pick<Ground, 'store' | 'clock' | 'key' | 'journal' | 'nextId' | 'fetch' | 'node'> {
  readonly accounts: AccountsKnown
  /** Faces whose numbers should be bound to something. */
  readonly tellsUnbound?: ReadonlySet<string>
  readonly servicePage?: MessageTargetParts['servicePage']
  /** Faces whose status callbacks tell calls. */
  readonly tellsCalls?: ReadonlySet<string>
  /** And which tell recordings. */
  readonly tellsRecordings?: ReadonlySet<string>
  readonly statusKinds?: MessageTargetParts['statusKinds']
  readonly tellsSegments?: MessageTargetParts['tellsSegments']
}

export interface WebhooksBuilt {
  readonly webhooks: Webhooks
  readonly relay: Relay
  /** Forms of other faces than our own, and whom else they tell; before the relay is started. */
  addFaces(faces: { readonly forms: readonly WebhookForm[]; readonly targetsOf: readonly TargetsOf[] }): void
}

export function buildWebhooks(parts: BuildWebhooksParts): WebhooksBuilt {
  const { store, clock, key, journal, nextId, fetch, accounts, node, servicePage, statusKinds, tellsSegments } = parts
  const ids = new NativeIds(key)
  const endpoints = new Endpoints({
    store,
    clock,
    key,
    async allowsLoopback(accountId) {
      return (await accounts.find(accountId))?.settings.features.includes('loopback_urls') ?? false
    },
    dataOf: (happening) => dataOf(store, happening),
  })
  const native = nativeForm({
    showId: (noun, id) => ids.showOf(noun, id),
    showData: webhookData(ids),
    secretsOf: (accountId, endpointId) => endpoints.secretsOf(accountId, endpointId),
  })
  const forms = new Map([[native.face, native]])
  const messages = messageTargets({
    read: store,
    accountOf: (id) => accounts.find(id),
    async unserved(row, refusal) {
      // Most numbers are bound to nothing, and their messages wait to be read.
      if (refusal.reason === 'number.not_bound' && !parts.tellsUnbound?.has(row.face)) return
      journal.inboundUnserved(row.account_id, row.id, refusal.reason)
      await noteUnserved(store, clock, row, refusal)
    },
    ...(servicePage && { servicePage }),
    ...(statusKinds && { statusKinds }),
    ...(tellsSegments && { tellsSegments }),
  })
  const calls = callTargets({
    read: store,
    accountOf: (id) => accounts.find(id),
    tellsCalls: new Set([native.face, ...(parts.tellsCalls ?? [])]),
    ...(parts.tellsRecordings && { tellsRecordings: parts.tellsRecordings }),
  })
  const targetsOf: TargetsOf[] = [messages, calls, endpoints.targetsOf]
  const relay = new Relay({
    store,
    clock,
    nextId,
    node,
    fetch,
    forms,
    random: Math.random,
    targetsOf,
    isLive: endpoints.isLive,
    onFault: (cause) => journal.loopFailed('webhooks', cause),
    onUnrendered: (cause, errorId) => journal.faultFound(cause, errorId),
    onEnded: (outcome, reason) => journal.webhookEnded(outcome, reason),
    onCircuit: (url, reason, openMs) => journal.webhookCircuitOpened(URL.parse(url)?.host ?? '', reason, openMs),
  })
  journal.gauge('offhook_webhooks_under_way', 'Webhook requests under way.', () => relay.dispatcher.underWay)
  journal.gauge('offhook_webhook_queues', 'Servers with webhooks to be told.', () => relay.dispatcher.queues)
  journal.gauge(
    'offhook_webhook_circuits_open',
    'Of these, servers that are left alone for a while.',
    () => relay.dispatcher.openCircuits,
  )
  return {
    webhooks: new Webhooks({ clock, nextId, forms }),
    relay,
    addFaces(faces) {
      for (const form of faces.forms) forms.set(form.face, form)
      targetsOf.push(...faces.targetsOf)
    },
  }
}

/** Endpoints are told of a message and of a call as it then stood; of other things, what their happening says. */
async function dataOf(store: Store, happening: Happening): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (happening.noun === 'calls' && isCallHappening(happening.kind)) {
    const call = await readCallById(store, happening.noun_id)
    return call && { ...callSubject(call, happening) }
  }
  if (happening.noun !== 'messages') return undefined
  const row = await readMessageById(store, happening.noun_id)
  if (!row) return undefined
  const media = row.kind === 'mms' ? await mediaOfMessage(store, row.id) : []
  return { ...messageSubject(row, happening, media) }
}
