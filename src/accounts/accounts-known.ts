// Accounts with what they inherit, remembered until any account changes: asked for each message on its way.

import { createdNoun } from '#store/happenings.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import { loadAccount, type Account } from './account.ts'

const remembered = 10_000

export class AccountsKnown {
  readonly #store: Store
  readonly #known = new Map<number, Account>()
  /** What was read before a change is not kept after it. */
  #changes = 0

  constructor(store: Store) {
    this.#store = store
    store.onChange((nouns) => {
      if (!nouns.has('accounts') && !nouns.has(createdNoun('accounts')) && !nouns.has('*')) return
      this.#changes += 1
      this.#known.clear()
    })
  }

  /** At once where it is known. */
  find(id: number): MaybePromise<Account | undefined> {
    return this.#known.get(id) ?? this.#load(id)
  }

  async #load(id: number): Promise<Account | undefined> {
    const changes = this.#changes
    const account = await loadAccount(this.#store, id)
    if (account && changes === this.#changes) {
      if (this.#known.size >= remembered) this.#known.clear()
      this.#known.set(id, account)
    }
    return account
  }
}
