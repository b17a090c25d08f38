// The trunks that are open here: rows of `carriers` of the kinds that calls go over. Every node has every trunk, so that a call can leave
// where it came in; what only one may do, to be registered at the carrier, is held by lease. It knows no SIP; routes and prices are not
// decided here.

import type { Lease } from '#loops/lease.ts'
import { OpenCarriers, type OpenCarriersGround } from '#loops/open-carriers.ts'
import type { CarrierConfig, CarrierSettings, Detail, SettingFault } from '#values/carrier-settings.ts'
import type { Trunk, TrunkState } from './line.ts'

export interface OpenTrunk extends Trunk {
  /** It has to be registered at the carrier, by one node at a time. */
  readonly wantsRegistration: boolean
  /** Whether this node is the one. */
  holdRegistration(held: boolean): void
  /** Takes and places no more calls; those that are up go on. */
  stop(): Promise<void>
}

/** A kind of trunk, handed in by the roof. */
export interface TrunkKind {
  readonly kind: string
  /** What a configuration may say. */
  readonly settings: CarrierSettings
  /** All faults of a configuration, in our words; empty when it is good. */
  faults(detail: Detail): readonly SettingFault[]
  /** For trunks that are named by one URL; undefined when the text is none of theirs. */
  fromUrl?(url: string): { readonly detail: Detail; readonly secret: string } | undefined
  open(config: CarrierConfig): OpenTrunk
}

export interface TrunksParts extends OpenCarriersGround {
  readonly kinds: readonly TrunkKind[]
}

export class Trunks {
  readonly #parts: TrunksParts
  readonly #open: OpenCarriers<OpenTrunk>

  constructor(parts: TrunksParts) {
    this.#parts = parts
    this.#open = new OpenCarriers<OpenTrunk>({
      ...parts,
      noun: 'trunk',
      open: async (name, config) => parts.kinds.find(({ kind }) => kind === name)?.open(config),
      opened: (trunk, _id, lease) => this.#holdRegistration(trunk, lease),
      keep: async (trunk, lease) => {
        await this.#holdRegistration(trunk, lease)
        return true
      },
      close: (trunk) => trunk.stop(),
    })
  }

  get kinds(): readonly TrunkKind[] {
    return this.#parts.kinds
  }

  /** Open here. */
  get(id: number): Trunk | undefined {
    return this.#open.get(id)
  }

  get ids(): readonly number[] {
    return this.#open.ids
  }

  /** Of all that are open here. */
  states(): { readonly name: string; readonly state: TrunkState }[] {
    return this.#open.all().map(({ name, one }) => ({ name, state: one.state() }))
  }

  stateOf(id: number): TrunkState | undefined {
    return this.get(id)?.state()
  }

  /** Reads the rows and makes what is open agree with them. Resolves when it does. */
  look(): Promise<void> {
    return this.#open.look()
  }

  stop(): Promise<void> {
    return this.#open.stop()
  }

  async #holdRegistration(trunk: OpenTrunk, lease: Lease): Promise<void> {
    if (!trunk.wantsRegistration) return
    try {
      await lease.hold()
    } catch (error) {
      this.#parts.journal.loopFailed('trunks', error)
      lease.lose()
    }
    trunk.holdRegistration(lease.isHeld)
  }
}
