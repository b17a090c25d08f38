// Two calls that hear each other, until one of them is no more, is taken out, or the time is up. It drives the called one; the caller is
// driven by its own script, which takes the bridge down when it is stopped. Rings nobody: ring-targets.ts does.
//
//   caller --- mix --- called        recorded on the caller's side, where both are heard
//                |
//              music while either is held by the other's phone

import type { Clip } from '#media/contract.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import type { CallEnd } from './call-news.ts'
import { joinMix, leaveMix } from './in-mix.ts'
import type { ReferAsk } from './leg.ts'
import type { LiveCall, Running } from './live-call.ts'

/** `released`: the called one lives on elsewhere. `left`: the caller does. */
export type BridgeEnd =
  | { readonly how: 'ended'; readonly who: LiveCall; readonly end: CallEnd }
  | { readonly how: 'released' }
  | { readonly how: 'left' }

export interface BridgeParts {
  readonly clock: Clock
  /** What a held party hears. */
  readonly music: readonly Clip[]
  /** One of its phones asks to be replaced by another (RFC 3515). */
  referred(bridge: Bridge, by: LiveCall, ask: ReferAsk): void
}

const bridges = new WeakMap<LiveCall, Bridge>()

/** The bridge that a call is in, on either side. */
export const bridgeOf = (call: LiveCall): Bridge | undefined => bridges.get(call)

export class Bridge implements Running {
  readonly caller: LiveCall
  readonly called: LiveCall
  readonly ended: Promise<BridgeEnd>
  readonly connectedMs: number
  readonly #parts: BridgeParts
  readonly #mix: string
  readonly #unlisten: (() => void)[] = []
  #resolve: ((end: BridgeEnd) => void) | undefined
  #hasMusic = false

  /** Both are answered. `mostMs`: how long they may talk. */
  constructor(parts: BridgeParts, caller: LiveCall, called: LiveCall, mostMs: number) {
    this.#parts = parts
    this.caller = caller
    this.called = called
    this.connectedMs = parts.clock.elapsedMs()
    this.#mix = `bridge ${called.id}`
    this.ended = new Promise((resolve) => (this.#resolve = resolve))
    called.attach(this)
    for (const one of [caller, called]) {
      bridges.set(one, this)
      joinMix(one, { mix: this.#mix })
    }
    for (const one of [caller, called]) {
      const news = {
        ended: (end: CallEnd) => this.#over({ how: 'ended', who: one, end }),
        referred: (ask: ReferAsk) => parts.referred(this, one, ask),
        heldByPeer: () => this.#hold(),
      }
      this.#unlisten.push(one.listen(news))
    }
    // One may have gone before it could be listened to.
    if (!this.#resolve) return
    if (mostMs > 0) {
      const limitSeconds = Math.ceil(mostMs / 1000)
      const timer = parts.clock.after(mostMs, () =>
        called.hangUp(refusal('call.max_duration_exceeded', { limitSeconds }), 'platform'),
      )
      this.#unlisten.push(() => timer.cancel())
    }
    if (caller.heldByPeer || called.heldByPeer) this.#hold()
  }

  get mix(): string {
    return this.#mix
  }

  /** How long they have heard each other, ms. */
  get talkedMs(): number {
    return Math.round(this.#parts.clock.elapsedMs() - this.connectedMs)
  }

  otherOf(call: LiveCall): LiveCall {
    return call === this.caller ? this.called : this.caller
  }

  /** As what runs on the called one: something else runs there now, or it has ended, which it tells by itself. */
  stop(why: 'replaced' | 'ended'): void {
    if (why === 'replaced') this.release()
  }

  /** The caller's script is to do something else: the called one is let go with this reason. */
  leave(why: Refusal = refusal('call.terminated_by_request')): void {
    if (!this.#resolve) return
    this.#over({ how: 'left' })
    this.called.hangUp(why, 'application')
  }

  /** Neither hears the other any more, and both live on: whoever calls this has plans for them. */
  release(): void {
    this.#over({ how: 'released' })
  }

  #hold(): void {
    const isHeld = this.caller.heldByPeer || this.called.heldByPeer
    this.#hasMusic = isHeld
    this.caller.place.setMixMusic(this.#mix, isHeld ? this.#parts.music : [])
  }

  #over(end: BridgeEnd): void {
    const resolve = this.#resolve
    if (!resolve) return
    this.#resolve = undefined
    for (const unlisten of this.#unlisten) unlisten()
    if (this.#hasMusic) this.caller.place.setMixMusic(this.#mix, [])
    for (const one of [this.caller, this.called]) {
      if (bridges.get(one) !== this) continue
      bridges.delete(one)
      leaveMix(one)
    }
    if (end.how === 'ended' && end.who === this.caller) this.called.hangUp(refusal('call.completed'), 'caller')
    resolve(end)
  }
}
