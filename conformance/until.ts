// Waiting in scenarios for what is to come. What never comes fails with what was waited for and what was seen last, long after it should have come
// on a slow machine, and before the scenario's own time is over.

import { inspect } from 'node:util'

const longestMs = 120_000
const everyMs = 20
const shownAtMost = 4_000

/** Looks until it is so. */
export async function until<T>(look: () => Promise<T> | T, fine: (found: T) => unknown, what: string): Promise<T> {
  const lateMs = performance.now() + longestMs
  for (;;) {
    const found = await look()
    if (fine(found)) return found
    if (performance.now() > lateMs)
      throw new Error(`${what} did not come about; last seen: ${inspect(found, { depth: 8 }).slice(0, shownAtMost)}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
