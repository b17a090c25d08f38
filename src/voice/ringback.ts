// What a caller hears while its script rings others: the tone of its country, the script's own sound, or the called network's. A caller
// who was not answered gets the signal, and sound only where somebody has some for it.

import { tone, toneCountry } from '#media/tones.ts'
import type { Clip } from '#media/contract.ts'
import { Refusal } from '#reasons/refusal.ts'
import { joinMix, leaveMix } from './in-mix.ts'
import type { LiveCall } from './live-call.ts'
import type { RingNews } from './ring-targets.ts'
import { asksOf, type Ask, type Played } from './stream-asks.ts'
import type { Step } from './verbs/step.ts'
import type { Dial } from './verbs/verb.ts'

export class Ringback implements RingNews {
  readonly #step: Step
  readonly #verb: Dial
  #playing: Ask<Played> | undefined
  #early: LiveCall | undefined
  #stopped = false

  constructor(step: Step, verb: Dial) {
    this.#step = step
    this.#verb = verb
  }

  /** The script's own sound is heard from the beginning on. Never rejects but for a stop. */
  async start(): Promise<void> {
    const { parts, call } = this.#step
    const { ringback = [] } = this.#verb
    if (ringback.length === 0) return
    try {
      const clips = await this.#step.until(parts.clips(call, ringback))
      if (!call.answered) await call.ringEarly()
      this.#play(clips)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#step.trouble(error)
    }
  }

  ringing(called: LiveCall, early: boolean): void {
    const { call } = this.#step
    const { passEarlyMedia, ringback, targets } = this.#verb
    if (this.#stopped || this.#early) return
    if (early && passEarlyMedia && targets.length === 1 && called.stream) void this.#passOn(called)
    else if (!call.answered && !call.stream) call.ring()
    else if (ringback === undefined && !this.#playing) this.#play([tone(toneCountry(call.account.settings.country), 'ringback')])
  }

  stop(): void {
    this.#stopped = true
    this.#playing?.stop()
    if (!this.#early) return
    leaveMix(this.#early)
    leaveMix(this.#step.call)
  }

  #play(clips: readonly Clip[]): void {
    const { stream } = this.#step.call
    if (!stream || clips.length === 0 || this.#stopped) return
    this.#playing = asksOf(stream).play({ clips, times: 0, to: 'stream', stopOn: '' })
  }

  /** RFC 3960: what the called network says before the answer, such as why there will be none. */
  async #passOn(called: LiveCall): Promise<void> {
    const { call } = this.#step
    this.#early = called
    try {
      if (!call.answered) await call.ringEarly()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return this.#step.trouble(error)
    }
    if (this.#stopped) return
    this.#playing?.stop()
    const mix = `early ${called.id}`
    joinMix(called, { mix, deaf: true })
    joinMix(call, { mix })
  }
}
