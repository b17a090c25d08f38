// Message ids as customers' binds see them: decimal digits, unguessable, at most 16 of them.

import { DecimalIds } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'

/** A message is shown when it is submitted and again soon after, with its receipt. */
const keptAtMost = 10_000

export class MessageIds {
  readonly #ids: DecimalIds
  #shown = new Map<number, string>()
  #before = new Map<number, string>()

  constructor(key: Key) {
    this.#ids = new DecimalIds(key, 'smpp')
  }

  show(id: number): string {
    let text = this.#shown.get(id)
    if (text !== undefined) return text
    text = this.#before.get(id) ?? String(this.#ids.encode('message', id))
    if (this.#shown.size >= keptAtMost) {
      this.#before = this.#shown
      this.#shown = new Map()
    }
    this.#shown.set(id, text)
    return text
  }

  /** Undefined for what is no id of ours. */
  read(text: string): number | undefined {
    return this.#ids.decode('message', text)
  }
}
