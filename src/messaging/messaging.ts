// Messaging as the rooms above see it: admit a message, hand over what was accepted, take it back, wait for how it goes. It joins
// the queue, the carriers and the news that comes from them; each of these has its own file.

import type { AccountStatus } from '#accounts/account.ts'
import type { Journal } from '#journal/journal.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { dueMessages, noteUncertain, wakeMessages, type Step } from '#store/message-life.ts'
import type { MessageRow } from '#store/messages.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { AdmitMessage } from './admit-message.ts'
import { Dispatch } from './dispatch.ts'
import type { FlightLog } from './flight-log.ts'
import type { InboundSms, JobMedia, SmsCarrier, CarrierNews, Receipt, WireRecord } from './sms-carrier.ts'
import { TakeReceipts } from './take-receipts.ts'

export interface MessagingParts {
  readonly store: Store
  readonly clock: Clock
  readonly nextId: NextId
  readonly journal: Pick<Journal, 'loopFailed' | 'receiptsUnmatched'>
  readonly flights: FlightLog
  readonly admission: AdmitMessage
  carrier(id: number): SmsCarrier | undefined
  statusOf(accountId: number): MaybePromise<AccountStatus>
  receiptTimeoutMs(accountId: number): MaybePromise<number>
  mediaOf(ids: readonly number[]): Promise<JobMedia[]>
  inbound: CarrierNews['inbound']
  wire(record: WireRecord): void
}

/** How the first attempt to send went, for whoever waits for it. */
export interface FirstOutcome {
  readonly state: 'sent' | 'retried' | 'failed' | 'expired'
  readonly reason?: Slug
  readonly params?: Readonly<Record<string, unknown>>
}

export class Messaging {
  readonly admission: AdmitMessage
  readonly #parts: MessagingParts
  readonly #dispatch: Dispatch
  readonly #receipts: TakeReceipts
  readonly #waiters = new Map<number, (outcome: FirstOutcome) => void>()
  #wakeTimer: Timer | undefined
  #wakeAtMs = Infinity
  #waking = false
  #stopped = false

  constructor(parts: MessagingParts) {
    this.#parts = parts
    this.admission = parts.admission
    const { store, clock, journal, flights } = parts
    this.#dispatch = new Dispatch({
      store,
      clock,
      journal,
      flights,
      carrier: (id) => parts.carrier(id),
      statusOf: (id) => parts.statusOf(id),
      receiptTimeoutMs: (id) => parts.receiptTimeoutMs(id),
      mediaOf: (ids) => parts.mediaOf(ids),
      settled: (steps) => this.#settled(steps),
    })
    this.#receipts = new TakeReceipts({
      store,
      clock,
      nextId: parts.nextId,
      journal,
      settledSoFar: () => this.#dispatch.settledSoFar(),
      rerouted: (row) => this.#dispatch.offer(row),
      wire: (record) => parts.wire(record),
    })
  }

  /** What carriers tell. */
  readonly news: CarrierNews = {
    receipts: (carrierId: number, receipts: readonly Receipt[]) => this.#receipts.take(carrierId, receipts),
    inbound: (carrierId: number, message: InboundSms) => this.#parts.inbound(carrierId, message),
    room: (carrierId: number) => this.#dispatch.room(carrierId),
    wire: (record: WireRecord) => (record.messageId === 0 ? this.#receipts.wire(record) : this.#parts.wire(record)),
  }

  /** After a start: what was on the wire when the last process ended is marked, before any carrier is opened. */
  async recover(): Promise<number> {
    const { store, clock, flights } = this.#parts
    const found = flights.open()
    if (found.length === 0) return 0
    return store.write(noteUncertain, { flights: found, now: clock.nowMs() })
  }

  /** Carriers are open: wakes what is due. */
  start(): void {
    this.#wakeBy(this.#parts.clock.nowMs())
    this.#receipts.start()
  }

  /** This node has the carrier's binds. */
  carrierOpened(id: number): Promise<void> {
    return this.#dispatch.takeUp(id)
  }

  carrierClosed(id: number): void {
    this.#dispatch.letGo(id)
  }

  /** Rows that a write has just accepted; called once for each, after its commit. */
  accepted(rows: readonly MessageRow[]): void {
    for (const row of rows) {
      if (row.state === 'queued') this.#dispatch.offer(row)
      if (row.wake_ms !== null) this.#wakeBy(row.wake_ms)
    }
  }

  /** Whether it is with a carrier at this moment, so that it cannot be called back. */
  isOnWire(id: number): boolean {
    return this.#dispatch.isOnWire(id)
  }

  /** How the message's next attempt goes, or undefined when that is not known in time. */
  firstOutcome(id: number, withinMs: number): Promise<FirstOutcome | undefined> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(withinMs, () => {
        this.#waiters.delete(id)
        resolve(undefined)
      })
      this.#waiters.set(id, (outcome) => {
        timer.cancel()
        this.#waiters.delete(id)
        resolve(outcome)
      })
    })
  }

  get figures(): { readonly waiting: number; readonly onWire: number } {
    return { waiting: this.#dispatch.waiting, onWire: this.#dispatch.onWire }
  }

  #settled(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.to === 'sent' && step.wakeMs !== null) this.#wakeBy(step.wakeMs)
      if (step.to === 'again' && step.dueMs !== null) this.#wakeBy(step.dueMs)
      if (this.#waiters.size > 0) this.#waiters.get(step.message.id)?.(outcomeOf(step))
    }
  }

  /** At this moment something is due; the earliest one counts. */
  #wakeBy(atMs: number): void {
    if (this.#stopped || atMs >= this.#wakeAtMs) return
    this.#wakeAtMs = atMs
    this.#wakeTimer?.cancel()
    const inMs = Math.min(Math.max(0, atMs - this.#parts.clock.nowMs()), wakeAtLeastEveryMs)
    this.#wakeTimer = this.#parts.clock.after(inMs, () => void this.#wake())
  }

  async #wake(): Promise<void> {
    if (this.#waking || this.#stopped) return
    this.#waking = true
    this.#wakeAtMs = Infinity
    const { store, clock, journal } = this.#parts
    let next = clock.nowMs() + wakeAtLeastEveryMs
    try {
      for (;;) {
        const now = clock.nowMs()
        const due = await dueMessages(store, now, wakeAtOnce)
        // What is on the wire is settled by its outcome; looked at again a little later.
        const ids = due.map(({ id }) => id).filter((id) => !this.#dispatch.isOnWire(id))
        if (ids.length === 0) break
        for (const row of await store.write(wakeMessages, { ids, now })) this.#dispatch.offer(row)
        if (due.length < wakeAtOnce) break
      }
    } catch (error) {
      journal.loopFailed('wake', error)
      next = clock.nowMs() + wakePauseMs
    } finally {
      this.#waking = false
    }
    this.#wakeBy(next)
  }

  /** Call once the carriers are stopped. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#wakeTimer?.cancel()
    await this.#receipts.stop()
    await this.#dispatch.stop()
    this.#parts.flights.close()
  }
}

const wakeAtOnce = 500
const wakeAtLeastEveryMs = 1_000
const wakePauseMs = 1_000

function outcomeOf(step: Step): FirstOutcome {
  if (step.to === 'sent') return { state: 'sent' }
  const { reason, params } = step.why
  const told = { reason: reason as Slug, ...(params !== null && { params: JSON.parse(params) as Record<string, unknown> }) }
  return { state: step.to === 'again' ? 'retried' : step.to, ...told }
}
