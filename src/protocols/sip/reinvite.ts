// A re-INVITE of ours: RFC 3261 14.1. Glare is tried again by its two timers, too short an interval with the peer's least (RFC 4028 7.4), a challenge
// with credentials.

import { endsDialog, refusalOf, type Agent } from './agent-parts.ts'
import { withAnswer } from './authorization.ts'
import type { SipRequest, SipResponse } from './message.ts'
import { sdpOf } from './session-body.ts'
import type { Outcome, RespondOptions } from './session-parts.ts'
import type { SessionWithin } from './session-within.ts'
import type { SipCause } from './stack-parts.ts'

/** As often an offer that met another is tried again. */
export const mostGlares = 4

export class Reinvite {
  readonly #session: SessionWithin
  readonly #agent: Agent
  readonly #sdp: Buffer | undefined
  readonly #options: RespondOptions & { answer?: (offer: Buffer) => Buffer }
  #resolve: (outcome: Outcome) => void = () => {}
  #glares = 0
  #rounds = 2
  #extra: (readonly [string, string])[]
  #isAnswered = false

  constructor(
    session: SessionWithin,
    agent: Agent,
    sdp: Buffer | undefined,
    options: RespondOptions & { answer?: (offer: Buffer) => Buffer },
  ) {
    this.#session = session
    this.#agent = agent
    this.#sdp = sdp
    this.#options = options
    this.#extra = [...(options.headers ?? [])]
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
    if (!session.mayOffer) return void session.offersDone().then(() => this.#send())
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
      this.#extra = withAnswer(this.#extra, answer)
      return this.#send()
    }
    if (session.raiseLeast(response)) return this.#send()
    this.#refused(refusalOf(response, 'INVITE'))
  }

  #accepted(request: SipRequest, response: SipResponse): void {
    const session = this.#session
    this.#isAnswered = true
    const theirs = sdpOf(response)
    // 14.1: without an offer of ours the 2xx has theirs, and the ACK the answer.
    const answer = this.#sdp === undefined && theirs ? this.#options.answer?.(theirs) : undefined
    session.refreshed(response)
    session.acknowledge(request, answer)
    session.lastSdp = this.#sdp ?? answer ?? session.lastSdp
    this.#resolve({ ok: true, response, sdp: theirs })
  }

  #refused(cause: SipCause): void {
    this.#session.offering = 'none'
    this.#resolve({ ok: false, cause })
    if (endsDialog(cause)) this.#session.fail(cause)
  }

  #later(): void {
    this.#agent.stack.clock.after(this.#session.glareMs(), () => this.#send())
  }
}
