// Ids in this dialect: decimal numbers of a keyed bijection, one kind a noun; UUIDs of subscriptions and of what they tell. `~` is not
// read here: see target.ts.

import { BlockIds, DecimalIds } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'

export type IdKind =
  | 'account'
  | 'user'
  | 'number'
  | 'forwarding'
  | 'session'
  | 'message'
  | 'conversation'
  | 'attachment'
  | 'call'
  | 'callSession'
  | 'recording'
  | 'device'

export type UuidKind = 'subscription' | 'event'

const maxAccounts = 10_000

export class RingCentralIds {
  readonly #ids: DecimalIds
  readonly #uuids: BlockIds
  /** Every uri has an account in it; what it looks like never changes. */
  readonly #accounts = new Map<number, number>()

  constructor(key: Key) {
    this.#ids = new DecimalIds(key, 'ringcentral')
    this.#uuids = new BlockIds(key, 'ringcentral')
  }

  /** A JSON number, below 2^53. */
  show(kind: IdKind, id: number): number {
    if (kind !== 'account') return this.#ids.encode(kind, id)
    let shown = this.#accounts.get(id)
    if (shown === undefined) {
      if (this.#accounts.size >= maxAccounts) this.#accounts.clear()
      shown = this.#ids.encode(kind, id)
      this.#accounts.set(id, shown)
    }
    return shown
  }

  /** Undefined for a text that is no decimal number; a number that is nobody's reads as an id that is not there. */
  read(kind: IdKind, text: string): number | undefined {
    return this.#ids.decode(kind, text)
  }

  uuid(kind: UuidKind, id: number): string {
    return this.#uuids.uuid(kind, id)
  }

  /** Undefined for anything that is none of ours. */
  readUuid(kind: UuidKind, text: string): number | undefined {
    return this.#uuids.fromHex(kind, text)
  }
}
