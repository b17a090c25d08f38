// The tones that people know from the telephone, by country, as clips: ringback, busy, congestion; a beep; and music on hold, a melody
// of our own. ITU-T E.180 Supplement 2 gives each country's. Makes no samples: a worker does, from frequencies and times.

import type { Clip } from './contract.ts'

export type ToneCountry = 'AU' | 'EU' | 'JP' | 'UK' | 'US'
export type ToneKind = 'ringback' | 'busy' | 'congestion'

type Tones = Extract<Clip, { kind: 'tones' }>
type Part = Tones['parts'][number]

const on = (ms: number, ...hz: number[]): Part => ({ hz, ms })
const off = (ms: number): Part => ({ hz: [], ms })

const cadences: Readonly<Record<ToneCountry, Readonly<Record<ToneKind, readonly Part[]>>>> = {
  AU: {
    ringback: [on(400, 400, 425, 450), off(200), on(400, 400, 425, 450), off(2000)],
    busy: [on(375, 425), off(375)],
    congestion: [on(375, 425), off(375)],
  },
  // Most of Europe, as ETSI TR 101 041-2 found it.
  EU: { ringback: [on(1000, 425), off(4000)], busy: [on(500, 425), off(500)], congestion: [on(250, 425), off(250)] },
  JP: {
    ringback: [on(1000, 384, 416), off(2000)],
    busy: [on(500, 400), off(500)],
    congestion: [on(500, 400), off(500)],
  },
  UK: {
    ringback: [on(400, 400, 450), off(200), on(400, 400, 450), off(2000)],
    busy: [on(375, 400), off(375)],
    congestion: [on(400, 400), off(350), on(225, 400), off(525)],
  },
  US: {
    ringback: [on(2000, 440, 480), off(4000)],
    busy: [on(500, 480, 620), off(500)],
    congestion: [on(250, 480, 620), off(250)],
  },
}

/** Until it is stopped. */
export function tone(country: ToneCountry, kind: ToneKind): Clip {
  return { kind: 'tones', parts: cadences[country][kind], repeat: true }
}

/** Which of the five a country (ISO 3166) comes nearest to. */
export function toneCountry(country: string): ToneCountry {
  const name = country.toUpperCase()
  if (/^(?:US|CA|PR)$/.test(name)) return 'US'
  if (/^(?:GB|UK|IE|HK|SG|MY)$/.test(name)) return 'UK'
  if (/^(?:AU|NZ)$/.test(name)) return 'AU'
  return name === 'JP' ? 'JP' : 'EU'
}

/** Before a recording. */
export function beep(ms = 400): Clip {
  return { kind: 'tones', parts: [on(ms, 1000)], repeat: false }
}

/** As long as a text would take to say, where nobody can say it: a tone for each word. */
export function murmur(text: string): Clip {
  const words = text.split(/\s+/).filter(Boolean)
  return { kind: 'tones', parts: words.flatMap((word) => [on(80 + 60 * word.length, 180, 360), off(60)]), repeat: false }
}

/** Equal temperament from A4 at 440 Hz; `n` in half tones above it. */
const note = (n: number): number => Math.round(440 * 2 ** (n / 12) * 10) / 10

// A broken chord for each bar, and a third voice of long notes below: C, a minor, F, G, twice, the second time home to C.
const bars: readonly { readonly bass: number; readonly tune: readonly number[] }[] = [
  { bass: -21, tune: [-5, -2, 3, 7, 3, -2] },
  { bass: -24, tune: [-9, -5, 0, 3, 0, -5] },
  { bass: -16, tune: [-9, -4, 0, 3, 0, -4] },
  { bass: -14, tune: [-10, -7, -2, 2, -2, -7] },
  { bass: -21, tune: [-5, -2, 3, 7, 10, 7] },
  { bass: -24, tune: [3, 0, -5, 0, 3, 0] },
  { bass: -14, tune: [2, -2, -7, -10, -7, -2] },
  { bass: -21, tune: [-9, -5, -2, 3, 3, 3] },
]

/** Plain, quiet and without end: nobody's rights are in it. */
export function holdMusic(): Clip {
  const parts = bars.flatMap(({ bass, tune }) => tune.flatMap((n) => [on(260, note(n), note(bass)), on(40, note(bass))]))
  return { kind: 'tones', parts: [...parts, off(600)], repeat: true }
}
