// What a leg is in both directions once there is a session: its news, its one end, holds and transfers both ways, later offers, digits in
// signalling. How it came to a session is incoming-leg.ts and outgoing-leg.ts.

import type { Place, Stream } from '#media/contract.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { Inquiry, Offer, Outcome, SessionEvents, Transfer } from '#protocols/sip/session-parts.ts'
import type { Session } from '#protocols/sip/session.ts'
import type { ExtraHeaders, Flow, SipCause } from '#protocols/sip/stack-parts.ts'
import type { LegCause, LegEnd, LegNews, ReferAsk, ReferOutcome, StepOutcome } from '#voice/leg.ts'
import { causeOf, replyOf, type LegStage } from './causes.ts'
import { InfoDigitsStream, readInfoDigit, relayType, writeInfoDigit } from './info-digits.ts'
import { LegMedia } from './leg-media.ts'
import type { LegParts, MediaHosts, MediaPolicy } from './leg-parts.ts'
import { reasonHeaders } from './reason-headers.ts'
import { toldHeaders } from './told-headers.ts'

type Tell = (news: LegNews) => void

export interface CoreParts {
  readonly id: number
  readonly direction: 'in' | 'out'
  readonly parts: LegParts
  readonly policy: MediaPolicy
  /** Ends what there is in signalling; the core has told the end then. */
  readonly hangUp: (headers: ExtraHeaders, refused: Refusal) => void
}

export class LegCore {
  readonly id: number
  readonly direction: 'in' | 'out'
  readonly parts: LegParts
  readonly media: LegMedia
  readonly policy: MediaPolicy
  readonly #hangUp: CoreParts['hangUp']
  #news: LegNews | undefined
  /** What came before anybody listened. */
  #untold: Tell[] = []
  #session: Session | undefined
  #stream: Stream | undefined
  #heldByPeer = false
  /** Who waits for something that no longer comes once the leg is over. */
  readonly #waiting = new Set<() => void>()
  stage: { progressed: boolean; answered: boolean } = { progressed: false, answered: false }
  ended = false

  constructor({ id, direction, parts, policy, hangUp }: CoreParts) {
    this.id = id
    this.direction = direction
    this.parts = parts
    this.policy = policy
    this.#hangUp = hangUp
    this.media = new LegMedia(parts, policy, { lost: (why) => this.#mediaLost(why), silent: (detail) => this.#silent(detail) })
  }

  listen(news: LegNews): void {
    this.#news = news
    const untold = this.#untold
    this.#untold = []
    for (const tell of untold) this.#tellNow(news, tell)
  }

  tell(tell: Tell): void {
    if (this.#news === undefined) this.#untold.push(tell)
    else this.#tellNow(this.#news, tell)
  }

  #tellNow(news: LegNews, tell: Tell): void {
    try {
      tell(news)
    } catch (error) {
      this.parts.faulted(error)
    }
  }

  get session(): Session | undefined {
    return this.#session
  }

  set session(session: Session | undefined) {
    this.#session = session
    if (session !== undefined) this.parts.legIds.set(session, { id: this.id, owner: this.parts.owner })
  }

  /** As voice is to see it. */
  get stream(): Stream | undefined {
    const { stream } = this.media
    if (stream === undefined || this.policy.digits !== 'info') return stream
    this.#stream ??= new InfoDigitsStream(stream, (digit) => this.#sendInfo(digit))
    return this.#stream
  }

  hosts(flow: Flow | undefined): MediaHosts {
    return this.parts.mediaHosts(flow)
  }

  /** By the network's word. */
  endBy(cause: SipCause, as: LegCause = causeOf(cause, this.stage as LegStage)): void {
    this.end(endedBy(cause), as, 'headers' in cause ? toldHeaders(cause.headers) : {})
  }

  /** Once; later ones count for nothing. */
  end(by: LegEnd['by'], cause: LegCause, headers: Readonly<Record<string, string>> = {}): void {
    if (this.ended) return
    this.ended = true
    for (const over of this.#waiting) over()
    void this.media.close().then((media) => {
      const end: LegEnd = { by, cause, ...media, ...(Object.keys(headers).length > 0 && { headers }) }
      this.tell((news) => news.ended(end))
    }, this.parts.faulted)
  }

  /** By our own wish; `status`: what a response of ours said. */
  endByUs(refused: Refusal, status?: number): void {
    if (this.ended) return
    const { reason, params } = refused
    this.end('us', {
      reason,
      params,
      raw: refused.evidence ?? `local ${reason}`,
      ...(status !== undefined && { sipStatus: status }),
      q850: replyOf(refused).q850,
      next: 'never',
    })
  }

  hangUp(refused: Refusal): void {
    if (this.ended) return
    this.#hangUp(this.reasons(refused), refused)
  }

  reasons(refused: Refusal): ExtraHeaders {
    return reasonHeaders(refused, this, this.parts.faceReasonOf)
  }

  #mediaLost(why: string): void {
    if (this.ended) return
    if (why !== 'left') return this.hangUp(refusal('platform.media_gateway_error', {}, { evidence: `media ${why}` }))
    if (this.stage.answered) this.#gone('dtls: ended by the other side')
    else this.hangUp(refusal('call.media_lost'))
  }

  /** Whoever sends nothing any more is gone. Before the answer nobody has to send. */
  #silent(detail: string): void {
    if (this.ended || !this.stage.answered) return
    this.#gone(`rtp: ${detail}`)
  }

  #gone(raw: string): void {
    const refused = refusal('call.media_lost')
    this.end('network', { reason: refused.reason, raw, q850: replyOf(refused).q850, next: 'never' })
    this.#hangUp(this.reasons(refused), refused)
  }

  sessionEvents(): SessionEvents {
    return {
      ended: (cause) => this.endBy(cause),
      offered: (offer) => this.#offered(offer),
      info: (inquiry) => this.#info(inquiry),
      referred: (transfer) => this.#referred(transfer),
    }
  }

  /** A refusal is a 488 and the session goes on as it was (RFC 3261 14.2). */
  #offered(offer: Offer): void {
    if (!this.media.stream) return offer.refuse(488)
    try {
      if (offer.sdp === undefined) {
        offer.accept(this.media.offerAgain(), {
          answered: (answer) => {
            if (answer === undefined) return
            this.guarded(() => this.media.takeAnswer(answer))
            this.#noteHold()
          },
        })
        return
      }
      offer.accept(this.media.answerAgain(offer.sdp))
      this.#noteHold()
    } catch (error) {
      if (!(error instanceof Refusal)) this.parts.faulted(error)
      const refused = error instanceof Refusal ? error : refusal('platform.internal_error')
      offer.refuse(error instanceof Refusal ? 488 : 500, { headers: this.reasons(refused) })
    }
  }

  #noteHold(): void {
    const held = this.media.heldByPeer
    if (held === this.#heldByPeer) return
    this.#heldByPeer = held
    this.tell((news) => news.heldByPeer?.(held))
  }

  /** Runs once when the leg is over, before its end is told. */
  whenOver(act: () => void): void {
    if (this.ended) act()
    else this.#waiting.add(act)
  }

  /** Media that no answer fits any more end the leg. */
  guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof Refusal)) this.parts.faulted(error)
      this.hangUp(error instanceof Refusal ? error : refusal('platform.internal_error'))
    }
  }

  #info(inquiry: Inquiry): void {
    const digit = readInfoDigit(inquiry.contentType, inquiry.body)
    if (digit === undefined) return inquiry.respond(inquiry.body.length === 0 ? 200 : 415)
    inquiry.respond(200)
    this.media.heard(digit.digit, digit.durationMs)
  }

  #sendInfo(digit: string): void {
    void this.#session?.info(relayType, writeInfoDigit(digit)).catch(this.parts.faulted)
  }

  #referred(transfer: Transfer): void {
    const { target, referredBy, replaces } = transfer
    const ask: ReferAsk = {
      target,
      ...(referredBy !== undefined && { referredBy }),
      ...(replaces !== undefined && {
        replaces: `${replaces.callId};to-tag=${replaces.toTag};from-tag=${replaces.fromTag}`,
      }),
      accept: () => transfer.accept(),
      refuse: (refused) => transfer.refuse(603, { headers: this.reasons(refused) }),
      progress: (status, phrase) => transfer.notify(status, phrase),
    }
    this.tell((news) => (news.referred ? news.referred(ask) : transfer.refuse(603)))
  }

  async hold(holding: boolean): Promise<StepOutcome> {
    const session = this.#session
    if (session === undefined || !this.stage.answered || this.ended || !this.media.isAgreed) {
      return { done: false, refusal: refusal('call.not_connected') }
    }
    const before = this.media.holding
    const outcome = await session.reinvite(this.media.offerAgain(holding))
    if (!outcome.ok) {
      this.media.offerRefused(before)
      return this.#notDone(outcome)
    }
    if (outcome.sdp !== undefined) this.guarded(() => this.media.takeAnswer(outcome.sdp!))
    this.#noteHold()
    return { done: true, sipStatus: outcome.response.status }
  }

  async moveTo(place: Place): Promise<StepOutcome> {
    const session = this.#session
    if (session === undefined || !this.stage.answered || this.ended || !this.media.isAgreed) {
      return { done: false, refusal: refusal('call.not_connected') }
    }
    try {
      const { offer, taken } = await this.media.moveTo(place, this.hosts(session.flow))
      const outcome = await session.reinvite(offer)
      if (!outcome.ok) {
        taken(undefined)
        return this.#notDone(outcome)
      }
      this.guarded(() => taken(outcome.sdp))
      this.#stream = undefined
      return { done: true, sipStatus: outcome.response.status }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { done: false, refusal: error }
    }
  }

  #notDone(outcome: Outcome & { ok: false }): StepOutcome & { done: false } {
    const { reason, params, raw, sipStatus } = causeOf(outcome.cause, { progressed: false, answered: false })
    return {
      done: false,
      refusal: new Refusal(reason, params, { evidence: raw }),
      ...(sipStatus !== undefined && { sipStatus }),
    }
  }

  async refer(target: string): Promise<ReferOutcome> {
    const session = this.#session
    if (session === undefined || !this.stage.answered || this.ended) {
      return { accepted: false, refusal: refusal('call.not_connected') }
    }
    let notifiedStatus: number | undefined
    let lastCame: () => void = () => undefined
    const last = new Promise<void>((resolve) => (lastCame = resolve))
    this.#waiting.add(lastCame)
    const outcome = await session.refer(target, {
      notified: (news) => {
        if (news.status > 0) notifiedStatus = news.status
        if (news.last) lastCame()
      },
    })
    if (!outcome.ok) {
      const { refusal: refused, sipStatus } = this.#notDone(outcome)
      return { accepted: false, refusal: refused, ...(sipStatus !== undefined && { sipStatus }) }
    }
    await last
    this.#waiting.delete(lastCame)
    return {
      accepted: true,
      sipStatus: outcome.response.status,
      ...(notifiedStatus !== undefined && { notifiedStatus }),
    }
  }
}

const endedBy = (cause: SipCause): LegEnd['by'] => {
  if (cause.kind === 'bye' || cause.kind === 'cancel' || cause.kind === 'response') return 'peer'
  return cause.kind === 'local' ? 'us' : 'network'
}
