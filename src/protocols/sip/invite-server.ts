// A call that comes in, until its session stands: RFC 3261 13.3, 3262 3, 3891 3, 4028 9.

import type { Timer } from '#values/clock.ts'
import { answerIn, endOf } from './agent-parts.ts'
import { AnsweredInvite } from './answered-invite.ts'
import { Dialog } from './dialog.ts'
import { cseqOf } from './message-reads.ts'
import type { SipRequest } from './message.ts'
import { ReliableProvisionals } from './reliable-provisionals.ts'
import { sdpOf } from './session-body.ts'
import type { CallAgent, InviteServerEvents, ProgressOptions } from './invite-parts.ts'
import type { RespondOptions, SessionEvents } from './session-parts.ts'
import { agree, supports } from './session-timer.ts'
import { Session } from './session.ts'
import type { ExtraHeaders, Flow, ResponseOptions, ServerTransaction, SipAddress, SipCause } from './stack-parts.ts'
import type { Timed } from './timer-lists.ts'
import { parseUri } from './uri.ts'

const ringAgainMs = 60_000

export class InviteServer {
  readonly transaction: ServerTransaction
  /** The SDP of the INVITE; undefined is a late offer: ours goes into the 2xx (or a reliable provisional), theirs comes as `confirmed`. */
  readonly offer: Buffer | undefined
  /** The session whose place this call takes (RFC 3891 3), checked to exist. `accept` ends it with BYE and `local: replaced`. */
  readonly replaces: Session | undefined
  /** Early until `accept`. */
  readonly session: Session
  readonly #agent: CallAgent
  #events: InviteServerEvents = { failed() {} }
  #state: 'open' | 'answering' | 'over' = 'open'
  #ringing: Timer | undefined
  #reliables: ReliableProvisionals | undefined
  #again: Timed | undefined
  #isAnswerSent = false

  constructor(agent: CallAgent, transaction: ServerTransaction, replaces: Session | undefined) {
    const { request, flow } = transaction
    this.#agent = agent
    this.transaction = transaction
    this.replaces = replaces
    this.offer = sdpOf(request)
    const session = new Session(agent, Dialog.ofRequest(request, transaction.localTag, flow), false)
    this.session = session
    session.contactUser = parseUri(request.uri)?.user ?? ''
    session.learn(request)
    session.offering = this.offer ? 'theirs' : 'none'
    session.giveUp = (headers) => {
      this.refuse(480, { headers })
      session.ended({ kind: 'local', deed: 'refuse' })
    }
    session.byeBeforeAnswer = (bye) => this.#gone(endOf('bye', bye))
    session.pracked = (prack, inbound) => this.#pracked(prack, inbound.pracked.bind(inbound))
    transaction.listen({
      cancelled: (cancel) => this.#gone(endOf('cancel', cancel)),
      failed: (cause) => this.#failed(cause),
    })
    if (agent.ringMs > 0) this.#ringing = agent.stack.clock.after(agent.ringMs, () => this.#rangTooLong())
  }

  get request(): SipRequest {
    return this.transaction.request
  }

  get flow(): Flow {
    return this.transaction.flow
  }

  /** Where it came from, as the socket saw it. */
  get source(): SipAddress {
    return this.transaction.source
  }

  get callId(): string {
    return this.session.callId
  }

  /** False once a final response was given or a CANCEL came. */
  get open(): boolean {
    return this.#state === 'open'
  }

  listen(events: InviteServerEvents, session: SessionEvents): void {
    this.#events = events
    this.session.listen(session)
  }

  /** 180, or 181, 182, 199. */
  ring(options: ProgressOptions = {}): void {
    this.#provide(options.status ?? 180, undefined, options)
  }

  /** 183 with SDP (early media). */
  progress(sdp: Buffer, options: ProgressOptions = {}): void {
    this.#provide(options.status ?? 183, sdp, options)
  }

  /**
   * 200; retransmitted until the ACK. `sdp` may lack where the answer went out in a reliable provisional. Answers the session, or undefined when the
   * call is over. The 200 waits for the PRACK of a provisional that carried SDP (RFC 3262 3).
   */
  accept(sdp: Buffer | undefined, options: RespondOptions = {}): Session | undefined {
    if (this.#state !== 'open') return undefined
    this.#state = 'answering'
    const send = (): void => this.#accept(sdp, options)
    if (this.#reliables) this.#reliables.whenSdpIsAcknowledged(send)
    else send()
    return this.session
  }

  /** 302, or another 3xx, with these name-addrs as Contacts. */
  redirect(contacts: readonly string[], options: RespondOptions & { status?: number } = {}): void {
    const headers = [...contacts.map((one): [string, string] => ['Contact', one]), ...(options.headers ?? [])]
    this.refuse(options.status ?? 302, { ...options, headers })
  }

  /** A final response from 300 on; `Reason`, `Retry-After`, `WWW-Authenticate` and so on in `headers`. No hook follows. */
  refuse(status: number, options: RespondOptions = {}): void {
    if (this.#state !== 'open') return
    this.#over()
    this.transaction.respond(status, options)
    this.session.ended({ kind: 'local', deed: 'refuse' }, true)
  }

  #provide(status: number, sdp: Buffer | undefined, options: ProgressOptions): void {
    if (this.#state !== 'open') return
    const { request } = this.transaction
    const isRequired = request.headers.all('Require').some((one) => one.toLowerCase() === '100rel')
    const isReliable = isRequired || (options.reliable ?? sdp !== undefined)
    const made = this.#response(options)
    if (!isReliable || !supports(request, '100rel')) return this.#say(status, { ...made, body: sdp })
    this.#agent.stack.timers.stop(this.#again)
    if (sdp) this.#answerSent(sdp)
    this.#reliables ??= new ReliableProvisionals(this.#agent.stack, this.transaction, () => this.#prackLost())
    this.#reliables.add({
      hasSdp: sdp !== undefined,
      send: (rseq) => {
        const headers: ExtraHeaders = [...(made.headers ?? []), ['Require', '100rel'], ['RSeq', `${rseq}`]]
        this.transaction.respond(status, { phrase: made.phrase, body: sdp, headers })
      },
    })
  }

  /** A provisional that nobody acknowledges, and again each minute: it may be lost, and a proxy ends what is silent for three (13.3.1.1). */
  #say(status: number, response: ResponseOptions): void {
    const { timers } = this.#agent.stack
    timers.stop(this.#again)
    this.#again = timers.start(ringAgainMs, () => this.#say(status, response))
    this.transaction.respond(status, response)
  }

  /** Our SDP stands: the answer, or the offer of a call without one. */
  #answerSent(sdp: Buffer): void {
    this.session.lastSdp = sdp
    this.session.offering = this.offer ? 'none' : 'ours'
    this.#isAnswerSent = true
  }

  #accept(sdp: Buffer | undefined, options: RespondOptions): void {
    if (this.#state !== 'answering') return
    const { transaction, session } = this
    const sequence = cseqOf(transaction.request)?.number ?? 0
    const body = this.#isAnswerSent ? undefined : sdp
    const timer = agree(transaction.request, this.#agent.timer)
    const agreed = timer === 'tooSmall' ? undefined : timer
    const made = this.#response(options, agreed?.headers)
    if (body) this.#answerSent(body)
    const isOffer = body !== undefined && !this.offer
    this.#over()
    session.confirm()
    transaction.respond(200, { ...made, body })
    const acked = (ack: SipRequest): void => {
      if (isOffer) session.offering = 'none'
      this.#events.confirmed?.(isOffer ? sdpOf(ack) : undefined)
    }
    session.awaitAck(sequence, new AnsweredInvite(this.#agent.stack, transaction, acked, () => session.ackLost(sequence)))
    session.setTimer(agreed?.agreed)
    this.#takePlace()
  }

  /** RFC 3891 3: the replaced one is ended with BYE, an early one of ours with CANCEL. */
  #takePlace(): void {
    const { replaces } = this
    if (!replaces || replaces.state === 'ended') return
    replaces.fail({ kind: 'local', deed: 'replaced' })
  }

  #response(options: RespondOptions, more?: readonly [string, string][]): ResponseOptions {
    return answerIn(this.session, this.#agent, this.transaction.flow, options, more)
  }

  #pracked(prack: ServerTransaction, offered: (transaction: ServerTransaction) => void): boolean {
    const taken = this.#reliables?.take(prack.request)
    if (!taken) return false
    const sdp = sdpOf(prack.request)
    const isAnswer = taken.hasSdp && !this.offer && this.session.offering === 'ours'
    if (sdp && !isAnswer) offered(prack)
    else {
      if (isAnswer) this.session.offering = 'none'
      prack.respond(200)
      if (taken.hasSdp) this.#events.acknowledged?.(sdp)
    }
    this.#reliables?.proceed()
    return true
  }

  #prackLost(): void {
    // RFC 3262 3: refused with 5xx.
    this.#refused(504, { kind: 'prack_lost', detail: 'no PRACK of our provisional within 64*T1 (RFC 3262 3)' })
  }

  #rangTooLong(): void {
    const detail = `no final answer of ours within ${this.#agent.ringMs} ms`
    this.#refused(480, { kind: 'timeout', method: 'INVITE', provisional: true, detail })
  }

  #gone(cause: SipCause): void {
    this.#refused(487, cause)
  }

  #refused(status: number, cause: SipCause): void {
    if (this.#state === 'over') return
    this.#over()
    if (this.transaction.answered === undefined) this.transaction.respond(status)
    this.session.ended(cause, true)
    this.#events.failed(cause)
  }

  #failed(cause: SipCause): void {
    // Of a refusal of ours that nobody acknowledged there is nothing to tell: the call was over.
    if (this.#state === 'over') return
    this.#over()
    this.session.ended(cause, true)
    this.#events.failed(cause)
  }

  #over(): void {
    this.#state = 'over'
    this.#agent.inviteOver(this.transaction.request)
    this.#ringing?.cancel()
    this.#agent.stack.timers.stop(this.#again)
    this.#reliables?.stop()
  }
}
