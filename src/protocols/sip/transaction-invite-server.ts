// An INVITE that came in: figure 7 of RFC 3261 17.2.1 as changed by RFC 6026 (state Accepted). A state is a function; what came is its input. The
// layer above sends 2xx again until the ACK (13.3.1.4); everything else that is sent again is sent from here.

import { serialise } from './message-codec.ts'
import type { SipRequest, SipResponse } from './message.ts'
import { ReplyPath } from './reply-path.ts'
import { withoutTopVia } from './response-to.ts'
import type { Flow, ResponseOptions, ServerTransaction, ServerTransactionEvents, SipAddress } from './stack-parts.ts'
import type { Timed } from './timer-lists.ts'
import { timedOut, type Arrival, type TransactionLayer } from './transaction-parts.ts'

type Input = 'INVITE' | 'ACK' | '1xx' | '2xx' | '300-699' | 'timer G' | 'timer H' | 'unsent'
type State = (transaction: InviteServerTransaction, input: Input) => void

/** 17.2.1: the TU is expected to answer within 200 ms, else 100 goes out. */
const tryingMs = 200

// 17.2.1, Proceeding: the last provisional answers a retransmission.
const proceeding: State = (it, input) => {
  if (input === 'INVITE') it.repeat()
  else if (input === '2xx') it.enter(accepted)
  // 26.3.2.4: a refusal of a stranger is not sent again, so that a forged source does not get it eleven times; the INVITE comes again if it was lost.
  else if (input === '300-699') it.enter(it.isStranger ? terminated : completed)
  else if (input === 'unsent') it.enter(terminated)
}

// RFC 6026 7.1, Accepted: retransmissions of the INVITE are swallowed, 2xx of the layer above pass, for 64*T1 (timer L).
const accepted: State = () => {}

// 17.2.1, Completed: the response goes out again by timer G until the ACK, at most until timer H.
const completed: State = (it, input) => {
  if (input === 'INVITE') it.repeat()
  else if (input === 'timer G') it.repeatLater()
  else if (input === 'ACK') it.enter(confirmed)
  else if (input === 'timer H') {
    it.fail('no ACK within 64*T1 (timer H)')
    it.enter(terminated)
  } else if (input === 'unsent') it.enter(terminated)
}

// 17.2.1, Confirmed: further ACKs are swallowed until timer I.
const confirmed: State = () => {}

const terminated: State = () => {}

export class InviteServerTransaction implements ServerTransaction {
  readonly request: SipRequest
  readonly flow: Flow
  readonly source: SipAddress
  /** The Via lines of its responses. */
  readonly vias: readonly string[]
  readonly localTag: string
  readonly #key: string
  readonly #layer: TransactionLayer
  readonly #way: ReplyPath
  #state: State = proceeding
  #last: Buffer | undefined
  #answered: number | undefined
  #trying: Timed | undefined
  #timerG: Timed | undefined
  #timerH: Timed | undefined
  #waitMs: number
  #isStranger: boolean

  constructor(layer: TransactionLayer, arrival: Arrival) {
    this.request = arrival.request
    this.flow = arrival.flow
    this.source = arrival.source
    this.vias = arrival.vias
    this.localTag = layer.tag()
    this.#key = arrival.key
    this.#layer = layer
    this.#way = new ReplyPath(layer, arrival)
    this.#waitMs = layer.times.t1Ms
    this.#isStranger = arrival.isStranger ?? false
    this.#trying = layer.timers.start(tryingMs, () => this.respond(100))
  }

  get answered(): number | undefined {
    return this.#answered
  }

  get isStranger(): boolean {
    return this.#isStranger
  }

  vouch(): void {
    this.#isStranger = false
    this.flow.vouch?.()
  }

  listen(events: ServerTransactionEvents): void {
    this.#way.events = events
  }

  respond(status: number, options?: ResponseOptions): void {
    this.#say(status, () => this.#layer.responseTo(this, status, options))
  }

  relay(response: SipResponse): void {
    this.#say(response.status, () => withoutTopVia(response))
  }

  #say(status: number, made: () => SipResponse): void {
    const isAgain = this.#answered !== undefined
    if (isAgain && (this.#state !== accepted || status < 200 || status > 299)) return
    this.#layer.timers.stop(this.#trying)
    this.#last = serialise(made())
    if (status >= 200) this.#answered = status
    this.#transmit()
    if (!isAgain) this.#state(this, status < 200 ? '1xx' : status < 300 ? '2xx' : '300-699')
  }

  /** The 2xx once more, for the layer above (13.3.1.4). */
  sendAgain(): void {
    if (this.#state === accepted) this.#transmit()
  }

  /** The ACK came: the 2xx is not needed any more. */
  letGo(): void {
    this.#last = undefined
  }

  received(request: SipRequest): void {
    if (request.method === 'ACK' && this.#state === completed) this.#layer.guarded(() => this.#way.events.acknowledged?.(request))
    this.#state(this, request.method === 'ACK' ? 'ACK' : 'INVITE')
  }

  /** A CANCEL of this INVITE, answered already (9.2). It has no effect once a final response went out. */
  cancelled(cancel: SipRequest): void {
    if (this.#answered === undefined) this.#layer.guarded(() => this.#way.events.cancelled?.(cancel))
  }

  // What the states do.

  enter(state: State): void {
    this.#state = state
    const { timers, times } = this.#layer
    if (state === completed) {
      if (!this.#way.isReliable) this.#timerG = timers.start(times.t1Ms, () => this.#state(this, 'timer G'))
      this.#timerH = timers.start(64 * times.t1Ms, () => this.#state(this, 'timer H'))
      return
    }
    timers.stop(this.#timerG)
    timers.stop(this.#timerH)
    timers.stop(this.#trying)
    if (state === accepted) this.#layer.serverOver(this.#key, { kind: 'accepted' })
    else if (state === confirmed && !this.#way.isReliable) this.#layer.serverOver(this.#key, { kind: 'quiet' })
    else this.#layer.serverOver(this.#key, undefined)
  }

  repeat(): void {
    this.#transmit()
  }

  repeatLater(): void {
    this.repeat()
    // Timer G doubles up to T2.
    this.#waitMs = Math.min(2 * this.#waitMs, this.#layer.times.t2Ms)
    this.#timerG = this.#layer.timers.start(this.#waitMs, () => this.#state(this, 'timer G'))
  }

  fail(detail: string): void {
    this.#layer.guarded(() => this.#way.events.failed?.(timedOut('INVITE', true, detail)))
  }

  #transmit(): void {
    // 17.2.4: the response cannot be sent.
    if (this.#last && !this.#way.send(this.#last)) this.#state(this, 'unsent')
  }
}
