// An INVITE of ours: figure 5 of RFC 3261 17.1.1 as changed by RFC 6026 (state Accepted), its CANCEL (9.1) and timer C. A state is a function;
// what came is its input.

import { serialise, type SipRequest, type SipResponse } from './message.ts'
import { callIdOf } from './message-reads.ts'
import type { ExtraHeaders, Flow } from './stack-parts.ts'
import type { Timed } from './timer-lists.ts'
import {
  ackOf,
  cancelOf,
  isReliable,
  timedOut,
  type ClientEars,
  type LiveClient,
  type TransactionLayer,
} from './transaction-parts.ts'

type Input = '1xx' | '2xx' | '300-699' | 'timer A' | 'timer B' | 'timer C' | 'timer D or M'
type State = (transaction: InviteClientTransaction, input: Input, response?: SipResponse) => void

// 17.1.1.2, Calling: sent again by timer A, given up by timer B.
const calling: State = (it, input, response) => {
  if (input === 'timer A') it.sendAgain()
  else if (input === 'timer B') it.timeOut(false)
  else proceeding(it, input, response)
}

// 17.1.1.2, Proceeding: the peer has it. Timer C (16.6) ends a call that rings without end.
const proceeding: State = (it, input, response) => {
  if (input === '1xx') it.told(proceeding, response!)
  else if (input === '2xx') it.told(accepted, response!)
  else if (input === '300-699') it.refused(response!)
  else if (input === 'timer B') it.timeOut(true)
  else if (input === 'timer C') it.cancel()
}

// 17.1.1.2, Completed: a refusal that comes again is acknowledged again, until timer D.
const completed: State = (it, input) => {
  if (input === '300-699') it.acknowledge()
  else if (input === 'timer D or M') it.over()
}

// RFC 6026 7.2, Accepted: each 2xx goes up, those of other forks too, until timer M.
const accepted: State = (it, input, response) => {
  if (input === '2xx') it.told(accepted, response!)
  else if (input === 'timer D or M') it.over()
}

const terminated: State = () => {}

const none = Buffer.alloc(0)

/** 17.1.1.2: at least 32 s for timer D over UDP. */
const timerDMs = 32_000

export class InviteClientTransaction implements LiveClient {
  readonly #layer: TransactionLayer
  readonly #request: SipRequest
  readonly #flow: Flow
  readonly #key: string
  readonly #ears: ClientEars
  #bytes: Buffer = none
  readonly #unhear: () => void
  #state: State = calling
  #ack: Buffer | undefined
  #again: Timed | undefined
  #end: Timed | undefined
  #waitMs: number
  #cancel: 'no' | 'wanted' | 'sent' = 'no'
  #cancelHeaders: ExtraHeaders = []

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
    if (!isReliable(this.#flow)) this.#again = timers.start(this.#waitMs, () => this.#state(this, 'timer A'))
    this.#end = timers.start(64 * times.t1Ms, () => this.#state(this, 'timer B'))
    this.#transmit(this.#bytes)
  }

  received(response: SipResponse): void {
    const { status } = response
    this.#state(this, status < 200 ? '1xx' : status < 300 ? '2xx' : '300-699', response)
  }

  cancel(headers?: ExtraHeaders): boolean {
    if (this.#state !== calling && this.#state !== proceeding) return false
    if (headers) this.#cancelHeaders = headers
    if (this.#cancel === 'sent') return true
    this.#cancel = 'wanted'
    // 9.1: not before a provisional, or the CANCEL could come first.
    if (this.#state === proceeding) this.#sendCancel()
    return true
  }

  over(): void {
    const { timers } = this.#layer
    this.#state = terminated
    timers.stop(this.#again)
    timers.stop(this.#end)
    this.#unhear()
    this.#layer.clientOver(this.#key)
  }

  // What the states do.

  sendAgain(): void {
    this.#waitMs *= 2
    this.#again = this.#layer.timers.start(this.#waitMs, () => this.#state(this, 'timer A'))
    this.#transmit(this.#bytes)
  }

  told(next: State, response: SipResponse): void {
    const { timers, times } = this.#layer
    const isFirst = this.#state !== next
    this.#state = next
    timers.stop(this.#again)
    if (next === proceeding && this.#cancel !== 'sent') {
      timers.stop(this.#end)
      this.#end = timers.start(times.timerCMs, () => this.#state(this, 'timer C'))
      if (this.#cancel === 'wanted') this.#sendCancel()
    } else if (next === accepted && isFirst) {
      this.#bytes = none
      timers.stop(this.#end)
      this.#end = timers.start(64 * times.t1Ms, () => this.#state(this, 'timer D or M'))
    }
    if (response.status < 200) this.#ears.provisional(response)
    else this.#ears.final(response)
  }

  refused(response: SipResponse): void {
    const { timers } = this.#layer
    this.#state = completed
    timers.stop(this.#again)
    timers.stop(this.#end)
    this.#ack = serialise(ackOf(this.#request, response))
    this.acknowledge()
    if (isReliable(this.#flow)) this.over()
    else this.#end = timers.start(timerDMs, () => this.#state(this, 'timer D or M'))
    this.#ears.final(response)
  }

  acknowledge(): void {
    if (this.#ack) this.#layer.transmit(this.#ack, this.#flow, callIdOf(this.#request))
  }

  timeOut(provisional: boolean): void {
    this.over()
    const detail = provisional ? 'no final response within 64*T1 of the CANCEL (9.1)' : 'no response within 64*T1 (timer B)'
    this.#ears.failed(timedOut('INVITE', provisional, detail))
  }

  #sendCancel(): void {
    const { timers, times } = this.#layer
    this.#cancel = 'sent'
    this.#ears.cancelling(cancelOf(this.#request, this.#cancelHeaders))
    // 9.1: without a final response within 64*T1 of the CANCEL the INVITE counts as cancelled.
    timers.stop(this.#end)
    this.#end = timers.start(64 * times.t1Ms, () => this.#state(this, 'timer B'))
  }

  #transmit(bytes: Buffer): void {
    const lost = (detail: string): void => this.#lost(detail)
    if (!this.#layer.transmit(bytes, this.#flow, callIdOf(this.#request), lost)) this.#lost('the connection has ended')
  }

  #lost(detail: string): void {
    // 17.1.4: a transport fault ends it; once a final response came there is nothing left to lose.
    const isOpen = this.#state === calling || this.#state === proceeding
    if (this.#state !== terminated) this.over()
    if (isOpen) this.#ears.failed({ kind: 'transport', method: 'INVITE', detail })
  }
}
