// Several phones of one party rung at once, as one leg: the first that answers is the party, the others are told so and forgotten. What
// the whole fork came to is what its most telling phone said.

import type { Place, Stream } from '#media/contract.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Leg, LegEnd, LegNews, ReferOutcome, StepOutcome } from './leg.ts'

/** RFC 3261 16.7, step 6, in our words: somebody who said no says more than a phone that is off. */
const telling: readonly Slug[] = ['call.declined', 'call.busy', 'call.no_answer', 'call.unreachable']

const rank = ({ cause }: LegEnd): number => {
  // Who sends the call on has somebody else who may take it (RFC 3261 16.7, step 5).
  if (cause.deflectedTo) return -1
  const at = telling.indexOf(cause.reason)
  return at === -1 ? telling.length : at
}

export class ForkedLeg implements Leg {
  readonly id: number
  readonly direction = 'out' as const
  readonly #news: LegNews
  readonly #legs: Leg[] = []
  readonly #ends: LegEnd[] = []
  #winner: Leg | undefined
  #isOver = false

  constructor(id: number, news: LegNews) {
    this.id = id
    this.#news = news
  }

  /** All at once; each is given the news that it is to tell. */
  ringAll(places: readonly ((news: LegNews) => Leg)[]): void {
    const count = places.length
    for (const place of places) {
      const own: { leg?: Leg } = {}
      own.leg = place({
        ringing: (early) => {
          if (!this.#winner && !this.#isOver) this.#news.ringing(early)
        },
        answered: (headers) => this.#answered(own.leg, headers),
        ended: (end) => this.#ended(own.leg, end, count),
        referred: (ask) => {
          if (this.#news.referred) this.#news.referred(ask)
          else ask.refuse(refusal('call.state_invalid', { operation: 'refer' }))
        },
        heldByPeer: (held) => this.#news.heldByPeer?.(held),
      })
      this.#legs.push(own.leg)
    }
  }

  get stream(): Stream | undefined {
    return this.#winner?.stream
  }

  get answered(): boolean {
    return this.#winner?.answered ?? false
  }

  get ended(): boolean {
    return this.#isOver
  }

  get ref(): string {
    return (this.#winner ?? this.#legs[0])?.ref ?? ''
  }

  ring(): void {}

  ringEarly(): Promise<void> {
    return Promise.reject(refusal('call.state_invalid', { operation: 'ring' }))
  }

  answer(): Promise<void> {
    return Promise.reject(refusal('call.state_invalid', { operation: 'answer' }))
  }

  refuse(why: Refusal): void {
    this.hangUp(why)
  }

  hangUp(why: Refusal): void {
    for (const leg of this.#legs) if (!leg.ended) leg.hangUp(why)
  }

  hold(): Promise<StepOutcome> {
    return this.#answeredOne().hold()
  }

  resume(): Promise<StepOutcome> {
    return this.#answeredOne().resume()
  }

  refer(target: string): Promise<ReferOutcome> {
    return this.#answeredOne().refer(target)
  }

  async moveTo(place: Place): Promise<StepOutcome> {
    const leg = this.#answeredOne()
    return leg.moveTo ? leg.moveTo(place) : { done: false, refusal: refusal('call.state_invalid', { operation: 'move' }) }
  }

  #answeredOne(): Leg {
    return this.#winner ?? failWith(refusal('call.not_connected'))
  }

  #answered(leg: Leg | undefined, headers: Readonly<Record<string, string>>): void {
    if (!leg || this.#isOver) return
    if (this.#winner && this.#winner !== leg) {
      leg.hangUp(refusal('call.completed'))
      return
    }
    this.#winner = leg
    for (const other of this.#legs) if (other !== leg && !other.ended) other.hangUp(refusal('call.completed'))
    this.#news.answered(headers)
  }

  #ended(leg: Leg | undefined, end: LegEnd, count: number): void {
    this.#ends.push(end)
    if (this.#isOver) return
    if (this.#winner ? this.#winner !== leg : this.#ends.length < count) return
    this.#isOver = true
    this.#news.ended(this.#winner ? end : this.#ends.toSorted((a, b) => rank(a) - rank(b))[0]!)
  }
}

function failWith(why: Refusal): never {
  throw why
}
