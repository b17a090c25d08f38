// Is there sound: the energy of frames over a floor that follows the noise. It knows no words; a fan is noise, music is sound.

/** Root mean square of a frame, dBov (0 is a full square wave; -127 silence). */
export function levelDbov(pcm: Int16Array, samples: number): number {
  let energy = 0
  for (let n = 0; n < samples; n++) energy += pcm[n]! * pcm[n]!
  return energy === 0 ? -127 : Math.max(-127, 10 * Math.log10(energy / samples / (32_767 * 32_767)))
}

const overFloorDb = 9
/** Below it nothing is sound; above the other nothing is taken for noise. */
const quietDbov = -55
const mostFloorDbov = -42
/** How fast the floor follows what stays loud. */
const floorRiseDbPerS = 4
/** Gaps between words are no silence. */
const hangoverMs = 200

/** Energy over an adaptive noise floor, with hangover. */
export class VoiceActivity {
  readonly #rateHz: number
  #floorDbov = -60
  #quietMs = hangoverMs
  active = false
  /** How long it has been as it is, ms of fed sound. */
  sinceMs = 0

  constructor(rateHz: number) {
    this.#rateHz = rateHz
  }

  /** True while it is speech (or any sound). */
  feed(pcm: Int16Array, samples: number): boolean {
    const level = levelDbov(pcm, samples)
    const frameMs = (samples * 1000) / this.#rateHz
    if (level < this.#floorDbov) this.#floorDbov = Math.max(-90, level)
    else this.#floorDbov = Math.min(mostFloorDbov, this.#floorDbov + (floorRiseDbPerS * frameMs) / 1000)
    this.#quietMs = level > Math.max(quietDbov, this.#floorDbov + overFloorDb) ? 0 : this.#quietMs + frameMs
    const active = this.#quietMs < hangoverMs
    this.sinceMs = active === this.active ? this.sinceMs + frameMs : frameMs
    this.active = active
    return active
  }
}
