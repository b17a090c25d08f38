// Calls of the pretend network: out to numbers that do what pretend-numbers.ts says, and in from virtual handsets that are told what to do by
// request. Everything behind the leg is real; see pretend-leg.ts.

import type { Slug } from '#reasons/catalogue.ts'
import type { Leg, LegNews, LegWish } from '#voice/leg.ts'
import type { TakeIncoming, TrunkState } from '#voice/line.ts'
import type { HandsetCall, HandsetCalls, HandsetCallWish } from '#voice/handset-calls.ts'
import type { OpenTrunk, TrunkKind } from '#voice/trunks.ts'
import { faultsOf, valuesOf, type CarrierConfig } from '#values/carrier-settings.ts'
import { PretendLeg, type PretendParts } from './pretend-leg.ts'
import { callPlanFor } from './pretend-numbers.ts'
import { loopbackSettings } from './settings.ts'

export interface PretendTrunkParts extends PretendParts {
  readonly id: number
  nextId(): number
  takeIncoming: TakeIncoming
}

const callsKept = 200

interface Kept {
  readonly handset: string
  /** null: one of the platform's calls rang it. */
  readonly placedFor: number | null
  readonly leg: PretendLeg
  readonly peer: string
  readonly createdMs: number
}

export class PretendTrunk implements OpenTrunk {
  readonly wantsRegistration = false
  readonly id: number
  readonly #parts: PretendTrunkParts
  /** Newest last. */
  readonly #calls: Kept[] = []
  readonly #sinceMs: number
  #closed = false

  constructor(parts: PretendTrunkParts) {
    this.id = parts.id
    this.#parts = parts
    this.#sinceMs = parts.clock.nowMs()
  }

  takes(): boolean {
    return !this.#closed
  }

  unable(): { readonly reason: Slug; readonly text: string } | undefined {
    return this.#closed ? { reason: 'routing.no_route_available', text: 'the pretend network is closed' } : undefined
  }

  place(wish: LegWish, news: LegNews): Leg {
    const leg = new PretendLeg(this.#parts, { id: wish.id, direction: 'out', plan: callPlanFor(wish.to) })
    this.#keep({ handset: wish.to, placedFor: null, leg, peer: wish.from, createdMs: this.#parts.clock.nowMs() })
    leg.listen(news)
    leg.begin(wish.place, wish.timeoutMs)
    return leg
  }

  /** A handset calls one of the account's numbers. Gives the call's id. */
  call(accountId: number, wish: HandsetCallWish): number {
    const { handset, to, hangUpAfterMs, say, press, headers } = wish
    const id = this.#parts.nextId()
    const plan = {
      ...(say !== undefined && { says: say }),
      ...(press !== undefined && { presses: press }),
      ...(hangUpAfterMs !== undefined && { hangsUpAfterMs: hangUpAfterMs }),
    }
    const leg = new PretendLeg(this.#parts, { id, direction: 'in', plan })
    this.#keep({ handset, placedFor: accountId, leg, peer: to, createdMs: this.#parts.clock.nowMs() })
    this.#parts.takeIncoming({
      id,
      leg,
      listen: (news) => leg.listen(news),
      to,
      toHost: 'pretend.invalid',
      from: handset,
      fromName: '',
      via: { kind: 'trunk', carrierId: this.id },
      headers: headers ?? {},
      source: '127.0.0.1:0',
      raw: `pretend INVITE ${to} from ${handset}`,
    })
    return id
  }

  /** Newest first. */
  calls(handset: string): HandsetCall[] {
    return this.#calls
      .filter((one) => one.handset === handset)
      .map(({ leg, peer, createdMs, placedFor }) => ({
        id: leg.id,
        placedFor,
        direction: leg.direction === 'in' ? ('placed' as const) : ('received' as const),
        peer,
        createdMs,
        ...leg.record,
      }))
      .toReversed()
  }

  /** Of a call that is up. */
  party(handset: string, id: number): PretendLeg | undefined {
    return this.#calls.find((one) => one.leg.id === id && one.handset === handset && !one.leg.ended)?.leg
  }

  #keep(call: Kept): void {
    this.#calls.push(call)
    if (this.#calls.length > callsKept) {
      const over = this.#calls.findIndex(({ leg }) => leg.ended)
      if (over >= 0) this.#calls.splice(over, 1)
    }
  }

  state(): TrunkState {
    const up = this.#calls.filter(({ leg }) => !leg.ended).length
    const state = this.#closed ? 'closed' : 'up'
    return {
      state,
      gateways: [{ name: 'pretend network', state, sinceMs: this.#sinceMs, calls: up }],
      calls: up,
      channels: 0,
      callsPerSecond: 0,
    }
  }

  holdRegistration(): void {}

  async stop(): Promise<void> {
    this.#closed = true
  }
}

/** The kind, and the handsets of whichever network of it is open. */
export interface PretendKind extends TrunkKind, HandsetCalls {}

export function pretendKind(parts: Omit<PretendTrunkParts, 'id' | 'ringMs'>): PretendKind {
  let open: PretendTrunk | undefined
  const network = (): PretendTrunk | undefined => (open?.takes() ? open : undefined)
  return {
    kind: 'loopback',
    settings: loopbackSettings,
    faults: (detail) => faultsOf(loopbackSettings, detail),
    open({ id, detail }: CarrierConfig) {
      const { ringMs } = valuesOf(loopbackSettings, detail)
      open = new PretendTrunk({ ...parts, id, ringMs })
      return open
    },
    call: (accountId, wish) => network()?.call(accountId, wish),
    calls: (handset) => network()?.calls(handset) ?? [],
    party: (handset, id) => network()?.party(handset, id),
  }
}
