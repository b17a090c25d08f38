// The row of a call that is up: each step is known here at once and written in its order, so that what stands in the store may be a moment
// behind. It judges nothing and ends nothing of its own: live-call.ts says which step is due, and that each is taken once.
//
//   queued --> ringing --> answered --> completed
//      '----------'------------'------> busy | no_answer | failed | canceled

import { shortRefusal } from '#credit/refuse-short.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { CallRow } from '#store/calls.ts'
import type { Actor } from '#store/happenings.ts'
import type { Clock } from '#values/clock.ts'
import type { CallBook } from './call-book.ts'
import { endedRow } from './call-end.ts'
import type { CallEnd } from './call-news.ts'
import type { CallRate } from './call-rate.ts'
import { detailOfCall, type CallDetail } from './call-view.ts'
import type { ScriptTraces } from './script-log.ts'

/** What ends when nobody bears its price. */
interface Unpaid {
  hangUp(why: Refusal, by: 'platform'): void
}

export class CallRecord {
  readonly #clock: Clock
  readonly #book: Pick<CallBook, 'write'>
  #row: CallRow
  #kept: Promise<void> = Promise.resolve()
  /** It is in the store. */
  isKept = true

  constructor(clock: Clock, book: Pick<CallBook, 'write'>, row: CallRow) {
    this.#clock = clock
    this.#book = book
    this.#row = row
  }

  get row(): Readonly<CallRow> {
    return this.#row
  }

  /** Resolves when it is written. Rejects with a Refusal where the balance does not bear the call. */
  get kept(): Promise<void> {
    return this.#kept
  }

  /** Writes it, with what is held for the call. Where the balance does not bear it the call ends at once. */
  create(actor: Actor, call: Unpaid): Promise<void> {
    const written = this.#book.write({ to: 'created', row: this.#row, actor })
    this.isKept = false
    this.#kept = written.then((result) => {
      this.isKept = true
      if (typeof result !== 'object') return
      const why = this.#createUnpaid(shortRefusal(result.short), actor)
      call.hangUp(why, 'platform')
      throw why
    })
    // Whoever answers hears of it; the call has ended in any case.
    this.#kept.catch(() => {})
    return this.#kept
  }

  /** The call has its record all the same, as one that nobody pays for: it was there, and says why it came to nothing. */
  #createUnpaid(why: Refusal, actor: Actor): Refusal {
    const told = this.#row.direction === 'in' ? refusal('credit.exhausted', { subject: 'incoming_call' }) : why
    this.#row = { ...this.#row, payer_id: null, rate_micro: 0, held_micro: 0 }
    void this.#book.write({ to: 'created', row: this.#row, actor })
    return told
  }

  /** From the first time on that it rings. */
  rang(): void {
    if (this.#row.ringing_ms !== null) return
    const atMs = this.#clock.nowMs()
    this.#row = { ...this.#row, state: 'ringing', ringing_ms: atMs }
    const { id, account_id: account, carrier_id: carrierId, detail } = this.#row
    void this.#book.write({ to: 'ringing', id, account, carrierId, detail, atMs })
  }

  answered(headers: Readonly<Record<string, string>>): void {
    const atMs = this.#clock.nowMs()
    this.#row = { ...this.#row, state: 'answered', answered_ms: atMs, detail: withAnswer(this.#row, headers) }
    const { id, account_id: account, carrier_id: carrierId, detail } = this.#row
    void this.#book.write({ to: 'answered', id, account, carrierId, detail, atMs })
  }

  /** Resolves once its end is committed. */
  ended(end: CallEnd, priceMicro: number, traces: ScriptTraces): Promise<unknown> {
    this.#row = endedRow(this.#row, end, priceMicro, traces)
    return this.#book.write({ to: 'ended', row: this.#row })
  }

  /** Over which carrier it goes, known once a route was taken; `tried` are those that took it nowhere. Written with the next step. */
  routed(carrierId: number | null, ref: string, tried: CallDetail['tried'] = []): void {
    const detail = { ...detailOfCall(this.#row), ref, ...(tried.length > 0 && { tried }) }
    this.#row = { ...this.#row, carrier_id: carrierId, detail: JSON.stringify(detail) }
  }

  /** It goes to somebody else, at what the row of that one says. Rejects with a Refusal where the balance does not bear it. */
  async rerouted(to: CallRow, rate: CallRate | null, forwardedFrom: string): Promise<void> {
    const { payer_id: payer, rate_micro: rateMicro, charging_block: chargingBlock, held_micro: heldMicro, currency } = to
    const money = { payer, rateMicro, chargingBlock, heldMicro, currency }
    const { ratePer: _, ...kept } = detailOfCall(this.#row)
    const detail = JSON.stringify({ ...kept, ...(rate && { ratePer: rate.per }) })
    const atMs = this.#clock.nowMs()
    const written = await this.#book.write({ to: 'rerouted', id: this.#row.id, forwardedFrom, detail, ...money, atMs })
    if (typeof written === 'object') throw shortRefusal(written.short)
    if (this.#isEnded) return
    this.#row = {
      ...this.#row,
      forwarded_from: forwardedFrom,
      detail,
      payer_id: payer,
      rate_micro: rateMicro,
      charging_block: chargingBlock,
      held_micro: heldMicro,
      currency,
    }
  }

  /** The conference that it came into. */
  joined(conferenceId: number): void {
    if (this.#isEnded) return
    this.#row = { ...this.#row, conference_id: conferenceId }
    void this.#book.write({ to: 'joined', id: this.#row.id, conferenceId, atMs: this.#clock.nowMs() })
  }

  /** What faces and scripts keep with it, over what was kept. */
  keep(change: { readonly faceData?: object; readonly applicationId?: number; readonly callback?: object | null }): void {
    const detail = JSON.parse(this.#row.detail) as { faceData?: object }
    if (change.faceData) detail.faceData = { ...detail.faceData, ...change.faceData }
    this.#row = {
      ...this.#row,
      detail: JSON.stringify(detail),
      ...(change.applicationId !== undefined && { application_id: change.applicationId }),
      ...(change.callback !== undefined && { callback: change.callback && JSON.stringify(change.callback) }),
    }
    const { id, detail: text, application_id: applicationId, callback } = this.#row
    void this.#book.write({ to: 'kept', id, detail: text, applicationId, callback, atMs: this.#clock.nowMs() })
  }

  /** A line of its timeline that lasts as the record does: a script that was asked, a fault in it, a deed. */
  note(what: string, data: object = {}): void {
    const { id, account_id: account } = this.#row
    void this.#book.write({ to: 'noted', id, account, data: { what, ...data }, atMs: this.#clock.nowMs() })
  }

  get #isEnded(): boolean {
    return this.#row.ended_ms !== null
  }
}

/** What is kept with it, and what its answer said beside that. Most answers say nothing. */
function withAnswer(row: CallRow, answerHeaders: Readonly<Record<string, string>>): string {
  return Object.keys(answerHeaders).length === 0 ? row.detail : JSON.stringify({ ...detailOfCall(row), answerHeaders })
}
