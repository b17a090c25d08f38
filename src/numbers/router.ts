// Which carriers a message or a call may go over, the best first: the longest prefix of the recipient, then a route made for its sender,
// then one made for its account, then rank, then cost. Carriers that are down come last, so that a message rather goes than waits. A call goes over routes of its own kind only.

import { allRoutes, type RouteRow } from '#store/routes.ts'
import type { Reader } from '#store/store.ts'

export interface RouteAsk {
  /** Ids of the account and its ancestors. */
  readonly accounts: readonly number[]
  readonly kind: 'sms' | 'mms' | 'voice'
  readonly sender: string
  readonly recipient: string
  /** Only routes whose prefix has so many characters at least. */
  readonly leastPrefix?: number | undefined
}

/** How telling a match is: prefix first, then sender, account, kind. */
function weight(route: RouteRow, depth: number): number {
  return route.prefix.length * 1000 + (route.sender === '' ? 0 : 500) + depth * 10 + (route.kind === '' ? 0 : 1)
}

interface Known {
  readonly byPrefix: ReadonlyMap<string, readonly RouteRow[]>
  /** Of the prefixes. */
  readonly longest: number
}

export class Router {
  readonly #read: Reader
  #known: Known | undefined
  /** How often they have changed. */
  #changes = 0

  constructor(read: Reader) {
    this.#read = read
  }

  /** Routes changed somewhere. */
  forget(): void {
    this.#changes += 1
    this.#known = undefined
  }

  /** Ids of carriers, the best first; empty when nothing is defined for it. */
  async carriersFor(ask: RouteAsk, carrier: (id: number) => { isUp(): boolean } | undefined): Promise<number[]> {
    const ids: number[] = []
    const down: number[] = []
    for (const { carrier_id: id } of await this.routesFor(ask)) {
      if (ids.includes(id) || down.includes(id)) continue
      const open = carrier(id)
      // One that is not open here may be held by another node; whether it is up is not known.
      if (open && !open.isUp()) down.push(id)
      else ids.push(id)
    }
    return down.length === 0 ? ids : [...ids, ...down]
  }

  /** Those that are defined for it, the best first, whatever state their carriers are in. */
  async routesFor(ask: RouteAsk): Promise<RouteRow[]> {
    const { byPrefix, longest } = this.#known ?? (await this.#load())
    const found: { route: RouteRow; weight: number }[] = []
    for (let length = Math.min(longest, ask.recipient.length); length >= (ask.leastPrefix ?? 0); length -= 1) {
      for (const route of byPrefix.get(ask.recipient.slice(0, length)) ?? []) {
        if (route.kind !== ask.kind && (route.kind !== '' || ask.kind === 'voice')) continue
        if (route.sender !== '' && route.sender !== ask.sender) continue
        const depth = route.account_id === null ? 0 : ask.accounts.indexOf(route.account_id) + 1
        if (route.account_id !== null && depth === 0) continue
        found.push({ route, weight: weight(route, depth) })
      }
    }
    if (found.length > 1) {
      found.sort(
        (a, b) =>
          b.weight - a.weight ||
          a.route.rank - b.route.rank ||
          a.route.cost_micro - b.route.cost_micro ||
          a.route.id - b.route.id,
      )
    }
    return found.map(({ route }) => route)
  }

  async #load(): Promise<Known> {
    const changes = this.#changes
    const byPrefix = new Map<string, RouteRow[]>()
    let longest = 0
    for (const route of await allRoutes(this.#read)) {
      longest = Math.max(longest, route.prefix.length)
      const same = byPrefix.get(route.prefix)
      if (same) same.push(route)
      else byPrefix.set(route.prefix, [route])
    }
    const known = { byPrefix, longest }
    // What changed while they were read may not be in them: whoever asks next reads anew.
    if (changes === this.#changes) this.#known = known
    return known
  }
}
