// How long to wait before another attempt, as data. A carrier's cause may say its own pause and how many attempts make sense;
// else these apply. The message's deadline ends all of it.

/** The pause after the first, second, ... attempt in ms; the last one repeats. */
export const retryPausesMs = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000] as const

export const attemptsAtMost = 12

/** Undefined: no further attempt. `attempt` is the one that failed, from 1. */
export function pauseAfter(attempt: number, afterMs: number | undefined, atMost: number | undefined): number | undefined {
  if (attempt >= (atMost ?? attemptsAtMost)) return undefined
  return afterMs ?? retryPausesMs[Math.min(attempt, retryPausesMs.length) - 1]
}
