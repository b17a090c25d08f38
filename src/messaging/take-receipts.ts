// Receipts from carriers into the store, many in one write. One that comes before its message's id does is parked, and taken again
// when that id becomes known: a network's receipts for nobody, however many, are looked at once. What a receipt makes of a
// message is decided here; whether the message lets it is a condition in the write.

import type { Journal } from '#journal/journal.ts'
import { parkedReceipts, purgeParked, takeReceipts, type ReceiptItem, type ReceiptTaken } from '#store/message-receipts.ts'
import type { MessageRow } from '#store/messages.ts'
import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { refCandidates } from './refs.ts'
import type { Receipt, ReceiptState, WireRecord } from './sms-carrier.ts'

export interface TakeReceiptsParts {
  readonly store: Store
  readonly clock: Clock
  readonly nextId: NextId
  readonly journal: Pick<Journal, 'loopFailed' | 'receiptsUnmatched'>
  /** The outcomes of submits that came before these receipts stand in the store. */
  settledSoFar(): Promise<void>
  rerouted(row: MessageRow): void
  /** A receipt ended it, perhaps while it waited for another attempt. */
  ended(messageId: number): void
  wire(record: WireRecord): void
}

/** What was parked is tried once more after so long: its message may have become known at the same moment. */
const lookAgainMs = 1_000
const tidyEveryMs = 60_000
const parkedForMs = 3_600_000
const atOnce = 200
/** Of parked receipts so many ids are known here; with more, the store is read for all of them at each tidying. */
const idsAtMost = 100_000
const wiresAtMost = 5_000

/** What a final receipt makes of its message. An outcome that the network does not know is no end: the time-out is. */
const endOf: Readonly<Record<ReceiptState, ReceiptItem['ends'] | undefined>> = {
  enroute: undefined,
  accepted: undefined,
  unknown: undefined,
  delivered: 'delivered',
  undelivered: 'undelivered',
  expired: 'expired',
  deleted: 'failed',
  rejected: 'failed',
}

interface Parked {
  readonly id: number
  readonly item: ReceiptItem
  readonly atMs: number
}

export class TakeReceipts {
  readonly #parts: TakeReceiptsParts
  /** Bytes of receipts whose message is being looked up, by carrier and id. */
  readonly #wires = new Map<string, WireRecord>()
  /** Parked ones by carrier and each form of their id, which may be that of several. */
  readonly #parked = new Map<string, readonly Parked[]>()
  /** Parked ones to be tried again soon. */
  #again: Parked[] = []
  /** Some of the store's are not in `#parked`. */
  #isUnread = true
  #timers: Timer[] = []
  #stopped = false
  #trying: Promise<void> = Promise.resolve()

  constructor(parts: TakeReceiptsParts) {
    this.#parts = parts
  }

  start(): void {
    const { clock } = this.#parts
    const soon = (act: () => Promise<void>) => () => void (this.#trying = this.#trying.then(act))
    soon(() => this.#tidy())()
    this.#timers = [
      clock.every(
        lookAgainMs,
        soon(() => this.#tryAgain()),
      ),
      clock.every(
        tidyEveryMs,
        soon(() => this.#tidy()),
      ),
    ]
  }

  /** Resolves after the commit: only then the network is told that we have them. */
  async take(carrierId: number, receipts: readonly Receipt[]): Promise<void> {
    const { clock, nextId, settledSoFar } = this.#parts
    await settledSoFar()
    const items = receipts.map((receipt) => itemOf(carrierId, receipt))
    const ids = items.map(() => nextId())
    const fates = await this.#write(items, ids)
    for (let at = 0; at < fates.length; at += 1) {
      const fate = fates[at]!
      if (fate.fate === 'parked') this.#park({ id: ids[at]!, item: items[at]!, atMs: clock.nowMs() })
      const key = `${carrierId} ${receipts[at]!.ref}`
      const wire = this.#wires.get(key)
      if (!wire) continue
      this.#wires.delete(key)
      if ('messageId' in fate) this.#parts.wire({ ...wire, messageId: fate.messageId })
    }
  }

  /** What came over the wire for a message known by the network's id only; kept until the id's message is. */
  wire(record: WireRecord): void {
    if (this.#wires.size >= wiresAtMost) this.#wires.clear()
    this.#wires.set(`${record.carrierId} ${record.ref}`, { ...record, bytes: new Uint8Array(record.bytes) })
  }

  /** These ids have their messages from now on. */
  known(carrierId: number, refs: readonly { readonly ref: string }[]): void {
    if (this.#parked.size === 0) return
    for (const { ref } of refs) {
      const parked = this.#parked.get(`${carrierId} ${ref}`)
      if (parked) this.#again.push(...parked)
    }
  }

  async #write(items: readonly ReceiptItem[], ids: readonly number[]): Promise<ReceiptTaken[]> {
    const { store, clock } = this.#parts
    const fates = await store.write(takeReceipts, { items, ids, now: clock.nowMs() })
    for (const fate of fates) {
      if (fate.fate === 'rerouted') this.#parts.rerouted(fate.row)
      else if (fate.fate === 'moved') this.#parts.ended(fate.messageId)
    }
    return fates
  }

  #park(parked: Parked): void {
    this.#again.push(parked)
    this.#keep(parked)
  }

  #keep(parked: Parked): void {
    if (this.#parked.size >= idsAtMost) {
      this.#isUnread = true
      return
    }
    for (const key of keysOf(parked)) {
      const others = this.#parked.get(key)?.filter(({ id }) => id !== parked.id) ?? []
      this.#parked.set(key, [...others, parked])
    }
  }

  #drop(parked: Parked): void {
    for (const key of keysOf(parked)) {
      const others = this.#parked.get(key)?.filter(({ id }) => id !== parked.id) ?? []
      if (others.length > 0) this.#parked.set(key, others)
      else this.#parked.delete(key)
    }
  }

  async #tryAgain(): Promise<void> {
    const again = [...new Set(this.#again)]
    if (again.length === 0 || this.#stopped) return
    this.#again = []
    try {
      for (let at = 0; at < again.length; at += atOnce) await this.#try(again.slice(at, at + atOnce))
    } catch (error) {
      this.#again = again.concat(this.#again)
      this.#parts.journal.loopFailed('receipts', error)
    }
  }

  async #try(some: readonly Parked[]): Promise<void> {
    const fates = await this.#write(
      some.map(({ id, item }) => ({ ...item, parked: id })),
      [],
    )
    for (let at = 0; at < fates.length; at += 1) if (fates[at]!.fate !== 'parked') this.#drop(some[at]!)
  }

  /** Reads what an earlier process, or another node, has parked; gives up what nobody's message was found for. */
  async #tidy(): Promise<void> {
    if (this.#stopped) return
    const { store, clock, journal } = this.#parts
    const before = clock.nowMs() - parkedForMs
    try {
      if (this.#isUnread || store.engine === 'postgres') await this.#readParked()
      const dropped = await store.write(purgeParked, { before })
      if (dropped > 0) journal.receiptsUnmatched(dropped)
      for (const parked of new Set([...this.#parked.values()].flat())) if (parked.atMs < before) this.#drop(parked)
    } catch (error) {
      journal.loopFailed('receipts', error)
    }
  }

  async #readParked(): Promise<void> {
    this.#isUnread = false
    for (let after = -1; ;) {
      const rows = await parkedReceipts(this.#parts.store, after, atOnce)
      if (rows.length === 0) return
      after = rows.at(-1)!.id
      const some = rows.map(({ id, receipt, at_ms: atMs }) => ({ id, item: JSON.parse(receipt) as ReceiptItem, atMs }))
      for (const parked of some) this.#keep(parked)
      await this.#try(some)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
    await this.#trying
  }
}

const keysOf = ({ item }: Parked): Set<string> => new Set(item.refs.map((ref) => `${item.carrier} ${ref}`))

function itemOf(carrier: number, receipt: Receipt): ReceiptItem {
  const { ref, state, cause, raw } = receipt
  const ends = endOf[state]
  return {
    carrier,
    refs: refCandidates(ref),
    addresses: receipt.addresses ?? [],
    state,
    final: receipt.final && ends !== undefined,
    ends: ends ?? 'undelivered',
    why: cause ? { reason: cause.reason, params: cause.params ? JSON.stringify(cause.params) : null, cause: cause.raw } : null,
    raw,
    elsewhere: cause?.next === 'elsewhere',
  }
}
