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
  /** The store is being read for it. */
  refilling = false
  /** Something was left to the store meanwhile, which that reading may not have seen. */
  missed = false
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
}

export class FairQueue {
  /** By priority: the lanes that have something, in the order of their turns. */
  readonly #turns: Lane[][] = Array.from({ length: priorities }, () => [])
  readonly #lanes = new Map<string, Lane>()
  readonly #spilled = new Set<Lane>()
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Lanes that are to be filled from the store now: few messages left, and more of them there. */
  *low(): Iterable<Lane> {
    for (const lane of this.#spilled) if (!lane.refilling && lane.length < laneLow) yield lane
  }

  /** Puts a message in its lane, or leaves it to the store when the lane is full; false then. */
  offer(row: MessageRow): boolean {
    const lane = this.#lane(row.account_id, row.priority)
    // What lies before the point up to which the store was read would not be found there any more.
    if (lane.spilled ? row.id > lane.upTo : lane.length >= laneAtMost) {
      if (!lane.spilled) this.#spill(lane, row.id - 1)
      else if (lane.refilling) lane.missed = true
      return false
    }
    this.#add(lane, row)
    return true
  }

  /** The store has messages for this lane that are not here, from this id on. */
  leave(account: number, priority: number, fromId = 0): void {
    const lane = this.#lane(account, priority)
    this.#spill(lane, lane.spilled ? Math.min(lane.upTo, fromId - 1) : fromId - 1)
    if (lane.refilling) lane.missed = true
  }

  /** The store is asked for what comes after `lane.upTo`; `filled` or `notFilled` follows. */
  filling(lane: Lane): void {
    lane.refilling = true
    lane.missed = false
  }

  /** What the store had. `upTo` is the last id it was read to; null: there was no more. */
  filled(lane: Lane, rows: readonly MessageRow[], upTo: number | null): void {
    lane.refilling = false
    for (const row of rows) this.#add(lane, row)
    // Read again from where it was: what is here already is known by its id.
    if (lane.missed) return
    if (upTo !== null) {
      lane.upTo = upTo
      return
    }
    lane.spilled = false
    this.#spilled.delete(lane)
    this.#drop(lane)
  }

  notFilled(lane: Lane): void {
    lane.refilling = false
  }

  /** The next message: of the first priority that has one, from the account whose turn it is. */
  next(): MessageRow | undefined {
    for (const turns of this.#turns) {
      const lane = turns.shift()
      if (!lane) continue
      const row = lane.shift()!
      this.#length -= 1
      if (lane.length > 0) turns.push(lane)
      else this.#drop(lane)
      return row
    }
    return undefined
  }

  #lane(account: number, priority: number): Lane {
    const key = keyOf(account, priority)
    let lane = this.#lanes.get(key)
    if (!lane) {
      lane = new Lane(account, priority)
      this.#lanes.set(key, lane)
    }
    return lane
  }

  #spill(lane: Lane, upTo: number): void {
    lane.spilled = true
    lane.upTo = upTo
    this.#spilled.add(lane)
  }

  #add(lane: Lane, row: MessageRow): void {
    if (lane.length === 0) this.#turns[lane.priority]!.push(lane)
    lane.push(row)
    this.#length += 1
  }

  /** A lane that has nothing and will be given nothing needs no place. */
  #drop(lane: Lane): void {
    if (lane.length === 0 && !lane.spilled && !lane.refilling) this.#lanes.delete(keyOf(lane.account, lane.priority))
  }
}

const keyOf = (account: number, priority: number): string => `${account} ${priority}`
