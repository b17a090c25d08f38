// Ids at this face are decimal numbers, written as text: they have up to 16 digits, which not every client's integers hold.

import type { Noun } from '#operations/fields.ts'
import { DecimalIds } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'

export class TokuIds {
  readonly #decimals: DecimalIds

  constructor(key: Key) {
    this.#decimals = new DecimalIds(key, 'toku')
  }

  show(noun: Noun, id: number): string {
    return String(this.#decimals.encode(noun, id))
  }

  /** Undefined for what this face never showed as an id. */
  read(noun: Noun, text: string): number | undefined {
    return this.#decimals.decode(noun, text)
  }
}
