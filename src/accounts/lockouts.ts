// Lock-out after repeated failed logins: per user in the store, so that every process knows it; per source in memory,
// so that strangers cannot fill the disk. The same wrong proof repeated counts once: a client library that repeats a
// login answered 401 must not lock its user out twice as fast.

import { refuse } from '#reasons/refusal.ts'
import { clearLockout, failLockout, readLockout } from '#store/lockouts.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import { hashToken } from '#values/secrets.ts'

export interface LockoutRules {
  readonly failures: number
  readonly lockMs: number
  /** Failures from one source, whatever the user, before the source is locked. */
  readonly sourceFailures: number
}

export const lockoutRules: LockoutRules = { failures: 5, lockMs: 60 * 60_000, sourceFailures: 50 }

const maxSources = 10_000

export class Lockouts {
  readonly #store: Store
  readonly #clock: Clock
  readonly #rules: LockoutRules
  readonly #sources = new Map<string, { failures: number; untilMs: number; lastProof: string }>()
  /** Names that nobody has. */
  readonly #unknown = new Map<string, { failures: number; lockedUntilMs: number; failedMs: number; lastProof: string }>()

  constructor(store: Store, clock: Clock, rules = lockoutRules) {
    this.#store = store
    this.#clock = clock
    this.#rules = rules
  }

  /** Gives auth.source_locked while the source is locked. */
  checkSource(source: string): void {
    const held = this.#sources.get(source)
    const leftMs = (held?.untilMs ?? 0) - this.#clock.nowMs()
    if (held && held.failures >= this.#rules.sourceFailures && leftMs > 0) {
      refuse('auth.source_locked', { retryAfterMs: leftMs }, { retryAfterMs: leftMs })
    }
  }

  /** Gives auth.locked while the user is locked, whether or not the proof is right. */
  async checkUser(subject: string): Promise<void> {
    const row = await readLockout(this.#store, subject)
    const lockedUntilMs = row?.locked_until_ms ?? this.#unknown.get(subject)?.lockedUntilMs ?? 0
    const leftMs = lockedUntilMs - this.#clock.nowMs()
    if (leftMs > 0) refuse('auth.locked', { retryAfterMs: leftMs }, { retryAfterMs: leftMs })
  }

  /** `subject` is absent when no such user exists: then only the source counts. */
  async failed(subject: string | undefined, proof: string, source: string): Promise<void> {
    const proofHash = hashToken(`${subject}\n${proof}`)
    this.#countSource(source, proofHash)
    if (subject !== undefined) {
      const { failures, lockMs } = this.#rules
      await this.#store.write(failLockout, { subject, proof: proofHash, now: this.#clock.nowMs(), limit: failures, lockMs })
    }
  }

  /**
   * As `failed`, of a name that nobody has: it is locked alike, as strangers are not to learn which names there are. In memory, so that names
   * that are made up fill no disk; what is written instead takes the same time.
   */
  async failedUnknown(subject: string, proof: string, source: string): Promise<void> {
    const now = this.#clock.nowMs()
    const { failures: limit, lockMs } = this.#rules
    const proofHash = hashToken(`${subject}\n${proof}`)
    this.#countSource(source, proofHash)
    const held = this.#unknown.get(subject)
    if (!held || held.lockedUntilMs <= now) {
      const isAnew = !held || held.lockedUntilMs > 0 || held.failedMs + lockMs <= now
      const failures = isAnew ? 1 : held.failures + (held.lastProof === proofHash ? 0 : 1)
      this.#unknown.delete(subject)
      const lockedUntilMs = failures >= limit ? now + lockMs : 0
      this.#unknown.set(subject, { failures, lockedUntilMs, failedMs: now, lastProof: proofHash })
      if (this.#unknown.size > maxSources) this.#unknown.delete(this.#unknown.keys().next().value!)
    }
    await this.#store.write(failLockout, { subject: 'nobody', proof: proofHash, now, limit, lockMs })
  }

  async succeeded(subject: string): Promise<void> {
    if (await readLockout(this.#store, subject)) await this.#store.write(clearLockout, { subject })
  }

  #countSource(source: string, proofHash: string): void {
    const now = this.#clock.nowMs()
    const held = this.#sources.get(source)
    if (held && held.lastProof === proofHash) return
    const failures = held && held.untilMs > now ? held.failures + 1 : 1
    this.#sources.delete(source)
    this.#sources.set(source, { failures, untilMs: now + this.#rules.lockMs / 6, lastProof: proofHash })
    if (this.#sources.size > maxSources) this.#sources.delete(this.#sources.keys().next().value!)
  }
}
