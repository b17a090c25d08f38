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
import {
  failMessages,
  accountsQueued,
  queuedMessages,
  settleMessages,
  type InHand,
  type Step,
  type Why,
} from '#store/message-life.ts'
import type { MessageRow } from '#store/messages.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import { FairQueue, laneAtMost, priorities, type Lane } from './fair-queue.ts'
import type { FlightLog } from './flight-log.ts'
import { canonicalRef } from './refs.ts'
import { pauseAfter } from './retry-table.ts'
import type { Cause, JobMedia, SmsCarrier, SubmitJob, SubmitOutcome } from './sms-carrier.ts'

/** What of a message's `detail` the way to the network needs. */
export interface SendDetail {
  /** Ids of its attachments. */
  readonly media?: readonly number[]
  readonly subject?: string
  /** All carriers for it, the best first; and those still to try in this round. Absent when there is one. */
  readonly routes?: readonly number[]
  readonly elsewhere?: readonly number[]
  /** Indexes of segments that are with the network already. */
  readonly done?: readonly number[]
  readonly attemptsAtMost?: number
  readonly [name: string]: unknown
}

export interface DispatchParts {
  readonly store: Store
  readonly clock: Clock
  readonly journal: Pick<Journal, 'loopFailed'>
  readonly flights: FlightLog
  carrier(id: number): SmsCarrier | undefined
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

/** A store that cannot be written is asked again after so long. */
const storePauseMs = 500

export class Dispatch {
  readonly #parts: DispatchParts
  readonly #queues = new Map<number, FairQueue>()
  readonly #active = new Set<number>()
  readonly #onWire = new Set<number>()
  /** Ids that left `#active` while the store is being read for a refill. */
  #leftMeanwhile: Set<number> | undefined
  #refills = 0
  #landed: InFlight[] = []
  #settling = false
  #settlingWanted = false
  #pumping = new Set<number>()
  #timer: Timer | undefined
  #stopped = false
  /** Resolves when the outcomes that landed so far stand in the store. */
  #settledSoFar: Promise<void> = Promise.resolve()

  constructor(parts: DispatchParts) {
    this.#parts = parts
  }

  /** A message was queued, or is again: it goes to memory if there is room, else the store is read when its turn comes. */
  offer(row: MessageRow): void {
    if (row.carrier_id === null || this.#active.has(row.id) || this.#stopped) return
    if (!this.#parts.carrier(row.carrier_id)) return
    if (this.#queue(row.carrier_id).offer(row)) this.#active.add(row.id)
    this.#pumpSoon(row.carrier_id)
  }

  /** The carrier may take more, or was opened. */
  room(carrierId: number): void {
    this.#pumpSoon(carrierId)
  }

  /** This node holds the carrier from now on: what is queued for it in the store is taken up. */
  async takeUp(carrierId: number): Promise<void> {
    const queue = this.#queue(carrierId)
    for (const account of await accountsQueued(this.#parts.store, carrierId)) {
      for (let priority = 0; priority < priorities; priority += 1) {
        const lane = queue.lane(account, priority)
        // Read from the start: nothing of it is in memory but what `#active` names.
        lane.spilled = true
        lane.upTo = -1
      }
    }
    this.#pumpSoon(carrierId)
  }

  /** Another node's clients may have queued something for a carrier of ours. */
  async lookAgain(carrierIds: Iterable<number>): Promise<void> {
    for (const id of carrierIds) await this.takeUp(id)
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
  }

  #pumpSoon(carrierId: number): void {
    if (this.#pumping.has(carrierId)) return
    this.#pumping.add(carrierId)
    setImmediate(() => {
      this.#pumping.delete(carrierId)
      this.#pump(carrierId)
    })
  }

  #pump(carrierId: number): void {
    if (this.#stopped) return
    const carrier = this.#parts.carrier(carrierId)
    const queue = this.#queues.get(carrierId)
    if (!carrier || !queue) return
    for (const lane of queue.lanes()) if (lane.low) void this.#refill(carrierId, queue, lane)
    for (let room = carrier.room(); room > 0; room -= 1) {
      const row = queue.next()
      if (!row) return
      this.#send(carrier, row)
    }
  }

  async #refill(carrierId: number, queue: FairQueue, lane: Lane): Promise<void> {
    lane.refilling = true
    this.#refills += 1
    this.#leftMeanwhile ??= new Set()
    try {
      const { account, priority } = lane
      const rows = await queuedMessages(this.#parts.store, { carrier: carrierId, account, priority }, lane.upTo, laneAtMost)
      if (rows.length < laneAtMost) lane.spilled = false
      else lane.upTo = rows.at(-1)!.id
      const fresh = rows.filter((row) => !this.#active.has(row.id) && !this.#leftMeanwhile!.has(row.id))
      for (const row of fresh) this.#active.add(row.id)
      queue.fill(lane, fresh)
      if (fresh.length > 0 || lane.spilled) this.#pumpSoon(carrierId)
    } catch (error) {
      this.#parts.journal.loopFailed('dispatch', error)
      this.#later()
    } finally {
      lane.refilling = false
      this.#refills -= 1
      if (this.#refills === 0) this.#leftMeanwhile = undefined
    }
  }

  #later(): void {
    this.#timer ??= this.#parts.clock.after(storePauseMs, () => {
      this.#timer = undefined
      for (const id of this.#queues.keys()) this.#pumpSoon(id)
      this.#settleSoon()
    })
  }

  #send(carrier: SmsCarrier, row: MessageRow): void {
    const status = this.#parts.statusOf(row.account_id)
    if (typeof status === 'string') this.#sendAs(carrier, row, status)
    else void status.then((known) => this.#sendAs(carrier, row, known))
  }

  #sendAs(carrier: SmsCarrier, row: MessageRow, status: AccountStatus): void {
    const { clock, flights } = this.#parts
    if (status !== 'active') {
      this.#land({ row, slot: -1, outcome: { reason: 'account.suspended', params: null, cause: null } })
      return
    }
    if (row.deadline_ms !== null && row.deadline_ms <= clock.nowMs()) {
      this.#land({ row, slot: -1, outcome: { reason: 'message.validity_expired', params: null, cause: null } })
      return
    }
    this.#onWire.add(row.id)
    const slot = flights.departed(row.id, row.attempts + 1)
    void this.#submit(carrier, row).then((outcome) => this.#land({ row, slot, outcome }))
  }

  #submit(carrier: SmsCarrier, row: MessageRow): Promise<SubmitOutcome> {
    if (row.kind !== 'mms') return carrier.submit(jobOf(row))
    const { media = [] } = JSON.parse(row.detail) as SendDetail
    return this.#parts.mediaOf(media).then((files) => carrier.submit({ ...jobOf(row), media: files }))
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
          this.#parts.journal.loopFailed('dispatch', error)
          this.#later()
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
          if (step.to === 'again' && step.dueMs === null) this.offer({ ...flights[at]!.row, ...againAs(step) })
        }
      }
    } finally {
      this.#settling = false
    }
  }

  async #stepOf({ row, outcome }: InFlight, now: number): Promise<Step> {
    const message = inHandOf(row)
    const carrier = row.carrier_id!
    if ('reason' in outcome) {
      const to = outcome.reason === 'message.validity_expired' ? 'expired' : 'failed'
      return { to, message, carrier: null, refs: [], attempts: row.attempts, why: outcome }
    }
    const attempts = row.attempts + 1
    const several = outcome.segments > 1
    const refs = outcome.outcomes.flatMap(({ index, ref }) =>
      ref === undefined ? [] : [{ ref: canonicalRef(ref), raw: ref, segment: several ? index + 1 : 0 }],
    )
    const failure = outcome.outcomes.find(({ cause }) => cause !== undefined)?.cause
    if (!failure) {
      const wakeMs = outcome.receiptExpected ? now + (await this.#parts.receiptTimeoutMs(row.account_id)) : null
      const coding = row.coding
      return { to: 'sent', message, carrier, refs, segments: outcome.segments, coding, attempts, wakeMs }
    }
    return againOrNever(row, message, outcome, failure, attempts, refs, now)
  }

  /** Ends what waits in memory for a reason found outside, such as a carrier that was removed. */
  async fail(ids: readonly number[], why: Why): Promise<void> {
    await this.#parts.store.write(failMessages, { ids, why, now: this.#parts.clock.nowMs() })
  }
}

function againOrNever(
  row: MessageRow,
  message: InHand,
  outcome: SubmitOutcome,
  failure: Cause,
  attempts: number,
  refs: { ref: string; raw: string; segment: number }[],
  now: number,
): Step {
  const carrier = row.carrier_id!
  const detail = JSON.parse(row.detail) as SendDetail
  const why: Why = {
    reason: failure.reason,
    params: failure.params ? JSON.stringify(failure.params) : null,
    cause: failure.raw,
  }
  const deadlineMs = row.deadline_ms ?? Infinity
  const done = [...(detail.done ?? []), ...outcome.outcomes.filter(({ ref }) => ref !== undefined).map(({ index }) => index)]
  const perhapsTwice = failure.mayHaveTaken === true && failure.next !== 'never'
  const again = (next: number, elsewhere: readonly number[], dueMs: number | null): Step => ({
    to: 'again',
    message,
    carrier: next,
    tried: carrier,
    refs,
    dueMs,
    deadlineMs: row.deadline_ms ?? now,
    attempts,
    why,
    detail: JSON.stringify({
      ...detail,
      ...(done.length > 0 && { done }),
      ...(perhapsTwice && { perhapsTwice }),
      ...(detail.elsewhere && { elsewhere }),
    }),
  })
  const [next, ...rest] = detail.elsewhere ?? []
  // Parts that one network has cannot be joined with parts over another.
  if (failure.next !== 'never' && next !== undefined && done.length === 0) return again(next, rest, null)
  if (failure.next === 'again') {
    const pauseMs = pauseAfter(attempts, failure.afterMs, detail.attemptsAtMost ?? failure.attemptsAtMost)
    // All routes were tried: the round begins anew.
    const [first = carrier, ...others] = done.length === 0 ? (detail.routes ?? []) : []
    if (pauseMs !== undefined && now + pauseMs < deadlineMs) return again(first, others, now + pauseMs)
  }
  return { to: 'failed', message, carrier, refs, attempts, why }
}

const inHandOf = (row: MessageRow): InHand => ({
  id: row.id,
  account: row.account_id,
  sender: row.sender,
  // A message that was sent once, and goes over another route now, is paid for.
  payer: row.sent_ms === null ? row.payer_id : null,
  priceMicro: row.price_micro,
  currency: row.currency,
  kind: row.kind,
  segments: row.segments,
})

const againAs = (step: Step & { to: 'again' }) => ({
  carrier_id: step.carrier,
  attempts: step.attempts,
  detail: step.detail,
  reason: step.why.reason,
})

const nothing: SendDetail = {}

function jobOf(row: MessageRow): SubmitJob {
  const detail = row.detail === '{}' ? nothing : (JSON.parse(row.detail) as SendDetail)
  return {
    messageId: row.id,
    accountId: row.account_id,
    kind: row.kind as SubmitJob['kind'],
    sender: row.sender,
    recipient: row.recipient,
    text: row.body,
    coding: row.coding as SubmitJob['coding'],
    wantsReceipt: row.report === 1,
    deadlineMs: row.deadline_ms ?? row.created_ms,
    priority: row.priority,
    attempt: row.attempts + 1,
    done: detail.done ?? [],
    ...(detail.subject !== undefined && { subject: detail.subject }),
  }
}
