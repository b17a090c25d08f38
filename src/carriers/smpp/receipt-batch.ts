// Receipts gathered while the last ones are being written: a busy SMSC's receipts go to the store many at a time, and each is answered
// only when it stands there. What cannot be written is refused for the moment, so that the SMSC sends it again.

import type { Receipt } from '#messaging/sms-carrier.ts'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import type { Respond } from '#protocols/smpp/session-parts.ts'

export class ReceiptBatch {
  readonly #tell: (receipts: readonly Receipt[]) => Promise<void>
  #waiting: { readonly receipt: Receipt; readonly respond: Respond }[] = []
  #telling: Promise<void> | undefined
  /** How many were taken. */
  taken = 0

  constructor(tell: (receipts: readonly Receipt[]) => Promise<void>) {
    this.#tell = tell
  }

  add(receipt: Receipt, respond: Respond): void {
    this.#waiting.push({ receipt, respond })
    this.#telling ??= new Promise((resolve) => setImmediate(() => resolve(this.#tellAll())))
  }

  /** Resolves when nothing waits. */
  async settled(): Promise<void> {
    await this.#telling
  }

  async #tellAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const some = this.#waiting
      this.#waiting = []
      let status: number = commandStatus.ESME_ROK
      try {
        await this.#tell(some.map(({ receipt }) => receipt))
        this.taken += some.length
      } catch {
        status = commandStatus.ESME_RX_T_APPN
      }
      const answer = { status }
      for (const { respond } of some) respond(answer)
    }
    this.#telling = undefined
  }
}
