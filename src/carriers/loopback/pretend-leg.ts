// One call over the pretend network, as voice sees a leg. There is no signalling, but the media is real: two streams of one place speak RTP
// with each other over loopback, ours and that of the pretend party, which plays, presses keys and hangs up as it is told. It follows
// the same order as a network: ringing, answered, ended once.

import type { Clip, Place, Stream, StreamFigures } from '#media/contract.ts'
import { closeStream } from '#media/close-stream.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { refusal, Refusal } from '#reasons/refusal.ts'
import type { Leg, LegCause, LegEnd, LegNews, ReferOutcome, StepOutcome } from '#voice/leg.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { CallPlan } from './pretend-numbers.ts'

export interface PretendParts {
  readonly clock: Clock
  /** How long it rings before it is answered. */
  readonly ringMs: number
  /** Speech as sound. */
  speak(text: string): Promise<readonly Clip[]>
  /** What the phone is about to say, for whoever pretends to understand it; null once it has hung up. */
  said(phone: string, text: string | null): void
}

/** What of it the handset's list of calls shows. */
export interface PretendRecord {
  state: 'ringing' | 'answered' | 'ended'
  answeredMs: number | null
  endedMs: number | null
  /** Keys that came over the line. */
  digits: string
  /** Why it ended, as the handset was told. */
  reason: string | null
  packetsHeard: number
}

const toPeer = (peer: Stream): AgreedMedia => ({
  remoteHost: peer.local.host,
  remotePort: peer.local.port,
  rtcpMux: true,
  codec: { name: 'PCMU', payloadType: 0, clockRate: 8000, packetMs: 20 },
  eventPayloadType: 101,
  direction: 'sendrecv',
})

const host = { transport: 'rtp', advertisedHost: '127.0.0.1', bindHost: '127.0.0.1' } as const

/** The virtual phone of a leg, by its `ref`; undefined for any other leg. */
export const pretendPhone = (ref: string | undefined): string | undefined => (ref?.startsWith('pretend:') ? ref : undefined)

export class PretendLeg implements Leg {
  readonly id: number
  readonly direction: 'in' | 'out'
  readonly record: PretendRecord = {
    state: 'ringing',
    answeredMs: null,
    endedMs: null,
    digits: '',
    reason: null,
    packetsHeard: 0,
  }
  readonly #parts: PretendParts
  readonly #plan: CallPlan
  readonly #timers = new Set<Timer>()
  #news: LegNews | undefined
  #untold: ((news: LegNews) => void)[] = []
  #opening: Promise<void> | undefined
  #ours: Stream | undefined
  #theirs: Stream | undefined
  #figures: StreamFigures | undefined
  #isClosed = false
  #answered = false
  #ended = false

  constructor(parts: PretendParts, wish: { readonly id: number; readonly direction: 'in' | 'out'; readonly plan: CallPlan }) {
    this.#parts = parts
    this.#plan = wish.plan
    this.id = wish.id
    this.direction = wish.direction
  }

  get stream(): Stream | undefined {
    return this.#ours
  }

  get answered(): boolean {
    return this.#answered
  }

  get ended(): boolean {
    return this.#ended
  }

  get ref(): string {
    return `pretend:${this.id}`
  }

  /** What came before is told at once. */
  listen(news: LegNews): void {
    this.#news = news
    const untold = this.#untold
    this.#untold = []
    for (const tell of untold) tell(news)
  }

  #tell(tell: (news: LegNews) => void): void {
    if (this.#news) tell(this.#news)
    else this.#untold.push(tell)
  }

  #after(ms: number, act: () => void): void {
    const timer = this.#parts.clock.after(ms, () => {
      this.#timers.delete(timer)
      if (!this.#ended) act()
    })
    this.#timers.add(timer)
  }

  /** For a leg that goes out: the network does what the number's plan says. */
  begin(place: Place, timeoutMs: number): void {
    const { refusal: refused, early, neverAnswers } = this.#plan
    if (refused && !refused.rings) {
      this.#after(0, () => this.#end('peer', refused.cause))
      return
    }
    this.#after(timeoutMs, () => {
      if (!this.#answered)
        this.#end('us', { reason: 'call.no_answer', raw: 'pretend no answer', sipStatus: 408, q850: 19, next: 'never' })
    })
    this.#after(0, () => {
      if (early) void this.#open(place).then(() => this.#tell((news) => news.ringing(true)), this.#lost)
      else this.#tell((news) => news.ringing(false))
    })
    if (neverAnswers) return
    this.#after(this.#parts.ringMs, () => {
      if (refused) this.#end('peer', refused.cause)
      else void this.#open(place).then(() => this.#answeredNow(), this.#lost)
    })
  }

  readonly #lost = (error: unknown): void => {
    const reason = error instanceof Refusal ? error.reason : 'platform.media_gateway_error'
    this.#end('network', { reason, raw: 'pretend media', next: 'never' })
  }

  #open(place: Place): Promise<void> {
    this.#opening ??= (async () => {
      const ours = await place.open(host)
      const theirs = await place.open(host).catch((error: unknown) => {
        ours.close()
        throw error
      })
      if (this.#ended) {
        ours.close()
        theirs.close()
        return
      }
      ours.connect(toPeer(theirs))
      theirs.connect({ ...toPeer(ours), ...(this.#plan.sendsNothing && { direction: 'recvonly' as const }) })
      theirs.onNews((news) => {
        if (news.type === 'digit') this.record.digits += news.digit
        else if (news.type === 'closed') this.record.packetsHeard = news.figures?.received.packets ?? 0
      })
      ours.onNews((news) => {
        if (news.type === 'figures') this.#figures = news.figures
        else if (news.type === 'closed') {
          this.#figures = news.figures ?? this.#figures
          this.#isClosed = true
          if (news.why !== 'asked')
            this.#end('network', { reason: 'platform.media_gateway_error', raw: `media ${news.why}`, next: 'never' })
        }
      })
      this.#ours = ours
      this.#theirs = theirs
    })()
    return this.#opening
  }

  #answeredNow(): void {
    if (this.#ended || this.#answered) return
    this.#answered = true
    this.record.state = 'answered'
    this.record.answeredMs = this.#parts.clock.nowMs()
    this.#tell((news) => news.answered({}))
    void this.#act(this.#plan)
  }

  async #act({ says, presses, hangsUpAfterMs }: CallPlan): Promise<void> {
    if (says !== undefined) await this.say(says)
    if (presses !== undefined) this.press(presses)
    if (hangsUpAfterMs !== undefined) this.#after(hangsUpAfterMs, () => this.partyHangsUp())
  }

  /** The pretend party says something. */
  async say(text: string): Promise<void> {
    const clips = await this.#parts.speak(text).catch(() => [])
    if (this.#ended) return
    this.#parts.said(this.ref, text)
    if (clips.length > 0) this.#theirs?.play({ clips, times: 1, to: 'stream', stopOn: '' })
  }

  press(digits: string): void {
    this.#theirs?.sendDigits(digits)
  }

  partyHangsUp(): void {
    const cause: LegCause = this.#answered
      ? { reason: 'call.completed', raw: 'pretend sip BYE; Q.850;cause=16', q850: 16, next: 'never' }
      : { reason: 'call.canceled_by_request', raw: 'pretend sip CANCEL', sipStatus: 487, q850: 16, next: 'never' }
    this.#end('peer', cause)
  }

  ring(): void {}

  async ringEarly(place: Place): Promise<void> {
    await this.#open(place)
  }

  async answer(place: Place): Promise<void> {
    await this.#open(place)
    this.#answeredNow()
  }

  refuse(why: Refusal, { status }: { readonly status?: number } = {}): void {
    this.#end('us', this.#causeOf(why, status))
  }

  hangUp(why: Refusal): void {
    this.#end('us', this.#causeOf(why))
  }

  #causeOf({ reason, params }: Refusal, status?: number): LegCause {
    const { sip: usual, q850 } = catalogue[reason]
    // What comes to nothing was cancelled, however well it was meant.
    const sip = status ?? (usual !== null && usual < 300 ? 487 : usual)
    return {
      reason,
      params,
      raw: `pretend ${this.#answered ? 'BYE' : `sip ${sip ?? 487}`}`,
      ...(!this.#answered && sip !== null && { sipStatus: sip }),
      ...(q850 !== null && { q850 }),
      next: 'never',
    }
  }

  async hold(): Promise<StepOutcome> {
    return this.#answered ? { done: true, sipStatus: 200 } : { done: false, refusal: refusal('call.not_connected') }
  }

  async resume(): Promise<StepOutcome> {
    return this.#answered ? { done: true, sipStatus: 200 } : { done: false, refusal: refusal('call.not_connected') }
  }

  /** The pretend phone takes it and calls nobody. */
  async refer(): Promise<ReferOutcome> {
    return { accepted: true, sipStatus: 202, notifiedStatus: 200 }
  }

  #end(by: LegEnd['by'], cause: LegCause): void {
    if (this.#ended) return
    this.#ended = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.record.state = 'ended'
    this.record.endedMs = this.#parts.clock.nowMs()
    this.record.reason = cause.reason
    this.#parts.said(this.ref, null)
    this.#theirs?.close()
    const tell = (): void => this.#tell((news) => news.ended({ by, cause, ...(this.#figures && { figures: this.#figures }) }))
    // As with a leg over SIP, what the stream still tells comes before the leg's own end.
    if (this.#ours && !this.#isClosed) void closeStream(this.#ours, this.#parts.clock).then(tell)
    else tell()
  }
}
