// Whether a recipient wants nothing from a sender, asked before every send. Most accounts have no opt-outs at all, and that
// is what is remembered; for the others it is one point read. It says yes or no; the refusal is its caller's.
//
// What was erased is kept as a keyed hash of the number, so that who asked to be forgotten is not written to again.

import { createHmac } from 'node:crypto'
import { createdNoun } from '#store/happenings.ts'
import { isOptedOut, optOutsKept, type OptOutsKept } from '#store/opt-outs.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import type { Key } from '#values/secrets.ts'

/** Accounts remembered; beyond it they are asked for anew. */
const remembered = 10_000

/** A person as what is left of them after an erasure: `#` and 32 hex digits, the same for the same number and key. */
export class PersonHashes {
  readonly #key: Buffer

  constructor(key: Key) {
    this.#key = key.derive('erased persons', 32)
  }

  of(account: number, person: string): string {
    return `#${createHmac('sha256', this.#key).update(`${account} ${person}`).digest('hex').slice(0, 32)}`
  }
}

export class OptOuts {
  readonly #store: Store
  readonly #hashes: PersonHashes
  readonly #kept = new Map<number, OptOutsKept>()
  /** A read begun before a change must not be remembered after it. */
  #changes = 0

  constructor(store: Store, hashes: PersonHashes) {
    this.#store = store
    this.#hashes = hashes
    store.onChange((nouns) => {
      if (!nouns.has('opt_outs') && !nouns.has(createdNoun('opt_outs')) && !nouns.has('*')) return
      this.#changes += 1
      this.#kept.clear()
    })
  }

  /** At once on SQLite; `recipient` and `sender` as messages keep them. */
  blocks(account: number, recipient: string, sender: string): MaybePromise<boolean> {
    const known = this.#kept.get(account)
    if (known === 'none') return false
    if (known !== undefined) return this.#look(known, account, recipient, sender)
    const changes = this.#changes
    const kept = optOutsKept(this.#store, account)
    if (!(kept instanceof Promise)) return this.#learnt(changes, kept, account, recipient, sender)
    return kept.then((one) => this.#learnt(changes, one, account, recipient, sender))
  }

  #learnt(changes: number, kept: OptOutsKept, account: number, recipient: string, sender: string): MaybePromise<boolean> {
    if (changes === this.#changes) {
      if (this.#kept.size >= remembered) this.#kept.clear()
      this.#kept.set(account, kept)
    }
    return kept === 'none' ? false : this.#look(kept, account, recipient, sender)
  }

  #look(kept: OptOutsKept, account: number, recipient: string, sender: string): MaybePromise<boolean> {
    const plain = isOptedOut(this.#store, account, recipient, sender)
    if (kept !== 'hashes') return plain
    const hashed = () => isOptedOut(this.#store, account, this.#hashes.of(account, recipient), sender)
    if (plain instanceof Promise) return plain.then((blocked) => blocked || hashed())
    return plain || hashed()
  }
}
