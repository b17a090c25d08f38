// The platform's numbers as every send asks for them, sender and recipient: remembered, also those that are not ours, until a number changes.

import { createdNoun } from '#store/happenings.ts'
import { readNumberByNumber, type NumberRow } from '#store/numbers.ts'
import type { MaybePromise, Store } from '#store/store.ts'

const remembered = 20_000

export class NumbersKnown {
  readonly #store: Store
  readonly #known = new Map<string, NumberRow | null>()
  /** What was read before a change is not kept after it. */
  #changes = 0

  constructor(store: Store) {
    this.#store = store
    store.onChange((nouns) => {
      if (!nouns.has('numbers') && !nouns.has(createdNoun('numbers')) && !nouns.has('*')) return
      this.#changes += 1
      this.#known.clear()
    })
  }

  /** By its text, E.164 or a short code, whoever owns it. */
  find(number: string): MaybePromise<NumberRow | undefined> {
    const known = this.#known.get(number)
    if (known !== undefined) return known ?? undefined
    const changes = this.#changes
    const row = readNumberByNumber(this.#store, number)
    return row instanceof Promise ? row.then((one) => this.#keep(changes, number, one)) : this.#keep(changes, number, row)
  }

  #keep(changes: number, number: string, row: NumberRow | undefined): NumberRow | undefined {
    if (changes === this.#changes) {
      if (this.#known.size >= remembered) this.#known.clear()
      this.#known.set(number, row ?? null)
    }
    return row
  }
}
