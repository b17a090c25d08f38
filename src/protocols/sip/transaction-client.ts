// A request of ours other than INVITE: figure 6 of RFC 3261 17.1.2. The state Completed (timer K) is not kept: a response that comes again finds no
// transaction and is dropped, which is all that Completed does.

import type { SipRequest, SipResponse } from './message.ts'
import { SentRequest } from './sent-request.ts'
import type { Flow, StackTimers } from './stack-parts.ts'
import { timedOut, type ClientEars, type LiveClient, type TransactionLayer } from './transaction-parts.ts'

type State = (
  transaction: PlainClientTransaction,
  input: '1xx' | '200-699' | 'timer E' | 'timer F',
  response?: SipResponse,
) => void

// 17.1.2.2, Trying: sent again by timer E, which doubles up to T2.
const trying: State = (it, input, response) => {
  if (input === 'timer E') it.sendAgain(it.doubled())
  else answered(it, input, response)
}

// 17.1.2.2, Proceeding: sent again every T2.
const proceeding: State = (it, input, response) => {
  if (input === 'timer E') it.sendAgain(it.longest())
  else answered(it, input, response)
}

const answered: State = (it, input, response) => {
  if (input === '1xx') it.provisional(proceeding, response!)
  else if (input === '200-699') it.final(response!)
  else it.timeOut()
}

const terminated: State = () => {}

export class PlainClientTransaction implements LiveClient {
  readonly #sent: SentRequest
  readonly #times: StackTimers
  readonly #method: string
  readonly #ears: ClientEars
  #state: State = trying
  #waitMs: number

  constructor(layer: TransactionLayer, key: string, request: SipRequest, flow: Flow, ears: ClientEars) {
    this.#sent = new SentRequest(layer, key, request, flow, (detail) => this.#lost(detail))
    this.#times = layer.times
    this.#method = request.method
    this.#ears = ears
    this.#waitMs = layer.times.t1Ms
  }

  start(): void {
    const sent = this.#sent
    if (!sent.isReliable) sent.againAfter(this.#waitMs, () => this.#state(this, 'timer E'))
    sent.endAfter(64 * this.#times.t1Ms, () => this.#state(this, 'timer F'))
    sent.send()
  }

  received(response: SipResponse): void {
    this.#state(this, response.status < 200 ? '1xx' : '200-699', response)
  }

  cancel(): boolean {
    // 9.1: only an INVITE can be cancelled.
    return false
  }

  over(): void {
    this.#state = terminated
    this.#sent.over()
  }

  // What the states do.

  doubled(): number {
    return (this.#waitMs = Math.min(2 * this.#waitMs, this.#times.t2Ms))
  }

  longest(): number {
    return this.#times.t2Ms
  }

  sendAgain(waitMs: number): void {
    this.#sent.againAfter(waitMs, () => this.#state(this, 'timer E'))
    this.#sent.send()
  }

  provisional(next: State, response: SipResponse): void {
    this.#state = next
    this.#ears.provisional(response)
  }

  final(response: SipResponse): void {
    this.over()
    this.#ears.final(response)
  }

  timeOut(): void {
    const wasAnswered = this.#state === proceeding
    this.over()
    this.#ears.failed(timedOut(this.#method, wasAnswered, 'no final response within 64*T1 (timer F)'))
  }

  #lost(detail: string): void {
    if (this.#state === terminated) return
    this.over()
    this.#ears.failed({ kind: 'transport', method: this.#method, detail })
  }
}
