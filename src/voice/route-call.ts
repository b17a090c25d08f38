// Over which routes a call to a number may go and what each takes, the best first: those of the operator for calls, whose carriers are
// trunks that take calls now, at what the carrier is paid for the destination. Reads only; whoever asks decides what becomes of it.

import { pathIds, type Account } from '#accounts/account.ts'
import type { Router } from '#numbers/router.ts'
import { refuse } from '#reasons/refusal.ts'
import type { OfferedRoute } from '#store/call-sessions.ts'
import { longestRate, readCarrierDeck, type RateRow } from '#store/rate-decks.ts'
import type { RouteRow } from '#store/routes.ts'
import type { Reader } from '#store/store.ts'
import type { Trunk } from './line.ts'

export interface RouteCallParts {
  readonly router: Pick<Router, 'routesFor'>
  trunk(id: number): Pick<Trunk, 'takes'> | undefined
}

export interface RouteCallAsk {
  readonly account: Account
  readonly from: string
  /** E.164 with +; or as it is dialled, for numbers of help, which must be routed by name. */
  readonly to: string
}

/**
 * Those that can be taken now. Gives routing.no_route, routing.vendor_not_found where no route leads to a trunk that is open, and
 * routing.no_route_available where all trunks are down or full.
 */
export async function routesNow({ router, trunk }: RouteCallParts, { account, from, to }: RouteCallAsk): Promise<RouteRow[]> {
  const leastPrefix = to.startsWith('+') ? 0 : to.length
  const ask = { accounts: pathIds(account.path), kind: 'voice', sender: from, recipient: to, leastPrefix } as const
  const defined = await router.routesFor(ask)
  if (defined.length === 0) refuse('routing.no_route', { destination: to })
  const open = defined.filter(({ carrier_id: id }) => trunk(id) !== undefined)
  if (open.length === 0) refuse('routing.vendor_not_found')
  const able = open.filter(({ carrier_id: id }) => trunk(id)!.takes())
  if (able.length === 0) refuse('routing.no_route_available', { destination: to })
  return able
}

/** With what each takes, where that is known: a carrier that is paid by a deck needs a rate for the destination. */
export async function offersFor(
  read: Reader,
  routes: readonly RouteRow[],
  to: string,
  currency: string,
): Promise<OfferedRoute[]> {
  const offers: OfferedRoute[] = []
  for (const { id: routeId, carrier_id: carrierId, cost_micro: priceMicro } of routes) {
    const deck = await readCarrierDeck(read, carrierId)
    if (!deck) {
      // What the route says is per minute, by the second.
      offers.push({ routeId, carrierId, cost: { priceMicro, per: 60, first: 1, next: 1, currency } })
      continue
    }
    const asked = { deck: deck.id, service: 'call', direction: 'out', digits: to.replace('+', '') } as const
    const rate = await longestRate(read, asked)
    if (rate) offers.push({ routeId, carrierId, cost: { ...blockRate(rate), currency: deck.currency } })
  }
  return offers
}

/** Gives rating.charge_rate_invalid, rating.charging_block_invalid: a row that was damaged charges nobody. */
export function blockRate({ prefix, price_micro: priceMicro, per, first_block: first, next_block: next }: RateRow) {
  if (!isWhole(priceMicro, 0) || !isWhole(per, 1))
    refuse('rating.charge_rate_invalid', { rate: `${prefix}: ${priceMicro}/${per}` })
  if (!isWhole(first, 1) || !isWhole(next, 1)) refuse('rating.charging_block_invalid', { value: `${first}/${next}` })
  return { priceMicro, per, first, next }
}

const isWhole = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least
