// A request other than INVITE that came in: figure 8 of RFC 3261 17.2.2. States are functions, as in transaction-invite-server.ts.

import type { SipRequest, SipResponse } from './message.ts'
import { callIdOf } from './message-reads.ts'
import type { Flow, ResponseOptions, ServerTransaction, ServerTransactionEvents, SipAddress } from './stack-parts.ts'
import { isReliable, type TransactionLayer } from './transaction-parts.ts'

type State = (transaction: PlainServerTransaction, input: 'request' | '1xx' | '200-699') => void

// 17.2.2, Trying: a retransmission is swallowed, as there is nothing to say yet.
const trying: State = (it, input) => {
  if (input === '1xx') it.enter(proceeding)
  else if (input === '200-699') it.enter(completed)
}

// 17.2.2, Proceeding: the last provisional answers a retransmission.
const proceeding: State = (it, input) => {
  if (input === 'request') it.repeat()
  else if (input === '200-699') it.enter(completed)
}

// 17.2.2, Completed: the answer lies in the absorber until timer J, 64*T1 over UDP and 0 else.
const completed: State = () => {}

export class PlainServerTransaction implements ServerTransaction {
  readonly request: SipRequest
  readonly flow: Flow
  readonly source: SipAddress
  /** The Via lines of its responses. */
  readonly vias: readonly string[]
  readonly #key: string
  readonly #layer: TransactionLayer
  #state: State = trying
  #events: ServerTransactionEvents = {}
  #last: Buffer | undefined
  #answered: number | undefined
  #tag: string | undefined
  #replyFlow: Flow

  constructor(
    layer: TransactionLayer,
    key: string,
    request: SipRequest,
    flow: Flow,
    source: SipAddress,
    replyFlow: Flow,
    vias: readonly string[],
  ) {
    this.vias = vias
    this.#layer = layer
    this.#key = key
    this.request = request
    this.flow = flow
    this.source = source
    this.#replyFlow = replyFlow
  }

  get answered(): number | undefined {
    return this.#answered
  }

  get localTag(): string {
    return (this.#tag ??= this.#layer.tag())
  }

  listen(events: ServerTransactionEvents): void {
    this.#events = events
  }

  respond(status: number, options?: ResponseOptions): SipResponse {
    const response = this.#layer.responseTo(this, status, options)
    this.send(response)
    return response
  }

  send(response: SipResponse): void {
    if (this.#answered !== undefined) return
    this.#last = this.#layer.serialise(response)
    if (response.status >= 200) this.#answered = response.status
    if (this.#transmit()) this.#state(this, response.status < 200 ? '1xx' : '200-699')
  }

  sendAgain(): void {}

  letGo(): void {}

  received(): void {
    this.#state(this, 'request')
  }

  // What the states do.

  enter(state: State): void {
    this.#state = state
    if (state !== completed) return
    const bytes = this.#last
    this.#last = undefined
    this.#layer.serverOver(this.#key, isReliable(this.#replyFlow) || !bytes ? undefined : { kind: 'answered', bytes })
  }

  repeat(): void {
    this.#transmit()
  }

  #transmit(): boolean {
    if (!this.#last) return false
    const callId = callIdOf(this.request)
    if (this.#layer.transmit(this.#last, this.#replyFlow, callId)) return true
    const other = this.#layer.responseFlow(this.request, this.source)
    if (other && this.#layer.transmit(this.#last, (this.#replyFlow = other), callId)) return true
    const { method } = this.request
    this.#layer.guarded(() =>
      this.#events.failed?.({ kind: 'transport', method, detail: 'the response could not be sent: no connection' }),
    )
    // 17.2.4: with nobody to tell, it is over.
    this.#answered ??= 0
    this.#layer.serverOver(this.#key, undefined)
    return false
  }
}
