// The trunks that are open here: rows of `carriers` of the kinds that calls go over, opened by their kind, opened anew when a row changes,
// closed when it goes. Every node has every trunk, so that a call can leave where it came in; what only one may do, to be registered at
// the carrier, is held by lease. It knows no SIP; routes and prices are not decided here.

import type { Journal } from '#journal/journal.ts'
import { allCarriers, type CarrierRow } from '#store/carriers.ts'
import { createdNoun } from '#store/happenings.ts'
import { releaseLease, renewLease, takeLease } from '#store/leases.ts'
import type { Store } from '#store/store.ts'
import type { CarrierSettings, Detail, SettingFault } from '#values/carrier-settings.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { Key } from '#values/secrets.ts'
import type { Trunk, TrunkState } from './line.ts'

/** A row of `carriers`, to be opened. */
export interface TrunkConfig {
  readonly id: number
  readonly name: string
  readonly detail: Detail
  /** The password, unsealed; empty when it has none. */
  readonly secret: string
}

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
  open(config: TrunkConfig): OpenTrunk
}

export interface TrunksParts {
  readonly store: Store
  readonly clock: Clock
  readonly key: Key
  readonly journal: Pick<Journal, 'loopFailed'>
  /** This node among those that share the store. */
  readonly node: string
  readonly kinds: readonly TrunkKind[]
}

const leaseMs = 30_000
const lookEveryMs = 10_000

interface Open {
  readonly name: string
  readonly trunk: OpenTrunk
  /** Of its row: another version is another trunk. */
  readonly version: number
  /** Under which its registration is held; null while another node has it. */
  epoch: number | null
}

export class Trunks {
  readonly #parts: TrunksParts
  readonly #open = new Map<number, Open>()
  #looking: Promise<void> | undefined
  #lookAgain = false
  #timer: Timer | undefined
  /** Until somebody has looked for the first time, none is to be opened. */
  #started = false
  #stopped = false

  constructor(parts: TrunksParts) {
    this.#parts = parts
    parts.store.onChange((nouns) => {
      if (!this.#started) return
      if (nouns.has('carriers') || nouns.has(createdNoun('carriers')) || nouns.has('*')) void this.look()
    })
  }

  get kinds(): readonly TrunkKind[] {
    return this.#parts.kinds
  }

  /** Open here. */
  get(id: number): Trunk | undefined {
    return this.#open.get(id)?.trunk
  }

  get ids(): readonly number[] {
    return [...this.#open.keys()]
  }

  /** Of all that are open here. */
  states(): { readonly name: string; readonly state: TrunkState }[] {
    return [...this.#open.values()].map(({ name, trunk }) => ({ name, state: trunk.state() }))
  }

  stateOf(id: number): TrunkState | undefined {
    return this.get(id)?.state()
  }

  /** Reads the rows and makes what is open agree with them. Resolves when it does. */
  look(): Promise<void> {
    this.#started = true
    if (this.#looking) {
      this.#lookAgain = true
      return this.#looking
    }
    this.#looking = this.#agree().finally(() => {
      this.#looking = undefined
      if (this.#lookAgain && !this.#stopped) {
        this.#lookAgain = false
        void this.look()
      } else this.#later()
    })
    return this.#looking
  }

  #later(): void {
    this.#timer?.cancel()
    if (!this.#stopped) this.#timer = this.#parts.clock.after(lookEveryMs, () => void this.look())
  }

  async #agree(): Promise<void> {
    let rows: readonly CarrierRow[]
    try {
      rows = await allCarriers(this.#parts.store)
    } catch (error) {
      // What is open stays so: the store will be back.
      this.#parts.journal.loopFailed('trunks', error)
      return
    }
    for (const [id, open] of this.#open) {
      const row = rows.find((one) => one.id === id && one.enabled === 1)
      if (row?.version !== open.version) await this.#close(id, open)
    }
    for (const row of rows) if (row.enabled === 1 && !this.#open.has(row.id)) this.#tryOpen(row)
    for (const [id, open] of this.#open) if (open.trunk.wantsRegistration) await this.#keepRegistration(id, open)
  }

  #tryOpen(row: CarrierRow): void {
    const { key, journal, kinds } = this.#parts
    const kind = kinds.find((one) => one.kind === row.kind)
    if (kind === undefined || this.#stopped) return
    try {
      const trunk = kind.open({
        id: row.id,
        name: row.name,
        detail: JSON.parse(row.detail) as Detail,
        secret: row.secret_sealed === null ? '' : key.open(row.secret_sealed),
      })
      this.#open.set(row.id, { name: row.name, trunk, version: row.version, epoch: null })
    } catch (error) {
      journal.loopFailed(`carrier ${row.name}`, error)
    }
  }

  /** A store that only this process has needs no lease. */
  async #keepRegistration(id: number, open: Open): Promise<void> {
    const { store, journal } = this.#parts
    if (store.engine === 'sqlite') return open.trunk.holdRegistration(true)
    try {
      const ask = this.#ask(id)
      const keeps = open.epoch !== null && (await store.write(renewLease, { ...ask, epoch: open.epoch }))
      if (!keeps) open.epoch = await store.write(takeLease, ask)
    } catch (error) {
      journal.loopFailed('trunks', error)
      open.epoch = null
    }
    open.trunk.holdRegistration(open.epoch !== null)
  }

  async #close(id: number, { trunk, epoch }: Open): Promise<void> {
    const { store, node } = this.#parts
    this.#open.delete(id)
    await trunk.stop()
    if (epoch === null) return
    // A lease that cannot be given back runs out by itself.
    await store.write(releaseLease, { thing: `trunk ${id}`, node, epoch }).catch(() => false)
  }

  #ask(id: number) {
    const { node, clock } = this.#parts
    return { thing: `trunk ${id}`, node, nowMs: clock.nowMs(), forMs: leaseMs }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#looking
    await Promise.all([...this.#open].map(([id, open]) => this.#close(id, open)))
  }
}
