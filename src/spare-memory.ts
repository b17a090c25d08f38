// Gives back the memory that only the start needed: sources, half-built tables, what compiling left. The process is as
// small as it will be at rest, from the first request on. Decides nothing about memory later: that is the engine's.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type CollectGarbage = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/** One full collection, some 50 ms long; after it the nursery may grow with the work (see bin/offhook.js). */
export function spareMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as CollectGarbage
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  setFlagsFromString('--semi-space-growth-factor=2')
}
