// The calls that are up on this node, and the one way to start, find and end them. What comes in is judged by incoming.ts, what goes out
// by admit-call.ts; here both become live calls with a record, are watched, and are ended before a stop. It runs no script itself.

import type { Account } from '#accounts/account.ts'
import type { Journal } from '#journal/journal.ts'
import type { Media } from '#media/contract.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { CallRow } from '#store/calls.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { AdmitCall, AdmittedCall } from './admit-call.ts'
import type { CallBook } from './call-book.ts'
import type { CallLimits } from './call-limits.ts'
import { CallMeter } from './call-meter.ts'
import type { CallRate } from './call-rate.ts'
import type { CallWish, ParentCall, ScriptStart } from './call-wish.ts'
import type { Incoming } from './incoming.ts'
import type { IncomingCall } from './line.ts'
import { LiveCall, type LiveCallParts } from './live-call.ts'
import { placeLegs, type PlaceParts } from './place-legs.ts'
import type { ScriptTraces } from './script-log.ts'

/** Runs a script on a call; returns at once. What goes wrong is told to the developer and ends the call. */
export type RunScript = (call: LiveCall, start: ScriptStart) => void

export interface CallsParts extends PlaceParts {
  /** This node among those that share the store. */
  readonly node: string
  readonly clock: Clock
  readonly journal: Pick<Journal, 'faultFound' | 'callBegan' | 'callEnded'>
  readonly media: Media
  readonly book: CallBook
  readonly limits: CallLimits
  readonly admission: Pick<AdmitCall, 'nodeFor' | 'admit' | 'turnedDown'>
  readonly incoming: Incoming
  readonly runScript: RunScript
  /** Keeps steps of calls for their timelines. */
  readonly keepStep?: LiveCallParts['keepStep']
  /** Told of each call that was refused without a record: nobody's, or at a time when none is taken. */
  refused?(call: IncomingCall, why: Refusal): void
}

const watchEveryMs = 10_000
/** A leg that was ended tells so by then: RFC 3261 gives up after 64 times T1, and some are slow. */
const endsWithinMs = 45_000
/** After the wait of a stop, so long for the legs to tell their ends. */
const lastMs = 1_500

export class Calls {
  readonly #parts: CallsParts
  readonly #live = new Map<number, LiveCall>()
  /** Over, with an end that is not committed yet. */
  readonly #ending = new Map<number, LiveCall>()
  /** Of whose leg nothing but silence was left at the last look. */
  readonly #lost = new WeakSet<LiveCall>()
  readonly #timer: Timer
  #stopping = false
  #emptied: (() => void) | undefined

  constructor(parts: CallsParts) {
    this.#parts = parts
    this.#timer = parts.clock.every(watchEveryMs, () => this.#watch())
    // Who calls is not kept waiting for a record that nobody can write; its end is written once somebody can.
    parts.book.onStuck(() => {
      for (const call of this.#live.values())
        if (!call.record.isKept) call.hangUp(refusal('platform.database_unreachable'), 'platform')
    })
  }

  get size(): number {
    return this.#live.size
  }

  find(id: number): LiveCall | undefined {
    return this.#live.get(id)
  }

  /** What its script did so far, until its record says it. */
  tracesOf(id: number): ScriptTraces | undefined {
    return (this.#live.get(id) ?? this.#ending.get(id))?.did.traces
  }

  /** Whether another node has it: what is done to a call is done where its legs are. */
  isElsewhere({ node, ended_ms: endedMs }: Pick<CallRow, 'node' | 'ended_ms'>): boolean {
    return endedMs === null && node !== this.#parts.node
  }

  /** By the name of its leg in signalling. */
  byRef(ref: string): LiveCall | undefined {
    for (const call of this.#live.values()) if (call.leg?.ref === ref) return call
    return undefined
  }

  ofAccount(accountId: number): LiveCall[] {
    return [...this.#live.values()].filter((call) => call.account.id === accountId)
  }

  ofSession(sessionId: number): LiveCall[] {
    return [...this.#live.values()].filter((call) => call.sessionId === sessionId)
  }

  /** For whoever hears calls first: trunks, phones. Never throws: what goes wrong is a refusal on the leg. */
  readonly takeIncoming = (incoming: IncomingCall): void => {
    this.#take(incoming).catch((error: unknown) => {
      const why = this.#fault(error)
      const call = this.#live.get(incoming.id)
      if (call) call.hangUp(why, 'platform')
      else this.#turnAway(incoming, why)
    })
  }

  /** A bug of ours, or a store that cannot be read. */
  #fault(error: unknown): Refusal {
    const why = refusal('platform.internal_error')
    why.errorId = crypto.randomUUID()
    this.#parts.journal.faultFound(error, why.errorId)
    return why
  }

  #turnAway(incoming: IncomingCall, why: Refusal): void {
    incoming.leg.refuse(why)
    this.#parts.refused?.(incoming, why)
  }

  async #take(incoming: IncomingCall): Promise<void> {
    const { runScript, incoming: judge } = this.#parts
    if (this.#stopping) return this.#turnAway(incoming, refusal('platform.service_unavailable'))
    if (this.#parts.book.isStuck) return this.#turnAway(incoming, refusal('platform.database_unreachable'))
    const found = await judge.look(incoming)
    if (found instanceof Refusal) return this.#turnAway(incoming, found)
    const { row, account, rate, mostMs } = found
    const refused = found.refusal ?? this.#parts.limits.full(account)
    const call = this.#enter(row, account, rate, mostMs)
    call.connect(incoming.leg)
    void call.begin({ face: row.face })
    incoming.listen(call.news)
    if (call.over) return
    if (refused) return call.hangUp(refused, 'platform')
    runScript(call, found.script)
  }

  /** Every check of a call that is to go out. Rejects with a Refusal. For requests, which write its record by themselves. */
  async admit(wish: CallWish): Promise<AdmittedCall> {
    if (this.#stopping) throw refusal('platform.service_unavailable')
    return this.#parts.admission.admit(wish)
  }

  /** For requests: the node that a call to this target has to be placed on; undefined: any. */
  nodeFor(account: Account, to: CallWish['to']): Promise<string | undefined> {
    return this.#parts.admission.nodeFor(account, to)
  }

  /** Rings the party of an admitted call whose record is written already. */
  ring(admitted: AdmittedCall): LiveCall {
    const { row, wish, rate, mostMs } = admitted
    const full = this.#parts.limits.full(wish.account)
    const call = this.#enter(row, wish.account, rate, mostMs, wish.parent)
    if (full) call.hangUp(full, 'platform')
    else this.#go(call, admitted)
    return call
  }

  /** For scripts: admits, writes and rings. What is refused is a call too, that has failed and says why; all else is news of the call. */
  async place(wish: CallWish): Promise<LiveCall> {
    const judged = await this.admit(wish).catch((error: unknown) => {
      if (error instanceof Refusal) return error
      throw error
    })
    const admitted = judged instanceof Refusal ? judged : (this.#parts.limits.full(wish.account) ?? judged)
    if (admitted instanceof Refusal) return this.#turnDown(wish, admitted)
    const { row, rate, mostMs } = admitted
    const call = this.#enter(row, wish.account, rate, mostMs, wish.parent)
    const kept = call.begin(wish.actor)
    // Nobody is rung before it is known that the balance bears it; where it does not the call has ended.
    if (row.held_micro > 0) await kept.catch(() => {})
    this.#go(call, admitted)
    return call
  }

  #turnDown(wish: CallWish, why: Refusal): LiveCall {
    const call = this.#enter(this.#parts.admission.turnedDown(wish), wish.account, null, 0, wish.parent)
    void call.begin(wish.actor)
    call.hangUp(why, 'platform')
    return call
  }

  #go(call: LiveCall, admitted: AdmittedCall): void {
    const { script } = admitted.wish
    if (script) call.listen({ answered: () => this.#parts.runScript(call, script) })
    if (call.over) return
    try {
      placeLegs(this.#parts, call, admitted)
    } catch (error) {
      call.giveUp(this.#fault(error))
    }
  }

  #enter(row: CallRow, account: Account, rate: CallRate | null, mostMs: number, parent?: ParentCall): LiveCall {
    const { clock, book, media, limits, keepStep } = this.#parts
    const meterOf = (paid: CallRow, at: CallRate): CallMeter => {
      const unheld = paid.payer_id === null ? 1 : 0
      const mayGoOn = (cost: number) => this.#refusedSpending(account, cost, cost * unheld)
      return new CallMeter(at, paid, book, clock, limits.bounds(account) ? mayGoOn : undefined)
    }
    const meter = rate ? meterOf(row, rate) : undefined
    const over = (ended: LiveCall, written: Promise<unknown>): void => {
      this.#live.delete(ended.id)
      this.#ending.set(ended.id, ended)
      void written.then(() => this.#ending.delete(ended.id))
      this.#count(ended)
      limits.over(ended.account.id)
      if (this.#live.size === 0) this.#emptied?.()
    }
    const call = new LiveCall(
      { clock, book, media, meter, meterOf, mostMs, over, ...(keepStep && { keepStep }) },
      row,
      account,
      parent,
    )
    this.#live.set(call.id, call)
    limits.began(account.id)
    this.#parts.journal.callBegan(call.direction)
    return call
  }

  /** A call that is up may have used up what its account may spend in a day or a month; one of which nobody knows that goes on. */
  async #refusedSpending(account: Account, costMicro: number, unheldMicro: number): Promise<Refusal | undefined> {
    try {
      await this.#parts.limits.requireSpending(account, costMicro, unheldMicro)
    } catch (error) {
      if (error instanceof Refusal) return error
      this.#fault(error)
    }
    return undefined
  }

  #count({ direction, row, end }: LiveCall): void {
    const { created_ms: createdMs, ringing_ms: ringingMs, answered_ms: answeredMs } = row
    const rangMs = direction === 'out' ? (ringingMs ?? answeredMs) : null
    const kind = catalogue[end?.reason ?? 'call.unknown_cause'].class
    this.#parts.journal.callEnded(direction, kind, rangMs === null ? undefined : rangMs - createdMs)
  }

  /** Accounts of calls that are up. */
  accounts(): Set<number> {
    return new Set([...this.#live.values()].map(({ account }) => account.id))
  }

  endAll(why: Refusal): void {
    for (const call of this.#live.values()) call.hangUp(why, 'platform')
  }

  /** No call stays up without a leg, whatever became of it. */
  #watch(): void {
    const nowMs = this.#parts.clock.elapsedMs()
    for (const call of this.#live.values()) {
      const { endingSinceMs } = call
      if (endingSinceMs !== undefined && nowMs - endingSinceMs > endsWithinMs) call.giveUp(refusal('call.unknown_cause'))
      else if (!call.isLost()) this.#lost.delete(call)
      // A leg that has ended tells so once it has its figures; by the next look it has.
      else if (this.#lost.has(call)) call.giveUp(refusal('platform.media_gateway_error'))
      else this.#lost.add(call)
    }
  }

  /** Takes nothing new and waits for what is up, so long at most; what is left is ended, and its record with it. */
  async stop(waitMs: number): Promise<void> {
    this.#stopping = true
    await this.#empty(waitMs)
    this.endAll(refusal('call.platform_stopped'))
    await this.#empty(lastMs)
    for (const call of this.#live.values()) call.giveUp(refusal('call.platform_stopped'))
    this.#timer.cancel()
    this.#parts.book.close()
    await this.#parts.book.written()
  }

  #empty(waitMs: number): Promise<void> {
    if (this.#live.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#emptied = undefined
        timer.cancel()
        resolve()
      }
      const timer = this.#parts.clock.after(waitMs, done)
      this.#emptied = done
    })
  }
}
