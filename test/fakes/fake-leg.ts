// A leg without SIP: it keeps what was done to it, and its party does what a test says. Asked to hang up, it ends at once.

import type { Place } from '#media/contract.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Refusal } from '#reasons/refusal.ts'
import type { Leg, LegEnd, LegNews, ReferAsk, ReferOutcome, StepOutcome } from '#voice/leg.ts'
import type { FakePlace, FakeStream } from './fake-media.ts'

export class FakeLeg implements Leg {
  readonly id: number
  readonly direction: 'in' | 'out'
  readonly ref: string
  stream: FakeStream | undefined
  answered = false
  ended = false
  hopsLeft?: number
  /** What was done to it, in order: `ring`, `answer`, `refuse 486 markup.rejected`, `hangUp call.completed`. */
  readonly done: string[] = []
  stepOutcome: StepOutcome = { done: true, sipStatus: 200 }
  referOutcome: ReferOutcome = { accepted: true, sipStatus: 202, notifiedStatus: 200 }
  cannotAnswer: Refusal | undefined
  /** It does nothing that it is asked to, and tells nothing. */
  isDeaf = false
  #news: LegNews | undefined
  readonly #place: FakePlace

  constructor(id: number, direction: 'in' | 'out', place: FakePlace) {
    this.id = id
    this.direction = direction
    this.ref = `sip:call-${id}`
    this.#place = place
  }

  tells(news: LegNews): void {
    this.#news = news
  }

  // What its party does.

  rings(early = false): void {
    if (early) this.stream ??= this.#place.add()
    this.#news?.ringing(early)
  }

  answers(): void {
    this.stream ??= this.#place.add()
    this.answered = true
    this.#news?.answered({})
  }

  /** Hangs up, or refuses. */
  ends(reason: Slug = 'call.completed', sipStatus?: number): void {
    this.#end({
      by: 'peer',
      cause: { reason, raw: `sip ${sipStatus ?? 'BYE'}`, next: 'never', ...(sipStatus !== undefined && { sipStatus }) },
    })
  }

  /** It never came to anything. */
  fails(cause: LegEnd['cause']): void {
    this.#end({ by: 'peer', cause })
  }

  refers(ask: ReferAsk): void {
    this.#news?.referred?.(ask)
  }

  holds(held: boolean): void {
    this.#news?.heldByPeer?.(held)
  }

  // What is done to it.

  ring(): void {
    this.done.push('ring')
  }

  async ringEarly(place: Place): Promise<void> {
    this.done.push('ringEarly')
    this.stream ??= (place as FakePlace).add()
  }

  async answer(place: Place): Promise<void> {
    if (this.cannotAnswer) throw this.cannotAnswer
    this.done.push('answer')
    this.stream ??= (place as FakePlace).add()
    this.answered = true
  }

  refuse({ reason }: Refusal, options: { readonly status?: number } = {}): void {
    this.done.push(['refuse', options.status, reason].filter((part) => part !== undefined).join(' '))
    this.#end({ by: 'us', cause: { reason, raw: 'refused', next: 'never' } })
  }

  hangUp({ reason }: Refusal): void {
    if (this.ended || this.isDeaf) return
    this.done.push(`hangUp ${reason}`)
    this.#end({ by: 'us', cause: { reason, raw: 'ended', next: 'never' } })
  }

  async hold(): Promise<StepOutcome> {
    this.done.push('hold')
    return this.stepOutcome
  }

  async resume(): Promise<StepOutcome> {
    this.done.push('resume')
    return this.stepOutcome
  }

  async refer(target: string): Promise<ReferOutcome> {
    this.done.push(`refer ${target}`)
    return this.referOutcome
  }

  async moveTo(place: Place): Promise<StepOutcome> {
    this.done.push(`moveTo ${place.worker}`)
    this.stream?.close()
    this.stream = (place as FakePlace).add()
    return this.stepOutcome
  }

  #end(end: LegEnd): void {
    if (this.ended) return
    this.ended = true
    this.stream?.close()
    this.#news?.ended(end)
  }
}
