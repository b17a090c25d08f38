// The guard against pumped traffic: whoever abuses a form that sends codes makes messages to one range of numbers, whose
// owner earns with each. So what an account sends to numbers that begin alike is counted, an hour at a time.
//
// A sliding hour, of two counts: what was sent in the hour that is running, and of the hour before as much as the sliding
// one still covers. At most a few per cent off where traffic is uneven, and two numbers a range instead of a list.
//
//   before          running
//   |------ 60 -----|-- 20 --now        40 minutes of the hour before still count: 60 * 2/3 + 20 = 60
//
// In memory, each node for itself: it bounds a loss, and is no quota that must be kept to one. It says why not; who asks
// refuses. Counts nothing where the account has no limit.

import type { Settings } from '#accounts/account.ts'

export interface GuardedAccount {
  readonly id: number
  readonly settings: Pick<Settings, 'limits' | 'safeDestinations'>
}

export type PumpingVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly reason: 'policy.traffic_pumping'
      readonly params: { readonly prefix: string; readonly limit: number; readonly retryAfterMs: number }
    }

const hourMs = 3_600_000
const pass: PumpingVerdict = { ok: true }

interface Count {
  hour: number
  sent: number
  before: number
}

export interface PumpingGuardOptions {
  /** Ranges remembered, of all accounts; beyond it the one that was counted first is forgotten. */
  readonly rangesAtMost?: number
}

export class PumpingGuard {
  readonly #counts = new Map<string, Count>()
  readonly #rangesAtMost: number
  #sweptHour = 0

  constructor({ rangesAtMost = 200_000 }: PumpingGuardOptions = {}) {
    this.#rangesAtMost = rangesAtMost
  }

  get ranges(): number {
    return this.#counts.size
  }

  /** Counts one message to an E.164 number, or says why it may not be sent. What was refused does not count. */
  take(account: GuardedAccount, recipient: string, nowMs: number): PumpingVerdict {
    const { limits } = account.settings
    const limit = limits.prefixPerHour
    if (!isCounted(account, recipient)) return pass
    const prefix = recipient.slice(0, limits.prefixDigits + 1)
    const count = this.#countOf(`${account.id} ${prefix}`, nowMs)
    const passed = (nowMs % hourMs) / hourMs
    const sliding = count.before * (1 - passed) + count.sent
    if (sliding + 1 > limit) {
      const retryAfterMs = waitFor(count, limit, nowMs)
      return { ok: false, reason: 'policy.traffic_pumping', params: { prefix, limit, retryAfterMs } }
    }
    count.sent += 1
    return pass
  }

  /** Takes back what was counted for a message that was refused for another reason after all. */
  giveBack(account: GuardedAccount, recipient: string): void {
    const { limits } = account.settings
    if (!isCounted(account, recipient)) return
    const count = this.#counts.get(`${account.id} ${recipient.slice(0, limits.prefixDigits + 1)}`)
    if (count && count.sent > 0) count.sent -= 1
  }

  #countOf(key: string, nowMs: number): Count {
    const hour = Math.floor(nowMs / hourMs)
    if (hour !== this.#sweptHour) this.#sweep(hour)
    let count = this.#counts.get(key)
    if (!count) {
      if (this.#counts.size >= this.#rangesAtMost) this.#counts.delete(this.#counts.keys().next().value!)
      this.#counts.set(key, (count = { hour, sent: 0, before: 0 }))
    } else if (count.hour !== hour) {
      count.before = count.hour === hour - 1 ? count.sent : 0
      count.sent = 0
      count.hour = hour
    }
    return count
  }

  #sweep(hour: number): void {
    this.#sweptHour = hour
    for (const [key, count] of this.#counts) if (count.hour < hour - 1) this.#counts.delete(key)
  }
}

function isCounted({ settings }: GuardedAccount, recipient: string): boolean {
  if (settings.limits.prefixPerHour === 0 || !recipient.startsWith('+')) return false
  return !settings.safeDestinations.some((safe) => recipient.startsWith(safe))
}

/** When the sliding hour has room for one again. */
function waitFor({ sent, before }: Count, limit: number, nowMs: number): number {
  const intoHour = nowMs % hourMs
  const toNext = hourMs - intoHour
  const room = limit - 1 - sent
  // In the running hour only what is left of the one before shrinks.
  if (before > 0 && room >= 0) return Math.max(1, Math.ceil(Math.min(toNext, (1 - room / before) * hourMs - intoHour)))
  // From the next hour on it is what was sent in this one that shrinks.
  if (sent === 0) return toNext
  return Math.ceil(toNext + Math.max(0, 1 - (limit - 1) / sent) * hourMs)
}
