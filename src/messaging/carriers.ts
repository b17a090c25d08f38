// The carriers that are open here. Rows of the store, opened by their kind, opened anew when a row changes, closed when it goes. On
// PostgreSQL one node at a time has a carrier, by a lease that it keeps renewing; it alone has the binds and pulls the queue.

import type { Journal } from '#journal/journal.ts'
import { allCarriers, readCarrier, type CarrierRow } from '#store/carriers.ts'
import { createdNoun } from '#store/happenings.ts'
import { releaseLease, renewLease, takeLease } from '#store/leases.ts'
import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { Key } from '#values/secrets.ts'
import type { CarrierConfig, CarrierKind, CarrierNews, CarrierState, SmsCarrier } from './sms-carrier.ts'

export interface CarriersParts {
  readonly store: Store
  readonly clock: Clock
  readonly key: Key
  readonly journal: Pick<Journal, 'loopFailed'>
  /** This node among those that share the store. */
  readonly node: string
  readonly kinds: readonly CarrierKind[]
  readonly news: CarrierNews
  /** It may be given messages from now on. */
  opened(id: number): void
  /** It must be given none any more; what it has is settled as it comes. */
  closed(id: number): void
}

const leaseMs = 30_000
const lookEveryMs = 10_000
const stopWithinMs = 5_000

interface Open {
  readonly carrier: SmsCarrier
  /** Of its row: another version is another carrier. */
  readonly version: number
  epoch: number
}

export class Carriers {
  readonly #parts: CarriersParts
  readonly #open = new Map<number, Open>()
  #rows: readonly CarrierRow[] = []
  #looking: Promise<void> | undefined
  #lookAgain = false
  #timer: Timer | undefined
  /** Until somebody has looked for the first time, none is to be opened. */
  #started = false
  #stopped = false

  constructor(parts: CarriersParts) {
    this.#parts = parts
    parts.store.onChange((nouns) => {
      if (!this.#started) return
      if (nouns.has('carriers') || nouns.has(createdNoun('carriers')) || nouns.has('*')) void this.look()
    })
  }

  /** Open here, and undefined where another node has it, or nobody. */
  get(id: number): SmsCarrier | undefined {
    return this.#open.get(id)?.carrier
  }

  get ids(): readonly number[] {
    return [...this.#open.keys()]
  }

  /** Whether there is none of this id, rather than one that is switched off or another node's. */
  async isGone(id: number): Promise<boolean> {
    if (this.#rows.some((row) => row.id === id)) return false
    return (await readCarrier(this.#parts.store, id)) === undefined
  }

  kind(name: string): CarrierKind | undefined {
    return this.#parts.kinds.find(({ kind }) => kind === name)
  }

  get kinds(): readonly CarrierKind[] {
    return this.#parts.kinds
  }

  /** Undefined where another node has it: only that one knows. */
  stateOf(id: number): CarrierState | undefined {
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
    try {
      this.#rows = await allCarriers(this.#parts.store)
    } catch (error) {
      // What is open stays so: the store will be back.
      this.#parts.journal.loopFailed('carriers', error)
      return
    }
    for (const [id, open] of this.#open) {
      const row = this.#rows.find((one) => one.id === id && one.enabled === 1)
      if (!row || row.version !== open.version || !(await this.#keeps(id, open))) await this.#close(id, open)
    }
    for (const row of this.#rows) if (row.enabled === 1 && !this.#open.has(row.id)) await this.#tryOpen(row)
  }

  async #tryOpen(row: CarrierRow): Promise<void> {
    if (this.#stopped) return
    const { key, news, journal, opened } = this.#parts
    const kind = this.kind(row.kind)
    if (!kind) return
    try {
      const epoch = await this.#take(row.id)
      if (epoch === null) return
      const config: CarrierConfig = {
        id: row.id,
        name: row.name,
        kind: row.kind,
        detail: JSON.parse(row.detail) as Record<string, unknown>,
        secret: row.secret_sealed === null ? '' : key.open(row.secret_sealed),
      }
      this.#open.set(row.id, { carrier: kind.open(config, news), version: row.version, epoch })
      opened(row.id)
    } catch (error) {
      journal.loopFailed(`carrier ${row.name}`, error)
    }
  }

  async #close(id: number, { carrier, epoch }: Open): Promise<void> {
    this.#open.delete(id)
    this.#parts.closed(id)
    await carrier.stop(stopWithinMs)
    if (this.#parts.store.engine === 'sqlite') return
    const { node } = this.#parts
    // A lease that cannot be given back runs out by itself.
    await this.#parts.store.write(releaseLease, { thing: `carrier ${id}`, node, epoch }).catch(() => false)
  }

  /** A store that only this process has needs no lease. */
  async #take(id: number): Promise<number | null> {
    const { store } = this.#parts
    if (store.engine === 'sqlite') return 0
    return store.write(takeLease, this.#ask(id))
  }

  async #keeps(id: number, open: Open): Promise<boolean> {
    const { store, journal } = this.#parts
    if (store.engine === 'sqlite') return true
    try {
      return await store.write(renewLease, { ...this.#ask(id), epoch: open.epoch })
    } catch (error) {
      journal.loopFailed('carriers', error)
      return false
    }
  }

  #ask(id: number) {
    const { node, clock } = this.#parts
    return { thing: `carrier ${id}`, node, nowMs: clock.nowMs(), forMs: leaseMs }
  }

  /** All at once, each within the time. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#looking
    await Promise.all([...this.#open].map(([id, open]) => this.#close(id, open)))
  }
}
