// Message references as this vendor writes them, `36e1766e_2.1493141823.12345`: hexadecimal with the segment where there are
// several, then two decimals, of which the second reads like the time of sending. They are the core's id in a keyed form, so
// nothing is kept for them, and none can be guessed.

import { refusal, type Refusal } from '#reasons/refusal.ts'
import { DecimalIds, idTimeMs } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import { faceName } from './auth.ts'

const form = /^([0-9a-f]{1,16})(?:_([0-9]{1,3}))?\.([0-9]{1,20})\.([0-9]{1,20})$/i

/** Gives request.reference_id_malformed (0025). Whether somebody has such a message is another question. */
export function readMessageRef(text: string, parameter: string): string | Refusal {
  return form.test(text) ? text : refusal('request.reference_id_malformed', { parameter, value: text.slice(0, 60) })
}

/** What goes into the last part; the first takes the other 32 of 53 bits. */
const lowest = 2 ** 21

export class MessageRefs {
  readonly #ids: DecimalIds

  constructor(key: Key) {
    this.#ids = new DecimalIds(key, faceName)
  }

  /** `segment` counts from 1. */
  refOf(id: number, segment?: number): string {
    const shown = this.#ids.encode('message', id)
    const first = Math.floor(shown / lowest)
      .toString(16)
      .padStart(8, '0')
    return `${first}${segment === undefined ? '' : `_${segment}`}.${Math.floor(idTimeMs(id) / 1000)}.${shown % lowest}`
  }

  /** One for each segment. */
  refsOf(id: number, segments: number): string[] {
    return segments > 1 ? Array.from({ length: segments }, (_, index) => this.refOf(id, index + 1)) : [this.refOf(id)]
  }

  /** Undefined for one that was never given out. */
  read(ref: string): { readonly id: number; readonly segment: number | undefined } | undefined {
    const [, first = '', segment, , last = ''] = form.exec(ref) ?? []
    const shown = Number.parseInt(first, 16) * lowest + Number(last)
    const id = this.#ids.decode('message', shown)
    if (id === undefined) return undefined
    const read = { id, segment: segment === undefined ? undefined : Number(segment) }
    // Every number is some id: only one that is written the same way again was ours.
    return this.refOf(id, read.segment) === ref.toLowerCase() ? read : undefined
  }
}
