// Samples of events, sent by the relay like any other: to every endpoint that wants one, or to one endpoint to test it.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { addWebhookDeliveries, type WebhookDeliveryRow } from '#store/webhook-deliveries.ts'
import { webhookEndpointsOf, type WebhookEndpointRow } from '#store/webhook-endpoints.ts'
import { events, wants } from '#webhooks/events.ts'
import { Id, Optional, PageOf } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { mayLoopBack, requireEvent } from './endpoint-view.ts'
import { endpointOf } from './endpoints.ts'

const Event = Type.String({ minLength: 1, maxLength: 100, description: 'The event, such as message.delivered.' })
const Data = Type.Record(Type.String(), Type.Unknown(), { description: "Members to put in the place of the sample's." })
const Sent = Type.Object({ deliveries: Type.Array(Id('delivery'), { description: 'One for each endpoint told.' }) })

const shown = (_: Means, { ids }: { ids: number[] }) => ({ deliveries: ids })

async function send(means: Means, endpoints: readonly WebhookEndpointRow[], event: string, data: Record<string, unknown>) {
  const { caller, clock, webhooks } = means
  const sample = { ...events.find(({ name }) => name === event)?.sample, ...data }
  const rows: WebhookDeliveryRow[] = []
  for (const endpoint of endpoints) rows.push(await webhooks.sample(endpoint, event, sample, mayLoopBack(caller)))
  const input = { rows, accountId: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
  return shown(means, await means.write(addWebhookDeliveries, input))
}

function requireSample(event: string): void {
  requireEvent('event', event)
  if (event.includes('*')) refuse('webhook.event_unknown', { parameter: 'event', event })
}

export const triggerEventOperation = operation({
  name: 'webhooks.trigger',
  summary: 'Send a sample of an event',
  permission: 'webhooks.write',
  input: Type.Object({ event: Event, data: Optional(Data) }, { additionalProperties: false }),
  output: Sent,
  reasons: ['webhook.event_unknown', 'webhook.no_endpoint'],
  creates: true,
  route: { method: 'POST', path: '/webhook-events', status: 202 },
  async run(means, { event, data = {} }) {
    requireSample(event)
    const all = await webhookEndpointsOf(means.read, means.caller.account.id)
    const now = means.clock.nowMs()
    const wanted = all.filter(
      (row) =>
        row.face === 'api' &&
        row.enabled === 1 &&
        (row.expires_ms ?? now) >= now &&
        wants(JSON.parse(row.events) as string[], event),
    )
    if (wanted.length === 0) refuse('webhook.no_endpoint', { event })
    return send(means, wanted, event, data)
  },
  shown,
})

export const testEndpointOperation = operation({
  name: 'webhook_endpoints.test',
  summary: 'Send a sample of an event to one webhook endpoint',
  permission: 'webhooks.write',
  input: Type.Object({ id: Id('endpoint'), event: Optional(Event), data: Optional(Data) }, { additionalProperties: false }),
  output: Sent,
  reasons: ['resource.not_found', 'webhook.event_unknown', 'webhook.endpoint_removed'],
  creates: true,
  route: { method: 'POST', path: '/webhook-endpoints/{id}/test', status: 202 },
  async run(means, { id, event = 'message.delivered', data = {} }) {
    const row = await endpointOf(means.read, means.caller, id)
    requireSample(event)
    // Endpoints of another face tell in its words alone.
    if (row.face !== 'api') refuse('webhook.event_unknown', { parameter: 'event', event })
    if (row.enabled === 0) refuse('webhook.endpoint_removed')
    return send(means, [row], event, data)
  },
  shown,
})

export const listEventsOperation = operation({
  name: 'webhooks.events',
  summary: 'List the events that can be told',
  permission: 'webhooks.read',
  input: PageOf({}),
  output: Type.Object({
    items: Type.Array(
      Type.Object({ name: Type.String(), about: Type.String(), sample: Type.Record(Type.String(), Type.Unknown()) }),
    ),
    next: Type.Null(),
  }),
  reasons: [],
  route: { method: 'GET', path: '/webhook-events' },
  run: async () => ({ items: events.map(({ name, about, sample }) => ({ name, about, sample })), next: null }),
})
