// The operations on a webhook endpoint that is there: list, read, change, delete, rotate and show its secret.

import Type from 'typebox'
import { actorOf, type Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { counted } from '#store/counters.ts'
import type { Reader } from '#store/store.ts'
import {
  deleteWebhookEndpoint,
  endpointsOfOwner,
  listWebhookEndpoints,
  readWebhookEndpoint,
  rotateWebhookEndpoint,
  updateWebhookEndpoint,
  webhookEndpointsOf,
  type WebhookEndpointRow,
} from '#store/webhook-endpoints.ts'
import { accountSecret, secretsOfRow } from '#webhooks/endpoints.ts'
import { Done, Id, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { newWebhookSecret } from './create-endpoint.ts'
import { EndpointName, EndpointUrl, endpointView, EndpointView, Events, requireEvents, requireUrl } from './endpoint-view.ts'

const usualOverlapMs = 24 * 3600 * 1000

export async function endpointOf(read: Reader, { account }: Pick<Caller, 'account'>, id: number): Promise<WebhookEndpointRow> {
  const row = await readWebhookEndpoint(read, account.id, id)
  return row ?? refuse('resource.not_found', { noun: 'webhook endpoint' })
}

export const listEndpointsOperation = operation({
  name: 'webhook_endpoints.list',
  summary: 'List webhook endpoints',
  permission: 'webhooks.read',
  input: PageOf({
    face: Optional(Type.String({ maxLength: 40, description: 'In whose form they are told.' })),
    owner: Optional(Type.String({ 'x-hidden': true })),
  }),
  output: Page(EndpointView),
  reasons: [],
  route: { method: 'GET', path: '/webhook-endpoints' },
  async run({ caller, read, clock }, { limit: asked, after, skip, oldestFirst, owner, ...where }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    if (owner !== undefined) {
      // Few by nature: all of them, oldest first.
      const theirs = endpointsOfOwner(await webhookEndpointsOf(read, scope), where.face ?? '', owner, clock.nowMs())
      return { items: theirs.map((row) => endpointView(row)), next: null }
    }
    const rows = await listWebhookEndpoints(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const total = Object.keys(where).length === 0 ? await counted(read, scope, 'webhook_endpoints') : undefined
    return pageFrom(rows, limit, (row) => endpointView(row), total)
  },
})

export const readEndpointOperation = operation({
  name: 'webhook_endpoints.read',
  summary: 'Read a webhook endpoint',
  permission: 'webhooks.read',
  input: Type.Object({ id: Id('endpoint') }, { additionalProperties: false }),
  output: EndpointView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/webhook-endpoints/{id}' },
  run: async ({ caller, read }, { id }) => endpointView(await endpointOf(read, caller, id)),
})

/** The secret that signs now; the one before it, when both do, is not shown again. */
export const revealEndpointSecretOperation = operation({
  name: 'webhook_endpoints.reveal',
  summary: 'Show the secret of a webhook endpoint',
  permission: 'webhooks.write',
  input: Type.Object({ id: Id('endpoint') }, { additionalProperties: false }),
  output: Type.Object({ secret: Type.String() }),
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/webhook-endpoints/{id}/secret' },
  async run({ caller, read, key, clock }, { id }) {
    const [secret = ''] = secretsOfRow(key, await endpointOf(read, caller, id), clock.nowMs())
    return { secret }
  },
})

/** For URLs that are no endpoint's, such as the callback of one message. */
export const readWebhookSecretOperation = operation({
  name: 'webhooks.secret',
  summary: 'Show the secret that signs for URLs without an endpoint',
  permission: 'webhooks.write',
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({ secret: Type.String() }),
  reasons: [],
  route: { method: 'POST', path: '/webhook-secret' },
  run: async ({ caller, key }) => ({ secret: accountSecret(key, caller.account.id) }),
})

/** What is on its way already goes where it was rendered for, unless the endpoint is switched off. */
export const updateEndpointOperation = operation({
  name: 'webhook_endpoints.update',
  summary: 'Change a webhook endpoint',
  permission: 'webhooks.write',
  input: Type.Object(
    {
      id: Id('endpoint'),
      url: Optional(EndpointUrl('Where events are posted.')),
      fallbackUrl: Optional(Type.Union([EndpointUrl('Asked when the URL cannot be had.'), Type.Null()])),
      events: Optional(Events),
      name: Optional(EndpointName),
      enabled: Optional(Type.Boolean({ description: 'Switched off, it is told nothing, and what waited is canceled.' })),
      detail: Optional(Type.Unknown({ 'x-hidden': true })),
      lastsMs: Optional(Type.Integer({ minimum: 1, 'x-hidden': true })),
    },
    { additionalProperties: false },
  ),
  output: EndpointView,
  reasons: ['resource.not_found', 'webhook.callback_url_invalid', 'webhook.event_unknown', 'webhook.listener_only'],
  route: { method: 'PATCH', path: '/webhook-endpoints/{id}' },
  async run(means, { id, url, fallbackUrl, events, name, enabled, detail, lastsMs }) {
    const { caller, read, clock } = means
    const row = await endpointOf(read, caller, id)
    if (row.kind === 'listener' && (url !== undefined || (fallbackUrl ?? undefined) !== undefined))
      refuse('webhook.listener_only')
    requireUrl('url', url)
    requireUrl('fallbackUrl', fallbackUrl)
    if (row.face === 'api') requireEvents(events)
    // In another face's words, which are known there alone.
    else if (events && row.face !== caller.face)
      refuse('webhook.event_unknown', { parameter: 'events', event: events.join(', ') })
    const now = clock.nowMs()
    const change = {
      ...(url !== undefined && { url }),
      ...(fallbackUrl !== undefined && { fallback_url: fallbackUrl }),
      ...(events !== undefined && { events: JSON.stringify(events) }),
      ...(name !== undefined && { name }),
      ...(enabled !== undefined && { enabled: enabled ? 1 : 0 }),
      ...(detail !== undefined && { detail: JSON.stringify(detail) }),
      ...(lastsMs !== undefined && { expires_ms: now + lastsMs }),
    }
    const input = { id, account: caller.account.id, change, actor: actorOf(caller), now }
    const updated = await means.write(updateWebhookEndpoint, input)
    return endpointView(updated ?? refuse('resource.not_found', { noun: 'webhook endpoint' }))
  },
})

export const deleteEndpointOperation = operation({
  name: 'webhook_endpoints.delete',
  summary: 'Delete a webhook endpoint',
  permission: 'webhooks.write',
  input: Type.Object({ id: Id('endpoint') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'DELETE', path: '/webhook-endpoints/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const input = { id, account: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    if (!(await means.write(deleteWebhookEndpoint, input))) refuse('resource.not_found', { noun: 'webhook endpoint' })
    return { done: true }
  },
})

function shownRotated(_: Means, { row, secret }: { row: WebhookEndpointRow | null; secret: string }) {
  return endpointView(row ?? refuse('resource.not_found', { noun: 'webhook endpoint' }), secret)
}

/** Both secrets sign until the overlap is over, so that a server may change over at any time in between. */
export const rotateEndpointOperation = operation({
  name: 'webhook_endpoints.rotate',
  summary: 'Give a webhook endpoint a new secret',
  permission: 'webhooks.write',
  input: Type.Object(
    {
      id: Id('endpoint'),
      overlapMs: Optional(
        Type.Integer({
          minimum: 0,
          maximum: 30 * usualOverlapMs,
          description: 'How long the old secret signs too; a day unless told.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: EndpointView,
  reasons: ['resource.not_found'],
  creates: true,
  route: { method: 'POST', path: '/webhook-endpoints/{id}/rotate', status: 201 },
  async run(means, { id, overlapMs = usualOverlapMs }) {
    const { caller, read, clock, key } = means
    const row = await endpointOf(read, caller, id)
    const now = clock.nowMs()
    const secret = newWebhookSecret()
    const change = { secret_sealed: key.seal(secret), previous_sealed: row.secret_sealed, previous_until_ms: now + overlapMs }
    const input = { id, account: caller.account.id, change, actor: actorOf(caller), now }
    const rotated = await means.write(rotateWebhookEndpoint, input, { secret })
    return shownRotated(means, rotated)
  },
  shown: shownRotated,
})
