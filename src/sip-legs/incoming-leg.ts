// A leg that came in: an INVITE of the other side until it is answered or refused, then its session.

import type { Place, Stream } from '#media/contract.ts'
import { refuse, type Refusal } from '#reasons/refusal.ts'
import type { InviteServer } from '#protocols/sip/invite-server.ts'
import { maxForwardsOf } from '#protocols/sip/message-reads.ts'
import type { ExtraHeaders, SipCause } from '#protocols/sip/stack-parts.ts'
import type { Leg, LegNews, ReferOutcome, StepOutcome } from '#voice/leg.ts'
import { replyOf } from './causes.ts'
import { LegCore } from './leg-core.ts'
import type { LegParts, MediaPolicy } from './leg-parts.ts'

export class IncomingLeg implements Leg {
  readonly id: number
  readonly direction = 'in' as const
  readonly ref: string
  readonly hopsLeft: number
  readonly #invite: InviteServer
  readonly #core: LegCore
  /** Our answer went out in a reliable provisional: the 2xx has none then (RFC 3262 5). */
  #answeredEarly = false
  /** Our answer, once made; the same in each response (RFC 3261 13.2.1). */
  #sdp: Buffer | undefined
  #confirmed: ((answer: Buffer | undefined) => void) | undefined

  constructor(id: number, invite: InviteServer, parts: LegParts, policy: MediaPolicy) {
    this.id = id
    this.ref = `sip:${invite.callId}`
    this.hopsLeft = maxForwardsOf(invite.request) ?? 70
    this.#invite = invite
    this.#core = new LegCore({
      id,
      direction: 'in',
      parts,
      policy,
      hangUp: (headers, refused) => this.#hangUp(headers, refused),
    })
    this.#core.session = invite.session
    parts.wire?.began(invite.callId, id)
    this.#core.whenOver(() => parts.wire?.over(invite.callId))
    invite.listen(
      {
        failed: (cause) => this.#failed(cause),
        confirmed: (answer) => this.#confirmed?.(answer),
        acknowledged: (answer) => this.#confirmed?.(answer),
      },
      this.#core.sessionEvents(),
    )
  }

  get stream(): Stream | undefined {
    return this.#core.stream
  }

  get answered(): boolean {
    return this.#core.stage.answered
  }

  get ended(): boolean {
    return this.#core.ended
  }

  listen(news: LegNews): void {
    this.#core.listen(news)
  }

  /** Runs once when it is over, before its end is told. */
  whenOver(act: () => void): void {
    this.#core.whenOver(act)
  }

  ring(): void {
    if (this.#isOpen) this.#invite.ring()
  }

  async ringEarly(place: Place): Promise<void> {
    const sdp = await this.#agree(place)
    if (!this.#isOpen) refuse('call.not_found')
    this.#answeredEarly = this.#isReliable
    this.#invite.progress(sdp)
  }

  async answer(place: Place, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const sdp = await this.#agree(place)
    if (!this.#isOpen) refuse('call.not_found')
    const isLateOffer = this.#invite.offer === undefined && !this.#core.media.isAgreed
    const confirmed = isLateOffer ? this.#awaitAnswer() : undefined
    const session = this.#invite.accept(this.#answeredEarly ? undefined : sdp, { headers: Object.entries(headers) })
    if (session === undefined) refuse('call.not_found')
    this.#core.session = session
    this.#core.stage.answered = true
    await confirmed
  }

  refuse(refused: Refusal, options: { readonly retryAfterSeconds?: number; readonly status?: number } = {}): void {
    if (!this.#isOpen) return
    const status = options.status ?? replyOf(refused).status
    const seconds = options.retryAfterSeconds ?? (refused.retryAfterMs ? Math.ceil(refused.retryAfterMs / 1000) : undefined)
    this.#core.endByUs(refused, status)
    this.#invite.refuse(status, {
      headers: [...this.#core.reasons(refused), ...(seconds === undefined ? [] : [['Retry-After', String(seconds)] as const])],
    })
  }

  hangUp(refused: Refusal): void {
    this.#core.hangUp(refused)
  }

  hold(): Promise<StepOutcome> {
    return this.#core.hold(true)
  }

  resume(): Promise<StepOutcome> {
    return this.#core.hold(false)
  }

  refer(target: string): Promise<ReferOutcome> {
    return this.#core.refer(target)
  }

  moveTo(place: Place): Promise<StepOutcome> {
    return this.#core.moveTo(place)
  }

  get #isOpen(): boolean {
    return !this.#core.ended && !this.#core.stage.answered && this.#invite.open
  }

  /** Whether a provisional with SDP goes reliably: the user agent does so where the peer can (RFC 3262 3). */
  get #isReliable(): boolean {
    const { headers } = this.#invite.request
    return [...headers.all('Supported'), ...headers.all('Require')].some((tag) => tag.toLowerCase() === '100rel')
  }

  #hangUp(headers: ExtraHeaders, refused: Refusal): void {
    if (!this.#core.stage.answered) return this.refuse(refused)
    const { session } = this.#core
    this.#core.endByUs(refused)
    session?.bye(headers)
  }

  /** The caller gave up, or it rang too long. */
  #failed(cause: SipCause): void {
    this.#core.endBy(cause)
  }

  /** Our part of the agreement, made once. */
  async #agree(place: Place): Promise<Buffer> {
    if (this.#sdp !== undefined) return this.#sdp
    const { media } = this.#core
    const hosts = this.#core.hosts(this.#invite.flow)
    const { offer } = this.#invite
    if (offer !== undefined) this.#sdp = await media.answerFirst(place, hosts, offer)
    else {
      // A late offer (RFC 3261 13.2.1): ours goes first, theirs comes with the ACK or PRACK.
      const isSecure = this.#core.policy.srtp === 'required'
      this.#sdp = await media.offerFirst(place, hosts, isSecure ? 'srtp' : 'rtp')
      this.#confirmed = (answer) => this.#takeAnswer(answer)
    }
    return this.#sdp
  }

  #awaitAnswer(): Promise<void> {
    return new Promise((resolve) => {
      this.#core.whenOver(resolve)
      this.#confirmed = (answer) => {
        this.#takeAnswer(answer)
        resolve()
      }
    })
  }

  #takeAnswer(answer: Buffer | undefined): void {
    if (answer === undefined && this.#core.media.isAgreed) return
    this.#core.guarded(() => {
      if (answer === undefined) refuse('call.media_incompatible', {}, { evidence: 'our offer got no answer' })
      this.#core.media.takeAnswer(answer)
    })
  }
}
