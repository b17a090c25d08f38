// A request of ours on its flow, as both client transactions keep it (RFC 3261 17.1): its octets, the timer by which it is sent again, the one that
// ends a state, and the ear for the end of its connection. Which timer means what is the state machines' affair.

import { serialise } from './message-codec.ts'
import { callIdOf } from './message-reads.ts'
import type { SipRequest } from './message.ts'
import type { Flow } from './stack-parts.ts'
import type { Timed } from './timer-lists.ts'
import { isReliable, type TransactionLayer } from './transaction-parts.ts'

export class SentRequest {
  readonly #layer: TransactionLayer
  readonly #key: string
  readonly #request: SipRequest
  readonly #flow: Flow
  /** 17.1.4: it could not be sent, or its connection has ended. */
  readonly #lost: (detail: string) => void
  readonly #unhear: () => void
  /** Made when it is first sent: until then its headers may change. */
  #bytes: Buffer | undefined
  #again: Timed | undefined
  #end: Timed | undefined

  constructor(layer: TransactionLayer, key: string, request: SipRequest, flow: Flow, lost: (detail: string) => void) {
    this.#layer = layer
    this.#key = key
    this.#request = request
    this.#flow = flow
    this.#lost = lost
    this.#unhear = flow.onClosed(lost)
  }

  /** The transport sees to it that it arrives: nothing is sent again. */
  get isReliable(): boolean {
    return isReliable(this.#flow)
  }

  send(): void {
    this.#bytes ??= serialise(this.#request)
    if (!this.sendBeside(this.#bytes, this.#lost)) this.#lost('the connection has ended')
  }

  /** What goes the same way and belongs to it: the ACK of a refusal. False when the connection has ended. */
  sendBeside(bytes: Buffer, failed?: (detail: string) => void): boolean {
    return this.#layer.transmit(bytes, this.#flow, callIdOf(this.#request), failed)
  }

  /** Starts timer A or E; the one before has run. */
  againAfter(waitMs: number, act: () => void): void {
    this.#again = this.#layer.timers.start(waitMs, act)
  }

  /** It has arrived: its octets are not needed any more. */
  stopAgain(): void {
    this.#layer.timers.stop(this.#again)
    this.#bytes = undefined
  }

  /** Starts the timer that ends the state, in place of the one before. */
  endAfter(waitMs: number, act: () => void): void {
    this.#layer.timers.stop(this.#end)
    this.#end = this.#layer.timers.start(waitMs, act)
  }

  /** Stops all timers and is forgotten. */
  over(): void {
    this.#layer.timers.stop(this.#again)
    this.#layer.timers.stop(this.#end)
    this.#unhear()
    this.#layer.clientOver(this.#key)
  }
}
