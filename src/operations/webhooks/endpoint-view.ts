// A webhook endpoint as the operations show it, and what may be said of one. Its secret is shown when it is made, rotated
// or asked for.

import Type, { type Static } from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import type { WebhookEndpointRow } from '#store/webhook-endpoints.ts'
import { nearest } from '#values/nearest.ts'
import { eventChoices } from '#webhooks/events.ts'
import { Id, Moment, OneOf, Optional } from '../fields.ts'

export const Events = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  minItems: 1,
  maxItems: 100,
  description: 'The events wanted: message.delivered, message.* for all of a noun, * for all.',
})
export const EndpointUrl = (description: string) => Type.String({ minLength: 1, maxLength: 2048, description })
export const EndpointName = Type.String({ maxLength: 200, description: 'What it is for.' })

export const EndpointView = Type.Object({
  id: Id('endpoint'),
  accountId: Id('account'),
  face: Type.String({ description: 'In whose form it is told: api is our own.' }),
  kind: OneOf(['push', 'listener'], 'Whether its deliveries are sent, or fetched by a listener.'),
  url: Type.String(),
  fallbackUrl: Type.Union([Type.String(), Type.Null()]),
  events: Type.Array(Type.String()),
  name: Type.String(),
  enabled: Type.Boolean(),
  secret: Optional(Type.String({ description: 'Signs what it is told; shown when made or rotated.' })),
  previousSecretUntil: Type.Union([Moment('Until when the secret before it signs too.'), Type.Null()]),
  expiresAt: Type.Union([Moment('When a listener that nobody asks any more is gone, or a subscription is over.'), Type.Null()]),
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
  detail: Optional(Type.Unknown({ 'x-hidden': true })),
})

export function endpointView(row: WebhookEndpointRow, secret?: string): Static<typeof EndpointView> {
  return {
    id: row.id,
    accountId: row.account_id,
    face: row.face,
    kind: row.kind as 'push' | 'listener',
    url: row.url,
    fallbackUrl: row.fallback_url,
    events: JSON.parse(row.events) as string[],
    name: row.name,
    enabled: row.enabled === 1,
    ...(secret !== undefined && { secret }),
    previousSecretUntil: row.previous_sealed === null ? null : row.previous_until_ms,
    expiresAt: row.expires_ms,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
    detail: JSON.parse(row.detail) as unknown,
  }
}

/** Gives webhook.callback_url_invalid. Where it leads is checked at each delivery: names change. */
export function requireUrl(parameter: string, url: string | null | undefined): void {
  if (url === undefined || url === null) return
  const parsed = URL.parse(url)
  const fine = parsed && /^https?:$/.test(parsed.protocol) && parsed.hostname !== '' && !/\s/.test(url)
  if (!fine) refuse('webhook.callback_url_invalid', { parameter, value: url.slice(0, 100) })
}

/** Gives webhook.event_unknown. */
export function requireEvents(events: readonly string[] | undefined): void {
  for (const event of events ?? []) requireEvent('events', event)
}

export function requireEvent(parameter: string, event: string): void {
  if (eventChoices.includes(event)) return
  const near = nearest(event, eventChoices)
  refuse('webhook.event_unknown', { parameter, event, ...(near !== '' && { nearest: near }) })
}

/** Whether the account's URLs may name this machine: a sandbox's may. */
export const mayLoopBack = ({ account }: { account: { settings: { features: readonly string[] } } }): boolean =>
  account.settings.features.includes('loopback_urls')
