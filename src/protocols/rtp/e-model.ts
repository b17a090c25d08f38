// How well a stream is heard, by the E-model (ITU-T G.107) with its default values for all that a receiver cannot know: R = 93.2 - Id - Ie,eff.
// Figures for codecs are of G.113 appendix I; for Opus, which has none there, those of published measurements of wideband codecs are taken down
// to the narrowband scale, so that no codec is said to be better than G.711 without loss.

import type { CodecName } from './codec-name.ts'

export interface Heard {
  readonly codec: CodecName
  /** What was not played, 0 to 1: lost or late. */
  readonly loss: number
  /** Mouth to ear: half a round trip, a packet's time, the jitter buffer. */
  readonly delayMs: number
}

/** Impairment without loss, and how well loss is borne with concealment (G.113 tables I.1 and I.2). */
const codecs: Record<CodecName, { readonly impairment: number; readonly robustness: number }> = {
  PCMU: { impairment: 0, robustness: 25.1 },
  PCMA: { impairment: 0, robustness: 25.1 },
  G722: { impairment: 0, robustness: 25.1 },
  opus: { impairment: 0, robustness: 30 },
}

/** The R factor, 0 to 100. */
export function ratingOf({ codec, loss, delayMs }: Heard): number {
  const { impairment, robustness } = codecs[codec]
  const percent = 100 * Math.min(1, Math.max(0, loss))
  // 7.5 (29), of losses at random.
  const equipment = impairment + ((95 - impairment) * percent) / (percent + robustness)
  return Math.max(0, Math.min(100, 93.2 - delayImpairment(delayMs) - equipment))
}

/** Pure delay, 7.4 (27): Idd. Echo is not known here and not counted. */
function delayImpairment(delayMs: number): number {
  if (!(delayMs > 100)) return 0
  const x = Math.log2(delayMs / 100)
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
}

/** ITU-T G.107, with what a receiver can know. MOS 1 to 4.5 (annex B). */
export function mosOf(heard: Heard): number {
  const rating = ratingOf(heard)
  if (rating <= 0) return 1
  // B: below 6.5 the curve would dip under 1.
  return Math.max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
}
