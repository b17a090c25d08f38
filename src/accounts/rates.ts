// Rate limits by fixed windows. In one process they are counters; over several processes on PostgreSQL each takes
// slices of a window from the store, so that the whole never passes the limit by more than a slice a process.

import { refuse } from '#reasons/refusal.ts'
import { takeSlice } from '#store/rate-windows.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'

export interface RateRule {
  /** What is counted: `key 123`, `account 5`, `user 7 light`. */
  readonly bucket: string
  readonly limit: number
  readonly windowMs: number
  /** Told with the refusal: api, account, service, messages. */
  readonly scope: string
  /** Being over the limit starts the window anew. */
  readonly penalty?: boolean
}

export interface RateState {
  readonly limit: number
  readonly remaining: number
  readonly windowMs: number
  /** Until the window ends. */
  readonly resetMs: number
}

interface Window {
  startMs: number
  used: number
  granted: number
  closedUntilMs: number
  /** One slice is asked for at a time, or requests that come together would hoard what other processes need. Tells whether there was any. */
  asking: Promise<boolean> | undefined
}

const maxWindows = 100_000

export class Rates {
  readonly #store: Store
  readonly #clock: Clock
  readonly #shared: boolean
  readonly #windows = new Map<string, Window>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#shared = store.engine === 'postgres'
  }

  /** Counts one request. Gives rate.limit_exceeded (rate.platform_limit_exceeded for scope `platform`). */
  take(rule: RateRule): RateState | Promise<RateState> {
    const now = this.#clock.nowMs()
    const window = this.#windowOf(rule, now)
    if (window.closedUntilMs > now) return this.#over(rule, window, now)
    if (window.used < window.granted) return this.#count(rule, window, now)
    if (!this.#shared || window.granted >= rule.limit) return this.#over(rule, window, now)
    return this.#takeMore(rule, window, now)
  }

  /** What would be left without counting anything. */
  peek(rule: RateRule): RateState {
    const now = this.#clock.nowMs()
    const window = this.#windowOf(rule, now)
    return this.#state(rule, window, now)
  }

  #windowOf(rule: RateRule, now: number): Window {
    let window = this.#windows.get(rule.bucket)
    const startMs = now - (now % rule.windowMs)
    if (!window) {
      if (this.#windows.size >= maxWindows) this.#windows.delete(this.#windows.keys().next().value!)
      window = { startMs, used: 0, granted: this.#shared ? 0 : rule.limit, closedUntilMs: 0, asking: undefined }
      this.#windows.set(rule.bucket, window)
    } else if (window.startMs !== startMs) {
      window.startMs = startMs
      window.used = 0
      window.granted = this.#shared ? 0 : rule.limit
      window.asking = undefined
    } else if (!this.#shared || window.granted > rule.limit) window.granted = rule.limit
    return window
  }

  #count(rule: RateRule, window: Window, now: number): RateState {
    window.used += 1
    return this.#state(rule, window, now)
  }

  async #takeMore(rule: RateRule, window: Window, now: number): Promise<RateState> {
    const { startMs } = window
    const hasMore = await (window.asking ??= this.#ask(rule, window))
    // What was granted for a window that has ended meanwhile is not spent in the next.
    if (window.startMs !== startMs) return this.take(rule)
    if (window.used < window.granted) return this.#count(rule, window, now)
    return hasMore ? this.take(rule) : this.#over(rule, window, now)
  }

  async #ask({ bucket, limit }: RateRule, window: Window): Promise<boolean> {
    const { startMs } = window
    try {
      const slice = Math.max(1, Math.floor(limit / 20))
      const granted = await this.#store.write(takeSlice, { bucket, windowMs: startMs, slice, limit })
      if (window.startMs === startMs) window.granted += granted
      return granted > 0
    } finally {
      if (window.startMs === startMs) window.asking = undefined
    }
  }

  #over(rule: RateRule, window: Window, now: number): never {
    if (rule.penalty) window.closedUntilMs = now + rule.windowMs
    const { limit, windowMs } = rule
    const retryAfterMs = this.#state(rule, window, now).resetMs
    if (rule.scope === 'platform') refuse('rate.platform_limit_exceeded', {}, { retryAfterMs })
    refuse('rate.limit_exceeded', { scope: rule.scope, limit, windowMs, retryAfterMs }, { retryAfterMs })
  }

  #state(rule: RateRule, window: Window, now: number): RateState {
    const closed = window.closedUntilMs > now
    return {
      limit: rule.limit,
      remaining: closed ? 0 : Math.max(0, rule.limit - window.used),
      windowMs: rule.windowMs,
      resetMs: closed ? window.closedUntilMs - now : window.startMs + rule.windowMs - now,
    }
  }
}
