// An INVITE of ours: figure 5 of RFC 3261 17.1.1 as changed by RFC 6026 (state Accepted), its CANCEL (9.1) and timer C. A state is a function;
// what came is its input.

import { serialise } from './message-codec.ts'
import type { SipRequest, SipResponse } from './message.ts'
import { SentRequest } from './sent-request.ts'
import type { ExtraHeaders, Flow, StackTimers } from './stack-parts.ts'
import { ackOf, cancelOf, timedOut, type ClientEars, type LiveClient, type TransactionLayer } from './transaction-parts.ts'

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

/** 17.1.1.2: at least 32 s for timer D over UDP. */
const timerDMs = 32_000

export class InviteClientTransaction implements LiveClient {
  readonly #sent: SentRequest
  readonly #times: StackTimers
  readonly #request: SipRequest
  readonly #ears: ClientEars
  #state: State = calling
  #ack: Buffer | undefined
  #waitMs: number
  #cancel: 'no' | 'wanted' | 'sent' = 'no'
  #cancelHeaders: ExtraHeaders = []

  constructor(layer: TransactionLayer, key: string, request: SipRequest, flow: Flow, ears: ClientEars) {
    this.#sent = new SentRequest(layer, key, request, flow, (detail) => this.#lost(detail))
    this.#times = layer.times
    this.#request = request
    this.#ears = ears
    this.#waitMs = layer.times.t1Ms
  }

  start(): void {
    const sent = this.#sent
    if (!sent.isReliable) sent.againAfter(this.#waitMs, () => this.#state(this, 'timer A'))
    this.#endAfter(64 * this.#times.t1Ms, 'timer B')
    sent.send()
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
    this.#state = terminated
    this.#sent.over()
  }

  // What the states do.

  sendAgain(): void {
    this.#waitMs *= 2
    this.#sent.againAfter(this.#waitMs, () => this.#state(this, 'timer A'))
    this.#sent.send()
  }

  told(next: State, response: SipResponse): void {
    const isFirst = this.#state !== next
    this.#state = next
    this.#sent.stopAgain()
    if (next === proceeding && this.#cancel !== 'sent') {
      this.#endAfter(this.#times.timerCMs, 'timer C')
      if (this.#cancel === 'wanted') this.#sendCancel()
    } else if (next === accepted && isFirst) this.#endAfter(64 * this.#times.t1Ms, 'timer D or M')
    if (response.status < 200) this.#ears.provisional(response)
    else this.#ears.final(response)
  }

  refused(response: SipResponse): void {
    this.#state = completed
    this.#sent.stopAgain()
    this.#ack = serialise(ackOf(this.#request, response))
    this.acknowledge()
    // 17.1.1.2: timer D is 0 where nothing is sent again.
    if (this.#sent.isReliable) this.over()
    else this.#endAfter(timerDMs, 'timer D or M')
    this.#ears.final(response)
  }

  acknowledge(): void {
    if (this.#ack) this.#sent.sendBeside(this.#ack)
  }

  timeOut(provisional: boolean): void {
    this.over()
    const detail = provisional ? 'no final response within 64*T1 of the CANCEL (9.1)' : 'no response within 64*T1 (timer B)'
    this.#ears.failed(timedOut('INVITE', provisional, detail))
  }

  #sendCancel(): void {
    this.#cancel = 'sent'
    this.#ears.cancelling(cancelOf(this.#request, this.#cancelHeaders))
    // 9.1: without a final response within 64*T1 of the CANCEL the INVITE counts as cancelled.
    this.#endAfter(64 * this.#times.t1Ms, 'timer B')
  }

  #endAfter(waitMs: number, timer: Input): void {
    this.#sent.endAfter(waitMs, () => this.#state(this, timer))
  }

  #lost(detail: string): void {
    // 17.1.4: a transport fault ends it; once a final response came there is nothing left to lose.
    const isOpen = this.#state === calling || this.#state === proceeding
    if (this.#state !== terminated) this.over()
    if (isOpen) this.#ears.failed({ kind: 'transport', method: 'INVITE', detail })
  }
}
