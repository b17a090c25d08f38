// A session within its dialog, early or confirmed, in both roles: RFC 3261 12, 14 and 15, 3311, 3515, 4028, 6086. Here is what we send and how
// it ends; what the peer sends within it is session-inbound.ts.

import type { Agent } from './agent-parts.ts'
import { endsDialog, refusalOf, withoutPrack } from './agent-parts.ts'
import type { AnsweredInvite } from './answered-invite.ts'
import { answersIn, withAnswer } from './authorization.ts'
import type { Dialog } from './dialog.ts'
import { cseqOf, minSeOf } from './message-reads.ts'
import type { SipRequest, SipResponse } from './message.ts'
import { sendRefer, type ReferOptions } from './refer.ts'
import { mostGlares, Reinvite } from './reinvite.ts'
import { sdpOf } from './session-body.ts'
import { SessionInbound } from './session-inbound.ts'
import type { Credentials, Outcome, ReferWatch, RespondOptions, SessionEvents } from './session-parts.ts'
import { agreedBy, askFor, SessionTimer, type Agreed } from './session-timer.ts'
import type { Draft, PrackTaker, SessionWithin } from './session-within.ts'
import type { ExtraHeaders, Flow, ServerTransaction, SipCause } from './stack-parts.ts'

/** Who no longer listens. */
const nobody: SessionEvents = { ended() {} }

/** Of a peer that said nothing of it. */
const unknown: ReadonlySet<string> = new Set()

/** What a session needs of the user agent that keeps it. */
export interface SessionAgent extends Agent {
  add(session: Session): void
  remove(session: Session): void
}

export class Session implements SessionWithin {
  readonly dialog: Dialog
  /** The side that sent the INVITE owns the Call-ID, which matters in glare (14.1). */
  readonly isCaller: boolean
  /** Subscriptions that REFERs of ours made, by their CSeq. */
  readonly watches = new Map<number, ReferWatch>()
  /** Of the peer's Supported. */
  peerSupports = unknown
  peerAllows = unknown
  contactUser = ''
  credentials: Credentials | undefined
  readonly #agent: SessionAgent
  readonly #inbound: SessionInbound
  readonly #timer: SessionTimer
  readonly #unacked = new Map<number, AnsweredInvite>()
  #events = nobody
  #state: 'early' | 'confirmed' | 'ended' = 'early'
  #end: SipCause | undefined
  /** What ends an early one: CANCEL in our role as caller, a refusal as callee. */
  giveUp: (headers: ExtraHeaders | undefined) => void = () => {}
  /** A BYE of the caller in an early session of ours as callee. */
  byeBeforeAnswer: ((bye: SipRequest) => void) | undefined
  /** Takes a PRACK; false when it belongs to no reliable provisional. */
  pracked: ((transaction: ServerTransaction, inbound: PrackTaker) => boolean) | undefined
  /** A BYE that waits for the ACK (15.1.1). */
  #byeHeaders: { headers: ExtraHeaders | undefined } | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #offering: 'none' | 'ours' | 'theirs' = 'none'
  #waiting: (() => void)[] = []
  /** The last SDP of ours, for refreshes by re-INVITE. */
  lastSdp: Buffer | undefined
  /** The peer's least interval (RFC 4028 7.3), as a 422 told it. */
  minSeconds = 0
  #agreed: Agreed | undefined
  #lastAck: { sequence: number; ack: SipRequest } | undefined

  constructor(agent: SessionAgent, dialog: Dialog, isCaller: boolean) {
    this.#agent = agent
    this.dialog = dialog
    this.isCaller = isCaller
    this.#inbound = new SessionInbound(this, agent)
    this.#timer = new SessionTimer(
      agent.stack.clock,
      () => void this.#refresh(),
      () => this.fail({ kind: 'session_expired', detail: 'no refresh in time (RFC 4028 10)' }),
    )
    agent.add(this)
  }

  get callId(): string {
    return this.dialog.callId
  }

  get localTag(): string {
    return this.dialog.localTag
  }

  get remoteTag(): string {
    return this.dialog.remoteTag
  }

  /** The URI of the peer's Contact. */
  get remoteTarget(): string {
    return this.dialog.remoteTarget
  }

  /** Our URI of From or To, and the peer's. */
  get localUri(): string {
    return this.dialog.localUri
  }

  get remoteUri(): string {
    return this.dialog.remoteUri
  }

  get state(): 'early' | 'confirmed' | 'ended' {
    return this.#state
  }

  get flow(): Flow {
    return this.dialog.flow
  }

  get events(): SessionEvents {
    return this.#events
  }

  listen(events: SessionEvents): void {
    this.#events = events
  }

  /**
   * BYE in a confirmed session (after the ACK, 15.1.1); once. An early one of ours is cancelled, one of theirs refused with 480. `ended` follows with
   * `local`, before this returns.
   */
  bye(headers?: ExtraHeaders): void {
    if (this.#state === 'ended') return
    if (this.#state === 'early') return this.giveUp(headers)
    this.#sendBye(headers)
    this.ended({ kind: 'local', deed: 'bye' })
  }

  /**
   * A new offer by re-INVITE, or without SDP to ask for theirs: then `answer` makes ours of it, for the ACK. Glare (491) is tried again by the timers
   * of 14.1. One waits for the other.
   */
  reinvite(sdp: Buffer | undefined, options: RespondOptions & { answer?: (offer: Buffer) => Buffer } = {}): Promise<Outcome> {
    const run = this.#turn.then(() => new Reinvite(this, this.#agent, sdp, options).run())
    this.#turn = run.catch(() => {})
    return run
  }

  /** UPDATE (RFC 3311), also before the answer. With an offer it waits for others, and meets glare as a re-INVITE does. */
  async update(sdp: Buffer | undefined, options: RespondOptions = {}): Promise<Outcome> {
    if (!sdp) return this.send('UPDATE', { headers: options.headers })
    for (let tries = 0; ; tries++) {
      await this.offersDone()
      this.offering = 'ours'
      const outcome = await this.send('UPDATE', { headers: options.headers, body: sdp })
      this.offering = 'none'
      if (outcome.ok) this.lastSdp = sdp
      const isGlare = !outcome.ok && outcome.cause.kind === 'response' && outcome.cause.status === 491
      if (!isGlare || tries >= mostGlares) return outcome
      await new Promise<void>((resolve) => void this.#agent.stack.clock.after(this.glareMs(), resolve))
    }
  }

  info(contentType: string, body: Buffer, options: RespondOptions = {}): Promise<Outcome> {
    return this.send('INFO', { headers: options.headers, body, contentType })
  }

  message(contentType: string, body: Buffer, options: RespondOptions = {}): Promise<Outcome> {
    return this.send('MESSAGE', { headers: options.headers, body, contentType })
  }

  options(): Promise<Outcome> {
    return this.send('OPTIONS', {})
  }

  /**
   * Asks the peer to call `target` (a URI; attended with `replaces`, a session of ours with whom the peer shall talk). The outcome is the answer to the
   * REFER; `notified` hears each sipfrag after it, `last` when the subscription has ended, by itself after two minutes of silence.
   */
  refer(target: string, options: ReferOptions = {}): Promise<Outcome> {
    return sendRefer(this, this.#agent.stack.clock, target, options)
  }

  // For the calls, re-INVITEs and requests of this room.

  /** What comes of the peer within the dialog; BYE, re-INVITE, INFO ... */
  received(transaction: ServerTransaction): void {
    this.#inbound.received(transaction)
  }

  /** Whose offer waits for its answer (RFC 3264 4: one at a time). */
  get offering(): 'none' | 'ours' | 'theirs' {
    return this.#offering
  }

  set offering(whose: 'none' | 'ours' | 'theirs') {
    this.#offering = whose
    if (whose !== 'none') return
    this.#offerNext()
  }

  /** One at a time: the next takes its turn when this one is done. */
  #offerNext(): void {
    queueMicrotask(() => this.mayOffer && this.#waiting.shift()?.())
  }

  /** 14.1: nor does an offer of ours go out before the ACK of our 2xx has come. */
  get mayOffer(): boolean {
    return this.#offering === 'none' && this.#unacked.size === 0
  }

  /** Until there may be an offer, or the session has ended. */
  async offersDone(): Promise<void> {
    while (!this.mayOffer && this.#state !== 'ended') await new Promise<void>((resolve) => void this.#waiting.push(resolve))
  }

  /** 14.1: how long after a 491 the next try is: the owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in units of 10 ms. */
  glareMs(): number {
    const chance = Number.parseInt(this.#agent.stack.random(4), 16) / 2 ** 32
    return this.isCaller ? 2_100 + 10 * Math.floor(chance * 191) : 10 * Math.floor(chance * 201)
  }

  confirm(): void {
    if (this.#state === 'early') this.#state = 'confirmed'
  }

  setTimer(agreed: Agreed | undefined): void {
    this.#agreed = agreed
    if (this.#state !== 'ended') this.#timer.set(agreed)
  }

  /** Reads Allow and Supported of the peer. */
  learn(message: SipRequest | SipResponse): void {
    const allow = message.headers.all('Allow')
    if (allow.length > 0) this.peerAllows = new Set(allow.map((one) => one.toUpperCase()))
    const supported = message.headers.all('Supported')
    if (supported.length > 0) this.peerSupports = new Set(supported.map((one) => one.toLowerCase()))
  }

  contact(flow: Flow = this.flow): string {
    return this.#agent.contact(flow, this.contactUser, this.remoteTarget.startsWith('sips:'))
  }

  /** A 2xx of ours waits for the ACK with this CSeq. */
  awaitAck(sequence: number, answered: AnsweredInvite): void {
    this.#unacked.set(sequence, answered)
  }

  acknowledged(ack: SipRequest): void {
    const sequence = cseqOf(ack)?.number ?? -1
    const answered = this.#unacked.get(sequence)
    if (!answered) return
    this.#unacked.delete(sequence)
    answered.acknowledged(ack)
    this.#flushBye()
    this.#offerNext()
  }

  ackLost(sequence: number): void {
    this.#unacked.delete(sequence)
    this.#flushBye()
    // 13.3.1.4: the dialog is confirmed, yet the session is to be ended.
    this.fail({ kind: 'ack_lost', detail: 'no ACK of our 2xx within 64*T1 (RFC 3261 13.3.1.4)' })
  }

  /** The ACK of a 2xx, kept for when the 2xx comes again. */
  acknowledge(invite: SipRequest, body: Buffer | undefined): void {
    const sequence = cseqOf(invite)?.number ?? 0
    // 13.2.2.4.
    const ack = this.dialog.request('ACK', { sequence, headers: answersIn(invite), body })
    this.#lastAck = { sequence, ack }
    this.#agent.stack.sendAck(ack, this.dialog.destination())
  }

  acknowledgeAgain(response: SipResponse): void {
    if (this.#lastAck?.sequence === cseqOf(response)?.number)
      this.#agent.stack.sendAck(this.#lastAck!.ack, this.dialog.destination())
  }

  /** One request other than INVITE within the dialog, 401 and 407 answered. 408 and 481 end the session (12.2.1.2). */
  send(method: string, draft: Draft, rounds = 2): Promise<Outcome> {
    return new Promise((resolve) => this.#send(method, draft, rounds, resolve))
  }

  /** Ends a session that went wrong: BYE, and this cause. */
  fail(cause: SipCause): void {
    if (this.#state === 'early') return this.giveUp(undefined)
    if (this.#state === 'confirmed') this.#sendBye(undefined)
    this.ended(cause)
  }

  /** The one end. `quietly` where another hook has told it. */
  ended(cause: SipCause, quietly = false): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#end = cause
    // Nothing comes after it, and a transaction may hold this session for half a minute more: not also the call above it.
    const events = this.#events
    this.#events = nobody
    this.#timer.stop()
    this.#inbound.close()
    for (const proceed of this.#waiting.splice(0)) proceed()
    for (const watch of this.watches.values()) watch.over()
    // One that waits for an ACK stays for it: the BYE follows it.
    if (!this.#byeHeaders) this.#close()
    if (!quietly) events.ended(cause)
  }

  #close(): void {
    for (const answered of this.#unacked.values()) answered.stop()
    this.#unacked.clear()
    this.#agent.remove(this)
  }

  #sendBye(headers: ExtraHeaders | undefined): void {
    // 15.1.1: the callee must not send BYE before the ACK came or its 2xx was given up.
    if (this.#unacked.size > 0) this.#byeHeaders = { headers }
    else this.#transmitBye(headers, 2)
  }

  #flushBye(): void {
    if (!this.#byeHeaders || this.#unacked.size > 0) return
    const { headers } = this.#byeHeaders
    this.#byeHeaders = undefined
    this.#transmitBye(headers, 2)
    if (this.#state === 'ended') this.#close()
  }

  #transmitBye(headers: ExtraHeaders | undefined, rounds: number): void {
    const request = this.dialog.request('BYE', { headers })
    this.#agent.stack.request(request, this.dialog.destination(), {
      final: (response) => {
        const answer = this.#challenged(request, response, rounds)
        if (answer) this.#transmitBye(withAnswer(headers, answer), rounds - 1)
      },
      // 15.1.1: whatever becomes of it, the session has ended.
      failed() {},
    })
  }

  #challenged(request: SipRequest, response: SipResponse, rounds: number): readonly [string, string][] | undefined {
    if ((response.status !== 401 && response.status !== 407) || rounds === 0 || !this.credentials) return undefined
    return this.#agent.answerChallenge(request, response, this.credentials)
  }

  #send(method: string, draft: Draft, rounds: number, resolve: (outcome: Outcome) => void): void {
    if (this.#end) return resolve({ ok: false, cause: this.#end })
    const request = this.dialog.request(method, draft)
    draft.sent?.(this.dialog.localSequence)
    if (method === 'UPDATE') this.prepareRefresh(request)
    this.#agent.stack.request(request, this.dialog.destination(), {
      leaving: (sent, flow) => {
        if (method === 'UPDATE' || method === 'REFER') sent.headers.set('Contact', this.contact(flow))
      },
      final: (response) => {
        const answer = this.#challenged(request, response, rounds)
        if (answer) return this.#send(method, { ...draft, headers: withAnswer(draft.headers, answer) }, rounds - 1, resolve)
        if (response.status < 300) {
          if (method === 'UPDATE') this.refreshed(response)
          return resolve({ ok: true, response, sdp: sdpOf(response) })
        }
        if (this.raiseLeast(response)) return this.#send(method, draft, rounds, resolve)
        this.#refused(refusalOf(response, method), resolve)
      },
      failed: (cause) => this.#refused(cause, resolve),
    })
  }

  #refused(cause: SipCause, resolve: (outcome: Outcome) => void): void {
    resolve({ ok: false, cause })
    if (endsDialog(cause)) this.fail(cause)
  }

  /** Session-Expires and Min-SE of a re-INVITE or UPDATE of ours (RFC 4028 7.4). */
  prepareRefresh(request: SipRequest): void {
    for (const [name, value] of withoutPrack(this.#agent.abilities)) request.headers.set(name, value)
    if (this.#state !== 'confirmed') return
    const { timer } = this.#agent
    const agreed = this.#agreed
    const minSeconds = Math.max(timer.minSeconds, this.minSeconds)
    // 7.4: what was agreed stays, and so does who refreshes.
    const refresher = agreed && (agreed.weRefresh ? 'uac' : 'uas')
    askFor(request.headers, { intervalSeconds: agreed?.seconds ?? timer.intervalSeconds, minSeconds }, refresher)
  }

  /** Whether a 422 (RFC 4028 7.3) asks for more than we knew of: then it is sent again. */
  raiseLeast(response: SipResponse): boolean {
    const least = response.status === 422 ? (minSeOf(response)?.seconds ?? 0) : 0
    if (least <= Math.max(this.minSeconds, this.#agent.timer.minSeconds)) return false
    this.minSeconds = least
    return true
  }

  /** A 2xx to a re-INVITE or UPDATE of ours. */
  refreshed(response: SipResponse): void {
    this.dialog.refresh(response)
    this.learn(response)
    if (this.#state === 'confirmed') this.setTimer(agreedBy(response))
  }

  async #refresh(): Promise<void> {
    const isDone = this.peerAllows.has('UPDATE') && (await this.update(undefined)).ok
    if (!isDone && this.#state === 'confirmed') await this.reinvite(this.lastSdp)
  }
}
