// Session timers: RFC 4028. Who refreshes how often, and when a session counts as dead. The refresh itself is session.ts's.

import type { Clock, Timer } from '#values/clock.ts'
import { sessionExpiresText } from './header-values.ts'
import { minSeOf, sessionExpiresOf } from './message-reads.ts'
import type { SipHeaders, SipRequest, SipResponse } from './message.ts'
import type { SessionTimerOptions } from './session-parts.ts'

export const usualSessionTimer: SessionTimerOptions = { intervalSeconds: 1_800, minSeconds: 90 }

/** Whether the peer offers or requires this extension, an option tag in lower case. */
export const supports = (message: SipRequest | SipResponse, option: string): boolean =>
  [...message.headers.all('Supported'), ...message.headers.all('Require')].some((one) => one.toLowerCase() === option)

/** What our INVITE or UPDATE asks for (7.1, 7.4). */
export function askFor(headers: SipHeaders, options: SessionTimerOptions, refresher?: 'uac' | 'uas'): void {
  // 7.1: never below what we say is our least.
  const seconds = Math.max(options.intervalSeconds, options.minSeconds)
  if (options.intervalSeconds > 0) headers.set('Session-Expires', sessionExpiresText({ seconds, refresher }))
  headers.set('Min-SE', `${options.minSeconds}`)
}

/** How long the session lives without a refresh, and whether the refreshes are ours. */
export interface Agreed {
  readonly seconds: number
  readonly weRefresh: boolean
}

/** 9: what we answer to a request; `tooSmall` is 422. Undefined is no timer. */
export function agree(
  request: SipRequest,
  options: SessionTimerOptions,
): { agreed: Agreed; headers: [string, string][] } | 'tooSmall' | undefined {
  const asked = sessionExpiresOf(request)
  const peerSupports = supports(request, 'timer')
  // A peer that does not know 422 gets our least instead; a proxy may have put the header in (9).
  if (asked && asked.seconds < options.minSeconds && peerSupports) return 'tooSmall'
  if (!asked && options.intervalSeconds === 0) return undefined
  const least = Math.max(options.minSeconds, minSeOf(request)?.seconds ?? 0)
  const wished = Math.min(asked?.seconds ?? Infinity, options.intervalSeconds || Infinity)
  const seconds = Math.max(least, wished)
  const refresher = peerSupports ? (asked?.refresher ?? 'uac') : 'uas'
  const headers: [string, string][] = [['Session-Expires', sessionExpiresText({ seconds, refresher })]]
  // 9: the UAC is told that it must refresh.
  if (refresher === 'uac') headers.push(['Require', 'timer'])
  return { agreed: { seconds, weRefresh: refresher === 'uas' }, headers }
}

/** 7.2: what a 2xx to our request says. */
export function agreedBy(response: SipResponse): Agreed | undefined {
  const told = sessionExpiresOf(response)
  return told && { seconds: told.seconds, weRefresh: told.refresher !== 'uas' }
}

/** Twenty days: what a peer may write is more than a timer of this machine holds (2^31 ms), and would run out at once. */
const longestSeconds = 20 * 86_400

export class SessionTimer {
  readonly #clock: Clock
  readonly #refresh: () => void
  readonly #expired: () => void
  #timers: Timer[] = []

  constructor(clock: Clock, refresh: () => void, expired: () => void) {
    this.#clock = clock
    this.#refresh = refresh
    this.#expired = expired
  }

  /** Starts anew with what was agreed; undefined stops it. */
  set(agreed: Agreed | undefined): void {
    this.stop()
    if (!agreed) return
    const { weRefresh } = agreed
    const seconds = Math.min(agreed.seconds, longestSeconds)
    // 10: refreshed at half; given up by either side 32 s, or a third, before the end.
    if (weRefresh) this.#timers.push(this.#clock.after(seconds * 500, this.#refresh))
    this.#timers.push(this.#clock.after((seconds - Math.min(32, seconds / 3)) * 1000, this.#expired))
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers = []
  }
}
