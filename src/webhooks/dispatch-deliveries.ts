// Sends what is pending, fairly between its queues, and stores what came of it many at a time. It holds no decision about
// who is told (relay.ts) nor about one attempt (attempt-delivery.ts).

import { noteWebhookAttempts, type WebhookAttemptRow } from '#store/webhook-attempts.ts'
import {
  overdueWebhooks,
  pendingWebhookQueues,
  pendingWebhooks,
  readPendingWebhook,
  settleWebhooks,
  type WebhookDeliveryRow,
  type WebhookOutcome,
} from '#store/webhook-deliveries.ts'
import type { Store } from '#store/store.ts'
import { attemptDelivery, tellGivenUp, type AttemptParts } from './attempt-delivery.ts'
import { DeliveryQueue, type Item } from './delivery-queue.ts'
import type { Wheel } from './wheel.ts'

export interface DispatchParts extends AttemptParts {
  readonly store: Store
  readonly wheel: Wheel
  /** Whether an endpoint is still to be told. */
  readonly isLive: (accountId: number, endpointId: number) => boolean | Promise<boolean>
  readonly onEnded?: (outcome: WebhookOutcome['state'], reason: string | null) => void
  readonly onCircuit?: (url: string, reason: string | null, openMs: number) => void
}

interface Settled {
  readonly queue: DeliveryQueue
  readonly item: Item
  readonly outcome: WebhookOutcome
}

/** Requests under way in all; the last quarter is for queues with few of their own. */
const underWayAtMost = 400
const fewOfItsOwn = 4
const settledAtOnce = 1000
const storeRetryMs = 1000
const lateAtOnce = 500
/** Requests under way may end when all is stopped; those that do not are told again at the next start. */
const stopMs = 3_000
/** A first URL that failed so often in a row, while its fallback did not, is left out for a while. */
const firstFailuresToSkip = 5
const skipFirstMs = 30_000

export class Dispatcher {
  readonly #parts: DispatchParts
  readonly #queues = new Map<number, DeliveryQueue>()
  #turn: DeliveryQueue[] = []
  #underWay = 0
  #settled: Settled[] = []
  #notes: WebhookAttemptRow[] = []
  #settling: Promise<void> | undefined
  /** The store does not take what came of attempts: nothing more is sent meanwhile. */
  #stalled = false
  #running = false
  #whenIdle: (() => void)[] = []

  constructor(parts: DispatchParts) {
    this.#parts = parts
  }

  get underWay(): number {
    return this.#underWay
  }

  get queues(): number {
    return this.#queues.size
  }

  get openCircuits(): number {
    let open = 0
    for (const { circuit } of this.#queues.values()) if (circuit !== 'closed') open += 1
    return open
  }

  /** Takes up what is pending in the store. */
  async start(): Promise<void> {
    this.#running = true
    await this.reload(await pendingWebhookQueues(this.#parts.store))
  }

  /** Sends nothing more; what is under way ends and is stored. */
  async stop(): Promise<void> {
    this.#running = false
    if (this.#underWay > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#parts.clock.after(stopMs, resolve)
        this.#whenIdle.push(() => {
          timer.cancel()
          resolve()
        })
      })
    }
    await this.#settling
    this.#queues.clear()
    this.#turn = []
  }

  /** Just stored. */
  offer(rows: readonly WebhookDeliveryRow[]): void {
    if (!this.#running) return
    for (const row of rows) {
      if (row.state !== 'pending') continue
      let queue = this.#queues.get(row.queue)
      if (!queue) {
        queue = new DeliveryQueue(row.queue)
        queue.begin()
        this.#queues.set(row.queue, queue)
      }
      queue.offer(row)
      this.#enter(queue)
    }
    this.#pump()
  }

  /** Something else was stored in these queues. */
  async reload(keys: readonly number[]): Promise<void> {
    if (!this.#running) return
    await Promise.all(
      keys.map(async (key) => {
        let queue = this.#queues.get(key)
        if (!queue) this.#queues.set(key, (queue = new DeliveryQueue(key)))
        // A dead one is read when it is probed.
        if (queue.circuit === 'open') return
        queue.forget()
        await this.#refill(queue)
      }),
    )
  }

  /** Not one that was dropped, of which a timer may still tell. */
  #isOurs(queue: DeliveryQueue): boolean {
    return this.#running && this.#queues.get(queue.key) === queue
  }

  #enter(queue: DeliveryQueue): void {
    if (queue.inTurn || !queue.mayStart || !this.#isOurs(queue)) return
    queue.inTurn = true
    this.#turn.push(queue)
  }

  #pump(): void {
    let passed = 0
    while (this.#running && !this.#stalled && this.#turn.length > passed && this.#underWay < underWayAtMost) {
      const queue = this.#turn.shift()!
      const free = underWayAtMost - this.#underWay
      if (queue.underWay >= fewOfItsOwn && free <= underWayAtMost / 4) {
        this.#turn.push(queue)
        passed += 1
        continue
      }
      queue.inTurn = false
      if (!queue.mayStart) continue
      const item = queue.take()
      if (item) {
        this.#underWay += 1
        void this.#attempt(queue, item)
      }
      this.#enter(queue)
    }
  }

  async #attempt(queue: DeliveryQueue, item: Item): Promise<void> {
    const { clock, random } = this.#parts
    try {
      const row = item.row ?? (await this.#read(item))
      if (!row) {
        // Deleted meanwhile, or ended by somebody else.
        queue.requestEnded(item)
        queue.ended(item)
        return
      }
      if (row.endpoint_id !== null && !(await this.#parts.isLive(row.account_id, row.endpoint_id))) {
        queue.requestEnded(item)
        this.#settle(queue, item, canceled(row, clock.nowMs()))
        return
      }
      const { outcome, notes, firstFailed } = await attemptDelivery(this.#parts, row, queue.skipFirstUntilMs > clock.elapsedMs())
      queue.requestEnded(item)
      this.#notes.push(...notes)
      if (outcome.state === 'delivered') {
        queue.succeeded()
        this.#watchFirst(queue, firstFailed)
      } else {
        const openMs = queue.failed(outcome.reason ?? '', random)
        if (openMs !== undefined) this.#opened(queue, row, openMs)
      }
      this.#settle(queue, item, outcome)
    } catch (cause) {
      // The store could not be read: it comes again with the next reading.
      this.#parts.onFault(cause)
      queue.requestEnded(item)
      queue.waits(item)
      const { generation } = queue
      this.#parts.wheel.after(storeRetryMs, () => this.#due(queue, item.lane, generation))
    } finally {
      this.#underWay -= 1
      this.#enter(queue)
      this.#pump()
      if (this.#underWay === 0) for (const resolve of this.#whenIdle.splice(0)) resolve()
    }
  }

  async #read(item: Item): Promise<WebhookDeliveryRow | undefined> {
    return await readPendingWebhook(this.#parts.store, item.id)
  }

  #watchFirst(queue: DeliveryQueue, firstFailed: boolean): void {
    queue.firstFailures = firstFailed ? queue.firstFailures + 1 : 0
    if (queue.firstFailures < firstFailuresToSkip) return
    queue.firstFailures = firstFailuresToSkip - 1
    queue.skipFirstUntilMs = this.#parts.clock.elapsedMs() + skipFirstMs
  }

  #opened(queue: DeliveryQueue, row: WebhookDeliveryRow, openMs: number): void {
    this.#parts.onCircuit?.(row.url, queue.lastReason, openMs)
    this.#parts.wheel.after(openMs, () => void this.#probe(queue))
  }

  async #probe(queue: DeliveryQueue): Promise<void> {
    if (!this.#isOurs(queue)) return
    try {
      while ((await this.#giveUpLate(queue)) === lateAtOnce);
    } catch (cause) {
      this.#parts.onFault(cause)
    }
    queue.probe()
    queue.forget()
    await this.#refill(queue)
  }

  /** What a dead server was never asked in time is not asked now, one by one. */
  async #giveUpLate(queue: DeliveryQueue): Promise<number> {
    const { store, clock, forms, onFault, onEnded } = this.#parts
    const now = clock.nowMs()
    const rows = await overdueWebhooks(store, queue.key, now, lateAtOnce)
    const outcomes: WebhookOutcome[] = []
    for (const row of rows) {
      const outcome = givenUp(row, queue.lastReason, now)
      outcomes.push(outcome)
      await tellGivenUp(forms.get(row.face), row, outcome.reason, onFault)
    }
    if (outcomes.length > 0) await store.write(settleWebhooks, { rows: JSON.stringify(outcomes) })
    for (const { state, reason } of outcomes) onEnded?.(state, reason)
    return rows.length
  }

  async #refill(queue: DeliveryQueue): Promise<void> {
    const wanted = this.#isOurs(queue) ? queue.wanted() : undefined
    if (!wanted) return
    const { store, clock, wheel } = this.#parts
    let more = false
    try {
      const rows = await pendingWebhooks(store, queue.key, wanted.after, wanted.limit)
      for (const { lane, waitMs } of queue.loaded(rows, wanted.limit, clock.nowMs())) {
        const { generation } = queue
        wheel.after(waitMs, () => this.#due(queue, lane, generation))
      }
      more = true
    } catch (cause) {
      queue.notLoaded()
      this.#parts.onFault(cause)
      wheel.after(storeRetryMs, () => void this.#refill(queue))
    }
    this.#enter(queue)
    this.#pump()
    if (more) this.#tidy(queue)
  }

  #due(queue: DeliveryQueue, lane: number, generation: number): void {
    queue.due(lane, generation)
    this.#enter(queue)
    this.#pump()
  }

  /** More is read when there is room; a queue with nothing left is forgotten. */
  #tidy(queue: DeliveryQueue): void {
    if (queue.isEmpty && queue.circuit !== 'open' && queue.firstFailures === 0) {
      if (this.#isOurs(queue)) this.#queues.delete(queue.key)
    } else void this.#refill(queue)
  }

  #settle(queue: DeliveryQueue, item: Item, outcome: WebhookOutcome): void {
    this.#settled.push({ queue, item, outcome })
    this.#settling ??= this.#store().finally(() => (this.#settling = undefined))
  }

  /** One write for all that has come together while the one before was under way. */
  async #store(): Promise<void> {
    const { store, clock } = this.#parts
    // What ends in the same turn of the event loop goes together.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#settled.length > 0) {
      const batch = this.#settled.splice(0, settledAtOnce)
      const notes = this.#notes.splice(0)
      if (notes.length > 0) store.note(noteWebhookAttempts, { rows: JSON.stringify(notes) })
      for (;;) {
        try {
          await store.write(settleWebhooks, { rows: JSON.stringify(batch.map(({ outcome }) => outcome)) })
          this.#stalled = false
          break
        } catch (cause) {
          if (!this.#stalled) this.#parts.onFault(cause)
          this.#stalled = true
          if (!this.#running) return
          await clock.sleep(storeRetryMs)
        }
      }
      for (const one of batch) this.#stored(one)
      this.#pump()
    }
  }

  #stored({ queue, item, outcome }: Settled): void {
    const { wheel, clock, onEnded } = this.#parts
    if (outcome.state === 'pending') {
      queue.waits(item)
      const { generation } = queue
      // Where all was forgotten since, the store tells it when it is read anew.
      wheel.after(Math.max(0, outcome.due_ms - clock.nowMs()), () => this.#due(queue, item.lane, generation))
    } else {
      queue.ended(item)
      onEnded?.(outcome.state, outcome.reason)
    }
    this.#enter(queue)
    this.#tidy(queue)
  }
}

const givenUp = (row: WebhookDeliveryRow, reason: string | null, now: number): WebhookOutcome => ({
  id: row.id,
  state: 'failed',
  attempts: row.attempts,
  due_ms: row.due_ms,
  status: row.status,
  reason: row.reason ?? reason,
  params: row.params,
  ended_ms: now,
})

const canceled = (row: WebhookDeliveryRow, now: number): WebhookOutcome => ({
  id: row.id,
  state: 'canceled',
  attempts: row.attempts,
  due_ms: row.due_ms,
  status: row.status,
  reason: 'webhook.endpoint_removed',
  params: '{}',
  ended_ms: now,
})
