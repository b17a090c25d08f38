// How far heaps may grow before they are collected: by a share of what lives in them, so that a backlog of messages does not keep twice its
// size, but always by enough that a small heap is not marked again and again: a call that is up for a second outlives the nursery, and with
// 30 % a heap of 70 MB was marked each few hundred calls. The flag is the engine's and that of all threads; the main thread's heap is the large one.

import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Of what lives in a heap (bin/offhook.js has it from the first moment). */
const leastPercent = 30
const alwaysBytes = 48 * 2 ** 20

/** In percent of a heap in which so much lives. */
export const growthPercent = (bytes: number): number =>
  Math.max(leastPercent, Math.min(100, Math.round((100 * alwaysBytes) / bytes)))

/** Entries of `gc` have a detail, which Node's types leave out. */
const isMajor = (entry: PerformanceEntry & { readonly detail?: { readonly kind?: number } }): boolean =>
  entry.detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR

/** In the spaces that the limit is of: all but the nursery. */
function livingBytes(): number {
  let bytes = 0
  for (const { space_name: name, space_used_size: used } of getHeapSpaceStatistics()) if (!name.startsWith('new_')) bytes += used
  return bytes
}

/** From now on; what lives is read after each full collection. */
export function boundHeapGrowth(): void {
  let percent = leastPercent
  const set = (): void => {
    const wanted = growthPercent(livingBytes())
    if (wanted === percent) return
    percent = wanted
    setFlagsFromString(`--heap-growing-percent=${percent}`)
  }
  set()
  new PerformanceObserver((list) => {
    if (list.getEntries().some(isMajor)) set()
  }).observe({ entryTypes: ['gc'] })
}
