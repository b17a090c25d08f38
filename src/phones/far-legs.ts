// Legs of calls here to phones that are connected to another node: they end when their flow there does, and when that node dies, as legs over
// connections of our own do.

import { refusal } from '#reasons/refusal.ts'
import { isNodeAlive } from '#store/leases.ts'
import { flowNoun } from '#store/registrations.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { Leg } from '#voice/leg.ts'

export interface FarFlow {
  readonly node: string
  /** As that node calls it. */
  readonly flow: string
}

export interface FarLegsParts {
  readonly store: Pick<Store, 'one' | 'onChange'>
  readonly clock: Pick<Clock, 'nowMs'>
  readonly faulted: (error: unknown) => void
}

export class FarLegs {
  readonly #parts: FarLegsParts
  /** By the noun that tells of the flow's end. */
  readonly #legs = new Map<string, { readonly node: string; readonly legs: Set<Leg> }>()

  constructor(parts: FarLegsParts) {
    this.#parts = parts
    parts.store.onChange((nouns) => {
      if (this.#legs.size === 0) return
      for (const noun of nouns) this.#end(noun, 'its connection to another node is gone')
      if (nouns.has('nodes') || nouns.has('*')) this.#look().catch(parts.faulted)
    })
  }

  watch({ node, flow }: FarFlow, leg: Leg & { whenOver(act: () => void): void }): void {
    const noun = flowNoun(node, flow)
    const held = this.#legs.get(noun) ?? { node, legs: new Set() }
    this.#legs.set(noun, held)
    held.legs.add(leg)
    leg.whenOver(() => {
      held.legs.delete(leg)
      if (held.legs.size === 0) this.#legs.delete(noun)
    })
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#parts
    for (const node of new Set([...this.#legs.values()].map((held) => held.node))) {
      if (await isNodeAlive(store, node, clock.nowMs())) continue
      for (const [noun, held] of this.#legs) if (held.node === node) this.#end(noun, 'the node that it was connected to has died')
    }
  }

  #end(noun: string, evidence: string): void {
    for (const leg of this.#legs.get(noun)?.legs ?? []) {
      leg.hangUp(refusal('client.registration_expired', { source: 'session' }, { evidence }))
    }
  }
}
