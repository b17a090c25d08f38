// How long a file of the store is to be kept: a number of days, hours or minutes.

import { refuse } from '#reasons/refusal.ts'

const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const

/** What is to be kept longer is kept until it is deleted. */
const longestMs = 30 * unitMs.d

/** `12h`: gives when that is over. Gives file.time_to_live_too_long. */
export function expiryOf(keepFor: string, nowMs: number): number {
  const unit = keepFor.at(-1) as keyof typeof unitMs
  const keptMs = Number.parseInt(keepFor, 10) * unitMs[unit]
  if (keptMs > longestMs) refuse('file.time_to_live_too_long', { unit, limit: longestMs / unitMs[unit] })
  return nowMs + keptMs
}
