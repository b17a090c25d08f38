// What the peer sends within a dialog: BYE, re-INVITE, UPDATE, PRACK, INFO, MESSAGE, REFER, NOTIFY, OPTIONS (RFC 3261 12.2.2, 14.2, 15.1.2, 3262, 3311, 3515).

import { answerIn, endOf, type Agent } from './agent-parts.ts'
import { AnsweredInvite } from './answered-invite.ts'
import { cseqOf, eventOf, subscriptionStateOf } from './message-reads.ts'
import type { SipRequest } from './message.ts'
import { isReadable, mediaType, sdpOf } from './session-body.ts'
import type { Inquiry, Offer, RespondOptions } from './session-parts.ts'
import { agree } from './session-timer.ts'
import type { SessionWithin } from './session-within.ts'
import type { ServerTransaction } from './stack-parts.ts'
import { openTransfer } from './transfer.ts'

export class SessionInbound {
  readonly #session: SessionWithin
  readonly #agent: Agent
  /** The re-INVITE that waits for our answer. */
  #reinvite: ServerTransaction | undefined

  constructor(session: SessionWithin, agent: Agent) {
    this.#session = session
    this.#agent = agent
  }

  received(transaction: ServerTransaction): void {
    const { request } = transaction
    // 12.2.2: older than what came before; sent over another way, perhaps.
    if (!this.#session.dialog.takes(request)) return void transaction.respond(500, { headers: [['Retry-After', '0']] })
    // A phone that moved to another connection is answered, and reached, there.
    this.#session.dialog.flow = transaction.flow
    const deed = deeds[request.method]
    if (!deed) return void transaction.respond(405, { headers: this.#agent.abilities })
    deed(this.#session, this, this.#agent, transaction)
  }

  /** The session is over: what still waits is answered. */
  close(): void {
    const waiting = this.#reinvite
    this.#reinvite = undefined
    if (waiting && waiting.answered === undefined) waiting.respond(487)
  }

  invited(transaction: ServerTransaction): void {
    const session = this.#session
    const { request } = transaction
    // 14.2: ours is under way, or another of theirs.
    if (session.offering === 'ours') return void transaction.respond(491)
    if (this.#reinvite || session.offering === 'theirs' || session.state !== 'confirmed')
      return void transaction.respond(500, {
        headers: [['Retry-After', `${1 + (Number.parseInt(this.#agent.stack.random(1), 16) % 10)}`]],
      })
    if (!isReadable(request)) return refuseBody(transaction)
    const timer = agree(request, this.#agent.timer)
    if (timer === 'tooSmall') return void transaction.respond(422, { headers: [['Min-SE', `${this.#agent.timer.minSeconds}`]] })
    this.#reinvite = transaction
    session.offering = 'theirs'
    transaction.listen({ cancelled: () => this.#settled(() => transaction.respond(487)) })
    this.#offer(transaction, 'INVITE', (sdp, options) => {
      this.#settled(() => this.#accept(transaction, sdp, options, timer))
    })
  }

  #settled(act: () => void): void {
    if (!this.#reinvite || this.#reinvite.answered !== undefined) return
    this.#reinvite = undefined
    this.#session.offering = 'none'
    act()
  }

  #accept(
    transaction: ServerTransaction,
    sdp: Buffer,
    options: AcceptOptions | undefined,
    timer: Exclude<ReturnType<typeof agree>, 'tooSmall'>,
  ): void {
    const session = this.#session
    const { request } = transaction
    const sequence = cseqOf(request)?.number ?? 0
    const madeOffer = sdpOf(request) === undefined
    refreshBy(session, request)
    session.setTimer(timer?.agreed)
    session.lastSdp = sdp
    if (madeOffer) session.offering = 'ours'
    transaction.respond(200, { ...answerIn(session, this.#agent, transaction.flow, options, timer?.headers), body: sdp })
    const answered = new AnsweredInvite(
      this.#agent.stack,
      transaction,
      (ack) => {
        if (madeOffer) session.offering = 'none'
        options?.answered?.(sdpOf(ack))
      },
      () => {
        if (madeOffer) session.offering = 'none'
        session.ackLost(sequence)
      },
    )
    session.awaitAck(sequence, answered)
    session.events.refreshed?.()
  }

  /** RFC 3311 5.2, and the offer in a PRACK (RFC 3262 5). */
  updated(transaction: ServerTransaction): void {
    const session = this.#session
    const { request } = transaction
    const sdp = sdpOf(request)
    if (!isReadable(request)) return refuseBody(transaction)
    if (sdp && session.offering === 'ours') return void transaction.respond(491)
    if (sdp && session.offering === 'theirs') return void transaction.respond(500, { headers: [['Retry-After', '2']] })
    const timer = session.state === 'confirmed' ? agree(request, this.#agent.timer) : undefined
    if (timer === 'tooSmall') return void transaction.respond(422, { headers: [['Min-SE', `${this.#agent.timer.minSeconds}`]] })
    const finish = (body: Buffer | undefined, options: AcceptOptions | undefined): void => {
      refreshBy(session, request)
      if (timer) session.setTimer(timer.agreed)
      if (body) session.lastSdp = body
      transaction.respond(200, { ...answerIn(session, this.#agent, transaction.flow, options, timer?.headers), body })
      session.events.refreshed?.()
    }
    if (!sdp) return finish(undefined, undefined)
    session.offering = 'theirs'
    this.#offer(transaction, 'UPDATE', (answer, options) => {
      session.offering = 'none'
      finish(answer, options)
    })
  }

  /** The offer of a PRACK; `answered` sends the 200 of it. */
  pracked(transaction: ServerTransaction): void {
    this.#session.offering = 'theirs'
    this.#offer(transaction, 'PRACK', (answer, options) => {
      this.#session.offering = 'none'
      transaction.respond(200, { headers: options?.headers, body: answer })
    })
  }

  #offer(
    transaction: ServerTransaction,
    method: Offer['method'],
    accept: (sdp: Buffer, options: AcceptOptions | undefined) => void,
  ): void {
    const session = this.#session
    const isOpen = (): boolean => transaction.answered === undefined && session.state !== 'ended'
    const refuse = (status = 488, options?: RespondOptions): void => {
      if (!isOpen()) return
      if (method === 'INVITE') this.#reinvite = undefined
      session.offering = 'none'
      transaction.respond(status, options)
    }
    const { offered } = session.events
    if (!offered) return refuse()
    const { request } = transaction
    offered({ method, request, sdp: sdpOf(request), accept: (sdp, options) => isOpen() && accept(sdp, options), refuse })
  }
}

type AcceptOptions = RespondOptions & { answered?: (answer: Buffer | undefined) => void }
type Deed = (session: SessionWithin, inbound: SessionInbound, agent: Agent, transaction: ServerTransaction) => void

const deeds: Readonly<Record<string, Deed>> = {
  // 15.1.2; an early session is the INVITE's to end, which hears of it first.
  BYE(session, inbound, _agent, transaction) {
    transaction.respond(200)
    inbound.close()
    if (session.state === 'early' && session.byeBeforeAnswer) session.byeBeforeAnswer(transaction.request)
    else session.ended(endOf('bye', transaction.request))
  },
  INVITE: (_session, inbound, _agent, transaction) => inbound.invited(transaction),
  UPDATE: (_session, inbound, _agent, transaction) => inbound.updated(transaction),
  // Those that match a reliable provisional never come here (reliable-provisionals.ts; RFC 3262 3).
  PRACK(session, inbound, _agent, transaction) {
    if (!session.pracked?.(transaction, inbound)) transaction.respond(481)
  },
  INFO(session, _inbound, _agent, transaction) {
    const { info } = session.events
    if (info) info(inquiry(transaction))
    else if (transaction.request.body.length > 0) refuseBody(transaction)
    else transaction.respond(200)
  },
  MESSAGE(session, _inbound, agent, transaction) {
    const { message } = session.events
    if (message) message(inquiry(transaction))
    else transaction.respond(405, { headers: agent.abilities })
  },
  OPTIONS: (session, _inbound, agent, transaction) =>
    void transaction.respond(200, answerIn(session, agent, transaction.flow, undefined)),
  REFER(session, _inbound, _agent, transaction) {
    openTransfer(session, transaction)
  },
  // RFC 3515 2.4.5: news of a REFER of ours. Its id is the CSeq of that REFER (2.4.6), left out where there is only one.
  NOTIFY(session, _inbound, _agent, transaction) {
    const { request } = transaction
    const event = eventOf(request)
    if (event?.word !== 'refer') return void transaction.respond(489, { headers: [['Allow-Events', 'refer']] })
    const id = event.params.get('id')
    const watch = id === undefined ? [...session.watches.values()].at(-1) : session.watches.get(Number(id))
    if (!watch) return void transaction.respond(481)
    const fragment = /^SIP\/2\.0 (\d{3}) ?([^\r\n]*)/.exec(request.body.toString('utf8'))
    if (!fragment || !mediaType(request)?.startsWith('message/sipfrag')) return refuseBody(transaction, 'message/sipfrag')
    transaction.respond(200)
    const status = Number(fragment[1])
    const isOver = subscriptionStateOf(request)?.word === 'terminated'
    watch.notified({ status, phrase: fragment[2] ?? '', last: isOver || status >= 200 })
  },
}

function inquiry(transaction: ServerTransaction): Inquiry {
  const { request } = transaction
  return {
    request,
    contentType: mediaType(request),
    body: request.body,
    respond: (status, options) => void transaction.respond(status, options),
  }
}

/** 8.2.3, 21.4.13. */
function refuseBody(transaction: ServerTransaction, accept = 'application/sdp'): void {
  transaction.respond(415, { headers: [['Accept', accept]] })
}

function refreshBy(session: SessionWithin, request: SipRequest): void {
  session.dialog.refresh(request)
  session.learn(request)
}
