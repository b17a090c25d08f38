// The nonces a server gives out (RFC 7616 3.3, 5.4): each says when it was made and proves that we made it, so that none is kept until it is
// used, and for whom, so that nobody can answer for an address that is not its own. A nonce serves one request; one that is used up is told apart
// from one that was never ours only to the owner of the password.

import { createHmac } from 'node:crypto'
import { sameHash } from '#values/secrets.ts'

/** `used`: it served already, or a count other than 1 says that it should have. */
export type NonceState = 'fresh' | 'used' | 'old' | 'unknown'

export interface NonceOptions {
  /** At least 32 octets; processes that are to take each other's nonces share it. */
  readonly key: Buffer
  readonly nowMs: () => number
  /** Random text of so many bytes, hexadecimal. */
  readonly random: (bytes: number) => string
  /** How long a nonce serves. Default 60,000. */
  readonly lifeMs?: number | undefined
}

export class Nonces {
  readonly #options: NonceOptions
  readonly #lifeMs: number
  /** What was used in this span of `lifeMs` and in the one before: what is older has expired by itself. */
  #used = new Set<string>()
  #usedBefore = new Set<string>()
  #span = 0

  constructor(options: NonceOptions) {
    this.#options = options
    this.#lifeMs = options.lifeMs ?? 60_000
  }

  /** A nonce for one challenge, which goes to `source`. */
  issue(source: string): string {
    const made = `${this.#options.nowMs().toString(16).padStart(12, '0')}${this.#options.random(12)}`
    return `${made}${this.#proof(made, source)}`
  }

  /** Whether it was issued to that source, and still serves unless it was used. */
  isIssued(nonce: string, source: string): boolean {
    return this.#stateOf(nonce, source) === 'fresh'
  }

  #stateOf(nonce: string, source: string): NonceState {
    const made = nonce.slice(0, 36)
    if (nonce.length !== 68 || !sameHash(this.#proof(made, source), nonce.slice(36))) return 'unknown'
    const ageMs = this.#options.nowMs() - parseInt(made.slice(0, 12), 16)
    return ageMs >= this.#lifeMs || ageMs < 0 ? 'old' : 'fresh'
  }

  /** Uses a nonce up. Only `fresh` counts as an answer. */
  spend(nonce: string, count: string, source: string): NonceState {
    const state = this.#stateOf(nonce, source)
    if (state !== 'fresh') return state
    const made = nonce.slice(0, 36)
    this.#turn()
    if (this.#used.has(made) || this.#usedBefore.has(made)) return 'used'
    this.#used.add(made)
    return parseInt(count, 16) === 1 ? 'fresh' : 'used'
  }

  #turn(): void {
    const span = Math.floor(this.#options.nowMs() / this.#lifeMs)
    if (span === this.#span) return
    this.#usedBefore = span === this.#span + 1 ? this.#used : new Set()
    this.#used = new Set()
    this.#span = span
  }

  #proof(made: string, source: string): string {
    return createHmac('sha256', this.#options.key).update(`${made} ${source}`).digest('hex').slice(0, 32)
  }
}
