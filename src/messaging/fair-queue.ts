// The queue of one carrier in memory: by priority, and within a priority in turns between accounts, so that nobody's million
// delays another's one. It holds a bounded number of messages; the rest of a lane stays in the store, which is the queue
// that counts, and is read when the lane runs low.
//
//   priority 0   account 1: m m m      account 7: m
//   priority 1   account 1: m m m m m m m ... and more in the store (spilled)
//
// It knows no store and no carrier.

import type { MessageRow } from '#store/messages.ts'

export const priorities = 3
/** Of one account's lane; what comes beyond stays in the store. */
export const laneAtMost = 2000
/** A spilled lane with fewer is filled again. */
export const laneLow = 500

export class Lane {
  readonly account: number
  readonly priority: number
  /** More of it is in the store, after `upTo`. */
  spilled = false
  upTo = -1
  refilling = false
  #messages: MessageRow[] = []
  #at = 0

  constructor(account: number, priority: number) {
    this.account = account
    this.priority = priority
  }

  get length(): number {
    return this.#messages.length - this.#at
  }

  push(row: MessageRow): void {
    this.#messages.push(row)
  }

  shift(): MessageRow | undefined {
    const row = this.#messages[this.#at]
    if (row === undefined) return undefined
    this.#at += 1
    if (this.#at === this.#messages.length) {
      this.#messages = []
      this.#at = 0
    } else if (this.#at >= 512) {
      this.#messages = this.#messages.slice(this.#at)
      this.#at = 0
    }
    return row
  }

  get low(): boolean {
    return this.spilled && !this.refilling && this.length < laneLow
  }
}

export class FairQueue {
  /** By priority: the lanes that have something, in the order of their turns. */
  readonly #turns: Lane[][] = Array.from({ length: priorities }, () => [])
  readonly #lanes = new Map<string, Lane>()
  #length = 0

  get length(): number {
    return this.#length
  }

  lane(account: number, priority: number): Lane {
    const key = `${account} ${priority}`
    let lane = this.#lanes.get(key)
    if (!lane) {
      lane = new Lane(account, priority)
      this.#lanes.set(key, lane)
    }
    return lane
  }

  lanes(): Iterable<Lane> {
    return this.#lanes.values()
  }

  /** Puts a message in its lane, or leaves it to the store when the lane is full; false then. */
  offer(row: MessageRow): boolean {
    const lane = this.lane(row.account_id, row.priority)
    // What lies before the point up to which the store was read would not be found there any more.
    if (lane.spilled ? row.id > lane.upTo : lane.length >= laneAtMost) {
      if (!lane.spilled) {
        lane.spilled = true
        lane.upTo = row.id - 1
      }
      return false
    }
    this.#add(lane, row)
    return true
  }

  /** Messages that were read from the store for a lane. */
  fill(lane: Lane, rows: readonly MessageRow[]): void {
    for (const row of rows) this.#add(lane, row)
  }

  #add(lane: Lane, row: MessageRow): void {
    if (lane.length === 0) this.#turns[lane.priority]!.push(lane)
    lane.push(row)
    this.#length += 1
  }

  /** The next message: of the first priority that has one, from the account whose turn it is. */
  next(): MessageRow | undefined {
    for (const turns of this.#turns) {
      const lane = turns.shift()
      if (!lane) continue
      const row = lane.shift()!
      this.#length -= 1
      if (lane.length > 0) turns.push(lane)
      else if (!lane.spilled && !lane.refilling) this.#lanes.delete(`${lane.account} ${lane.priority}`)
      return row
    }
    return undefined
  }

  /** Drops everything: the carrier is another node's now. */
  clear(): void {
    for (const turns of this.#turns) turns.length = 0
    this.#lanes.clear()
    this.#length = 0
  }
}
