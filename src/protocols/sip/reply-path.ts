// The way back of one request's responses: over the flow that 18.2.2 of RFC 3261 names, and where its connection has ended over a new one to the
// sent-by of the Via. When to send what is the transactions' affair.

import { callIdOf } from './message-reads.ts'
import type { Flow, ServerTransactionEvents } from './stack-parts.ts'
import { isReliable, type Arrival, type TransactionLayer } from './transaction-parts.ts'

export class ReplyPath {
  /** Who hears that nothing can be sent. */
  events: ServerTransactionEvents = {}
  readonly #layer: TransactionLayer
  readonly #arrival: Arrival
  #flow: Flow

  constructor(layer: TransactionLayer, arrival: Arrival) {
    this.#layer = layer
    this.#arrival = arrival
    this.#flow = arrival.replyFlow
  }

  get isReliable(): boolean {
    return isReliable(this.#flow)
  }

  /** False when there is no way, which has been told by then (17.2.4). */
  send(bytes: Buffer): boolean {
    const { request, source } = this.#arrival
    const callId = callIdOf(request)
    if (this.#layer.transmit(bytes, this.#flow, callId)) return true
    const other = this.#layer.responseFlow(request, source)
    if (other && this.#layer.transmit(bytes, (this.#flow = other), callId)) return true
    const { method } = request
    this.#layer.guarded(() =>
      this.events.failed?.({ kind: 'transport', method, detail: 'the response could not be sent: no connection' }),
    )
    return false
  }
}
