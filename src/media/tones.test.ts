import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clip } from './contract.ts'
import { beep, holdMusic, tone, toneCountry, type ToneCountry, type ToneKind } from './tones.ts'

type Tones = Extract<Clip, { kind: 'tones' }>

function tonesOf(clip: Clip): Tones {
  assert.equal(clip.kind, 'tones')
  return clip as Tones
}

test('each country has its cadences, and each fits the telephone', () => {
  // Period in ms, as ITU-T E.180 Supplement 2 has it.
  const periods: Readonly<Record<ToneCountry, Readonly<Record<ToneKind, number>>>> = {
    AU: { ringback: 3000, busy: 750, congestion: 750 },
    EU: { ringback: 5000, busy: 1000, congestion: 500 },
    JP: { ringback: 3000, busy: 1000, congestion: 1000 },
    UK: { ringback: 3000, busy: 750, congestion: 1500 },
    US: { ringback: 6000, busy: 1000, congestion: 500 },
  }
  for (const [country, kinds] of Object.entries(periods))
    for (const [kind, period] of Object.entries(kinds)) {
      const { parts, repeat } = tonesOf(tone(country as ToneCountry, kind as ToneKind))
      assert.equal(repeat, true)
      assert.equal(
        parts.reduce((sum, { ms }) => sum + ms, 0),
        period,
        `${country} ${kind}`,
      )
      assert.ok(parts.every(({ hz }) => hz.every((one) => one >= 300 && one <= 700)))
    }
})

test('a country without tones of its own has those of its neighbours', () => {
  assert.deepEqual(['de', 'CA', 'GB', 'NZ', 'jp', ''].map(toneCountry), ['EU', 'US', 'UK', 'AU', 'JP', 'EU'])
})

test('music on hold goes on, in the band and at a length that does not tire', () => {
  const { parts, repeat } = tonesOf(holdMusic())
  assert.equal(repeat, true)
  assert.ok(parts.reduce((sum, { ms }) => sum + ms, 0) > 10_000)
  assert.ok(parts.every(({ hz }) => hz.every((one) => one >= 100 && one <= 3400)))
  assert.deepEqual(tonesOf(beep()).repeat, false)
})
