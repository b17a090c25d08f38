// What all streams of one worker share: the clips in memory, the mixes, the turns.

import type { Clock } from '#values/clock.ts'
import type { Clip } from '../contract.ts'
import { ClipCache } from './clip-cache.ts'
import { Mix } from './mix.ts'
import type { Ticks } from './ticks.ts'

export class Room<Stream> {
  readonly clock: Clock
  readonly ticks: Ticks
  readonly cache = new ClipCache()
  readonly streams = new Map<number, Stream>()
  readonly #mixes = new Map<string, Mix>()

  constructor(clock: Clock, ticks: Ticks) {
    this.clock = clock
    this.ticks = ticks
  }

  mix(name: string): Mix {
    let mix = this.#mixes.get(name)
    if (!mix) {
      mix = new Mix(name, this.cache)
      this.#mixes.set(name, mix)
      this.ticks.add(mix)
    }
    return mix
  }

  setMusic(name: string, clips: readonly Clip[]): void {
    const mix = this.mix(name)
    mix.setMusic(clips)
    this.left(mix)
  }

  /** A mix without anybody, and without music for whoever comes, is no more. */
  left(mix: Mix): void {
    if (!mix.isEmpty) return
    this.ticks.remove(mix)
    this.#mixes.delete(mix.name)
    mix.player.stopAll()
  }
}
