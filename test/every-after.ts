// Loaded before the unit tests, which share one process. Where an `after` of one file fails, Node (26) runs none of those of the files behind it, so
// that what they would have closed keeps the process for ever; and it counts no failure. Here each runs, and one that fails fails the run.

import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { after as afterOf } from 'node:test'
import { isMainThread } from 'node:worker_threads'

// Threads inherit what is loaded before.
if (isMainThread) {
  const tests = createRequire(import.meta.url)('node:test') as { after: typeof afterOf }
  const { after } = tests
  tests.after = (act, options) =>
    after(async (context) => {
      try {
        await (act as (given: typeof context) => unknown)?.(context)
      } catch (error) {
        console.error('an after failed:', error)
        process.exitCode = 1
      }
    }, options)
  syncBuiltinESMExports()
}
