// Public addresses of recordings: `/recordings/<id>-<secret>.wav`. Whoever has one may hear that recording until it is deleted; nobody can
// guess one, as each has 190 random bits of its own.

import { readRecordingById, type RecordingRow } from '#store/recordings.ts'
import type { Reader } from '#store/store.ts'
import { BlockIds } from '#values/ids.ts'
import { sameSecret, type Key } from '#values/secrets.ts'

const kind = 'recording'

export class RecordingUrls {
  readonly #ids: BlockIds
  readonly #publicUrl: () => string

  constructor(key: Key, publicUrl: () => string) {
    this.#ids = new BlockIds(key, 'recording links')
    this.#publicUrl = publicUrl
  }

  /** Absolute. */
  urlOf({ id, secret }: Pick<RecordingRow, 'id' | 'secret'>): string {
    return `${this.#publicUrl()}/recordings/${this.#ids.hex(kind, id)}-${secret}.wav`
  }

  /** Undefined for a name that is nobody's. */
  async rowOf(read: Reader, name: string): Promise<RecordingRow | undefined> {
    const found = /^([0-9a-f]{32})-([0-9A-Za-z]{32})\.wav$/.exec(name)
    const id = found && this.#ids.fromHex(kind, found[1]!)
    const row = typeof id === 'number' ? await readRecordingById(read, id) : undefined
    return row && sameSecret(row.secret, found![2]!) ? row : undefined
  }
}
