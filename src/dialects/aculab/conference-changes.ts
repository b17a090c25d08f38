// How soon a conference may be changed again.

import { refuse } from '#reasons/refusal.ts'

/** What changes one conference leaves so long between (0026). */
const gapMs = 60_000

/** When each conference was last changed; those of more than a minute ago are forgotten. */
export class ConferenceChanges {
  readonly #lastMs = new Map<number, number>()

  /** Gives rate.conference_changes. */
  require(id: number, nowMs: number): void {
    const last = this.#lastMs.get(id)
    if (last === undefined || nowMs - last >= gapMs) return
    const retryAfterMs = last + gapMs - nowMs
    refuse('rate.conference_changes', { limitMs: gapMs, retryAfterMs }, { retryAfterMs })
  }

  changed(id: number, nowMs: number): void {
    this.#lastMs.delete(id)
    for (const [other, at] of this.#lastMs) {
      if (nowMs - at < gapMs) break
      this.#lastMs.delete(other)
    }
    this.#lastMs.set(id, nowMs)
  }
}
