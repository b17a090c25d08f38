import { randomBytes } from 'node:crypto'
import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createWebhookEndpoint, type WebhookEndpointRow } from '#store/webhook-endpoints.ts'
import { OneOf, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { EndpointName, EndpointUrl, endpointView, EndpointView, Events, requireEvents, requireUrl } from './endpoint-view.ts'

const endpointsAtMost = 100
/** Of another face: there each client has a share of its own. */
const sharedAtMost = 1000
/** A listener lives as long as somebody may be at the other end. */
const listenerMs = 24 * 3600 * 1000

/** As Standard Webhooks writes it. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

function shown(_: Means, result: { full: true; secret: string } | { full: false; row: WebhookEndpointRow; secret: string }) {
  if (result.full) refuse('resource.limit_reached', { noun: 'webhook endpoint', limit: endpointsAtMost })
  return endpointView(result.row, result.secret)
}

/** A listener has no URL: what it is told is fetched. */
export const createEndpointOperation = operation({
  name: 'webhook_endpoints.create',
  summary: 'Create a webhook endpoint',
  permission: 'webhooks.write',
  input: Type.Object(
    {
      kind: Optional(OneOf(['push', 'listener'], 'Whether its deliveries are sent, or fetched; push unless told.')),
      url: Optional(EndpointUrl('Where events are posted; none for a listener.')),
      fallbackUrl: Optional(EndpointUrl('Asked when the URL cannot be had.')),
      events: Events,
      name: Optional(EndpointName),
      face: Optional(Type.String({ maxLength: 40, 'x-hidden': true })),
      detail: Optional(Type.Unknown({ 'x-hidden': true })),
      lastsMs: Optional(Type.Integer({ minimum: 1, 'x-hidden': true })),
      share: Optional(Type.Object({ owner: Type.String({ maxLength: 100 }), limit: Type.Integer() }, { 'x-hidden': true })),
    },
    { additionalProperties: false },
  ),
  output: EndpointView,
  reasons: ['webhook.callback_url_invalid', 'webhook.event_unknown', 'resource.limit_reached', 'account.not_active'],
  creates: true,
  route: { method: 'POST', path: '/webhook-endpoints', status: 201 },
  async run(means, { kind = 'push', url, fallbackUrl, events, name = '', face = 'api', detail = {}, lastsMs, share }) {
    const { caller, nextId, clock, key } = means
    if (caller.account.status !== 'active') refuse('account.not_active', { state: caller.account.status })
    if (kind === 'push' && url === undefined) refuse('request.parameter_missing', { parameter: 'url' })
    if (kind === 'listener' && url !== undefined) refuse('request.parameters_exclusive', { parameters: ['kind', 'url'] })
    requireUrl('url', url)
    requireUrl('fallbackUrl', fallbackUrl)
    if (face === 'api') requireEvents(events)
    const now = clock.nowMs()
    const life = lastsMs ?? (kind === 'listener' ? listenerMs : undefined)
    const secret = newWebhookSecret()
    const row: WebhookEndpointRow = {
      id: nextId(),
      account_id: caller.account.id,
      face,
      kind,
      url: url ?? '',
      fallback_url: fallbackUrl ?? null,
      events: JSON.stringify(events),
      name,
      enabled: 1,
      detail: JSON.stringify(share ? { ...(detail as object), owner: share.owner } : detail),
      secret_sealed: key.seal(secret),
      previous_sealed: null,
      previous_until_ms: null,
      expires_ms: life === undefined ? null : now + life,
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    const limit = face === 'api' ? endpointsAtMost : sharedAtMost
    const made = await means.write(
      createWebhookEndpoint,
      { row, limit, ...(share && { share }), actor: actorOf(caller) },
      { secret },
    )
    return shown(means, made)
  },
  shown,
})
