// The carriers that are open here. Rows of the store, opened by their kind. On PostgreSQL one node at a time has a carrier, by a lease that it
// keeps renewing; it alone has the binds and pulls the queue.

import { leaseOf, OpenCarriers, type OpenCarriersGround } from '#loops/open-carriers.ts'
import { readCarrier } from '#store/carriers.ts'
import { leaseHolder } from '#store/leases.ts'
import type { CarrierKind, CarrierNews, CarrierState, SmsCarrier } from './sms-carrier.ts'

export interface CarriersParts extends OpenCarriersGround {
  readonly kinds: readonly CarrierKind[]
  readonly news: CarrierNews
  /** It may be given messages from now on. */
  opened(id: number): void
  /** It must be given none any more; what it has is settled as it comes. */
  closed(id: number): void
}

const stopWithinMs = 5_000
const noun = 'carrier'

export class Carriers {
  readonly #parts: CarriersParts
  readonly #open: OpenCarriers<SmsCarrier>

  constructor(parts: CarriersParts) {
    this.#parts = parts
    const { kinds, news, opened, closed } = parts
    this.#open = new OpenCarriers({
      ...parts,
      noun,
      async open(name, config, lease) {
        const found = kinds.find(({ kind }) => kind === name)
        return found && (await lease.hold()) ? found.open(config, news) : undefined
      },
      opened: (_carrier, id) => opened(id),
      keep: (_carrier, lease) => lease.keep(),
      close(carrier, id) {
        closed(id)
        return carrier.stop(stopWithinMs)
      },
    })
  }

  /** Open here, and undefined where another node has it, or nobody. */
  get(id: number): SmsCarrier | undefined {
    return this.#open.get(id)
  }

  get ids(): readonly number[] {
    return this.#open.ids
  }

  /** Whether there is none of this id, rather than one that is switched off or another node's. */
  async isGone(id: number): Promise<boolean> {
    return !this.#open.hasRow(id) && (await readCarrier(this.#parts.store, id)) === undefined
  }

  /** The other node that has it, and alone may be sending over it; undefined: this one has it, or nobody. */
  async nodeOf(id: number): Promise<string | undefined> {
    const { store, clock, node } = this.#parts
    if (store.engine === 'sqlite' || this.get(id)) return undefined
    const holder = await leaseHolder(store, leaseOf(noun, id), clock.nowMs())
    return holder === node ? undefined : holder
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
    return this.#open.look()
  }

  /** All at once, each within the time. */
  stop(): Promise<void> {
    return this.#open.stop()
  }
}
