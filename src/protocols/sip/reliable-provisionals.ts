// Provisional responses that are sent until their PRACK: RFC 3262 3. One is under way at a time; others wait behind it.

import { cseqOf, rackOf } from './message-reads.ts'
import type { SipRequest } from './message.ts'
import type { SipStack } from './sip-stack.ts'
import type { ServerTransaction } from './stack-parts.ts'
import type { Timed } from './timer-lists.ts'

interface Waiting {
  readonly hasSdp: boolean
  send(rseq: number): void
}

export class ReliableProvisionals {
  readonly #stack: SipStack
  readonly #invite: ServerTransaction
  readonly #lost: () => void
  readonly #queue: Waiting[] = []
  #rseq: number
  /** What was sent under this RSeq and waits for its PRACK, also when the call is over (3). */
  #sent: Waiting | undefined
  #again: Timed | undefined
  #end: Timed | undefined
  #whenDone: (() => void) | undefined

  constructor(stack: SipStack, invite: ServerTransaction, lost: () => void) {
    this.#stack = stack
    this.#invite = invite
    this.#lost = lost
    // 3: below 2 to the 31st, by chance.
    this.#rseq = 1 + (Number.parseInt(stack.random(3), 16) % 0xffff)
  }

  /** `send` is called again as long as no PRACK came. */
  add(waiting: Waiting): void {
    this.#queue.push(waiting)
    if (!this.#sent) this.#next()
  }

  /** 3: a 2xx waits for the PRACK of a provisional that carried SDP. */
  whenSdpIsAcknowledged(act: () => void): void {
    if (this.#queue.some(({ hasSdp }) => hasSdp)) this.#whenDone = act
    else act()
  }

  /** Takes a PRACK; answers what it acknowledged, undefined for one that fits none (481). */
  take(prack: SipRequest): { hasSdp: boolean } | undefined {
    const rack = rackOf(prack)
    const sent = this.#sent
    if (!sent || !rack || rack.rseq !== this.#rseq) return undefined
    if (rack.method !== 'INVITE' || rack.number !== cseqOf(this.#invite.request)?.number) return undefined
    this.#halt()
    this.#sent = undefined
    this.#queue.shift()
    return sent
  }

  /** After the answer to the PRACK. */
  proceed(): void {
    if (this.#queue.length > 0 && !this.#sent) this.#next()
    if (this.#whenDone && !this.#queue.some(({ hasSdp }) => hasSdp)) {
      const act = this.#whenDone
      this.#whenDone = undefined
      act()
    }
  }

  /** A final response went out: nothing is sent again, but the PRACK of what was sent may be on its way (3). */
  stop(): void {
    this.#halt()
    this.#queue.length = 0
    this.#whenDone = undefined
  }

  #next(): void {
    const first = this.#queue[0]!
    this.#sent = first
    this.#rseq++
    let waitMs = this.#stack.times.t1Ms
    const send = (): void => {
      first.send(this.#rseq)
      this.#again = this.#stack.timers.start(waitMs, send)
      waitMs *= 2
    }
    this.#end = this.#stack.timers.start(64 * waitMs, () => {
      this.stop()
      this.#lost()
    })
    send()
  }

  #halt(): void {
    this.#stack.timers.stop(this.#again)
    this.#stack.timers.stop(this.#end)
  }
}
