// Tells one customer's binds what waits for them, at least once and in order for each message. What a bind has not acknowledged when it
// is lost goes to the next one; what is acknowledged goes from the store, many at a time.
//
//   store (esme_deliveries) -> queue -> window of a bind -> acknowledged -> dropped from the store
//              ^ read again when the queue runs low, or another node added
//
// Where several nodes share the store, one of them tells a customer's binds, by lease.

import { Lease } from '#loops/lease.ts'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import type { Answer } from '#protocols/smpp/session-parts.ts'
import type { Session } from '#protocols/smpp/session.ts'
import { dropEsmeDeliveries, esmeDeliveriesAfter, type EsmeDeliveryRow } from '#store/esme-deliveries.ts'
import { readMessageById, type MessageRow } from '#store/messages.ts'
import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { EsmeTerms } from './esme-form.ts'
import type { MessageIds } from './message-ids.ts'
import { pdusOf } from './news-pdus.ts'

export interface TellParts {
  readonly store: Store
  readonly clock: Clock
  readonly ids: MessageIds
  readonly node: string
  onFault(error: unknown): void
}

/** A delivery, with its message while that is at hand. */
export interface Offered {
  readonly row: EsmeDeliveryRow
  readonly message?: MessageRow
}

const queueAtMost = 5_000
const readAtOnce = 1_000
/** Between attempts to tell what a bind cannot take just now. */
const pauseMs = 2_000
const renewMs = 10_000

/** What a bind says that it cannot take now, and may later; anything else that it refuses it will refuse again. */
const later: ReadonlySet<number> = new Set([
  commandStatus.ESME_RX_T_APPN,
  commandStatus.ESME_RTHROTTLED,
  commandStatus.ESME_RMSGQFUL,
  commandStatus.ESME_RSYSERR,
])

export class TellEsme {
  readonly #parts: TellParts
  readonly #credentialId: number
  readonly #lease: Lease
  terms: EsmeTerms
  readonly #sessions = new Set<Session>()
  #queue: Offered[] = []
  /** Ids that are in the queue or with a bind. */
  readonly #held = new Set<number>()
  /** Messages with something under way: what follows of them waits. */
  readonly #busy = new Set<number>()
  #upTo = 0
  #isMore = true
  #reading = false
  #acknowledged: number[] = []
  #dropping = false
  #pause: Timer | undefined
  #holding: Timer | undefined

  constructor(parts: TellParts, credentialId: number, terms: EsmeTerms) {
    this.#parts = parts
    this.#credentialId = credentialId
    this.#lease = new Lease(`esme ${credentialId}`, parts)
    this.terms = terms
  }

  get isIdle(): boolean {
    return this.#sessions.size === 0
  }

  /** A bind that may be told came up. */
  attach(session: Session): void {
    this.#sessions.add(session)
    if (this.#sessions.size > 1) return this.pump()
    this.#isMore = true
    this.#upTo = 0
    if (this.#parts.store.engine === 'sqlite') return this.pump()
    void this.#hold()
    this.#holding ??= this.#parts.clock.every(renewMs, () => void this.#hold())
  }

  detach(session: Session): void {
    if (!this.#sessions.delete(session) || this.#sessions.size > 0) return
    // All of it stands in the store, for the next bind.
    this.#queue = []
    this.#held.clear()
    this.#pause?.cancel()
    this.#pause = undefined
    this.#holding?.cancel()
    this.#holding = undefined
    void this.#lease.release()
  }

  /** Newly stored. What finds no place here is read again when there is. */
  offer(offered: Offered): void {
    if (!this.#mayTell || this.#isMore || this.#queue.length >= queueAtMost) {
      this.#isMore = true
      return
    }
    this.#upTo = Math.max(this.#upTo, offered.row.id)
    this.#take(offered)
  }

  /** Another process added something. */
  lookAgain(): void {
    this.#isMore = true
    this.#upTo = 0
    this.pump()
  }

  get #mayTell(): boolean {
    return this.#sessions.size > 0 && this.#lease.isHeld
  }

  #take(offered: Offered): void {
    if (this.#held.has(offered.row.id)) return
    this.#held.add(offered.row.id)
    this.#queue.push(offered)
  }

  /** Tells as much as there is room for. */
  pump(): void {
    if (!this.#mayTell || this.#pause) return
    const waiting: Offered[] = []
    let at = 0
    for (; at < this.#queue.length; at += 1) {
      const session = this.#roomiest()
      if (!session) break
      const offered = this.#queue[at]!
      const { message_id: messageId } = offered.row
      if (messageId !== null && this.#busy.has(messageId)) waiting.push(offered)
      else this.#tell(session, offered)
    }
    if (at > 0) this.#queue = waiting.concat(this.#queue.slice(at))
    if (this.#isMore && this.#queue.length < readAtOnce / 2) void this.#read()
  }

  #roomiest(): Session | undefined {
    let best: Session | undefined
    for (const session of this.#sessions) if (session.room > (best?.room ?? 0)) best = session
    return best
  }

  async #read(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    this.#isMore = false
    try {
      const rows = await esmeDeliveriesAfter(this.#parts.store, this.#credentialId, this.#upTo, readAtOnce)
      for (const row of rows) {
        this.#upTo = Math.max(this.#upTo, row.id)
        this.#take({ row })
      }
      if (rows.length === readAtOnce) this.#isMore = true
    } catch (error) {
      this.#isMore = true
      this.#parts.onFault(error)
      this.#rest()
    } finally {
      this.#reading = false
    }
    if (this.#queue.length > 0) this.pump()
  }

  #tell(session: Session, offered: Offered): void {
    const { row, message } = offered
    const { message_id: messageId } = row
    if (messageId !== null) this.#busy.add(messageId)
    if (message || messageId === null) return this.#send(session, offered, message)
    const read = readMessageById(this.#parts.store, messageId)
    if (!(read instanceof Promise)) return this.#send(session, offered, read)
    read.then(
      (found) => this.#send(session, offered, found),
      (error: unknown) => {
        this.#parts.onFault(error)
        this.#again(offered)
        this.#rest()
      },
    )
  }

  #send(session: Session, offered: Offered, message: MessageRow | undefined): void {
    const pdus = pdusOf(offered.row, message, this.terms, this.#parts.ids)
    if (pdus.length === 0) return this.#done(offered)
    let left = pdus.length
    let worst: 'told' | 'later' = 'told'
    const answered = (answer: Answer): void => {
      if (answer.command === 'none' || later.has(answer.status)) worst = 'later'
      left -= 1
      if (left > 0) return
      if (worst === 'told') return this.#done(offered)
      this.#again(offered)
      // A lost bind is no reason to wait, one that cannot keep up is.
      if (answer.command !== 'none' || answer.cause === 'timed_out') this.#rest()
      else this.pump()
    }
    for (const pdu of pdus) session.send(pdu, answered)
  }

  #done({ row }: Offered): void {
    if (row.message_id !== null) this.#busy.delete(row.message_id)
    this.#held.delete(row.id)
    this.#acknowledged.push(row.id)
    if (!this.#dropping) {
      this.#dropping = true
      setImmediate(() => void this.#drop())
    }
  }

  async #drop(): Promise<void> {
    try {
      while (this.#acknowledged.length > 0) {
        const ids = this.#acknowledged
        this.#acknowledged = []
        await this.#parts.store.write(dropEsmeDeliveries, { ids })
      }
    } catch (error) {
      // They stay, and are told again: at least once is what was promised.
      this.#parts.onFault(error)
    } finally {
      this.#dropping = false
    }
    this.pump()
  }

  /** To the front of the queue, where it came from. */
  #again(offered: Offered): void {
    if (offered.row.message_id !== null) this.#busy.delete(offered.row.message_id)
    if (this.#held.has(offered.row.id)) this.#queue.unshift(offered)
  }

  #rest(): void {
    this.#pause ??= this.#parts.clock.after(pauseMs, () => {
      this.#pause = undefined
      this.pump()
    })
  }

  async #hold(): Promise<void> {
    try {
      if (await this.#lease.keep()) return
      if (await this.#lease.take()) this.lookAgain()
    } catch (error) {
      this.#lease.lose()
      this.#parts.onFault(error)
    }
  }

  /** Resolves when what was acknowledged is dropped. */
  async settled(): Promise<void> {
    while (this.#dropping) await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
