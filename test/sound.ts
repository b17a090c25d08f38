// What tests want to know of sound: how loud it is, and how much of it is at one frequency.

import { readFile } from 'node:fs/promises'

export async function samplesOf(path: string): Promise<Int16Array> {
  const bytes = await readFile(path)
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

/** Root of the mean square, as a share of full scale. */
export function loudness(samples: Int16Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / Math.max(1, samples.length)) / 32_768
}

/** The share of a sound's energy that is at `hz`: 1 for a pure tone. */
export function shareAt(samples: Int16Array, rateHz: number, hz: number): number {
  let sine = 0
  let cosine = 0
  let all = 0
  for (const [at, sample] of samples.entries()) {
    const turn = (2 * Math.PI * hz * at) / rateHz
    sine += sample * Math.sin(turn)
    cosine += sample * Math.cos(turn)
    all += sample * sample
  }
  return all === 0 ? 0 : (2 * (sine * sine + cosine * cosine)) / (samples.length * all)
}

/** The most of a tone that is in any quarter of a second which is loud enough to be heard: 1 where there is nothing else. */
export function mostAt(samples: Int16Array, rateHz: number, hz: number): number {
  const part = Math.floor(rateHz / 4)
  let found = 0
  for (let at = 0; at + part <= samples.length; at += part / 2) {
    const quarter = samples.subarray(at, at + part)
    if (loudness(quarter) > 0.01) found = Math.max(found, shareAt(quarter, rateHz, hz))
  }
  return found
}
