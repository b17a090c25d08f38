// The nonces a server gives out (RFC 7616 3.3, 5.4): each says when it was made and proves that we made it, so that none is kept until it is
// used. A nonce serves one request; one that is used up is told apart from one that was never ours only to the owner of the password.

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

  /** A nonce for one challenge. */
  issue(): string {
    const made = `${this.#options.nowMs().toString(16).padStart(12, '0')}${this.#options.random(12)}`
    return `${made}${this.#proof(made)}`
  }

  /** Uses a nonce up. Only `fresh` counts as an answer. */
  spend(nonce: string, count: string): NonceState {
    const made = nonce.slice(0, 36)
    if (nonce.length !== 68 || !sameHash(this.#proof(made), nonce.slice(36))) return 'unknown'
    const ageMs = this.#options.nowMs() - parseInt(made.slice(0, 12), 16)
    if (ageMs >= this.#lifeMs || ageMs < 0) return 'old'
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

  #proof(made: string): string {
    return createHmac('sha256', this.#options.key).update(made).digest('hex').slice(0, 32)
  }
}
