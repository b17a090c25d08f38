// How long a call may last from its answer on, and what it costs by then: the bound that it was admitted with, what its script sets, and
// what is paid for. The shortest counts.

import { refusal } from '#reasons/refusal.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { CallMeter, MeteredCall } from './call-meter.ts'

export class CallBounds {
  readonly #clock: Clock
  #meter: CallMeter | undefined
  #mostMs: number | undefined
  #timer: Timer | undefined
  #endsMs: number | undefined

  constructor(clock: Clock, meter: CallMeter | undefined, mostMs: number | undefined) {
    this.#clock = clock
    this.#meter = meter
    this.#mostMs = mostMs
  }

  /** Before its answer: it goes to somebody else, who costs as much. A shorter bound stays. */
  replace(meter: CallMeter | undefined, mostMs: number): void {
    this.#meter = meter
    this.#mostMs = Math.min(mostMs, this.#mostMs ?? Infinity)
  }

  /** Once it is answered. */
  start(call: MeteredCall): void {
    this.#meter?.start(call)
    if (this.#mostMs !== undefined) this.limit(call, this.#mostMs)
  }

  /** From now on for so long at most; a shorter bound that was set before stays. */
  limit(call: MeteredCall, ms: number): void {
    const endsMs = this.#clock.elapsedMs() + ms
    if (this.#endsMs !== undefined && this.#endsMs <= endsMs) return
    this.#timer?.cancel()
    this.#endsMs = endsMs
    const limitSeconds = Math.ceil(ms / 1000)
    this.#timer = this.#clock.after(ms, () => call.hangUp(refusal('call.max_duration_exceeded', { limitSeconds }), 'platform'))
  }

  /** Nothing bounds it any more. Gives what so long a call costs. */
  end(durationMs: number): number {
    this.#timer?.cancel()
    return this.#meter?.end(durationMs) ?? 0
  }
}
