// A re-INVITE of ours: RFC 3261 14.1. Glare is tried again by its two timers, too short an interval with the peer's least (RFC 4028 7.4), a challenge
// with credentials.

import { refusalOf, type Agent } from './agent-parts.ts'
import { cseqOf } from './message-reads.ts'
import type { SipRequest, SipResponse } from './message.ts'
import { sdpOf } from './session-body.ts'
import type { Outcome, RespondOptions } from './session-parts.ts'
import { endsDialog, type Session } from './session.ts'
import type { SipCause } from './stack-parts.ts'

/** As often an INVITE that met another is tried again. */
const mostGlares = 4

export class Reinvite {
  readonly #session: Session
  readonly #agent: Agent
  readonly #sdp: Buffer | undefined
  readonly #options: RespondOptions & { answer?: (offer: Buffer) => Buffer }
  #resolve: (outcome: Outcome) => void = () => {}
  #glares = 0
  #rounds = 2
  #extra: (readonly [string, string])[]
  #isAnswered = false

  constructor(session: Session, agent: Agent, sdp: Buffer | undefined, options: Reinvite['options']) {
    this.#session = session
    this.#agent = agent
    this.#sdp = sdp
    this.#options = options
    this.#extra = [...(options.headers ?? [])]
  }

  get options(): RespondOptions & { answer?: (offer: Buffer) => Buffer } {
    return this.#options
  }

  run(): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#send()
    })
  }

  #send(): void {
    const session = this.#session
    if (session.state !== 'confirmed')
      return this.#resolve({ ok: false, cause: { kind: 'protocol', detail: `the session is ${session.state}` } })
    // Theirs is under way: what 14.1 says of a 491.
    if (session.offering !== 'none') return this.#later()
    session.offering = 'ours'
    this.#isAnswered = false
    const request = session.dialog.request('INVITE', { headers: this.#extra, body: this.#sdp })
    session.prepareRefresh(request)
    this.#agent.stack.request(request, session.dialog.destination(), {
      leaving: (sent, flow) => void sent.headers.set('Contact', session.contact(flow)),
      final: (response) => this.#final(request, response),
      failed: (cause) => this.#refused(cause),
    })
  }

  #final(request: SipRequest, response: SipResponse): void {
    const session = this.#session
    const { status } = response
    if (this.#isAnswered) return session.acknowledgeAgain(response)
    session.offering = 'none'
    if (status < 300) return this.#accepted(request, response)
    if (status === 491 && ++this.#glares <= mostGlares) return this.#later()
    const isChallenge = (status === 401 || status === 407) && session.credentials !== undefined && this.#rounds-- > 0
    const answer = isChallenge ? this.#agent.answerChallenge(request, response, session.credentials!) : undefined
    if (answer) {
      this.#extra = [...this.#extra.filter(([name]) => !/authorization$/i.test(name)), ...answer]
      return this.#send()
    }
    this.#refused(refusalOf(response, 'INVITE'))
  }

  #accepted(request: SipRequest, response: SipResponse): void {
    const session = this.#session
    this.#isAnswered = true
    const theirs = sdpOf(response)
    // 14.1: without an offer of ours the 2xx has theirs, and the ACK the answer.
    const answer = this.#sdp === undefined && theirs ? this.#options.answer?.(theirs) : undefined
    session.refreshed(response)
    session.acknowledge(cseqOf(request)?.number ?? 0, answer)
    session.lastSdp = this.#sdp ?? answer ?? session.lastSdp
    this.#resolve({ ok: true, response, sdp: theirs })
  }

  #refused(cause: SipCause): void {
    this.#session.offering = 'none'
    this.#resolve({ ok: false, cause })
    if (endsDialog(cause)) this.#session.fail(cause)
  }

  /** 14.1: the owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in units of 10 ms. */
  #later(): void {
    const chance = Number.parseInt(this.#agent.stack.random(4), 16) / 2 ** 32
    const waitMs = this.#session.isCaller ? 2_100 + 10 * Math.floor(chance * 191) : 10 * Math.floor(chance * 201)
    this.#agent.stack.clock.after(waitMs, () => this.#send())
  }
}
