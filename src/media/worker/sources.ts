// Where the samples of a clip come from, frame by frame: a file in memory, tones, silence, digits.

import { Resampler } from '#protocols/rtp/resampler.ts'
import { ToneGenerator, dtmfOf } from '#protocols/rtp/tones.ts'
import type { Clip } from '../contract.ts'
import type { RateHz } from './frames.ts'

export interface Source {
  /** Fills `out` from `at` on and says how many samples it gave; fewer than there was room for: it is over. */
  read(out: Int16Array, at: number): number
}

export function silence(ms: number, rateHz: RateHz): Source {
  let left = Math.round((ms * rateHz) / 1000)
  return {
    read(out, at) {
      const count = Math.min(left, out.length - at)
      out.fill(0, at, at + count)
      left -= count
      return count
    },
  }
}

/** The samples of a file, brought to `rateHz` as they are played. */
export function pcm(samples: Int16Array, fromHz: number, rateHz: RateHz): Source {
  return fromHz === rateHz ? samplesOf(samples) : resampled(samples, fromHz, rateHz)
}

function samplesOf(samples: Int16Array): Source {
  let done = 0
  return {
    read(out, at) {
      const count = Math.min(samples.length - done, out.length - at)
      out.set(samples.subarray(done, done + count), at)
      done += count
      return count
    },
  }
}

/** Only as much as is played is made, so that a long file costs no tick its time. */
function resampled(samples: Int16Array, fromHz: number, rateHz: RateHz): Source {
  const resampler = new Resampler(fromHz, rateHz)
  const chunk = Math.ceil(fromHz / 50)
  const made = new Int16Array(resampler.most(chunk) + 8)
  let taken = 0
  let from = 0
  let until = 0
  return {
    read(out, at) {
      let place = at
      while (place < out.length) {
        if (from === until) {
          if (taken >= samples.length) break
          const part = samples.subarray(taken, taken + chunk)
          taken += part.length
          from = 0
          until = resampler.process(part, part.length, made, 0)
          continue
        }
        const count = Math.min(until - from, out.length - place)
        out.set(made.subarray(from, from + count), place)
        from += count
        place += count
      }
      return place - at
    },
  }
}

/** One source, and then the other. */
export function inTurn(first: Source, second: Source): Source {
  let isFirstOver = false
  return {
    read(out, at) {
      const given = isFirstOver ? 0 : first.read(out, at)
      isFirstOver ||= at + given < out.length
      return isFirstOver ? given + second.read(out, at + given) : given
    },
  }
}

type Tones = Extract<Clip, { kind: 'tones' }>

/** Frequencies for a time, one part after the other; a part without frequencies is silence. */
export function tones(clip: Pick<Tones, 'parts' | 'repeat'>, rateHz: RateHz): Source {
  const parts = clip.parts.filter((part) => part.ms > 0)
  const generator = new ToneGenerator(rateHz)
  let index = -1
  let left = 0
  const next = (): boolean => {
    index += 1
    if (index >= parts.length) {
      if (!clip.repeat || parts.length === 0) return false
      index = 0
    }
    const part = parts[index]!
    left = Math.round((part.ms * rateHz) / 1000)
    generator.set(part.hz)
    return true
  }
  return {
    read(out, at) {
      let place = at
      while (place < out.length) {
        if (left === 0 && !next()) break
        const count = Math.min(left, out.length - place)
        generator.write(out, place, count)
        left -= count
        place += count
      }
      return place - at
    },
  }
}

/** `w` and `,` wait half a second; what is no digit is passed over. */
export function digitTones(digits: string, rateHz: RateHz, toneMs = 100, gapMs = 80): Source {
  const parts = [...digits].flatMap((digit) => {
    if (/[w,]/i.test(digit)) return [{ hz: [], ms: 500 }]
    const hz = dtmfOf(digit)
    return hz
      ? [
          { hz, ms: toneMs },
          { hz: [], ms: gapMs },
        ]
      : []
  })
  return tones({ parts, repeat: false }, rateHz)
}
