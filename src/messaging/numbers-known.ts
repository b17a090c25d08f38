// The platform's numbers as every send asks for them, sender and recipient. Nearly every recipient is nobody's here, and that is
// known without a read: the texts of all numbers are kept in memory as long as they are few enough, and read again when one changes.

import { createdNoun } from '#store/happenings.ts'
import { allNumberTexts, readNumberByNumber, type NumberRow } from '#store/numbers.ts'
import type { MaybePromise, Store } from '#store/store.ts'

const rowsRemembered = 20_000
/** With more numbers than these, each question is a read. */
const textsAtMost = 200_000

export class NumbersKnown {
  readonly #store: Store
  readonly #rows = new Map<string, NumberRow | null>()
  /** All there are; undefined while they are read, or when they are too many. */
  #texts: ReadonlySet<string> | undefined
  #tooMany = false
  #reading = false
  /** What was read before a change is not kept after it. */
  #changes = 0

  constructor(store: Store) {
    this.#store = store
    store.onChange((nouns) => {
      if (!nouns.has('numbers') && !nouns.has(createdNoun('numbers')) && !nouns.has('*')) return
      this.#changes += 1
      this.#rows.clear()
      this.#texts = undefined
      this.#tooMany = false
    })
  }

  /** By its text, E.164 or a short code, whoever owns it. */
  find(number: string): MaybePromise<NumberRow | undefined> {
    if (this.#texts && !this.#texts.has(number)) return undefined
    const known = this.#rows.get(number)
    if (known !== undefined) return known ?? undefined
    if (!this.#texts && !this.#tooMany) void this.#readTexts()
    const changes = this.#changes
    const row = readNumberByNumber(this.#store, number)
    return row instanceof Promise ? row.then((one) => this.#keep(changes, number, one)) : this.#keep(changes, number, row)
  }

  #keep(changes: number, number: string, row: NumberRow | undefined): NumberRow | undefined {
    if (changes === this.#changes) {
      if (this.#rows.size >= rowsRemembered) this.#rows.clear()
      this.#rows.set(number, row ?? null)
    }
    return row
  }

  async #readTexts(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    const changes = this.#changes
    try {
      const texts = await allNumberTexts(this.#store.slow, textsAtMost + 1)
      if (changes !== this.#changes) return
      if (texts.length > textsAtMost) this.#tooMany = true
      else this.#texts = new Set(texts)
    } catch {
      // The store says so to whoever needs it; here each question goes on being a read.
    } finally {
      this.#reading = false
    }
  }
}
