// A subscription as it is kept and as it is shown (reference 11.1): an endpoint of this face, whose events are its filters, and which
// belongs to the user and the application that made it.

import type { Static } from 'typebox'
import type { EndpointView } from '#operations/webhooks/endpoint-view.ts'
import { readEndpointOperation } from '#operations/webhooks/endpoints.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { face } from './applications.ts'
import { isoTime } from './formats.ts'
import { apiUri, type RingCentralKnock, type Room } from './knock.ts'
import { filterUri } from './subscription-filters.ts'

/** What stands in an endpoint's detail. */
export interface KeptSubscription {
  readonly owner: string
  readonly userId: number
  readonly clientId: string
  /** What stood before `/restapi` when it was made: uris that are told begin so. */
  readonly base: string
  /** How long it lives, from each renewal. */
  readonly seconds: number
  /** Sealed. */
  readonly verificationToken?: string
  /** Set by the platform, once nothing could be told for a time. */
  readonly givenUp?: { readonly atMs: number; readonly reason: string }
}

export interface Subscription {
  readonly id: number
  readonly accountId: number
  readonly url: string
  readonly events: readonly string[]
  readonly enabled: boolean
  readonly expiresAt: number
  readonly createdAt: number
  readonly kept: KeptSubscription
}

type Endpoint = Static<typeof EndpointView>

export const subscriptionOf = ({
  id,
  accountId,
  url,
  events,
  enabled,
  expiresAt,
  createdAt,
  detail,
}: Endpoint): Subscription => ({
  id,
  accountId,
  url,
  events,
  enabled,
  expiresAt: expiresAt ?? 0,
  createdAt,
  kept: detail as KeptSubscription,
})

/** Other applications of the same user have theirs. Gives auth.extension_login_required. */
export function ownerOf({ caller }: RingCentralKnock): string {
  const { user, app } = caller!
  if (!user) refuse('auth.extension_login_required')
  return `user ${user.id} application ${app!.credentialId}`
}

const unknown = (id: string): never =>
  refuse('resource.not_found', { noun: 'subscription', parameter: 'subscriptionId', id: id.slice(0, 40) })

/** The one that the path names. Gives resource.not_found, subscription.expired, auth.extension_login_required. */
export async function subscriptionNamed(room: Room, knock: RingCentralKnock): Promise<Subscription> {
  const owner = ownerOf(knock)
  const shown = knock.params['subscriptionId'] ?? ''
  const id = room.ids.readUuid('subscription', shown)
  if (id === undefined) return unknown(shown)
  const caller = knock.caller!
  const endpoint = await room.parts.run(readEndpointOperation, caller, { id }).catch((error: unknown) => {
    if (error instanceof Refusal && error.reason === 'resource.not_found') return unknown(shown)
    throw error
  })
  const found = subscriptionOf(endpoint)
  if (endpoint.face !== face || found.kept.owner !== owner) return unknown(shown)
  // Tied to no session of ours, but to who made it through what.
  const session = `${room.ids.show('user', caller.user!.id)} ${caller.app!.clientId}`
  if (found.expiresAt <= room.parts.clock.nowMs()) refuse('subscription.expired', { subscription: shown, session })
  return found
}

export function subscriptionRecord(room: Room, knock: RingCentralKnock, one: Subscription): object {
  const id = room.ids.uuid('subscription', one.id)
  const leftMs = one.expiresAt - room.parts.clock.nowMs()
  const { givenUp, userId } = one.kept
  return {
    uri: apiUri(room, knock, `/subscription/${id}`),
    id,
    eventFilters: one.events.map((event) => filterUri(room, one.accountId, userId, event)),
    expirationTime: isoTime(one.expiresAt),
    // Whole seconds that are left for certain: one less than asked for, right after it is made.
    expiresIn: Math.max(0, Math.ceil(leftMs / 1000) - 1),
    status: one.enabled ? 'Active' : givenUp ? 'Blacklisted' : 'Suspended',
    creationTime: isoTime(one.createdAt),
    ...(!one.enabled && givenUp && { blacklistedData: { blacklistedAt: isoTime(givenUp.atMs), reason: givenUp.reason } }),
    deliveryMode: { transportType: 'WebHook', encryption: false, address: one.url },
  }
}
