// Application instances, starts and reservations, reference section 1: `06e122c3364cc74c.787379` names a running application, three parts divided by
// dots name the start that began it. Both, and the token of a reservation, are the core's id in a keyed form: nothing is kept for them, and none can be guessed.

import { refusal, type Refusal } from '#reasons/refusal.ts'
import { DecimalIds, idTimeMs } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import { faceName } from './auth.ts'

const instanceForm = /^([0-9a-f]{1,32})\.([0-9]{1,20})$/i
const startForm = /^([0-9a-f]{1,32})\.([0-9]{1,20})\.([0-9]{1,20})$/i

/** Gives request.reference_id_malformed (0025). Whether there is such an application is another question. */
export function readInstanceId(text: string, parameter: string): string | Refusal {
  return instanceForm.test(text) ? text : refusal('request.reference_id_malformed', { parameter, value: text.slice(0, 60) })
}

/** What goes into the last part of a start's id; the first takes the other 32 of 53 bits. */
const lowest = 2 ** 21
/** The decimal part of an instance reads like the time of its beginning. */
const secondsOf = (id: number): number => Math.floor(idTimeMs(id) / 1000) % 1_000_000

export class InstanceIds {
  readonly #ids: DecimalIds

  constructor(key: Key) {
    this.#ids = new DecimalIds(key, faceName)
  }

  /** Of a call that an application runs on: it came in, or a start placed it. */
  instanceOf(callId: number): string {
    return `${this.#ids.encode('call', callId).toString(16).padStart(16, '0')}.${secondsOf(callId)}`
  }

  /** The call's id; undefined for one that was never given out. */
  readInstance(text: string): number | undefined {
    const [, first = ''] = instanceForm.exec(text) ?? []
    const id = this.#decoded('call', Number.parseInt(first, 16))
    return id !== undefined && this.instanceOf(id) === text.toLowerCase() ? id : undefined
  }

  startOf(callId: number): string {
    const shown = this.#ids.encode('start', callId)
    const first = Math.floor(shown / lowest)
      .toString(16)
      .padStart(8, '0')
    return `${first}.${secondsOf(callId)}.${shown % lowest}`
  }

  readStart(text: string): number | undefined {
    const [, first = '', , last = ''] = startForm.exec(text) ?? []
    const id = this.#decoded('start', Number.parseInt(first, 16) * lowest + Number(last))
    return id !== undefined && this.startOf(id) === text.toLowerCase() ? id : undefined
  }

  /** Of a reserved conference. */
  tokenOf(reservationId: number): string {
    return this.#ids.encode('reservation', reservationId).toString(16).padStart(14, '0')
  }

  readToken(text: string): number | undefined {
    return /^[0-9a-f]{14}$/i.test(text) ? this.#decoded('reservation', Number.parseInt(text, 16)) : undefined
  }

  #decoded(kind: string, shown: number): number | undefined {
    return Number.isSafeInteger(shown) ? this.#ids.decode(kind, shown) : undefined
  }
}
