// What a call costs while it is up: a first slice is held with its record, the next ones before the one before is used up. Where the
// balance bears no more, the call ends when what is held is used up: nothing is talked for free, nothing is owed.

import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { CallRow } from '#store/calls.ts'
import type { MaybePromise } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { CallBook } from './call-book.ts'
import { costOf, firstSlice, nextSlice, type CallRate } from './call-rate.ts'

/** So long before a slice is used up the next one is held. */
const beforeMs = 5_000

/** Asked before each further slice, with what the call has cost by then: why it may not go on, if so. */
export type MayGoOn = (costMicro: number) => MaybePromise<Refusal | undefined>

/** What is charged: a call that is up, and can be ended. */
export interface MeteredCall {
  readonly over: boolean
  hangUp(why: Refusal, by: 'platform'): void
}

export class CallMeter {
  readonly #rate: CallRate
  readonly #row: Pick<CallRow, 'id' | 'payer_id' | 'currency'>
  readonly #book: CallBook
  readonly #clock: Clock
  readonly #mayGoOn: MayGoOn | undefined
  #heldSeconds: number
  #timer: Timer | undefined
  #startedMs = 0

  constructor(rate: CallRate, row: CallRow, book: CallBook, clock: Clock, mayGoOn?: MayGoOn) {
    this.#rate = rate
    this.#row = row
    this.#book = book
    this.#clock = clock
    this.#mayGoOn = mayGoOn
    this.#heldSeconds = firstSlice(rate)
  }

  /** Once it is answered. */
  start(call: MeteredCall): void {
    this.#startedMs = this.#clock.elapsedMs()
    if ((this.#row.payer_id !== null || this.#mayGoOn) && this.#rate.priceMicro > 0) this.#wait(call)
  }

  /** Gives the price of so long a call; 0 of one that was not answered. */
  end(durationMs: number): number {
    this.#timer?.cancel()
    return durationMs === 0 ? 0 : costOf(this.#rate, Math.ceil(durationMs / 1000))
  }

  #leftMs(): number {
    return this.#startedMs + this.#heldSeconds * 1000 - this.#clock.elapsedMs()
  }

  #wait(call: MeteredCall): void {
    this.#timer = this.#clock.after(Math.max(0, this.#leftMs() - beforeMs), () => void this.#more(call))
  }

  async #more(call: MeteredCall): Promise<void> {
    const refused = await this.#mayGoOn?.(costOf(this.#rate, this.#heldSeconds))
    if (call.over) return
    if (refused) return this.#endAtSlice(call, refused)
    const until = nextSlice(this.#rate, this.#heldSeconds)
    const amountMicro = costOf(this.#rate, until) - costOf(this.#rate, this.#heldSeconds)
    const { id, payer_id: payer, currency } = this.#row
    const atMs = this.#clock.nowMs()
    const held = payer === null ? 'done' : await this.#book.write({ to: 'held', id, payer, amountMicro, currency, atMs })
    if (call.over || held === 'late') return
    if (held === 'done') {
      this.#heldSeconds = until
      this.#wait(call)
      return
    }
    this.#endAtSlice(call, refusal('credit.exhausted', { subject: 'call' }))
  }

  #endAtSlice(call: MeteredCall, why: Refusal): void {
    this.#timer = this.#clock.after(Math.max(0, this.#leftMs()), () => call.hangUp(why, 'platform'))
  }
}
