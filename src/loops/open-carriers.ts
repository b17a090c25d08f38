// Rows of `carriers` kept open by whoever has a use for their kind: opened, opened anew when a row changes, closed when it goes or may no
// longer be had. What is opened, and what its lease stands for, the owner says: a carrier of messages is open on one node at a time, a trunk
// on every node. It knows no message and no call.

import type { Journal } from '#journal/journal.ts'
import { allCarriers, type CarrierRow } from '#store/carriers.ts'
import { createdNoun } from '#store/happenings.ts'
import type { CarrierConfig, Detail } from '#values/carrier-settings.ts'
import type { Timer } from '#values/clock.ts'
import type { Key } from '#values/secrets.ts'
import { Lease, type LeaseParts } from './lease.ts'

export interface OpenCarriersGround extends LeaseParts {
  readonly key: Key
  readonly journal: Pick<Journal, 'loopFailed'>
}

export interface OpenCarriersParts<T> extends OpenCarriersGround {
  /** What one of them is called, in the names of leases and, in the plural, in the journal. */
  readonly noun: string
  /** Undefined: not here, because the kind is another's or another node has it. Asked again at the next look. */
  open(kind: string, config: CarrierConfig, lease: Lease): Promise<T | undefined>
  /** It can be found from now on. */
  opened(open: T, id: number, lease: Lease): void | Promise<void>
  /** At each look, of what was open before it. False: it is to be closed, and opened anew where that can be. */
  keep(open: T, lease: Lease): Promise<boolean>
  /** Its lease is given back afterwards, unless it is opened anew at once. */
  close(open: T, id: number): Promise<void>
}

interface Open<T> {
  readonly name: string
  readonly one: T
  /** Of its row: another version is another carrier. */
  readonly version: number
  readonly lease: Lease
}

const lookEveryMs = 10_000

/** What its lease is called. */
export const leaseOf = (noun: string, id: number): string => `${noun} ${id}`

export class OpenCarriers<T> {
  readonly #parts: OpenCarriersParts<T>
  readonly #open = new Map<number, Open<T>>()
  #rows: readonly CarrierRow[] = []
  #looking: Promise<void> | undefined
  #lookAgain = false
  #timer: Timer | undefined
  /** Until somebody has looked for the first time, none is to be opened. */
  #started = false
  #stopped = false

  constructor(parts: OpenCarriersParts<T>) {
    this.#parts = parts
    parts.store.onChange((nouns) => {
      if (!this.#started) return
      if (nouns.has('carriers') || nouns.has(createdNoun('carriers')) || nouns.has('*')) void this.look()
    })
  }

  get(id: number): T | undefined {
    return this.#open.get(id)?.one
  }

  get ids(): readonly number[] {
    return [...this.#open.keys()]
  }

  all(): { readonly name: string; readonly one: T }[] {
    return [...this.#open.values()]
  }

  /** Whether there was a row of it at the last look, open or not. */
  hasRow(id: number): boolean {
    return this.#rows.some((row) => row.id === id)
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
      this.#parts.journal.loopFailed(`${this.#parts.noun}s`, error)
      return
    }
    /** Of those that are opened anew: a change must not let another node come between. */
    const leases = new Map<number, Lease>()
    for (const [id, open] of this.#open) {
      const row = this.#rows.find((one) => one.id === id && one.enabled === 1)
      if (row && row.version !== open.version) {
        await this.#shut(id, open)
        leases.set(id, open.lease)
      } else if (!row || !(await this.#keeps(open))) await this.#close(id, open)
    }
    for (const row of this.#rows) {
      if (row.enabled === 1 && !this.#open.has(row.id)) await this.#tryOpen(row, leases.get(row.id))
    }
  }

  async #tryOpen(row: CarrierRow, kept?: Lease): Promise<void> {
    const { key, journal, noun } = this.#parts
    const { id, name, kind, version } = row
    const lease = kept ?? new Lease(leaseOf(noun, id), this.#parts)
    if (this.#stopped) return lease.release()
    try {
      const detail = JSON.parse(row.detail) as Detail
      const secret = row.secret_sealed === null ? '' : key.open(row.secret_sealed)
      const one = await this.#parts.open(kind, { id, name, detail, secret }, lease)
      if (one === undefined) return await lease.release()
      this.#open.set(id, { name, one, version, lease })
      await this.#parts.opened(one, id, lease)
    } catch (error) {
      journal.loopFailed(`carrier ${name}`, error)
      // Another node may be able to.
      if (!this.#open.has(id)) await lease.release()
    }
  }

  async #keeps({ one, lease }: Open<T>): Promise<boolean> {
    try {
      return await this.#parts.keep(one, lease)
    } catch (error) {
      this.#parts.journal.loopFailed(`${this.#parts.noun}s`, error)
      return false
    }
  }

  async #close(id: number, open: Open<T>): Promise<void> {
    await this.#shut(id, open)
    await open.lease.release()
  }

  /** Its lease is still held. */
  async #shut(id: number, { one }: Open<T>): Promise<void> {
    this.#open.delete(id)
    await this.#parts.close(one, id)
  }

  /** Closes all at once. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#looking
    await Promise.all([...this.#open].map(([id, open]) => this.#close(id, open)))
  }
}
