// How many calls an account may have, place and pay for: calls at once and calls a second, what is spent in a day and in a month as the
// books have it. On several nodes the calls of the others are counted as they were up to a second ago, and each second's calls are taken
// from one budget; without a limit nothing is asked.

import type { Account } from '#accounts/account.ts'
import { Rates } from '#accounts/rates.ts'
import { refusal, refuse, type Refusal } from '#reasons/refusal.ts'
import { callsOnOtherNodes, spentOnCalls } from '#store/calls.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import { dayMs, readUsage } from '#store/usage-days.ts'
import type { Clock } from '#values/clock.ts'
import { firstIdAt } from '#values/ids.ts'

interface Second {
  at: number
  n: number
}

/** What others have up is asked anew after so long. */
const knownForMs = 1_000

export class CallLimits {
  readonly #read: Store
  readonly #clock: Clock
  readonly #node: string
  readonly #rates: Rates
  readonly #up = new Map<number, number>()
  readonly #seconds = new Map<number, Second>()

  /** By account, of the other nodes; asked for when it is wanted. */
  #elsewhere: Promise<ReadonlyMap<number, number>> | undefined
  #knownElsewhere: ReadonlyMap<number, number> = new Map()
  #askedMs = 0

  constructor(read: Store, clock: Clock, node: string) {
    this.#read = read
    this.#clock = clock
    this.#node = node
    this.#rates = new Rates(read, clock)
  }

  /** Calls of the account that are up here. */
  up(accountId: number): number {
    return this.#up.get(accountId) ?? 0
  }

  /** One more is up; the same account is to be told when it is over. */
  began(accountId: number): void {
    this.#up.set(accountId, this.up(accountId) + 1)
  }

  over(accountId: number): void {
    const left = this.up(accountId) - 1
    if (left > 0) this.#up.set(accountId, left)
    else this.#up.delete(accountId)
  }

  /** What `requireRoom` gives, at the moment that a call begins: of those that were judged together not all may find room. */
  full(account: Account): Refusal | undefined {
    return tooMany(account, this.up(account.id) + (this.#knownElsewhere.get(account.id) ?? 0))
  }

  /** For calls both ways; at once where nothing bounds it or no store is shared. Gives trial.concurrency_reached, call.concurrency_reached. */
  requireRoom(account: Account): MaybePromise<void> {
    const { id, kind, settings } = account
    if (kind !== 'trial' && settings.limits.concurrentCalls === 0) return
    if (this.#read.engine === 'sqlite') return requireFewer(account, this.up(id))
    return this.#callsElsewhere().then((elsewhere) => requireFewer(account, this.up(id) + (elsewhere.get(id) ?? 0)))
  }

  #callsElsewhere(): Promise<ReadonlyMap<number, number>> {
    const nowMs = this.#clock.elapsedMs()
    if (!this.#elsewhere || nowMs - this.#askedMs >= knownForMs) {
      this.#askedMs = nowMs
      const asked = this.#askElsewhere()
      this.#elsewhere = asked
      // Who failed to ask is not believed.
      asked.catch(() => (this.#elsewhere = undefined))
    }
    return this.#elsewhere
  }

  async #askElsewhere(): Promise<ReadonlyMap<number, number>> {
    const found = await callsOnOtherNodes(this.#read, this.#node)
    this.#knownElsewhere = new Map(found.map(({ account, n }) => [account, n]))
    return this.#knownElsewhere
  }

  /** For calls that go out: counts this one. Gives rate.limit_exceeded. */
  take({ id, settings: { limits } }: Account): MaybePromise<unknown> {
    if (limits.callsPerSecond === 0) return
    if (this.#read.engine === 'postgres')
      return this.#rates.take({ bucket: `calls ${id}`, limit: limits.callsPerSecond, windowMs: 1000, scope: 'calls' })
    const nowMs = this.#clock.elapsedMs()
    const second = this.#seconds.get(id)
    if (!second || nowMs - second.at >= 1000) {
      this.#seconds.set(id, { at: nowMs, n: 1 })
      return
    }
    if (second.n >= limits.callsPerSecond)
      refuse('rate.limit_exceeded', {
        scope: 'calls',
        limit: limits.callsPerSecond,
        windowMs: 1000,
        retryAfterMs: Math.ceil(1000 - (nowMs - second.at)),
      })
    second.n += 1
  }

  /** Whether what it spends is bounded, so that calls that are up are looked at too. */
  bounds(account: Account): boolean {
    return account.settings.limits.callSpendPerDayMicros > 0 || this.#isMonthly(account)
  }

  #isMonthly({ kind, settings: { limits } }: Account): boolean {
    return kind === 'developer' && limits.spendPerMonthMicros > 0
  }

  /** At once where nothing bounds it; `besides` is what is not booked yet, `unheld` what of it is not held either. Gives call.spend_limit_reached, account.usage_limit_exceeded. */
  requireSpending(account: Account, besides = 0, unheld = besides): MaybePromise<void> {
    if (this.bounds(account)) return this.#spending(account, besides, unheld)
  }

  async #spending(account: Account, besides: number, unheld: number): Promise<void> {
    const { id, settings } = account
    const { limits } = settings
    const nowMs = this.#clock.nowMs()
    const limit = limits.callSpendPerDayMicros
    if (limit > 0) {
      const today = firstIdAt(nowMs - (nowMs % dayMs))
      const spent = (await spentOnCalls(this.#read, id, today))?.spent ?? 0
      if (spent + unheld >= limit) refuse('call.spend_limit_reached', { limitMicros: limit })
    }
    if (!this.#isMonthly(account)) return
    const now = new Date(nowMs)
    const firstDay = Math.floor(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1) / dayMs)
    const days = await readUsage(this.#read, id, firstDay, Math.floor(nowMs / dayMs))
    const used = days.reduce((sum, { price_micro: price }) => sum + price, besides)
    if (used >= limits.spendPerMonthMicros)
      refuse('account.usage_limit_exceeded', { subject: 'call', limit: limits.spendPerMonthMicros })
  }
}

function requireFewer(account: Account, up: number): void {
  const refused = tooMany(account, up)
  if (refused) throw refused
}

function tooMany({ kind, settings: { limits } }: Account, up: number): Refusal | undefined {
  if (kind === 'trial' && up >= limits.trialCalls) return refusal('trial.concurrency_reached', { limit: limits.trialCalls })
  if (limits.concurrentCalls > 0 && up >= limits.concurrentCalls)
    return refusal('call.concurrency_reached', { limit: limits.concurrentCalls })
  return undefined
}
