// What is to be told at one origin for one account, as far as it is in memory: lanes, of each of which only the first
// delivery may be under way, and the circuit that spares a dead server. It sends nothing and knows neither store nor time.
//
//   lane (one message, one URL)    [ under way ] -> [ next ] -> [ next ]
//   lane (another message)         [ waits for its retry ] -> [ next ]
//   circuit   closed --10 failures in a row--> open --after a while--> probing: one at a time --success--> closed
//
// Memory holds a window of what the store has: when it is full, the rest is left there, and read in order as room comes.

import type { WebhookDeliveryRow } from '#store/webhook-deliveries.ts'

export interface Item {
  readonly id: number
  readonly lane: number
  /** Dropped while it waits for a retry, and read again. */
  row: WebhookDeliveryRow | undefined
}

type Circuit = 'closed' | 'open' | 'probing'

/** Rows held of one queue, and at which number of them more are read. */
const windowSize = 500
const refillBelow = 250
/** Deliveries of one queue that are known in memory, most of them just by id, waiting for a retry. */
const itemsAtMost = 20_000
const underWayAtMost = 50
const failuresToOpen = 10
const openFirstMs = 5_000
const openLongestMs = 5 * 60_000

export class DeliveryQueue {
  readonly key: number
  circuit: Circuit = 'closed'
  underWay = 0
  /** In the dispatcher's turn. */
  inTurn = false
  loading = false
  /** The reason of its last failure. */
  lastReason: string | null = null
  /** Its own URLs fail while their fallbacks do not: for this long they are not asked. */
  skipFirstUntilMs = 0
  firstFailures = 0
  /** Raised whenever all is read anew. */
  generation = 0

  readonly #lanes = new Map<number, Item[]>()
  readonly #held = new Set<number>()
  /** From the request of a delivery until what came of it is stored. */
  readonly #busy = new Set<Item>()
  #ready: number[] = []
  #readyAt = 0
  #rows = 0
  /** Whether the store has nothing pending that is not here. */
  #complete = false
  #missed = false
  #lastId = 0
  #failures = 0
  #openings = 0

  constructor(key: number) {
    this.key = key
  }

  get isEmpty(): boolean {
    return this.#complete && this.#held.size === 0
  }

  get size(): number {
    return this.#held.size
  }

  /** A delivery that was just stored; left to the store when there is no room or earlier ones are still there. */
  offer(row: WebhookDeliveryRow): void {
    if (!this.#complete || this.circuit === 'open' || this.#rows >= windowSize || this.#held.size >= itemsAtMost) {
      this.#complete = false
      this.#missed = true
      return
    }
    this.#add(row, true)
  }

  /** A new queue of which all is in memory, as nothing was pending before. */
  begin(): void {
    this.#complete = true
  }

  /** What to read next, if anything. */
  wanted(): { after: number; limit: number } | undefined {
    if (this.#complete || this.loading || this.circuit === 'open') return undefined
    if (this.#rows >= refillBelow || this.#held.size >= itemsAtMost) return undefined
    this.loading = true
    this.#missed = false
    return { after: this.#lastId, limit: windowSize }
  }

  /** Gives those that are to wait until they are due. */
  loaded(rows: readonly WebhookDeliveryRow[], limit: number, nowMs: number): { lane: number; waitMs: number }[] {
    this.loading = false
    const waits: { lane: number; waitMs: number }[] = []
    for (const row of rows) {
      this.#lastId = Math.max(this.#lastId, row.id)
      if (this.#held.has(row.id)) continue
      const isDue = row.due_ms <= nowMs
      const isFirst = this.#add(row, isDue)
      if (!isDue && isFirst) waits.push({ lane: row.lane, waitMs: row.due_ms - nowMs })
    }
    if (rows.length < limit && !this.#missed) this.#complete = true
    return waits
  }

  /** Reading failed. */
  notLoaded(): void {
    this.loading = false
  }

  #add(row: WebhookDeliveryRow, isDue: boolean): boolean {
    const item: Item = { id: row.id, lane: row.lane, row }
    this.#held.add(row.id)
    this.#rows += 1
    this.#lastId = Math.max(this.#lastId, row.id)
    const lane = this.#lanes.get(row.lane)
    if (lane) {
      lane.push(item)
      return false
    }
    this.#lanes.set(row.lane, [item])
    if (isDue) this.#ready.push(row.lane)
    return true
  }

  get mayStart(): boolean {
    if (this.#readyAt >= this.#ready.length || this.circuit === 'open') return false
    return this.underWay < (this.circuit === 'probing' ? 1 : underWayAtMost)
  }

  /** The first of a lane that is ready; its lane is busy until `ended` or `waits`. */
  take(): Item | undefined {
    while (this.#readyAt < this.#ready.length) {
      const first = this.#lanes.get(this.#ready[this.#readyAt]!)?.[0]
      this.#readyAt += 1
      if (!first || this.#busy.has(first)) continue
      this.#busy.add(first)
      this.underWay += 1
      this.#trim()
      return first
    }
    this.#trim()
    return undefined
  }

  #trim(): void {
    if (this.#readyAt < 1024 && this.#readyAt < this.#ready.length) return
    this.#ready = this.#ready.slice(this.#readyAt)
    this.#readyAt = 0
  }

  /** Its request is over; its lane stays busy until what came of it is stored. */
  requestEnded(item: Item): void {
    this.underWay -= 1
    if (item.row) this.#rows -= 1
    item.row = undefined
  }

  /** Stored as ended: the next of its lane may go. */
  ended(item: Item): void {
    this.#busy.delete(item)
    this.#held.delete(item.id)
    const lane = this.#lanes.get(item.lane)
    if (lane?.[0] !== item) return
    lane.shift()
    if (lane.length > 0) this.#ready.push(item.lane)
    else this.#lanes.delete(item.lane)
  }

  /** Stored as failed for this time: its lane waits until `due`. */
  waits(item: Item): void {
    this.#busy.delete(item)
  }

  /** The wait of the lane's first delivery is over; nothing when all was read anew since. */
  due(lane: number, generation: number): void {
    if (generation === this.generation && this.#lanes.has(lane)) this.#ready.push(lane)
  }

  succeeded(): void {
    this.#failures = 0
    this.#openings = 0
    if (this.circuit === 'probing') this.circuit = 'closed'
  }

  /** Gives for how long nothing is sent, when this failure opened the circuit. */
  failed(reason: string, random: () => number): number | undefined {
    this.lastReason = reason
    this.#failures += 1
    if (this.circuit === 'open' || (this.circuit === 'closed' && this.#failures < failuresToOpen)) return undefined
    this.circuit = 'open'
    const openMs = Math.min(openFirstMs * 2 ** this.#openings, openLongestMs) * (0.8 + 0.4 * random())
    this.#openings += 1
    this.forget()
    return openMs
  }

  /** After a while that the circuit was open. */
  probe(): void {
    if (this.circuit === 'open') this.circuit = 'probing'
  }

  /** Reads everything anew, but for what is under way: something was added behind its back, or the circuit is open. */
  forget(): void {
    for (const [lane, items] of this.#lanes) {
      const first = items[0]!
      const isBusy = this.#busy.has(first)
      for (const item of isBusy ? items.slice(1) : items) {
        this.#held.delete(item.id)
        if (item.row) this.#rows -= 1
      }
      if (isBusy) items.length = 1
      else this.#lanes.delete(lane)
    }
    this.#ready = []
    this.#readyAt = 0
    this.#complete = false
    this.#missed = true
    this.#lastId = 0
    this.generation += 1
  }
}
