// A request of ours other than INVITE: figure 6 of RFC 3261 17.1.2. The state Completed (timer K) is not kept: a response that comes again finds no
// transaction and is dropped, which is all that Completed does.

import { serialise, type SipRequest, type SipResponse } from './message.ts'
import { callIdOf } from './message-reads.ts'
import type { Flow } from './stack-parts.ts'
import type { Timed } from './timer-lists.ts'
import { isReliable, timedOut, type ClientEars, type LiveClient, type TransactionLayer } from './transaction-parts.ts'

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

const none = Buffer.alloc(0)

export class PlainClientTransaction implements LiveClient {
  readonly #layer: TransactionLayer
  readonly #request: SipRequest
  readonly #flow: Flow
  readonly #key: string
  readonly #ears: ClientEars
  #bytes: Buffer = none
  readonly #unhear: () => void
  #state: State = trying
  #again: Timed | undefined
  #end: Timed | undefined
  #waitMs: number

  constructor(layer: TransactionLayer, key: string, request: SipRequest, flow: Flow, ears: ClientEars) {
    this.#layer = layer
    this.#key = key
    this.#request = request
    this.#flow = flow
    this.#ears = ears
    this.#waitMs = layer.times.t1Ms
    this.#unhear = flow.onClosed((detail) => this.#lost(detail))
  }

  start(): void {
    this.#bytes = serialise(this.#request)
    const { timers, times } = this.#layer
    if (!isReliable(this.#flow)) this.#again = timers.start(this.#waitMs, () => this.#state(this, 'timer E'))
    this.#end = timers.start(64 * times.t1Ms, () => this.#state(this, 'timer F'))
    this.#transmit()
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
    this.#layer.timers.stop(this.#again)
    this.#layer.timers.stop(this.#end)
    this.#unhear()
    this.#layer.clientOver(this.#key)
  }

  // What the states do.

  doubled(): number {
    return (this.#waitMs = Math.min(2 * this.#waitMs, this.#layer.times.t2Ms))
  }

  longest(): number {
    return this.#layer.times.t2Ms
  }

  sendAgain(waitMs: number): void {
    this.#again = this.#layer.timers.start(waitMs, () => this.#state(this, 'timer E'))
    this.#transmit()
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
    this.#ears.failed(timedOut(this.#request.method, wasAnswered, 'no final response within 64*T1 (timer F)'))
  }

  #transmit(): void {
    const lost = (detail: string): void => this.#lost(detail)
    if (!this.#layer.transmit(this.#bytes, this.#flow, callIdOf(this.#request), lost)) this.#lost('the connection has ended')
  }

  #lost(detail: string): void {
    if (this.#state === terminated) return
    this.over()
    this.#ears.failed({ kind: 'transport', method: this.#request.method, detail })
  }
}
