// What is asked for at every message and call of an account and changes seldom: kept in memory until something that it may hang on changes.

import { loadAccount, type Account } from '#accounts/account.ts'
import type { Store } from '#store/store.ts'

const accountsAtMost = 50_000
/** News of these may change who is told. */
const watched = ['facets', 'accounts', '*']

export type Known<T> = T & { readonly loopback: boolean }

export class KnownByAccount<T extends object> {
  readonly #store: Store
  readonly #read: (id: number, account: Account | undefined) => Promise<T>
  readonly #known = new Map<number, Known<T>>()
  /** Counts what was forgotten: what was read before is not kept after. */
  #news = 0

  constructor(store: Store, read: (id: number, account: Account | undefined) => Promise<T>) {
    this.#store = store
    this.#read = read
    store.onChange((nouns) => {
      if (!watched.some((noun) => nouns.has(noun))) return
      this.#news += 1
      this.#known.clear()
    })
  }

  of(account: number): Known<T> | Promise<Known<T>> {
    return this.#known.get(account) ?? this.#load(account)
  }

  async #load(id: number): Promise<Known<T>> {
    const news = this.#news
    const account = await loadAccount(this.#store, id)
    const loopback = account?.settings.features.includes('loopback_urls') ?? false
    const known = { ...(await this.#read(id, account)), loopback }
    if (news === this.#news) {
      if (this.#known.size >= accountsAtMost) this.#known.clear()
      this.#known.set(id, known)
    }
    return known
  }
}
