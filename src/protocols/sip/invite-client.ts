// A call of ours, until its session stands: RFC 3261 13.2, 9.1, 3262 4, 4028 7.3. Each branch of a fork has an early session of its own; the first 2xx
// wins, others are acknowledged and ended with BYE (13.2.2.4).

import type { Timer } from '#values/clock.ts'
import { refusalOf } from './agent-parts.ts'
import { withAnswer } from './authorization.ts'
import { Dialog } from './dialog.ts'
import { replacesText } from './header-values.ts'
import { contactsOf, cseqOf, minSeOf, rseqOf, toOf } from './message-reads.ts'
import { SipHeaders, type SipRequest, type SipResponse } from './message.ts'
import { nameAddrText } from './name-addr.ts'
import { sdpOf } from './session-body.ts'
import type { CallAgent, InviteClientEvents, InviteOptions } from './invite-parts.ts'
import { agreedBy, askFor, supports } from './session-timer.ts'
import { Session } from './session.ts'
import type { ClientTransaction, ExtraHeaders, Flow, SipCause } from './stack-parts.ts'

const noBody = Buffer.alloc(0)

/** Who no longer listens. */
const nobody: InviteClientEvents = { answered() {}, failed() {}, session: () => ({ ended() {} }) }

/** An early dialog, and the last reliable provisional of it (RFC 3262 4). */
interface Branch {
  readonly session: Session
  rseq: number | undefined
  hasAnswer: boolean
}

export class InviteClient {
  readonly callId: string
  readonly #agent: CallAgent
  readonly #options: InviteOptions
  #events: InviteClientEvents
  readonly #from: string
  readonly #branches = new Map<string, Branch>()
  #transaction: ClientTransaction | undefined
  #state: 'open' | 'cancelling' | 'over' = 'open'
  #sequence = 0
  #rounds = 2
  #extra: (readonly [string, string])[]
  #minSeconds: number
  #ringing: Timer | undefined
  #silence: Timer | undefined
  /** Why we cancel; told when the peer has no word of its own. */
  #cause: SipCause = { kind: 'local', deed: 'cancel' }
  #answered: { tag: string; session: Session } | undefined

  constructor(agent: CallAgent, options: InviteOptions, events: InviteClientEvents) {
    this.#agent = agent
    this.#options = options
    this.#events = events
    this.callId = options.callId ?? `${agent.stack.random(12)}@${agent.stack.random(4)}`
    this.#from = `${options.from};tag=${agent.stack.random(6)}`
    this.#extra = [...(options.headers ?? [])]
    this.#minSeconds = agent.timer.minSeconds
    if (options.ringMs)
      this.#ringing = agent.stack.clock.after(options.ringMs, () => {
        const detail = `no final response within ${options.ringMs} ms`
        this.#cause = { kind: 'timeout', method: 'INVITE', provisional: this.#branches.size > 0, detail }
        this.cancel(options.ringOverHeaders)
      })
    if (options.silentMs) this.#silence = agent.stack.clock.after(options.silentMs, () => this.#silent(options.silentMs!))
    this.#send()
  }

  /** False once the end was told or the session stands. */
  get open(): boolean {
    return this.#state !== 'over'
  }

  /**
   * CANCEL, as soon as a provisional allows it (9.1). A 2xx that crosses it is ACKed and BYEd. One end is told in any case: `failed` with the 487, or
   * `local`.
   */
  cancel(headers?: ExtraHeaders): void {
    if (this.#state !== 'open') return
    this.#state = 'cancelling'
    this.#transaction?.cancel(headers)
  }

  #send(): void {
    const request = this.#invite()
    this.#transaction = this.#agent.stack.request(request, this.#options.to, {
      leaving: (sent, flow) => this.#leaving(sent, flow),
      provisional: (response, flow) => this.#provisional(request, response, flow),
      final: (response, flow) => this.#final(request, response, flow),
      failed: (cause) => this.#failed(cause),
    })
  }

  #invite(): SipRequest {
    const { uri, toHeader, route, sdp, replaces, reliable, maxForwards = 70 } = this.#options
    const headers = new SipHeaders()
    for (const one of route ?? []) headers.append('Route', one)
    headers.append('Max-Forwards', `${maxForwards}`)
    headers.append('From', this.#from)
    headers.append('To', toHeader ?? `<${uri}>`)
    headers.append('Call-ID', this.callId)
    headers.append('CSeq', `${++this.#sequence} INVITE`)
    for (const [name, value] of this.#agent.abilities) headers.append(name, value)
    if (reliable === 'required') headers.add('Require', '100rel')
    if (replaces) headers.add('Replaces', replacesText(replaces)).add('Require', 'replaces')
    askFor(headers, { ...this.#agent.timer, minSeconds: this.#minSeconds })
    for (const [name, value] of this.#extra) headers.add(name, value)
    if (sdp) headers.set('Content-Type', 'application/sdp')
    return { kind: 'request', method: 'INVITE', uri, headers, body: sdp ?? noBody }
  }

  #leaving(sent: SipRequest, flow: Flow): void {
    const { contactUser = '', uri } = this.#options
    sent.headers.set('Contact', this.#agent.contact(flow, contactUser, uri.startsWith('sips:')))
  }

  #provisional(request: SipRequest, response: SipResponse, flow: Flow): void {
    this.#silence?.cancel()
    if (this.#state !== 'open' || response.status === 100) return
    const branch = this.#branch(request, response, flow)
    const rseq = rseqOf(response)
    const isReliable = rseq !== undefined && supports(response, '100rel') && branch !== undefined
    const sdp = sdpOf(response)
    let accept: ((sdp: Buffer) => void) | undefined
    if (isReliable) {
      // RFC 3262 4: one that came before is only a retransmission; one out of order waits to be sent again.
      if (branch.rseq !== undefined && rseq !== branch.rseq + 1) return
      branch.rseq = rseq
      const prack = (body?: Buffer): void => this.#prack(branch.session, request, rseq, body)
      if (sdp && !this.#options.sdp && !branch.hasAnswer) accept = prack
      else prack()
      if (sdp) branch.hasAnswer = true
      if (sdp && this.#options.sdp) branch.session.offering = 'none'
    }
    const { status, phrase, reasons } = refusalOf(response, 'INVITE')
    this.#events.progress?.({ response, status, phrase, reasons, sdp, reliable: isReliable, session: branch?.session, accept })
  }

  #prack(session: Session, request: SipRequest, rseq: number, body: Buffer | undefined): void {
    if (session.state === 'ended') return
    const rack: [string, string] = ['RAck', `${rseq} ${cseqOf(request)?.number ?? 0} INVITE`]
    void session.send('PRACK', { headers: [rack], body })
  }

  #branch(request: SipRequest, response: SipResponse, flow: Flow): Branch | undefined {
    const tag = toOf(response)?.params.get('tag')
    const known = tag === undefined ? undefined : this.#branches.get(tag)
    if (known) {
      known.session.learn(response)
      return known
    }
    const dialog = Dialog.ofResponse(request, response, flow)
    if (!dialog) return undefined
    const session = this.#session(dialog, response)
    const branch: Branch = { session, rseq: undefined, hasAnswer: false }
    this.#branches.set(dialog.remoteTag, branch)
    session.listen(this.#events.session(session))
    return branch
  }

  #session(dialog: Dialog, response: SipResponse): Session {
    const session = new Session(this.#agent, dialog, true)
    session.contactUser = this.#options.contactUser ?? ''
    session.credentials = this.#options.credentials
    session.lastSdp = this.#options.sdp
    session.minSeconds = this.#minSeconds
    session.offering = this.#options.sdp ? 'ours' : 'none'
    session.giveUp = (headers) => this.cancel(headers)
    session.learn(response)
    return session
  }

  #final(request: SipRequest, response: SipResponse, flow: Flow): void {
    const { status } = response
    this.#silence?.cancel()
    if (status < 300) return this.#accepted(request, response, flow)
    if (this.#state === 'over') return
    if (this.#state === 'open' && this.#again(request, response)) return
    const cause = refusalOf(response, 'INVITE')
    if (status < 400 && this.#events.redirected && this.#state === 'open') {
      const contacts = contactsOf(response)
      return this.#over(cause).redirected?.(contacts === '*' ? [] : (contacts ?? []).map(nameAddrText), cause)
    }
    this.#failed(cause)
  }

  /** What can be put right at once: a challenge, and an interval that is too short for the peer. */
  #again(request: SipRequest, response: SipResponse): boolean {
    const { status } = response
    if (this.#rounds === 0) return false
    const { credentials } = this.#options
    if ((status === 401 || status === 407) && credentials) {
      const answer = this.#agent.answerChallenge(request, response, credentials)
      if (!answer) return false
      this.#extra = withAnswer(this.#extra, answer)
    } else if (status === 422) {
      const least = minSeOf(response)?.seconds ?? 0
      if (least <= this.#minSeconds) return false
      this.#minSeconds = least
    } else return false
    this.#rounds--
    this.#dropBranches(undefined)
    this.#send()
    return true
  }

  #accepted(request: SipRequest, response: SipResponse, flow: Flow): void {
    const tag = toOf(response)?.params.get('tag') ?? ''
    if (this.#answered?.tag === tag) return this.#answered.session.acknowledgeAgain(response)
    const dialog = Dialog.ofResponse(request, response, flow)
    if (!dialog) return this.#failed({ kind: 'protocol', detail: 'a 2xx without To tag (RFC 3261 8.2.6.2)' })
    if (this.#answered || this.#state !== 'open') return this.#unwanted(dialog, request, response)
    const branch = this.#branches.get(tag)
    const session = branch?.session ?? this.#session(dialog, response)
    if (branch) session.dialog.confirm(response)
    else session.listen(this.#events.session(session))
    this.#answered = { tag, session }
    const events = this.#over(undefined, session)
    session.learn(response)
    session.confirm()
    const sdp = sdpOf(response)
    const isLate = !this.#options.sdp && !branch?.hasAnswer
    if (isLate && !sdp) {
      session.acknowledge(request, undefined)
      const cause: SipCause = { kind: 'protocol', detail: 'neither the INVITE nor its 2xx has an offer (RFC 3261 13.2.1)' }
      session.bye()
      return events.failed(cause)
    }
    session.offering = isLate ? 'theirs' : 'none'
    session.setTimer(agreedBy(response))
    const accept = (answer: Buffer): void => {
      session.offering = 'none'
      session.lastSdp = answer
      session.acknowledge(request, answer)
    }
    if (!isLate) session.acknowledge(request, undefined)
    events.answered({ response, session, flow, sdp, accept: isLate ? accept : undefined })
  }

  /** 13.2.2.4: the 2xx of another branch, or one that crossed our CANCEL: ACK, then BYE. */
  #unwanted(dialog: Dialog, request: SipRequest, response: SipResponse): void {
    const wasCancelled = this.#state === 'cancelling'
    const known = this.#agent.session({
      callId: dialog.callId,
      fromTag: dialog.remoteTag,
      toTag: dialog.localTag,
      earlyOnly: false,
    })
    if (known && known.state === 'confirmed') return known.acknowledgeAgain(response)
    this.#branches.delete(dialog.remoteTag)
    const session = new Session(this.#agent, dialog, true)
    session.credentials = this.#options.credentials
    session.confirm()
    session.acknowledge(request, undefined)
    session.bye()
    if (wasCancelled) this.#failed(this.#cause)
  }

  #failed(cause: SipCause): void {
    if (this.#state === 'over') return
    const isOurs = this.#state === 'cancelling' && this.#cause.kind !== 'local'
    const told = isOurs ? this.#cause : cause
    this.#over(told).failed(told)
  }

  /** CANCEL goes as soon as there is any sign; a 2xx all the same is ACKed and BYEd. */
  #silent(silentMs: number): void {
    this.cancel()
    this.#failed({ kind: 'timeout', method: 'INVITE', provisional: false, detail: `no sign within ${silentMs} ms` })
  }

  /** Gives who is to hear the last news. The transaction stays for timer D or M, and must not hold the call above it for so long. */
  #over(cause: SipCause | undefined, winner?: Session): InviteClientEvents {
    const events = this.#events
    this.#events = nobody
    this.#state = 'over'
    this.#ringing?.cancel()
    this.#silence?.cancel()
    this.#dropBranches(winner, cause)
    return events
  }

  /** Early sessions that came to nothing; those of a lost fork are told, of a failed call `failed` tells. */
  #dropBranches(winner: Session | undefined, cause?: SipCause): void {
    for (const { session } of this.#branches.values())
      if (session !== winner) session.ended(cause ?? { kind: 'local', deed: 'cancel' }, winner === undefined)
    if (!winner) this.#branches.clear()
  }
}
