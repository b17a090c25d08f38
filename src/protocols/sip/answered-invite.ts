// A 2xx to an INVITE until its ACK: RFC 3261 13.3.1.4. It goes out again after T1, doubling up to T2, over any transport, for 64*T1.

import type { SipRequest } from './message.ts'
import type { SipStack } from './sip-stack.ts'
import type { ServerTransaction } from './stack-parts.ts'
import type { Timed } from './timer-lists.ts'

export class AnsweredInvite {
  readonly #stack: SipStack
  readonly #transaction: ServerTransaction
  readonly #acked: (ack: SipRequest) => void
  readonly #lost: () => void
  #again: Timed | undefined
  #end: Timed | undefined
  #waitMs: number

  constructor(stack: SipStack, transaction: ServerTransaction, acked: (ack: SipRequest) => void, lost: () => void) {
    this.#stack = stack
    this.#transaction = transaction
    this.#acked = acked
    this.#lost = lost
    this.#waitMs = stack.times.t1Ms
    this.#again = stack.timers.start(this.#waitMs, () => this.#sendAgain())
    this.#end = stack.timers.start(64 * stack.times.t1Ms, () => {
      this.stop()
      this.#lost()
    })
  }

  acknowledged(ack: SipRequest): void {
    this.stop()
    this.#acked(ack)
  }

  stop(): void {
    this.#stack.timers.stop(this.#again)
    this.#stack.timers.stop(this.#end)
    this.#transaction.letGo()
  }

  #sendAgain(): void {
    this.#transaction.sendAgain()
    this.#waitMs = Math.min(2 * this.#waitMs, this.#stack.times.t2Ms)
    this.#again = this.#stack.timers.start(this.#waitMs, () => this.#sendAgain())
  }
}
