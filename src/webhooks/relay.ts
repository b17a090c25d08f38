// Reads the one log with a cursor, asks who wants to know, renders, and stores deliveries together with the cursor: what
// was read is told for certain, and told twice only where a server took it and we died before knowing. Where several nodes
// share a store, one of them is the relay, by lease. Sending is dispatch-deliveries.ts.

import { Lease } from '#loops/lease.ts'
import { firstCursor, happeningsAfter, type Happening } from '#store/happenings.ts'
import type { Statement } from '#store/statement.ts'
import type { Store } from '#store/store.ts'
import { readWebhookCursor, relayWebhooks, untoldMessages, type WebhookDeliveryRow } from '#store/webhook-deliveries.ts'
import type { Timer } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { Dispatcher, type DispatchParts } from './dispatch-deliveries.ts'
import { renderDelivery, unrenderedDelivery, type RenderAsk } from './render-deliveries.ts'
import { Wheel } from './wheel.ts'
import type { Target, TargetsOf } from './webhook-form.ts'

export interface RelayParts extends Omit<DispatchParts, 'wheel'> {
  readonly store: Store
  readonly nextId: NextId
  /** Names this process among those that share the store. */
  readonly node: string
  readonly targetsOf: readonly TargetsOf[]
  /** A form that cannot render a target: its delivery has failed under this error id. */
  readonly onUnrendered: (cause: unknown, errorId: string) => void
}

const renewMs = 5_000
const rowsAtOnce = 500
/** Should news of a commit be lost. */
const lookAgainMs = 1_000
/** On PostgreSQL a row may be seen only once every transaction older than its own has ended. */
const soonMs = 20
const soonTimes = 25
/** The cursor is stored by itself when it passed over so many rows that nobody wanted. */
const passedAtMost = 5_000
/** A row that cannot be told so often, while the store is well, is left out. */
const triesAtMost = 3

export class Relay {
  readonly #parts: RelayParts
  readonly #wheel: Wheel
  readonly dispatcher: Dispatcher
  #timers: Timer[] = []
  readonly #lease: Lease
  #isHeld = false
  #cursor = firstCursor
  #storedCursor = firstCursor
  #passed = 0
  #mustKeep = false
  #untold: Statement<{ ids: string }, { id: number }> | 'none' | undefined
  #limit = rowsAtOnce
  #tries = 0
  #reading: Promise<void> | undefined
  #again = false
  #soon = 0
  #holding: Promise<void> | undefined
  #started = false
  #stopped = false

  constructor(parts: RelayParts) {
    this.#parts = parts
    this.#lease = new Lease('webhooks relay', parts)
    this.#wheel = new Wheel(parts.clock)
    this.dispatcher = new Dispatcher({ ...parts, wheel: this.#wheel })
    parts.store.onChange((nouns) => {
      this.#wake(true)
      // A node has died: it may have been the relay.
      if (nouns.has('nodes') && this.#started && !this.#isHeld) void this.#hold()
    })
  }

  /** True while this process is the one that tells. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  async start(): Promise<void> {
    const { clock, store } = this.#parts
    if (store.engine === 'sqlite') await this.#take()
    else {
      await this.#hold()
      this.#started = true
      this.#timers.push(clock.every(renewMs, () => void this.#hold()))
    }
    this.#timers.push(clock.every(lookAgainMs, () => this.#wake(false)))
  }

  /** Takes or renews the lease. Who cannot renew it lets go: another may tell already. */
  #hold(): Promise<void> {
    this.#holding ??= this.#keepOrTake().finally(() => (this.#holding = undefined))
    return this.#holding
  }

  async #keepOrTake(): Promise<void> {
    try {
      if (this.#lease.isHeld) {
        if (await this.#lease.keep()) return
        await this.#letGo()
      }
      if (!this.#stopped && (await this.#lease.take())) await this.#take()
    } catch (cause) {
      // The store does not answer: nothing can be read or stored either, and the cursor keeps two relays apart.
      this.#parts.onFault(cause)
    }
  }

  async #take(): Promise<void> {
    await this.#readCursor()
    this.#isHeld = true
    await this.dispatcher.start()
    this.#wake(true)
  }

  async #letGo(): Promise<void> {
    this.#isHeld = false
    await this.#reading
    await this.dispatcher.stop()
    this.#wheel.stop()
  }

  async #readCursor(): Promise<void> {
    this.#cursor = this.#storedCursor = (await readWebhookCursor(this.#parts.store)) ?? firstCursor
    this.#passed = 0
  }

  #wake(news: boolean): void {
    if (!this.#isHeld) return
    if (news) this.#soon = this.#parts.store.engine === 'postgres' ? soonTimes : 0
    this.#again = true
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined))
  }

  /** Somebody who was asked has stored what these rows mean to them: the cursor is stored too, though no webhook is. */
  keepPlace(): void {
    this.#mustKeep = true
  }

  /** Until there is nothing new. */
  async #read(): Promise<void> {
    while (this.#again && this.#isHeld) {
      this.#again = false
      // What commits in the same turn of the event loop is read together.
      await new Promise<void>((resolve) => setImmediate(resolve))
      try {
        while (this.#isHeld && (await this.#step()));
      } catch (cause) {
        this.#failed(cause)
        return
      }
    }
    if (this.#soon <= 0 || !this.#isHeld) return
    this.#soon -= 1
    this.#wheel.after(soonMs, () => this.#wake(false))
  }

  #failed(cause: unknown): void {
    this.#parts.onFault(cause)
    // One row at a time finds the one that cannot be told; but when it is the store, no row is to blame.
    if (!isOfStore(cause)) {
      this.#tries = this.#limit === 1 ? this.#tries + 1 : 0
      this.#limit = 1
    }
    this.#wheel.after(lookAgainMs, () => this.#wake(false))
  }

  /** True when there may be more at once. */
  async #step(): Promise<boolean> {
    const { store } = this.#parts
    const { rows: all, cursor } = await happeningsAfter(store, this.#cursor, this.#limit)
    const more = all.length === this.#limit
    if (all.length === 0) {
      this.#limit = rowsAtOnce
      return false
    }
    this.#soon = 0
    const rows = await this.#toldOf(all)
    const deliveries = rows.length === 0 || this.#tries >= triesAtMost ? [] : await this.#deliveriesOf(rows)
    this.#passed += all.length
    if (deliveries.length > 0 || this.#passed >= passedAtMost || this.#mustKeep) {
      this.#mustKeep = false
      const moved = await store.write(relayWebhooks, { rows: JSON.stringify(deliveries), from: this.#storedCursor, to: cursor })
      if (!moved) {
        // Another relay was faster: what it stored, it tells.
        await this.#readCursor()
        return false
      }
      this.#storedCursor = cursor
      this.#passed = 0
    }
    this.#cursor = cursor
    this.#tries = 0
    this.dispatcher.offer(deliveries)
    const touched = rows.filter(({ noun }) => noun === 'webhook_deliveries')
    if (touched.length > 0) await this.dispatcher.reload([...new Set(touched.flatMap(queuesOf))])
    return more
  }

  /** Without what happened to messages that nobody is told of: most, and it takes one look at all of them to know. */
  async #toldOf(rows: readonly Happening[]): Promise<readonly Happening[]> {
    const { store, targetsOf } = this.#parts
    this.#untold ??= untoldBy(targetsOf)
    if (this.#untold === 'none') return rows
    const ids = new Set<number>()
    for (const { noun, noun_id: id } of rows) if (noun === 'messages') ids.add(id)
    if (ids.size === 0) return rows
    const found = await store.all(this.#untold, { ids: JSON.stringify([...ids]) })
    if (found.length === 0) return rows
    const untold = new Set(found.map(({ id }) => id))
    return rows.filter(({ noun, noun_id: id }) => noun !== 'messages' || !untold.has(id))
  }

  async #deliveriesOf(happenings: readonly Happening[]): Promise<WebhookDeliveryRow[]> {
    const { targetsOf, nextId, clock } = this.#parts
    const lists = await Promise.all(targetsOf.map((ask) => ask(happenings)))
    const now = clock.nowMs()
    const rows: WebhookDeliveryRow[] = []
    for (const [index, { at_ms: happenedMs }] of happenings.entries()) {
      for (const target of lists.flatMap((list): readonly Target[] => list[index] ?? [])) {
        rows.push(await this.#rendered({ id: nextId(), target, happenedMs, nowMs: now, offered: target.url === '' }))
      }
    }
    return rows
  }

  /** One that cannot be rendered is no reason to tell the others late. */
  async #rendered(ask: RenderAsk): Promise<WebhookDeliveryRow> {
    const { forms, onUnrendered, onEnded } = this.#parts
    const { face } = ask.target
    try {
      const form = forms.get(face)
      if (!form) throw new Error(`no form tells webhooks of ${face}`)
      return await renderDelivery(form, ask)
    } catch (cause) {
      if (isOfStore(cause)) throw cause
      const errorId = crypto.randomUUID()
      const row = unrenderedDelivery(ask, errorId)
      onUnrendered(cause, errorId)
      onEnded?.('failed', row.reason)
      return row
    }
  }

  /** Sends nothing more; what is under way ends. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
    const wasHeld = this.#isHeld
    await this.#letGo()
    // So that the next start does not read again what nobody wanted.
    if (wasHeld && this.#cursor !== this.#storedCursor)
      await this.#parts.store.write(relayWebhooks, { rows: '[]', from: this.#storedCursor, to: this.#cursor }).catch(() => false)
    await this.#lease.release()
  }
}

function untoldBy(targetsOf: readonly TargetsOf[]): Statement<{ ids: string }, { id: number }> | 'none' {
  const wants = targetsOf.map((ask) => ask.wants)
  if (!wants.every((one) => one !== undefined)) return 'none'
  return untoldMessages({
    faces: wants.flatMap(({ faces = [] }) => faces),
    facets: wants.flatMap(({ facets }) => facets ?? []),
  })
}

/** Forms read the store too: what it does not answer now, it will later. */
const isOfStore = (cause: unknown): boolean =>
  cause instanceof Error && (cause.name === 'StoreUnavailable' || cause.name === 'QueryFailed')

const queuesOf = ({ data }: Happening): number[] => (JSON.parse(data) as { queues?: number[] }).queues ?? []
