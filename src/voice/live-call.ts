// A call that is up: one leg, its place among the media workers and what runs on it, with its record (call-record.ts) and its bounds
// (call-bounds.ts). It takes each step once and comes to exactly one end. It knows no SIP, asks no script, and mixes nothing: run-script.ts
// and bridge.ts drive it.

import type { Account } from '#accounts/account.ts'
import type { Media, Place, Stream } from '#media/contract.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { CallRow } from '#store/calls.ts'
import type { Actor } from '#store/happenings.ts'
import type { Clock } from '#values/clock.ts'
import type { CallBook } from './call-book.ts'
import { CallBounds } from './call-bounds.ts'
import { endOf, type Asked } from './call-end.ts'
import type { CallMeter } from './call-meter.ts'
import type { CallEnd, CallNews, EndedBy } from './call-news.ts'
import type { CallRate } from './call-rate.ts'
import { CallRecord } from './call-record.ts'
import { callView } from './call-view.ts'
import type { ParentCall } from './call-wish.ts'
import type { Leg, LegEnd, LegNews, ReferAsk, ReferOutcome, StepOutcome } from './leg.ts'
import { mediaSteps } from './media-steps.ts'
import type { CallState, CallView } from './script-form.ts'
import { ScriptLog, type ScriptTraces } from './script-log.ts'

export interface LiveCallParts {
  readonly clock: Clock
  readonly book: Pick<CallBook, 'write'>
  readonly media: Pick<Media, 'place'>
  /** Charges it by the second, where somebody pays. */
  readonly meter?: CallMeter | undefined
  /** Of one that goes to somebody else at another price. */
  meterOf?(row: CallRow, rate: CallRate): CallMeter
  /** How long it may last from its answer on. */
  readonly mostMs?: number | undefined
  /** Keeps a step for its timeline; nothing waits for it, and it may be lost with the power. */
  keepStep?(callId: number, what: string, data: object, atMs: number): void
  /** Once, after everybody who listens has heard of the end. */
  /** `written`: resolves once its end is committed. */
  over(call: LiveCall, written: Promise<unknown>): void
}

/** What runs on a call: a script, a bridge. One at a time; what replaces it stops it first. */
export interface Running {
  /** It is to do nothing more to the call. */
  stop(why: 'replaced' | 'ended'): void
}

const noTraces: ScriptTraces = { pages: [], verbs: [], more: 0 }

/** Who is called in the place of somebody else: at what price, and for how long at most. */
interface NewWay {
  readonly row: CallRow
  readonly rate: CallRate | null
  readonly mostMs: number
}

export class LiveCall {
  readonly id: number
  readonly account: Account
  /** What is known of it, and is written. */
  readonly record: CallRecord
  /** When it was asked to end, by the monotonic clock: a leg that does not tell its end by then is given up. */
  endingSinceMs: number | undefined
  readonly #parts: LiveCallParts
  /** Whose script dialled it. */
  readonly #parent: ParentCall | undefined
  readonly #bounds: CallBounds
  #leg: Leg | undefined
  #place: Place | undefined
  #running: Running | undefined
  #asked: Asked | undefined
  #end: CallEnd | undefined
  #heldByPeer = false
  readonly #listeners = new Set<CallNews>()

  constructor(parts: LiveCallParts, row: CallRow, account: Account, parent?: ParentCall | undefined) {
    this.#parts = parts
    this.id = row.id
    this.account = account
    this.record = new CallRecord(parts.clock, parts.book, row)
    this.#parent = parent
    this.#bounds = new CallBounds(parts.clock, parts.meter, parts.mostMs)
  }

  get sessionId(): number {
    return this.row.session_id
  }

  get direction(): 'in' | 'out' {
    return this.row.direction as 'in' | 'out'
  }

  get face(): string {
    return this.row.face
  }

  /** As far as it is known here; what is written of it may be a moment behind. */
  get row(): Readonly<CallRow> {
    return this.record.row
  }

  get state(): CallState {
    return this.row.state as CallState
  }

  get answered(): boolean {
    return this.row.answered_ms !== null
  }

  /** It has come to its end: nothing can be done with it any more. */
  get over(): boolean {
    return this.#end !== undefined
  }

  get end(): CallEnd | undefined {
    return this.#end
  }

  get heldByPeer(): boolean {
    return this.#heldByPeer
  }

  /** How scripts and faces see it now. */
  view(): CallView {
    return callView(this.row)
  }

  /** The same for all calls that may hear each other. Throws a Refusal `platform.media_full`. */
  get place(): Place {
    this.#place ??= this.#parent?.place ?? this.#parts.media.place()
    return this.#place
  }

  /** Its media goes on there: all that hear each other are with one worker. Rejects with a Refusal where it cannot. */
  async moveTo(place: Place): Promise<void> {
    if (this.place.worker === place.worker) return
    const moved = await this.#leg?.moveTo?.(place)
    if (!moved?.done) throw moved?.refusal ?? refusal('platform.media_operation_failed', { operation: 'move' })
    this.#place = place
  }

  /** There once media is open. */
  get stream(): Stream | undefined {
    return this.#leg?.stream
  }

  get leg(): Leg | undefined {
    return this.#leg
  }

  get hopsLeft(): number | undefined {
    return this.#leg?.hopsLeft
  }

  /** What runs on it now. */
  get running(): Running | undefined {
    return this.#running
  }

  /** Stops what runs and puts this in its place; stopped too when the call ends. */
  attach(running: Running | undefined): void {
    const before = this.#running
    this.#running = running
    if (before !== running) before?.stop('replaced')
    if (this.#end) running?.stop('ended')
  }

  /** Gives what ends the listening. An end that has been is told at once. */
  listen(news: CallNews): () => void {
    if (this.#end) news.ended?.(this.#end)
    else this.#listeners.add(news)
    return () => void this.#listeners.delete(news)
  }

  /** The leg's own news; `connect` is called with the leg before any of it can come, or while it comes. */
  readonly news: LegNews = {
    ringing: (early) => this.#ringing(early),
    answered: (headers) => this.#answered(headers),
    ended: (end) => this.#ended(end),
    referred: (ask) => this.#referred(ask),
    heldByPeer: (held) => {
      this.#heldByPeer = held
      this.#tell((news) => news.heldByPeer?.(held))
    },
    step: (what, data) => this.step(what, data),
  }

  /** A call that was ended meanwhile ends the leg. */
  connect(leg: Leg): void {
    this.#leg = leg
    const asked = this.#asked
    if (asked && !leg.ended) this.#finish(leg, asked.refusal)
  }

  /** Tells a caller that it rings here. */
  ring(): void {
    if (this.over || this.answered || this.direction !== 'in') return
    this.#leg?.ring()
    this.#ringing(false)
  }

  /** The caller hears before the call is answered. Rejects with a Refusal when no media can be agreed. */
  async ringEarly(): Promise<void> {
    if (this.over || this.answered) return
    await this.#mustLeg().ringEarly(this.place)
    this.#ringing(true)
  }

  /** Resolves once there is media and the call is in the books. Rejects with a Refusal; the caller of this ends the call with it. */
  async answer(headers?: Readonly<Record<string, string>>): Promise<void> {
    if (this.answered) return
    await this.record.kept
    if (this.over) throw refusal('call.not_found', {})
    await this.#mustLeg().answer(this.place, headers)
    this.#answered({})
  }

  /** Resolves when its record is written. Rejects with a Refusal where the balance does not bear it: the call has ended then. */
  begin(actor: Actor): Promise<void> {
    return this.record.create(actor, this)
  }

  /**
   * Ends it in whatever state it is, with a reason; idempotent. A caller that was not answered is refused with the reason's
   * SIP status, unless `status` says another.
   */
  hangUp(why: Refusal, by: EndedBy, options?: { readonly status?: number; readonly retryAfterSeconds?: number }): void {
    if (this.#end || this.#asked) return
    this.#asked = { refusal: why, by }
    this.endingSinceMs = this.#parts.clock.elapsedMs()
    if (this.#leg) this.#finish(this.#leg, why, options)
    else this.#close(undefined)
  }

  /** Asked when a leg came to nothing and another may do: true when it has connected that one. */
  onUnreached(elsewhere: (end: LegEnd) => boolean): void {
    this.#elsewhere = elsewhere
  }

  #elsewhere: ((end: LegEnd) => boolean) | undefined

  /** Asked when the called phone sends the call on: true when it has gone after that. */
  onDeflected(follow: (cause: LegEnd['cause']) => boolean): void {
    this.#follow = follow
  }

  #follow: ((cause: LegEnd['cause']) => boolean) | undefined

  /**
   * It goes to somebody else from now on, at what that costs; its party and its record stay. Rejects with a Refusal where the balance does not
   * bear it.
   */
  async reroute({ row, rate, mostMs }: NewWay, forwardedFrom: string): Promise<void> {
    await this.record.rerouted(row, rate, forwardedFrom)
    if (this.over) return
    this.#bounds.replace(rate ? this.#parts.meterOf?.(this.row, rate) : undefined, mostMs)
  }

  /** Its leg is gone without a word of how it ended. */
  isLost(): boolean {
    return this.#end === undefined && this.#leg?.ended === true
  }

  /** A call whose leg is silent or lost for good: its record is closed all the same. */
  giveUp(why: Refusal): void {
    if (this.#end) return
    this.#asked ??= { refusal: why, by: 'platform' }
    this.#close(undefined)
  }

  hold(): Promise<StepOutcome> {
    return this.#mustLeg().hold()
  }

  resume(): Promise<StepOutcome> {
    return this.#mustLeg().resume()
  }

  /** Blind transfer: the party is asked to call somebody else. */
  refer(target: string): Promise<ReferOutcome> {
    return this.#mustLeg().refer(target)
  }

  /** From now on for so long at most; a shorter bound that was set before stays. */
  limit(ms: number): void {
    if (!this.over) this.#bounds.limit(this, ms)
  }

  /** A decision or an event of little weight: seen in its timeline for as long as evidence is kept. */
  step(what: string, data: object = {}): void {
    this.#parts.keepStep?.(this.id, what, data, this.#parts.clock.nowMs())
  }

  /** What scripts did on it. */
  get did(): ScriptLog {
    return (this.#did ??= new ScriptLog(this.#parts.clock))
  }

  #did: ScriptLog | undefined

  #mustLeg(): Leg {
    if (!this.#leg) throw refusal('call.state_invalid', { state: this.state })
    return this.#leg
  }

  #finish(leg: Leg, why: Refusal, options?: { readonly status?: number; readonly retryAfterSeconds?: number }): void {
    const isRefusal = options?.status !== undefined || catalogue[why.reason].class !== 'OK'
    if (leg.direction === 'in' && !leg.answered && isRefusal) leg.refuse(why, options)
    else leg.hangUp(why)
  }

  #ringing(early: boolean): void {
    if (this.over || this.answered) return
    this.record.rang()
    this.#tell((news) => news.ringing?.(early))
  }

  #answered(answerHeaders: Readonly<Record<string, string>>): void {
    if (this.over || this.answered) return
    this.record.answered(answerHeaders)
    this.#watchMedia()
    this.#bounds.start(this)
    this.#tell((news) => news.answered?.(answerHeaders))
  }

  /** A worker that dies takes the sound of its calls with it; so do sockets that fail. */
  #watchMedia(): void {
    const noted = mediaSteps((what, data) => this.step(what, data))
    this.stream?.onNews((news) => {
      noted(news)
      // Of a party that has left the leg tells more.
      if (news.type !== 'closed' || news.why === 'asked' || news.why === 'left') return
      this.hangUp(refusal('platform.media_gateway_error'), 'platform')
    })
  }

  #referred(ask: ReferAsk): void {
    for (const news of this.#listeners) {
      if (!news.referred) continue
      news.referred(ask)
      return
    }
    ask.refuse(refusal('call.state_invalid', { state: this.state, operation: 'refer' }))
  }

  #ended(leg: LegEnd): void {
    // A gateway that has reached nobody is no end while another may do better.
    if (!this.#asked && !this.answered && leg.cause.next === 'elsewhere' && this.#elsewhere?.(leg)) return
    if (!this.#asked && !this.answered && leg.cause.deflectedTo && this.#follow?.(leg.cause)) {
      this.#leg = undefined
      return
    }
    this.#close(leg)
  }

  #close(leg: LegEnd | undefined): void {
    if (this.#end) return
    const end = endOf(this.row, leg, this.#asked, this.#parts.clock.nowMs())
    this.#end = end
    const written = this.record.ended(end, this.#bounds.end(end.durationMs), this.#did?.close() ?? noTraces)
    this.#running?.stop('ended')
    this.#running = undefined
    this.#tell((news) => news.ended?.(end))
    this.#listeners.clear()
    this.#parts.over(this, written)
  }

  #tell(tell: (news: CallNews) => void): void {
    for (const news of this.#listeners) tell(news)
  }
}
