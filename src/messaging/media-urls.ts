// Links under which a carrier fetches what a message carries: `/media/<token>`. Whoever has one may read that file until it
// expires; nobody can make one without the key. The token holds the file's id, encrypted, and its end; no table is kept.

import type { Clock } from '#values/clock.ts'
import { BlockIds } from '#values/ids.ts'
import { sameHash, type Key } from '#values/secrets.ts'

/** Carriers try again for hours; a link outlives that. */
const goodForMs = 3 * 24 * 3_600_000

const kind = 'media'
const macChars = 32

export class MediaUrls {
  readonly #ids: BlockIds
  readonly #key: Key
  readonly #clock: Clock
  readonly #publicUrl: () => string

  constructor(key: Key, clock: Clock, publicUrl: () => string) {
    this.#ids = new BlockIds(key, 'media links')
    this.#key = key
    this.#clock = clock
    this.#publicUrl = publicUrl
  }

  #mac(text: string): string {
    return this.#key.mac('media links', text).slice(0, macChars)
  }

  /** Absolute. */
  urlOf(mediaId: number): string {
    const until = Math.floor((this.#clock.nowMs() + goodForMs) / 1000)
    const text = `${this.#ids.hex(kind, mediaId)}${until.toString(36)}`
    return `${this.#publicUrl()}/media/${text}-${this.#mac(text)}`
  }

  /** Undefined for a token that is none or has expired. */
  idOf(token: string): number | undefined {
    const found = /^([0-9a-f]{32}[0-9a-z]{1,10})-([0-9a-f]{32})$/.exec(token)
    if (!found || !sameHash(this.#mac(found[1]!), found[2]!)) return undefined
    if (Number.parseInt(found[1]!.slice(32), 36) * 1000 < this.#clock.nowMs()) return undefined
    return this.#ids.fromHex(kind, found[1]!.slice(0, 32))
  }
}
