// The operations on deliveries: list, read with the attempts, replay one or many, and fetch what a listener is offered.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { webhookAttemptsOf } from '#store/webhook-attempts.ts'
import {
  listWebhookDeliveries,
  readWebhookDelivery,
  replayWebhook,
  replayWebhooks,
  webhooksForListener,
  type WebhookDeliveryRow,
} from '#store/webhook-deliveries.ts'
import { tryForMs } from '#webhooks/attempt-delivery.ts'
import { Id, Moment, OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { attemptView, DeliveryInFull, deliveryStates, deliveryView, DeliveryView } from './delivery-view.ts'
import { endpointOf } from './endpoints.ts'

const Event = Type.String({ maxLength: 100, description: 'The event, such as message.delivered.' })

export const listDeliveriesOperation = operation({
  name: 'webhook_deliveries.list',
  summary: 'List webhook deliveries',
  permission: 'webhooks.read',
  input: PageOf({
    state: Optional(OneOf(deliveryStates, 'How it went; failed are the dead letters.')),
    event: Optional(Event),
    endpointId: Optional(Id('endpoint')),
  }),
  output: Page(DeliveryView),
  reasons: [],
  route: { method: 'GET', path: '/webhook-deliveries' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, state, event, endpointId }) {
    const limit = pageLimit(asked)
    const where = { ...(state === 'failed' ? { failed: true } : { state }), kind: event, endpoint: endpointId }
    const rows = await listWebhookDeliveries(read, {
      scope: caller.account.id,
      after,
      skip,
      oldestFirst,
      limit: limit + 1,
      where,
    })
    return pageFrom(rows, limit, deliveryView)
  },
})

export const readDeliveryOperation = operation({
  name: 'webhook_deliveries.read',
  summary: 'Read a webhook delivery with its attempts',
  permission: 'webhooks.read',
  input: Type.Object({ id: Id('delivery') }, { additionalProperties: false }),
  output: DeliveryInFull,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/webhook-deliveries/{id}' },
  async run({ caller, read, notes }, { id }) {
    const row = await readWebhookDelivery(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'webhook delivery' })
    const log = (await webhookAttemptsOf(notes, id)).map(attemptView)
    return { ...deliveryView(row), headers: JSON.parse(row.headers) as Record<string, unknown>, body: row.body, log }
  },
})

type Replayed = { outcome: 'gone' | 'waiting' | 'unrendered' | 'replayed'; row: WebhookDeliveryRow | null }

function shownReplayed(_: Means, { outcome, row }: Replayed) {
  if (outcome === 'gone' || !row) refuse('resource.not_found', { noun: 'webhook delivery' })
  if (outcome === 'waiting') refuse('webhook.already_waiting')
  if (outcome === 'unrendered') refuse('webhook.not_rendered')
  return deliveryView(row)
}

/** Under the id it had, so that who took it already knows it again. */
export const replayDeliveryOperation = operation({
  name: 'webhook_deliveries.replay',
  summary: 'Deliver a webhook once more',
  permission: 'webhooks.write',
  input: Type.Object({ id: Id('delivery') }, { additionalProperties: false }),
  output: DeliveryView,
  reasons: ['resource.not_found', 'webhook.already_waiting', 'webhook.not_rendered'],
  creates: true,
  route: { method: 'POST', path: '/webhook-deliveries/{id}/replay', status: 202 },
  async run(means, { id }) {
    const { caller, clock } = means
    const now = clock.nowMs()
    const input = { id, account: caller.account.id, now, deadline: now + tryForMs, actor: actorOf(caller) }
    return shownReplayed(means, await means.write(replayWebhook, input))
  },
  shown: shownReplayed,
})

const replayedAtMost = 1000
const shownSome = (_: Means, { replayed }: { replayed: number }) => ({ replayed, more: replayed === replayedAtMost })

export const replayDeliveriesOperation = operation({
  name: 'webhook_deliveries.replaySome',
  summary: 'Deliver dead letters once more',
  permission: 'webhooks.write',
  input: Type.Object(
    {
      event: Optional(Event),
      endpointId: Optional(Id('endpoint')),
      from: Optional(Moment('Of what happened then or later.')),
      to: Optional(Moment('Of what happened before.')),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    replayed: Type.Integer(),
    more: Type.Boolean({ description: 'Whether there may be more of them: 1000 are taken at a time, the oldest first.' }),
  }),
  reasons: ['resource.not_found'],
  creates: true,
  route: { method: 'POST', path: '/webhook-deliveries/replay', status: 202 },
  async run(means, { event, endpointId, from, to }) {
    const { caller, read, clock } = means
    if (endpointId !== undefined) await endpointOf(read, caller, endpointId)
    const now = clock.nowMs()
    const done = await means.write(replayWebhooks, {
      account: caller.account.id,
      now,
      deadline: now + tryForMs,
      filter: { kind: event, endpoint: endpointId, fromMs: from, toMs: to },
      limit: replayedAtMost,
      actor: actorOf(caller),
    })
    return shownSome(means, done)
  },
  shown: shownSome,
})

const Offer = Type.Object({
  id: Id('delivery'),
  event: Type.String(),
  face: Type.String(),
  method: Type.String(),
  url: Type.String({ description: 'Where it is sent as well; empty when it is only offered.' }),
  headers: Type.Record(Type.String(), Type.Unknown()),
  body: Type.String(),
})

/** Oldest first. Besides its own: what the account's messages and numbers tell their own URLs. */
export const fetchOffersOperation = operation({
  name: 'webhook_endpoints.fetch',
  summary: 'Fetch what a listener is told',
  permission: 'webhooks.read',
  input: Type.Object(
    {
      id: Id('endpoint'),
      after: Optional(Type.Integer({ minimum: 0, 'x-cursor': true, description: 'The cursor of the fetch before.' })),
      limit: Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'At most so many; 50 unless told.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ items: Type.Array(Offer), next: Type.Integer({ 'x-cursor': true }) }),
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/webhook-endpoints/{id}/offers' },
  async run({ caller, read, webhooks }, { id, after, limit = 50 }) {
    const { id: since } = await endpointOf(read, caller, id)
    // Ids go by time: nothing older than the listener itself.
    const from = Math.max(after ?? 0, since)
    const rows = await webhooksForListener(read, caller.account.id, id, from, limit)
    const items = await Promise.all(
      rows.map(async (row) => ({
        id: row.id,
        event: row.kind,
        face: row.face,
        method: row.method,
        url: row.url,
        headers: await webhooks.headersOf(row),
        body: row.body,
      })),
    )
    return { items, next: rows.at(-1)?.id ?? from }
  },
})
