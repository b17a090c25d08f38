// Message ids as customers' binds see them: decimal digits, unguessable, at most 16 of them.

import { DecimalIds } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'

export class MessageIds {
  readonly #ids: DecimalIds

  constructor(key: Key) {
    this.#ids = new DecimalIds(key, 'smpp')
  }

  show(id: number): string {
    return String(this.#ids.encode('message', id))
  }

  /** Undefined for what is no id of ours. */
  read(text: string): number | undefined {
    return this.#ids.decode('message', text)
  }
}
