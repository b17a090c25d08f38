// Reads the one log with a cursor and stores what customers' binds are to be told, together with the cursor. Who is told: the key that a
// message was submitted with, of its end; every key of an account that wants it, of what comes in on the account's numbers.
// Where several nodes share a store one of them is the relay, by lease.

import { credentialsOfFace, readEsmeCursor, relayEsmeDeliveries, type EsmeDeliveryRow } from '#store/esme-deliveries.ts'
import { firstCursor, happeningsAfter, type Happening } from '#store/happenings.ts'
import { releaseLease, renewLease, takeLease } from '#store/leases.ts'
import { readMessageById, type MessageRow } from '#store/messages.ts'
import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { readRegisteredDelivery } from '#protocols/smpp/message-bits.ts'
import { esmeFace, termsOf } from './esme-form.ts'
import type { EsmeMark } from './read-submit.ts'
import type { Offered } from './tell-esme.ts'

export interface RelayParts {
  readonly store: Store
  readonly clock: Clock
  readonly nextId: NextId
  readonly node: string
  /** Stored just now, for that key. */
  offer(credentialId: number, offered: Offered): void
  offered(): void
  onFault(error: unknown): void
}

const thing = 'esme relay'
const leaseMs = 30_000
const renewMs = 10_000
const rowsAtOnce = 1_000
const lookAgainMs = 1_000
/** The cursor is stored by itself when it passed over so many rows that nobody wanted. */
const passedAtMost = 5_000

/** What a message that was submitted comes to in the end. */
const ends: ReadonlySet<string> = new Set(['delivered', 'undelivered', 'failed', 'expired', 'canceled', 'unconfirmed'])

interface Key {
  readonly id: number
  readonly createdMs: number
  readonly wantsInbound: boolean
}

export class RelayNews {
  readonly #parts: RelayParts
  #keys: Map<number, Key[]> | undefined
  #cursor = firstCursor
  #storedCursor = firstCursor
  #passed = 0
  #isHeld = false
  #epoch: number | undefined
  #reading: Promise<void> | undefined
  #again = false
  #timers: Timer[] = []
  #stopped = false

  constructor(parts: RelayParts) {
    this.#parts = parts
    parts.store.onChange((nouns) => {
      if (nouns.has('credentials') || nouns.has('credentials created') || nouns.has('*')) this.#keys = undefined
      this.#wake()
    })
  }

  async start(): Promise<void> {
    const { clock, store } = this.#parts
    if (store.engine === 'sqlite') await this.#take()
    else {
      await this.#hold()
      this.#timers.push(clock.every(renewMs, () => void this.#hold()))
    }
    // On PostgreSQL a row may be seen later than it was told of; and news of a commit may be lost.
    this.#timers.push(clock.every(store.engine === 'sqlite' ? lookAgainMs : lookAgainMs / 10, () => this.#wake()))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
    const wasHeld = this.#isHeld
    this.#isHeld = false
    await this.#reading
    const { store, node } = this.#parts
    if (wasHeld && this.#cursor !== this.#storedCursor)
      await store.write(relayEsmeDeliveries, { rows: [], from: this.#storedCursor, to: this.#cursor }).catch(() => false)
    if (this.#epoch !== undefined) await store.write(releaseLease, { thing, node, epoch: this.#epoch }).catch(() => false)
  }

  async #hold(): Promise<void> {
    const { store, clock, node, onFault } = this.#parts
    const ask = { thing, node, nowMs: clock.nowMs(), forMs: leaseMs }
    try {
      if (this.#epoch !== undefined) {
        if (await store.write(renewLease, { ...ask, epoch: this.#epoch })) return
        this.#epoch = undefined
        this.#isHeld = false
        await this.#reading
      }
      if (this.#stopped) return
      const epoch = await store.write(takeLease, ask)
      if (epoch === null) return
      this.#epoch = epoch
      await this.#take()
    } catch (error) {
      onFault(error)
    }
  }

  async #take(): Promise<void> {
    await this.#readCursor()
    this.#isHeld = true
    this.#wake()
  }

  async #readCursor(): Promise<void> {
    this.#cursor = this.#storedCursor = (await readEsmeCursor(this.#parts.store)) ?? firstCursor
    this.#passed = 0
  }

  #wake(): void {
    if (!this.#isHeld) return
    this.#again = true
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined))
  }

  async #read(): Promise<void> {
    while (this.#again && this.#isHeld) {
      this.#again = false
      // What commits in the same turn of the event loop is read together.
      await new Promise<void>((resolve) => setImmediate(resolve))
      try {
        while (this.#isHeld && (await this.#step()) > 0);
      } catch (error) {
        // What was read is read again, a little later.
        this.#parts.onFault(error)
        return
      }
    }
  }

  async #step(): Promise<number> {
    const { store } = this.#parts
    const { rows, cursor } = await happeningsAfter(store, this.#cursor, rowsAtOnce)
    if (rows.length === 0) return 0
    const news = await this.#newsOf(rows)
    this.#passed += rows.length
    if (news.length > 0 || this.#passed >= passedAtMost) {
      const input = { rows: news.map(({ row }) => row), from: this.#storedCursor, to: cursor }
      if (!(await store.write(relayEsmeDeliveries, input))) {
        // Another relay was faster.
        await this.#readCursor()
        return 0
      }
      this.#storedCursor = cursor
      this.#passed = 0
    }
    this.#cursor = cursor
    for (const one of news) this.#parts.offer(one.row.credential_id, one)
    if (news.length > 0) this.#parts.offered()
    return rows.length
  }

  async #newsOf(happenings: readonly Happening[]): Promise<Offered[]> {
    const keys = (this.#keys ??= await this.#load())
    const news: Offered[] = []
    if (keys.size === 0) return news
    for (const happening of happenings) {
      if (happening.noun !== 'messages') continue
      const { kind } = happening
      if (kind !== 'received' && kind !== 'sent' && !ends.has(kind)) continue
      const ofAccount = keys.get(happening.account_id)
      if (!ofAccount) continue
      const message = await readMessageById(this.#parts.store, happening.noun_id)
      if (message) this.#addNews(news, happening, message, ofAccount)
    }
    return news
  }

  #addNews(news: Offered[], happening: Happening, message: MessageRow, keys: readonly Key[]): void {
    const { kind, at_ms: atMs } = happening
    if (kind === 'received') {
      for (const key of keys) {
        if (key.wantsInbound && atMs >= key.createdMs)
          news.push({ row: this.#rowOf(key.id, 'message', message, kind, null, atMs, null), message })
      }
      return
    }
    const mark = message.face === esmeFace ? (JSON.parse(message.detail) as { esme?: EsmeMark }).esme : undefined
    if (!mark || !isWanted(kind, happening, mark.rd)) return
    const { reason } = JSON.parse(happening.data) as { reason?: string }
    const told = kind === 'sent' && isEnd(happening) ? 'unconfirmed' : kind
    const sort = told === 'sent' ? 'intermediate' : 'receipt'
    for (const shown of mark.parts ?? [mark.as ?? null]) {
      news.push({ row: this.#rowOf(mark.by, sort, message, told, shown, atMs, reason ?? null), message })
    }
  }

  #rowOf(
    credential: number,
    kind: string,
    message: MessageRow,
    state: string,
    shown: number | null,
    atMs: number,
    reason: string | null,
  ): EsmeDeliveryRow {
    return {
      id: this.#parts.nextId(),
      credential_id: credential,
      kind,
      message_id: message.id,
      shown_id: shown,
      state,
      reason: reason === '' ? null : reason,
      detail: '{}',
      at_ms: atMs,
    }
  }

  async #load(): Promise<Map<number, Key[]>> {
    const keys = new Map<number, Key[]>()
    for (const row of await credentialsOfFace(this.#parts.store, esmeFace)) {
      const { inbound } = termsOf(JSON.parse(row.detail) as Record<string, unknown>)
      const key = { id: row.id, createdMs: row.created_ms, wantsInbound: inbound && row.status === 'active' }
      const known = keys.get(row.account_id)
      if (known) known.push(key)
      else keys.set(row.account_id, [key])
    }
    return keys
  }
}

/** `sent` is the end of a message whose network gives no receipts. */
const isEnd = ({ data }: Happening): boolean => (JSON.parse(data) as { final?: boolean }).final === true

/** By registered_delivery (SMPP 3.4 5.2.17). */
function isWanted(kind: string, happening: Happening, registeredDelivery: number): boolean {
  const { receipt, intermediate } = readRegisteredDelivery(registeredDelivery)
  if (kind === 'sent' && !isEnd(happening)) return intermediate
  if (receipt === 'none') return false
  return receipt === 'always' || (receipt === 'success') === (kind === 'delivered')
}
