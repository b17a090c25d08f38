// Ids in this dialect: decimal numbers of a keyed bijection, one kind a noun. `~` is not read here: see target.ts.

import { DecimalIds } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'

export type IdKind = 'account' | 'user' | 'number' | 'forwarding' | 'session'

export class RingCentralIds {
  readonly #ids: DecimalIds

  constructor(key: Key) {
    this.#ids = new DecimalIds(key, 'ringcentral')
  }

  /** A JSON number, below 2^53. */
  show(kind: IdKind, id: number): number {
    return this.#ids.encode(kind, id)
  }

  /** Undefined for a text that is no decimal number; a number that is nobody's reads as an id that is not there. */
  read(kind: IdKind, text: string): number | undefined {
    return this.#ids.decode(kind, text)
  }
}
