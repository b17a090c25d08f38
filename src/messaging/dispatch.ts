// Takes queued messages to their carriers, and what became of them into the store. The store's rows are the queue; what is in
// memory here is the part of it that goes next.
//
//   accept --offer--> FairQueue --pump--> carrier.submit --outcome--> steps --one write--> settled
//                        ^                                                                   |
//                        '------------------- refill from the store, again ------------------'
//
// A message is in one place at a time: `#active` names those in the queue or on the wire, so that none is taken up twice.

import type { AccountStatus } from '#accounts/account.ts'
import type { Journal } from '#journal/journal.ts'
import { settleMessages, type Step, type Why } from '#store/message-life.ts'
import { accountsQueued, queuedMessages } from '#store/message-queue.ts'
import type { MessageRow } from '#store/messages.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import { FairQueue, laneAtMost, priorities, type Lane } from './fair-queue.ts'
import type { FlightLog } from './flight-log.ts'
import { detailOf, endUntried, jobOf, rowAfter, stepAfter } from './next-step.ts'
import type { Cause, JobMedia, SmsCarrier, SubmitOutcome } from './sms-carrier.ts'

export interface DispatchParts {
  readonly store: Store
  readonly clock: Clock
  readonly journal: Pick<Journal, 'loopFailed'>
  readonly flights: FlightLog
  carrier(id: number): SmsCarrier | undefined
  /** Whether the carrier was removed, and not only switched off or another node's. */
  isGone(carrierId: number): Promise<boolean>
  /** Something is queued for a carrier that is not open here: whoever has it should look. */
  elsewhere(carrierId: number): void
  statusOf(accountId: number): MaybePromise<AccountStatus>
  /** How long after it was sent a receipt is waited for. */
  receiptTimeoutMs(accountId: number): MaybePromise<number>
  /** What a message carries, ready to be fetched by its carrier. */
  mediaOf(ids: readonly number[]): Promise<JobMedia[]>
  /** The messages of this batch are settled; called after the commit. */
  settled(steps: readonly Step[]): void
}

interface InFlight {
  readonly row: MessageRow
  readonly slot: number
  readonly outcome: SubmitOutcome | Why
}

/** A store that cannot be written is asked again after so long; nothing is sent until then. */
const storePauseMs = 500
/** Outcomes that the store was not told yet, beyond which nothing is sent: a crash would make doubles of them. */
const landedAtMost = 2_000

const suspended: Why = { reason: 'account.suspended', params: null, cause: null }
const expired: Why = { reason: 'message.validity_expired', params: null, cause: null }

export class Dispatch {
  readonly #parts: DispatchParts
  readonly #queues = new Map<number, FairQueue>()
  readonly #active = new Set<number>()
  readonly #onWire = new Set<number>()
  /** Held back while somebody decides about them; the row once its turn has come. */
  readonly #held = new Map<number, MessageRow | undefined>()
  /** In memory, and ended by somebody else. */
  readonly #withdrawn = new Set<number>()
  /** Ids that left `#active` while the store is being read for a refill. */
  #leftMeanwhile: Set<number> | undefined
  #refills = 0
  /** On their way to the wire, waiting for something to be read. */
  #preparing = 0
  #landed: InFlight[] = []
  #settling = false
  #settlingWanted = false
  #pumping = new Set<number>()
  /** Carriers whose queues could not be read. */
  readonly #untaken = new Set<number>()
  /** A pump had to leave it until the outcomes are settled. */
  #isBlocked = false
  #timer: Timer | undefined
  #stopped = false
  /** Resolves when the outcomes that landed so far stand in the store. */
  #settledSoFar: Promise<void> = Promise.resolve()

  constructor(parts: DispatchParts) {
    this.#parts = parts
  }

  /** A message was queued, or is again: it goes to memory if there is room, else the store is read when its turn comes. */
  offer(row: MessageRow): void {
    const { carrier_id: carrierId } = row
    if (carrierId === null || this.#active.has(row.id) || this.#stopped) return
    if (!this.#parts.carrier(carrierId)) return void this.#notHere(row, carrierId)
    if (this.#queue(carrierId).offer(row)) this.#active.add(row.id)
    this.#pumpSoon(carrierId)
  }

  /** The carrier may take more, or was opened. */
  room(carrierId: number): void {
    this.#pumpSoon(carrierId)
  }

  /**
   * This node holds the carrier from now on, or others may have queued something for it: what the store has for it
   * is taken up.
   */
  async takeUp(carrierId: number): Promise<void> {
    let accounts: number[]
    try {
      accounts = await accountsQueued(this.#parts.store, carrierId)
    } catch (error) {
      this.#untaken.add(carrierId)
      return this.#failed(error)
    }
    if (!this.#parts.carrier(carrierId)) return
    const queue = this.#queue(carrierId)
    for (const account of accounts) for (let priority = 0; priority < priorities; priority += 1) queue.leave(account, priority)
    this.#pumpSoon(carrierId)
  }

  /** This node holds the carrier no longer. What is on the wire is settled as it comes. */
  letGo(carrierId: number): void {
    const queue = this.#queues.get(carrierId)
    if (!queue) return
    for (let row = queue.next(); row; row = queue.next()) this.#forget(row.id)
    this.#queues.delete(carrierId)
  }

  isOnWire(id: number): boolean {
    return this.#onWire.has(id)
  }

  /** Keeps a message from the wire until `release`; false when it is there already. */
  hold(id: number): boolean {
    if (this.#onWire.has(id)) return false
    if (!this.#held.has(id)) this.#held.set(id, undefined)
    return true
  }

  /** After `hold`: it goes on, unless it has ended. */
  release(id: number, hasEnded: boolean): void {
    const row = this.#held.get(id)
    this.#held.delete(id)
    if (hasEnded && !row) this.withdraw(id)
    if (!row) return
    this.#forget(id)
    if (!hasEnded) this.offer(row)
  }

  /** Somebody ended it: if it waits here, it is not sent. */
  withdraw(id: number): void {
    if (this.#active.has(id) && !this.#onWire.has(id)) this.#withdrawn.add(id)
    this.#leftMeanwhile?.add(id)
  }

  get waiting(): number {
    let n = 0
    for (const queue of this.#queues.values()) n += queue.length
    return n
  }

  get onWire(): number {
    return this.#onWire.size
  }

  /** Resolves when what landed before the call is committed: a receipt must not be looked up earlier. */
  settledSoFar(): Promise<void> {
    return this.#landed.length === 0 && !this.#settling ? Promise.resolve() : this.#settledSoFar
  }

  /** Takes nothing more. The carriers are stopped first, so that all that is on the wire has landed. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.settledSoFar()
  }

  #queue(carrierId: number): FairQueue {
    let queue = this.#queues.get(carrierId)
    if (!queue) {
      queue = new FairQueue()
      this.#queues.set(carrierId, queue)
    }
    return queue
  }

  #forget(id: number): void {
    this.#active.delete(id)
    this.#leftMeanwhile?.add(id)
    if (this.#withdrawn.size > 0) this.#withdrawn.delete(id)
  }

  /** For a carrier that is not open here. One that was removed takes nothing any more: the message goes over its next route. */
  async #notHere(row: MessageRow, carrierId: number): Promise<void> {
    try {
      if (!(await this.#parts.isGone(carrierId))) return this.#parts.elsewhere(carrierId)
    } catch (error) {
      // It waits in the store all the same.
      return this.#failed(error)
    }
    if (this.#active.has(row.id)) return
    this.#active.add(row.id)
    this.#land({ row, slot: -1, outcome: failedWith({ reason: 'message.gateway_not_found', raw: 'removed', next: 'elsewhere' }) })
  }

  #pumpSoon(carrierId: number): void {
    if (this.#pumping.has(carrierId)) return
    this.#pumping.add(carrierId)
    setImmediate(() => {
      this.#pumping.delete(carrierId)
      this.#pump(carrierId)
    })
  }

  #pumpAll(): void {
    for (const id of this.#queues.keys()) this.#pumpSoon(id)
  }

  #pump(carrierId: number): void {
    if (this.#stopped) return
    // Nothing goes out whose outcome could not be kept.
    if (this.#timer || this.#landed.length >= landedAtMost) {
      this.#isBlocked = true
      return
    }
    const carrier = this.#parts.carrier(carrierId)
    const queue = this.#queues.get(carrierId)
    if (!carrier || !queue) return
    for (const lane of queue.low()) void this.#refill(carrierId, queue, lane)
    for (let room = carrier.room() - this.#preparing; room > 0;) {
      const row = queue.next()
      if (!row) return
      if (this.#withdrawn.size > 0 && this.#withdrawn.has(row.id)) this.#forget(row.id)
      else if (this.#held.size > 0 && this.#held.has(row.id)) this.#held.set(row.id, row)
      else {
        this.#send(carrier, row)
        room -= 1
      }
    }
  }

  async #refill(carrierId: number, queue: FairQueue, lane: Lane): Promise<void> {
    queue.filling(lane)
    this.#refills += 1
    this.#leftMeanwhile ??= new Set()
    try {
      const { account, priority, upTo } = lane
      const rows = await queuedMessages(this.#parts.store, { carrier: carrierId, account, priority }, upTo, laneAtMost)
      // Let go of meanwhile: nobody would send them.
      if (this.#queues.get(carrierId) !== queue) return
      const fresh = rows.filter((row) => !this.#active.has(row.id) && !this.#leftMeanwhile!.has(row.id))
      for (const row of fresh) this.#active.add(row.id)
      queue.filled(lane, fresh, rows.length < laneAtMost ? null : rows.at(-1)!.id)
      if (fresh.length > 0 || lane.spilled) this.#pumpSoon(carrierId)
    } catch (error) {
      queue.notFilled(lane)
      this.#failed(error)
    } finally {
      this.#refills -= 1
      if (this.#refills === 0) this.#leftMeanwhile = undefined
    }
  }

  /** The store or the disk is not to be had: all rests for a moment. */
  #failed(error: unknown): void {
    if (this.#timer || this.#stopped) return
    this.#parts.journal.loopFailed('dispatch', error)
    this.#timer = this.#parts.clock.after(storePauseMs, () => {
      this.#timer = undefined
      this.#isBlocked = false
      for (const id of this.#untaken) void this.takeUp(id)
      this.#untaken.clear()
      this.#pumpAll()
      this.#settleSoon()
    })
  }

  /** Not sent after all: it is read from the store when that is well again. */
  #putBack(row: MessageRow, error: unknown): void {
    this.#forget(row.id)
    this.#queues.get(row.carrier_id!)?.leave(row.account_id, row.priority, row.id)
    this.#failed(error)
  }

  #send(carrier: SmsCarrier, row: MessageRow): void {
    const status = this.#parts.statusOf(row.account_id)
    if (typeof status === 'string') this.#sendAs(carrier, row, status)
    else this.#prepare(row, status, (known) => this.#sendAs(carrier, row, known))
  }

  /** Goes on when it is read, and counts as taking the carrier's room until then. */
  #prepare<T>(row: MessageRow, reading: Promise<T>, then: (read: T) => void): void {
    this.#preparing += 1
    reading.then(
      (read) => {
        this.#preparing -= 1
        then(read)
      },
      (error: unknown) => {
        this.#preparing -= 1
        this.#putBack(row, error)
      },
    )
  }

  #sendAs(carrier: SmsCarrier, row: MessageRow, status: AccountStatus): void {
    if (status !== 'active') return this.#land({ row, slot: -1, outcome: suspended })
    if (row.deadline_ms !== null && row.deadline_ms <= this.#parts.clock.nowMs())
      return this.#land({ row, slot: -1, outcome: expired })
    if (row.kind !== 'mms') return this.#depart(carrier, row)
    this.#prepare(row, this.#parts.mediaOf(detailOf(row).media ?? []), (media) => this.#depart(carrier, row, media))
  }

  #depart(carrier: SmsCarrier, row: MessageRow, media?: readonly JobMedia[]): void {
    if (this.#stopped) return this.#forget(row.id)
    // Somebody began to decide about it while something was read for it.
    if (this.#held.has(row.id)) return void this.#held.set(row.id, row)
    if (this.#withdrawn.has(row.id)) return this.#forget(row.id)
    let slot: number
    try {
      slot = this.#parts.flights.departed(row.id, row.attempts + 1)
    } catch (error) {
      // The disk is full: what leaves unwritten could go twice unsaid.
      return this.#putBack(row, error)
    }
    this.#onWire.add(row.id)
    this.#submit(carrier, row, media).then(
      (outcome) => this.#land({ row, slot, outcome }),
      (error: unknown) => this.#land({ row, slot, outcome: this.#faultOf(error) }),
    )
  }

  #submit(carrier: SmsCarrier, row: MessageRow, media: readonly JobMedia[] | undefined): Promise<SubmitOutcome> {
    try {
      return carrier.submit(jobOf(row, media))
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  /** A fault of ours with one message must not stop the others, nor be met again at each start. */
  #faultOf(error: unknown): SubmitOutcome {
    this.#parts.journal.loopFailed('dispatch', error)
    return failedWith({ reason: 'platform.internal_error', raw: 'fault', next: 'never', mayHaveTaken: true })
  }

  #land(flight: InFlight): void {
    this.#landed.push(flight)
    this.#settleSoon()
  }

  #settleSoon(): void {
    if (this.#settling || this.#settlingWanted || this.#landed.length === 0) return
    this.#settlingWanted = true
    this.#settledSoFar = new Promise((resolve) => {
      setImmediate(() => {
        this.#settlingWanted = false
        void this.#settle().then(resolve)
      })
    })
  }

  /** All that landed, in one write. When the store cannot take it, it is kept and tried again: the network has these messages. */
  async #settle(): Promise<void> {
    this.#settling = true
    const { store, clock, settled } = this.#parts
    try {
      while (this.#landed.length > 0) {
        const flights = this.#landed
        this.#landed = []
        const now = clock.nowMs()
        const steps: Step[] = []
        try {
          for (const flight of flights) steps.push(await this.#stepOf(flight, now))
          await store.write(settleMessages, { steps, now })
        } catch (error) {
          this.#landed = flights.concat(this.#landed)
          this.#failed(error)
          return
        }
        for (const { row, slot } of flights) {
          if (slot >= 0) this.#parts.flights.landed(slot)
          this.#onWire.delete(row.id)
          this.#forget(row.id)
        }
        settled(steps)
        for (let at = 0; at < flights.length; at += 1) {
          const step = steps[at]!
          if (step.to === 'again' && step.dueMs === null) this.offer(rowAfter(flights[at]!.row, step))
        }
        if (!this.#isBlocked || this.#timer) continue
        this.#isBlocked = false
        this.#pumpAll()
      }
    } finally {
      this.#settling = false
    }
  }

  async #stepOf({ row, outcome }: InFlight, now: number): Promise<Step> {
    if ('reason' in outcome) return endUntried(row, outcome)
    return stepAfter(row, outcome, now, outcome.receiptExpected ? await this.#parts.receiptTimeoutMs(row.account_id) : 0)
  }
}

/** Nothing of it was taken, as far as is known. */
function failedWith(cause: Cause): SubmitOutcome {
  return { segments: 1, outcomes: [{ index: 0, cause }], receiptExpected: false }
}
