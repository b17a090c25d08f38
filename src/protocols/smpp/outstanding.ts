// The requests of ours that wait for a response: sequence numbers, deadlines, and which response belongs to which.
// One timer for all of them: set for the earliest deadline known when it was set, and looked at again when it fires.

import type { Clock, Timer } from '#values/clock.ts'
import type { CommandName } from './pdu-table.ts'
import type { ResponsePdu } from './pdu.ts'
import type { Answer, NoAnswer, StrayResponse } from './session-parts.ts'

/** SMPP 3.4 5.1.4: 1 to 0x7fffffff, then 1 again. */
const lastSequence = 0x7fffffff

/** How many sequence numbers are remembered to call their responses late rather than unknown. */
const remembered = 1000

export interface Pending {
  readonly request: CommandName
  readonly response: CommandName
  readonly done: (answer: Answer) => void
  readonly deadlineMs: number
  /** False for what the session itself asks (enquire_link, unbind): that takes no place in the window. */
  readonly isCounted: boolean
}

export class Outstanding {
  /** How many of them take a place in the window. */
  counted = 0
  readonly #clock: Clock
  readonly #onExpired: (pending: Pending, answer: NoAnswer) => void
  readonly #bySequence = new Map<number, Pending>()
  readonly #expired = new Set<number>()
  #sequence: number
  #timer: Timer | undefined
  #timerAtMs = Infinity

  constructor(clock: Clock, onExpired: (pending: Pending, answer: NoAnswer) => void, firstSequence = 1) {
    this.#clock = clock
    this.#onExpired = onExpired
    this.#sequence = firstSequence - 1
  }

  /** The number for the next request; one that still waits after a whole round is passed over. */
  nextSequence(): number {
    do this.#sequence = this.#sequence >= lastSequence ? 1 : this.#sequence + 1
    while (this.#bySequence.has(this.#sequence))
    return this.#sequence
  }

  add(sequence: number, pending: Pending): void {
    this.#bySequence.set(sequence, pending)
    if (pending.isCounted) this.counted++
    if (pending.deadlineMs < this.#timerAtMs) this.#arm(pending.deadlineMs)
  }

  /** What waits for this response, and waits no longer; or why nothing does. */
  take(pdu: ResponsePdu): Pending | StrayResponse['kind'] {
    const pending = this.#bySequence.get(pdu.sequence)
    if (!pending) return this.#expired.delete(pdu.sequence) ? 'late' : 'unknown'
    if (pdu.command !== pending.response && pdu.command !== 'generic_nack') return 'wrong_command'
    this.#remove(pdu.sequence, pending)
    return pending
  }

  /** For a response that cannot be read, of which only the sequence number is known. */
  takeUnreadable(sequence: number, response: CommandName): Pending | undefined {
    const pending = this.#bySequence.get(sequence)
    if (!pending || pending.response !== response) return undefined
    this.#remove(sequence, pending)
    return pending
  }

  /** Everything that waits, and the timer, at the end of the session. */
  takeAll(): (readonly [sequence: number, pending: Pending])[] {
    this.#timer?.cancel()
    const all = [...this.#bySequence]
    this.#bySequence.clear()
    this.counted = 0
    return all
  }

  #remove(sequence: number, pending: Pending): void {
    this.#bySequence.delete(sequence)
    if (pending.isCounted) this.counted--
  }

  #arm(atMs: number): void {
    this.#timer?.cancel()
    this.#timerAtMs = atMs
    this.#timer = this.#clock.after(Math.max(0, Math.ceil(atMs - this.#clock.elapsedMs())), () => this.#expire())
  }

  #expire(): void {
    this.#timerAtMs = Infinity
    const nowMs = this.#clock.elapsedMs()
    let earliestMs = Infinity
    const due: [number, Pending][] = []
    for (const entry of this.#bySequence) {
      if (entry[1].deadlineMs <= nowMs) due.push(entry)
      else earliestMs = Math.min(earliestMs, entry[1].deadlineMs)
    }
    if (earliestMs < Infinity) this.#arm(earliestMs)
    for (const [sequence, pending] of due) {
      this.#remove(sequence, pending)
      this.#expired.add(sequence)
      this.#onExpired(pending, { command: 'none', cause: 'timed_out', detail: 'no response in time', sequence })
    }
    for (const oldest of this.#expired) {
      if (this.#expired.size <= remembered) break
      this.#expired.delete(oldest)
    }
  }
}
