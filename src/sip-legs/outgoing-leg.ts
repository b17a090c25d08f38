// A leg that goes out: an INVITE of ours to one place after the other for as long as nobody can have heard of it, then its session. One
// stream serves all attempts. Which places there are, and in which order, is told by whoever places it.

import type { Place, Stream } from '#media/contract.ts'
import type { InviteClient } from '#protocols/sip/invite-client.ts'
import type { AnsweredNews, ProgressNews } from '#protocols/sip/invite-parts.ts'
import type { Credentials, SessionEvents } from '#protocols/sip/session-parts.ts'
import { parseNameAddr } from '#protocols/sip/name-addr.ts'
import type { Session } from '#protocols/sip/session.ts'
import type { Destination, ExtraHeaders, Flow, SipCause, TransportName } from '#protocols/sip/stack-parts.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import type { Leg, LegCause, LegNews, LegWish, ReferOutcome, StepOutcome } from '#voice/leg.ts'
import type { CallTarget } from '#voice/verbs/verb.ts'
import { causeOf } from './causes.ts'
import { LegCore } from './leg-core.ts'
import { offeredTransport, type LegParts, type MediaPolicy } from './leg-parts.ts'
import { toldHeaders } from './told-headers.ts'

/** One place that the call may go to. */
export interface Attempt {
  /** The Request-URI. */
  readonly uri: string
  readonly to: Destination
  /** What the party itself is reached over, where that is not how it begins: between us stands a node of ours. */
  readonly partyTransport?: TransportName
  /** name-addr of From, without tag. */
  readonly from: string
  readonly toHeader?: string
  readonly route?: readonly string[]
  readonly contactUser?: string
  readonly headers?: ExtraHeaders
  readonly credentials?: Credentials
  /** Given up for the next one after so long without any sign. */
  readonly silentMs?: number
}

/** The next place, or undefined when there is none: then the leg ends with the last cause. The first is asked for with nothing. */
export type NextAttempt = (
  failed: { readonly cause: LegCause; readonly told: SipCause } | undefined,
  callId: string,
) => Attempt | undefined

export interface OutgoingOptions {
  readonly wish: LegWish
  readonly parts: LegParts
  readonly policy: MediaPolicy
  readonly next: NextAttempt
  /** Where a 3xx leads, when it is followed within this leg (RFC 3261 8.1.3.4); contacts are name-addrs, the best first. */
  readonly follow?: (contacts: readonly string[]) => Attempt | undefined
  /** Whom a phone that answers 3xx sends the call on to; whoever placed the leg decides about it. */
  readonly deflectedTo?: (contacts: readonly string[]) => readonly CallTarget[]
  /** When there is no place at all. */
  readonly nowhere: Refusal
  /** The place gave a sign beyond 100, or answered. */
  readonly progressed?: () => void
  /** It failed there, and no other place is tried. */
  readonly failed?: (told: SipCause, cause: LegCause) => void
  /** The leg is over, told just before its news. */
  readonly over?: () => void
}

/** RFC 3261 20.10: `q` of a contact; 1 where it has none. */
const weightOf = (contact: string): number => {
  const q = Number(parseNameAddr(contact)?.params.get('q') ?? 1)
  return Number.isFinite(q) ? q : 0
}

const transportOf = (to: Destination): TransportName | undefined => (to.flow ? to.flow.transport : to.transport)

/** RFC 3326 2: a phone that reads it shows no missed call, for another one took it. */
const completedElsewhere: ExtraHeaders = [['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]

export class OutgoingLeg implements Leg {
  readonly id: number
  readonly direction = 'out' as const
  readonly #options: OutgoingOptions
  readonly #core: LegCore
  readonly #startMs: number
  /** The same for all attempts, each with a From tag of its own: by it the leg is found in anybody's trace. */
  readonly #callId: string
  #invite: InviteClient | undefined
  #offer: Buffer | undefined
  #rang = false
  #early = false
  /** Whose answer our media follow. */
  #answeredBy: Session | undefined

  constructor(options: OutgoingOptions, news: LegNews) {
    const { wish, parts, policy } = options
    this.id = wish.id
    this.#options = options
    this.#callId = parts.random(16)
    this.#startMs = parts.clock.elapsedMs()
    this.#core = new LegCore({
      id: wish.id,
      direction: 'out',
      parts,
      policy,
      hangUp: (headers, refused) => this.#hangUp(headers, refused),
    })
    if (options.over !== undefined) this.#core.whenOver(options.over)
    parts.wire?.began(this.#callId, wish.id)
    this.#core.whenOver(() => parts.wire?.over(this.#callId))
    this.#core.listen(news)
    // News come no earlier than the next turn: whoever placed the leg has it by then.
    queueMicrotask(() => void this.#begin())
  }

  get ref(): string {
    return `sip:${this.#callId}`
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

  /** Runs once when it is over, before its end is told. */
  whenOver(act: () => void): void {
    this.#core.whenOver(act)
  }

  /** A leg that goes out rings by itself. */
  ring(): void {}

  async ringEarly(): Promise<void> {
    refuse('call.state_invalid', { operation: 'ring' })
  }

  async answer(): Promise<void> {
    refuse('call.state_invalid', { operation: 'answer' })
  }

  refuse(refused: Refusal): void {
    this.hangUp(refused)
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

  async #begin(): Promise<void> {
    const { wish, parts, policy, next, nowhere } = this.#options
    try {
      if (this.#core.ended) return
      const attempt = next(undefined, this.#callId)
      if (attempt === undefined) return this.#endWith(nowhere, 'elsewhere')
      const flow = attempt.to.flow
      const transport = offeredTransport(policy, attempt.partyTransport ?? transportOf(attempt.to))
      this.#offer = await this.#core.media.offerFirst(wish.place, this.#core.hosts(flow), transport)
      if (this.#core.ended) return
      this.#try(attempt)
    } catch (error) {
      if (!(error instanceof Refusal)) parts.faulted(error)
      this.#endWith(error instanceof Refusal ? error : refusal('platform.internal_error'))
    }
  }

  #endWith(refused: Refusal, next: LegCause['next'] = 'never'): void {
    const { reason, params, evidence } = refused
    this.#core.end('us', { reason, params, raw: evidence ?? `local ${reason}`, next })
  }

  #try({ uri, to, from, toHeader, route, contactUser, headers, credentials, silentMs }: Attempt): void {
    const { wish, parts } = this.#options
    const leftMs = Math.max(1, wish.timeoutMs - (parts.clock.elapsedMs() - this.#startMs))
    this.#invite = parts.userAgent.invite(
      {
        uri,
        to,
        from,
        callId: this.#callId,
        ringMs: leftMs,
        maxForwards: wish.hopsLeft,
        ringOverHeaders: this.#core.reasons(refusal('call.no_answer', { timeoutSeconds: Math.ceil(wish.timeoutMs / 1000) })),
        headers: [...(headers ?? []), ...Object.entries(wish.headers)],
        ...(this.#offer !== undefined && { sdp: this.#offer }),
        ...(silentMs !== undefined && { silentMs }),
        ...(toHeader !== undefined && { toHeader }),
        ...(route !== undefined && { route }),
        ...(contactUser !== undefined && { contactUser }),
        ...((wish.credentials ?? credentials) !== undefined && { credentials: wish.credentials ?? credentials }),
      },
      {
        progress: (news) => this.#progress(news),
        answered: (news) => this.#answered(news),
        redirected: (contacts, cause) => this.#redirected(contacts, cause),
        failed: (cause) => this.#failed(cause),
        session: (session) => this.#eventsOf(session),
      },
    )
  }

  /** An early branch of a fork that ends says nothing of the call; only the one that answered does. */
  #eventsOf(session: Session): SessionEvents {
    const events = this.#core.sessionEvents()
    return {
      ...events,
      ended: (cause) => {
        if (this.#core.stage.answered && this.#core.session === session) events.ended(cause)
      },
    }
  }

  #progress({ status, sdp, session }: ProgressNews): void {
    if (this.#core.ended) return
    if (status > 100 && !this.#core.stage.progressed) this.#options.progressed?.()
    if (status > 100) this.#core.stage.progressed = true
    const isFirstMedia = sdp !== undefined && sdp.length > 0 && !this.#early
    if (isFirstMedia) {
      try {
        this.#core.media.takeAnswer(sdp)
        this.#early = true
        this.#answeredBy = session
      } catch (error) {
        // Early media that cannot be heard is no reason to end a call that may yet be answered otherwise.
        if (!(error instanceof Refusal)) this.#options.parts.faulted(error)
      }
    }
    if (this.#rang && !isFirstMedia) return
    // 182 and 199 are no ringing (RFC 3261 21.1.4, RFC 6228).
    if (status !== 180 && status !== 183 && !isFirstMedia) return
    this.#rang = true
    const early = this.#early
    this.#core.tell((news) => news.ringing(early))
  }

  #answered({ response, session, sdp, flow }: AnsweredNews): void {
    const { stage } = this.#core
    if (this.#core.ended) return session.bye()
    if (!stage.progressed) this.#options.progressed?.()
    stage.progressed = true
    stage.answered = true
    this.#core.session = session
    this.#flow = flow
    const isAnswered = this.#early && (this.#answeredBy === undefined || this.#answeredBy === session)
    this.#core.guarded(() => {
      if (sdp !== undefined && sdp.length > 0) this.#core.media.takeAnswer(sdp)
      else if (!isAnswered) refuse('call.media_incompatible', {}, { evidence: 'the 2xx has no session description' })
    })
    if (this.#core.ended) return
    const headers = toldHeaders(response.headers)
    this.#core.tell((news) => news.answered(headers))
  }

  #flow: Flow | undefined

  /** Where the party is reached, once it answered: what dies with its connection. */
  get flow(): Flow | undefined {
    return this.#flow
  }

  /** The called party is elsewhere: a redirect may cost somebody money, so that it is followed only where that was allowed or is judged. */
  #redirected(contacts: readonly string[], told: SipCause & { readonly kind: 'response' }): void {
    if (this.#core.ended) return
    const { follow, deflectedTo } = this.#options
    const best = contacts.toSorted((a, b) => weightOf(b) - weightOf(a))
    const attempt = this.#hasTime ? follow?.(best) : undefined
    if (attempt !== undefined) return this.#try(attempt)
    const { raw, ...rest } = causeOf(told, this.#core.stage)
    const targets = deflectedTo?.(best) ?? []
    this.#failed(told, {
      ...rest,
      raw: `${raw} to ${best.join(', ').slice(0, 500)}`,
      ...(targets.length > 0 && { deflectedTo: targets }),
    })
  }

  get #hasTime(): boolean {
    return this.#options.parts.clock.elapsedMs() - this.#startMs < this.#options.wish.timeoutMs
  }

  #failed(told: SipCause, cause = causeOf(told, this.#core.stage)): void {
    if (this.#core.ended) return
    if (cause.next === 'elsewhere' && this.#hasTime) {
      const attempt = this.#options.next({ cause, told }, this.#callId)
      if (attempt !== undefined) return this.#try(attempt)
    } else this.#options.failed?.(told, cause)
    this.#core.endBy(told, cause)
  }

  #hangUp(headers: ExtraHeaders, refused: Refusal): void {
    const { session, stage } = this.#core
    this.#core.endByUs(refused, stage.answered ? undefined : 487)
    if (stage.answered) session?.bye(headers)
    else this.#invite?.cancel(refused.reason === 'call.completed' ? completedElsewhere : headers)
  }
}
