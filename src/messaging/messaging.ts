// Messaging as the rooms above see it: admit a message, hand over what was accepted, take it back, wait for how it goes. It joins
// the queue, the carriers and the news that comes from them; each of these has its own file.

import type { AccountStatus } from '#accounts/account.ts'
import type { Journal } from '#journal/journal.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Actor } from '#store/happenings.ts'
import type { Step } from '#store/message-life.ts'
import { cancelMessage, noteUncertain, wakeMessages, type Canceled } from '#store/unsent-messages.ts'
import { dueMessages } from '#store/message-queue.ts'
import type { MessageRow } from '#store/messages.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { AdmitMessage } from './admit-message.ts'
import { Dispatch } from './dispatch.ts'
import type { FlightLog } from './flight-log.ts'
import type { InboundSms, JobMedia, SmsCarrier, CarrierNews, Receipt, WireRecord } from './sms-carrier.ts'
import { TakeReceipts } from './take-receipts.ts'
import { TellNodes } from './tell-nodes.ts'

export interface MessagingParts {
  readonly store: Store
  readonly clock: Clock
  readonly nextId: NextId
  readonly journal: Pick<Journal, 'loopFailed' | 'receiptsUnmatched'>
  readonly flights: FlightLog
  readonly admission: AdmitMessage
  carrier(id: number): SmsCarrier | undefined
  isGone(carrierId: number): Promise<boolean>
  /** The other node that has the carrier; undefined: this one, or nobody. */
  nodeOf(carrierId: number): Promise<string | undefined>
  /** The carriers that are open here; null: there is no other node. */
  carriersHere(): readonly number[] | null
  statusOf(accountId: number): MaybePromise<AccountStatus>
  receiptTimeoutMs(accountId: number): MaybePromise<number>
  mediaOf(ids: readonly number[]): Promise<JobMedia[]>
  inbound: CarrierNews['inbound']
  wire(record: WireRecord): void
}

export interface CancelAsk {
  readonly account: number
  readonly actor: Actor
  readonly now: number
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
  /** Undefined where no other node shares the store. */
  readonly #elsewhere: TellNodes | undefined
  readonly #waiters = new Map<number, (outcome: FirstOutcome) => void>()
  #wakeTimer: Timer | undefined
  #wakeAtMs = Infinity
  #waking = false
  /** Something became due while it was looked. */
  #wakeAgain = false
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
      isGone: (id) => parts.isGone(id),
      elsewhere: (id) => this.#elsewhere?.tell(id),
      statusOf: (id) => parts.statusOf(id),
      receiptTimeoutMs: (id) => parts.receiptTimeoutMs(id),
      mediaOf: (ids) => parts.mediaOf(ids),
      settled: (steps) => this.#settled(steps),
    })
    this.#elsewhere = store.engine === 'postgres' ? new TellNodes(parts, this.#dispatch) : undefined
    this.#receipts = new TakeReceipts({
      store,
      clock,
      nextId: parts.nextId,
      journal,
      settledSoFar: () => this.#dispatch.settledSoFar(),
      rerouted: (row) => this.#dispatch.offer(row),
      ended: (id) => this.#dispatch.withdraw(id),
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
    const found = flights.found()
    const uncertain = found.length === 0 ? 0 : await store.write(noteUncertain, { flights: found, now: clock.nowMs() })
    flights.begin()
    return uncertain
  }

  /** Carriers are open: wakes what is due. */
  start(): void {
    this.#wakeBy(this.#parts.clock.nowMs())
    this.#receipts.start()
    this.#elsewhere?.start()
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

  /**
   * Ends a message that is not sent yet, and keeps it from the wire meanwhile. Null when there is none, `state` when it is too late, and
   * undefined when it is with a carrier at this moment, or may be: another node has its carrier, and is the one to be asked.
   */
  async cancel(message: Pick<MessageRow, 'id' | 'carrier_id'>, ask: CancelAsk): Promise<Canceled | undefined> {
    const { id, carrier_id: carrierId } = message
    if (carrierId !== null && (await this.#parts.nodeOf(carrierId))) return undefined
    if (!this.#dispatch.hold(id)) return undefined
    let hasEnded = false
    try {
      const done = await this.#parts.store.write(cancelMessage, { ...ask, id })
      hasEnded = done !== null && 'row' in done
      return done
    } finally {
      this.#dispatch.release(id, hasEnded)
    }
  }

  /** How the message's next attempt goes, over whatever route; undefined when that is not known in time. */
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
      if (step.refs.length > 0) this.#receipts.known(step.to === 'again' ? step.tried : step.carrier!, step.refs)
      if (step.to === 'sent' && step.wakeMs !== null) this.#wakeBy(step.wakeMs)
      if (step.to === 'again' && step.dueMs !== null) this.#wakeBy(step.dueMs)
      // One that goes over another route at once has not been tried to the end.
      const tried = step.to !== 'again' || step.dueMs !== null
      if (tried && this.#waiters.size > 0) this.#waiters.get(step.message.id)?.(outcomeOf(step))
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
    if (this.#stopped) return
    this.#wakeAtMs = Infinity
    if (this.#waking) {
      this.#wakeAgain = true
      return
    }
    this.#waking = true
    this.#wakeAgain = false
    const { clock, journal } = this.#parts
    let next = wakeAtLeastEveryMs
    try {
      while ((await this.#wakeSome()) > 0);
    } catch (error) {
      journal.loopFailed('wake', error)
      next = wakePauseMs
    } finally {
      this.#waking = false
    }
    this.#wakeBy(clock.nowMs() + (this.#wakeAgain ? 0 : next))
  }

  /** How many more may be due. */
  async #wakeSome(): Promise<number> {
    const { store, clock, carriersHere } = this.#parts
    const now = clock.nowMs()
    const due = await dueMessages(store, now, wakeAtOnce)
    // What is on the wire is settled by its outcome; looked at again a little later.
    const ids = due.map(({ id }) => id).filter((id) => !this.#dispatch.isOnWire(id))
    if (ids.length === 0) return 0
    const { queued, changed } = await store.write(wakeMessages, { ids, carriers: carriersHere(), now })
    for (const row of queued) this.#dispatch.offer(row)
    return due.length < wakeAtOnce ? 0 : changed
  }

  /** Call once the carriers are stopped. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#wakeTimer?.cancel()
    this.#elsewhere?.stop()
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
