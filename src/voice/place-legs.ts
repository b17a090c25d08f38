// Rings the called party of an admitted call: over the routes one after the other while nobody was reached, all phones of a client at
// once, or one address. What comes of it is news of the call.

import { Refusal, refusal } from '#reasons/refusal.ts'
import type { AdmittedCall } from './admit-call.ts'
import type { CallDetail } from './call-view.ts'
import { followDeflections, type FollowParts } from './follow-deflection.ts'
import { ForkedLeg } from './forked-leg.ts'
import type { LegEnd, LegWish } from './leg.ts'
import type { Phones, SipAddresses, Trunk } from './line.ts'
import type { LiveCall } from './live-call.ts'

export interface PlaceParts extends FollowParts {
  readonly phones: Phones
  readonly addresses: SipAddresses
  trunk(id: number): Trunk | undefined
}

/** Throws no refusal: a call that cannot be rung has ended, with why. */
export function placeLegs(parts: PlaceParts, call: LiveCall, admitted: AdmittedCall): void {
  try {
    const wish = legWishOf(call, admitted)
    const { way } = admitted
    if (way.kind === 'trunks') ringTrunks(parts, call, wish, way.ids)
    else if (way.kind === 'phones') {
      // Once for the call: a circle is counted as one.
      if (!admitted.asked.isDeflected) followDeflections(parts, call, admitted, (next) => placeLegs(parts, call, next))
      const fork = new ForkedLeg(call.id, call.news)
      call.connect(fork)
      fork.ringAll(way.contacts.map((contact) => (news) => parts.phones.place(contact, wish, news)))
    } else call.connect(parts.addresses.place(way.address, wish, call.news))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    call.giveUp(error)
  }
}

function legWishOf(call: LiveCall, { wish, row }: AdmittedCall): LegWish {
  const { headers = {}, credentials, anonymous, fromName, timeoutMs, to } = wish
  const username = to.kind === 'sip' ? to.username : undefined
  const digest =
    credentials ?? (username === undefined ? undefined : { username, password: (to.kind === 'sip' && to.password) || '' })
  const hopsLeft = wish.parent?.hopsLeft
  // RFC 7332 4.1: what was passed on so often comes round in a circle.
  if (hopsLeft !== undefined && hopsLeft <= 0) throw refusal('call.network_failure', { cause: 'it passed too many servers' })
  return {
    id: call.id,
    place: call.place,
    from: row.caller,
    to: row.called,
    headers,
    timeoutMs,
    ...(fromName !== undefined && { fromName }),
    ...(anonymous !== undefined && { anonymous }),
    ...(row.number !== '' && { assertedFrom: row.number }),
    ...(digest && { credentials: digest }),
    ...(hopsLeft !== undefined && { hopsLeft: hopsLeft - 1 }),
  }
}

function ringTrunks(parts: PlaceParts, call: LiveCall, wish: LegWish, ids: readonly number[]): void {
  const tried: NonNullable<CallDetail['tried']>[number][] = []
  const passedOver: { route: number; reason: string; why: string }[] = []
  let at = 0
  const next = (): boolean => {
    while (at < ids.length) {
      const id = ids[at]!
      at += 1
      const trunk = parts.trunk(id)
      if (!trunk?.takes()) {
        const why = trunk?.unable()
        passedOver.push({
          route: at,
          reason: why?.reason ?? 'routing.no_route_available',
          why: why?.text ?? 'it is not open here',
        })
        continue
      }
      call.step('route.taken', { route: at, of: ids.length, passedOver: passedOver.splice(0) })
      const leg = trunk.place(wish, call.news)
      call.record.routed(id, leg.ref, tried)
      call.connect(leg)
      return true
    }
    if (passedOver.length > 0) call.step('route.none_left', { of: ids.length, passedOver })
    return false
  }
  call.onUnreached(({ cause }: LegEnd) => {
    tried.push({ carrier: ids[at - 1]!, reason: cause.reason, cause: cause.raw })
    call.step('route.failed', { route: at, reason: cause.reason, cause: cause.raw })
    return next()
  })
  if (!next()) call.giveUp(refusal('routing.no_route_available', { destination: wish.to }))
}
