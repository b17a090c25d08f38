// Keeps what carriers send and receive, for the timeline of a message. Records are packed into one buffer as they come and
// go to the unsynchronised store together: when the buffer is full, or a moment later. It reads nothing; a carrier's bytes
// stay in the carrier's protocol.

import { evidenceSpanMs, keepEvidence, packedBytes, packRecord } from '#store/evidence.ts'
import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { WireRecord } from './sms-carrier.ts'

const bufferBytes = 64 * 1024
/** The longest record kept whole; of a longer one its beginning. SMPP's message_payload may be 64 KB, a PDU is rarely 1 KB. */
const recordBytes = 16 * 1024

export interface EvidenceParts {
  readonly store: Pick<Store, 'note'>
  readonly clock: Clock
  readonly nextId: NextId
}

export class Evidence {
  readonly #parts: EvidenceParts
  #buffer = Buffer.allocUnsafeSlow(bufferBytes)
  #used = 0
  #fromMs = 0
  #toMs = 0
  #timer: Timer | undefined

  constructor(parts: EvidenceParts) {
    this.#parts = parts
  }

  /** The bytes are copied: they may be reused at once. */
  wire(given: WireRecord): void {
    const record = given.bytes.length > recordBytes ? { ...given, bytes: given.bytes.subarray(0, recordBytes) } : given
    const size = packedBytes(record)
    const { atMs } = record
    // Clocks of carriers may differ; a row is to cover little time, so that it is found by it.
    const apart = this.#used > 0 && (atMs < this.#toMs - evidenceSpanMs || atMs > this.#fromMs + evidenceSpanMs)
    if (apart || this.#used + size > bufferBytes) this.flush()
    if (this.#used === 0) {
      this.#fromMs = atMs
      this.#toMs = atMs
      this.#timer = this.#parts.clock.after(evidenceSpanMs / 2, () => this.flush())
    } else if (atMs > this.#toMs) this.#toMs = atMs
    else if (atMs < this.#fromMs) this.#fromMs = atMs
    this.#used = packRecord(this.#buffer, this.#used, record)
  }

  /** Hands over what there is; called by itself, and when the platform stops. */
  flush(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#used === 0) return
    const { store, nextId } = this.#parts
    // A copy of just what is used: a view would be cloned with all of its buffer.
    const records = new Uint8Array(this.#buffer.subarray(0, this.#used))
    store.note(keepEvidence, { id: nextId(), fromMs: this.#fromMs, toMs: this.#toMs, records })
    this.#used = 0
  }
}
