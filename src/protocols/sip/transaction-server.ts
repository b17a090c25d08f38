// A request other than INVITE that came in: figure 8 of RFC 3261 17.2.2. States are functions, as in transaction-invite-server.ts.

import { serialise } from './message-codec.ts'
import type { SipRequest, SipResponse } from './message.ts'
import { ReplyPath } from './reply-path.ts'
import { withoutTopVia } from './response-to.ts'
import type { Flow, ResponseOptions, ServerTransaction, ServerTransactionEvents, SipAddress } from './stack-parts.ts'
import type { Arrival, TransactionLayer } from './transaction-parts.ts'

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
  readonly #way: ReplyPath
  #state: State = trying
  #last: Buffer | undefined
  #answered: number | undefined
  #tag: string | undefined
  #isStranger: boolean

  constructor(layer: TransactionLayer, arrival: Arrival) {
    this.request = arrival.request
    this.flow = arrival.flow
    this.source = arrival.source
    this.vias = arrival.vias
    this.#key = arrival.key
    this.#layer = layer
    this.#way = new ReplyPath(layer, arrival)
    this.#isStranger = arrival.isStranger ?? false
  }

  get answered(): number | undefined {
    return this.#answered
  }

  get localTag(): string {
    return (this.#tag ??= this.#layer.tag())
  }

  vouch(): void {
    this.#isStranger = false
    this.flow.vouch?.()
  }

  listen(events: ServerTransactionEvents): void {
    this.#way.events = events
  }

  respond(status: number, options?: ResponseOptions): void {
    if (this.#answered === undefined) this.#say(this.#layer.responseTo(this, status, options))
  }

  relay(response: SipResponse): void {
    if (this.#answered === undefined) this.#say(withoutTopVia(response))
  }

  #say(response: SipResponse): void {
    const { status } = response
    this.#last = serialise(response)
    if (status >= 200) this.#answered = status
    if (this.#transmit()) this.#state(this, status < 200 ? '1xx' : '200-699')
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
    // Who sends it again is served again: of strangers nothing is held (26.3.2.4).
    const isKept = bytes !== undefined && !this.#way.isReliable && !this.#isStranger
    this.#layer.serverOver(this.#key, isKept ? { kind: 'answered', bytes } : undefined)
  }

  repeat(): void {
    this.#transmit()
  }

  #transmit(): boolean {
    if (!this.#last) return false
    if (this.#way.send(this.#last)) return true
    // 17.2.4: with nobody to tell, it is over.
    this.#answered ??= 0
    this.#layer.serverOver(this.#key, undefined)
    return false
  }
}
