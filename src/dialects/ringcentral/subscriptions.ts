// Subscriptions (reference section 11), as far as messages and calls need them: by WebHook alone. Those that are there are told of by
// subscription-targets.ts, in the form of webhook-form.ts.

import { createEndpointOperation } from '#operations/webhooks/create-endpoint.ts'
import { deleteEndpointOperation, listEndpointsOperation, updateEndpointOperation } from '#operations/webhooks/endpoints.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import { face } from './applications.ts'
import { inner, shown, text, type Fields } from './json-body.ts'
import { apiUri, json, type RingCentralKnock, type Room } from './knock.ts'
import { applicationMay } from './permissions.ts'
import { yesOrNo } from './query-fields.ts'
import { filtersOf, filterText, permissionFor, type Filter } from './subscription-filters.ts'
import { ownerOf, subscriptionNamed, subscriptionOf, subscriptionRecord, type Subscription } from './subscription-record.ts'
import { addressField, requireAddress, validateHook } from './validate-hook.ts'

/** Of one user through one application (SUB-505). */
const subscriptionsAtMost = 30
const usualSeconds = 604_800
const secondsAtMost = 315_360_000
const transportField = 'deliveryMode.transportType'

export async function createSubscription(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const owner = ownerOf(knock)
  const caller = knock.caller!
  const { run, key } = room.parts
  const wish = wishOf(knock)
  const { filters, faults } = await filtersOf(room, caller, (knock.body as Fields)['eventFilters'])
  requireReading(knock, filters)
  if (faults.length > 0) refuseAll(faults)
  const { items } = await run(listEndpointsOperation, caller, { face, owner })
  if (items.length >= subscriptionsAtMost) refuse('subscription.limit_exceeded', { limit: subscriptionsAtMost })
  await validateHook(room, caller, wish.address, wish.verificationToken)
  const made = run(
    createEndpointOperation,
    caller,
    {
      face,
      url: wish.address,
      events: filters.map(filterText),
      lastsMs: wish.seconds * 1000,
      share: { owner, limit: subscriptionsAtMost },
      detail: {
        userId: caller.user!.id,
        clientId: caller.app!.clientId,
        base: knock.base,
        seconds: wish.seconds,
        ...(wish.verificationToken !== undefined && { verificationToken: key.seal(wish.verificationToken) }),
      },
    },
    { idempotencyKey: knock.request.headers['idempotency-key'] },
  )
  const endpoint = await made.catch((error: unknown) => {
    if (error instanceof Refusal && error.reason === 'resource.limit_reached')
      refuse('subscription.limit_exceeded', { limit: subscriptionsAtMost })
    throw error
  })
  return json(subscriptionRecord(room, knock, subscriptionOf(endpoint)))
}

/** The application needs the permission for what it watches as well (reference section 4). */
function requireReading({ caller }: RingCentralKnock, filters: readonly Filter[]): void {
  for (const { of } of filters) {
    const permission = permissionFor[of]
    if (!applicationMay(caller!.app!, permission)) refuse('permission.missing', { permission, kind: 'application' })
  }
}

interface Wish {
  readonly address: string
  readonly verificationToken?: string
  readonly seconds: number
}

/** Gives request.parameter_missing, request.parameter_invalid, subscription.search_transport_unsupported. */
function wishOf(knock: RingCentralKnock): Wish {
  const fields = knock.body as Fields
  const mode = inner(fields, 'deliveryMode')
  const transport = text(mode, 'transportType', transportField)
  if (transport === undefined) refuse('request.parameter_missing', { parameter: transportField })
  if (yesOrNo(knock.query, 'findSubscription') && !transport.startsWith('PubNub'))
    refuse('subscription.search_transport_unsupported', { transport: transport.slice(0, 40) })
  if (transport !== 'WebHook')
    refuse('request.parameter_invalid', { parameter: transportField, value: transport.slice(0, 100), expected: 'WebHook' })
  const address = text(mode, 'address', addressField)
  if (address === undefined || address === '') refuse('request.parameter_missing', { parameter: addressField })
  requireAddress(knock.caller!, address)
  const verificationToken = text(mode, 'verificationToken', 'deliveryMode.verificationToken')
  // It goes out as a header.
  if (verificationToken !== undefined && !/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(verificationToken))
    refuse('request.parameter_invalid', {
      parameter: 'deliveryMode.verificationToken',
      value: '',
      expected: '1 to 255 printable ASCII characters',
    })
  return { address, ...(verificationToken !== undefined && { verificationToken }), seconds: secondsOf(fields) }
}

/** Gives request.parameter_invalid. Larger values are cut. */
function secondsOf(fields: Fields): number {
  const value = fields['expiresIn'] ?? usualSeconds
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
    refuse('request.parameter_invalid', { parameter: 'expiresIn', value: shown(value), expected: 'whole seconds from 1' })
  return Math.min(value, secondsAtMost)
}

export async function listSubscriptions(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const owner = ownerOf(knock)
  const { items } = await room.parts.run(listEndpointsOperation, knock.caller!, { face, owner })
  const records = items.map((endpoint) => subscriptionRecord(room, knock, subscriptionOf(endpoint)))
  return json({ uri: apiUri(room, knock, '/subscription'), records })
}

export async function readSubscription(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  return json(subscriptionRecord(room, knock, await subscriptionNamed(room, knock)))
}

/** Filters replace those before; without a body it is renewed alone. Other fields are left alone. */
export async function updateSubscription(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const found = await subscriptionNamed(room, knock)
  const value = (knock.body as Fields | undefined)?.['eventFilters']
  if (value === undefined || value === null) return renew(room, knock, found)
  const { filters, faults } = await filtersOf(room, knock.caller!, value)
  requireReading(knock, filters)
  if (faults.length > 0) refuseAll(faults)
  return renew(room, knock, found, filters.map(filterText))
}

export async function renewSubscription(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  return renew(room, knock, await subscriptionNamed(room, knock))
}

/** One that was given up is taken up again, if its address is there again. */
async function renew(room: Room, knock: RingCentralKnock, found: Subscription, events?: string[]): Promise<HttpAnswer> {
  const { run, key } = room.parts
  const caller = knock.caller!
  const { givenUp, ...kept } = found.kept
  if (givenUp) await validateHook(room, caller, found.url, kept.verificationToken && key.open(kept.verificationToken))
  const endpoint = await run(updateEndpointOperation, caller, {
    id: found.id,
    lastsMs: kept.seconds * 1000,
    ...(events && { events }),
    ...(givenUp && { enabled: true, detail: kept }),
  })
  return json(subscriptionRecord(room, knock, subscriptionOf(endpoint)))
}

export async function deleteSubscription(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { id } = await subscriptionNamed(room, knock)
  await room.parts.run(deleteEndpointOperation, knock.caller!, { id })
  return { status: 204, headers: {}, body: '' }
}
