// Receipts from carriers into the store, many in one write, and again those that came before their message's id did. What a
// receipt makes of a message is decided here; whether the message lets it is a condition in the write.

import type { Journal } from '#journal/journal.ts'
import { parkedReceipts, purgeParked, takeReceipts, type ReceiptItem } from '#store/message-receipts.ts'
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

/** A parked receipt is tried again so often, and for so long. */
const retryEveryMs = 1_000
const parkedForMs = 3_600_000
const atOnce = 200
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

export class TakeReceipts {
  readonly #parts: TakeReceiptsParts
  /** Bytes of receipts whose message is being looked up, by carrier and id. */
  readonly #wires = new Map<string, WireRecord>()
  #parked = true
  #timer: Timer | undefined
  #stopped = false
  #retrying: Promise<void> = Promise.resolve()

  constructor(parts: TakeReceiptsParts) {
    this.#parts = parts
  }

  start(): void {
    this.#later()
  }

  /** Resolves after the commit: only then the network is told that we have them. */
  async take(carrierId: number, receipts: readonly Receipt[]): Promise<void> {
    const { store, clock, nextId, settledSoFar } = this.#parts
    await settledSoFar()
    const items = receipts.map((receipt) => itemOf(carrierId, receipt))
    const ids = items.map(() => nextId())
    const fates = await store.write(takeReceipts, { items, ids, now: clock.nowMs() })
    for (let at = 0; at < fates.length; at += 1) {
      const fate = fates[at]!
      if (fate.fate === 'parked') this.#parked = true
      else if (fate.fate === 'rerouted') this.#parts.rerouted(fate.row)
      else if (fate.fate === 'moved') this.#parts.ended(fate.messageId)
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

  #later(): void {
    if (this.#stopped) return
    this.#timer = this.#parts.clock.after(retryEveryMs, () => {
      this.#retrying = this.#retry().finally(() => this.#later())
    })
  }

  async #retry(): Promise<void> {
    if (!this.#parked) return
    const { store, clock, journal } = this.#parts
    try {
      let left = 0
      for (let after = -1; ;) {
        const rows = await parkedReceipts(store, after, atOnce)
        if (rows.length === 0) break
        after = rows.at(-1)!.id
        const items = rows.map((row) => ({ ...(JSON.parse(row.receipt) as ReceiptItem), parked: row.id }))
        const fates = await store.write(takeReceipts, { items, ids: [], now: clock.nowMs() })
        for (const fate of fates) {
          if (fate.fate === 'rerouted') this.#parts.rerouted(fate.row)
          if (fate.fate === 'parked') left += 1
        }
      }
      const dropped = await store.write(purgeParked, { before: clock.nowMs() - parkedForMs })
      if (dropped > 0) journal.receiptsUnmatched(dropped)
      this.#parked = left > dropped
    } catch (error) {
      journal.loopFailed('receipts', error)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#retrying
  }
}

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
