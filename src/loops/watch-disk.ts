// Watches the room left on the data directory's disk. Below the reserve new work is refused; what was accepted goes on.

import { statfs } from 'node:fs/promises'
import type { Clock } from '#values/clock.ts'

export interface DiskJournal {
  diskMeasured(freeBytes: number): void
  diskNearlyFull(freeBytes: number, reserveBytes: number): void
  diskHasRoom(freeBytes: number, reserveBytes: number): void
  diskNotMeasured(cause: unknown): void
}

export interface DiskWatch {
  /** As of the last look. */
  nearlyFull(): boolean
  /** Looks now; gives the free bytes. */
  look(): Promise<number>
  setReserve(bytes: number): void
  stop(): void
}

const periodMs = 2000

/** `measure` gives the bytes free to us under a directory; statfs unless a test hands in its own. */
export async function watchDisk(
  dataDir: string,
  reserveBytes: number,
  journal: DiskJournal,
  clock: Clock,
  measure: (dataDir: string) => Promise<number> = freeBytesOf,
): Promise<DiskWatch> {
  let reserve = reserveBytes
  let full = false
  const look = async (): Promise<number> => {
    const free = await measure(dataDir)
    journal.diskMeasured(free)
    // Some slack on the way back, so that it does not flutter at the edge.
    const now = free < (full ? reserve * 1.05 : reserve)
    if (now !== full) {
      full = now
      if (full) journal.diskNearlyFull(free, reserve)
      else journal.diskHasRoom(free, reserve)
    }
    return free
  }
  await look()
  const timer = clock.every(periodMs, () => void look().catch((cause: unknown) => journal.diskNotMeasured(cause)))
  return {
    nearlyFull: () => full,
    look,
    setReserve: (bytes) => {
      reserve = bytes
    },
    stop: () => timer.cancel(),
  }
}

async function freeBytesOf(dataDir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dataDir)
  return bavail * bsize
}
