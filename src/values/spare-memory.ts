// Gives back the memory that only a start needed: sources, half-built tables, what compiling left. A thread is as small as
// it will be at rest, from the first request on. Decides nothing about memory later: that is the engine's.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type CollectGarbage = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/** One full collection of the thread that calls it, 20 to 50 ms long. */
export function spareMemory(): void {
  // The flag is that of all threads, which do this at the same time: who took it back would take it from another.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as CollectGarbage
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** The nursery, kept small for the start (see bin/offhook.js), may grow with the work. */
export function letNurseryGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}
