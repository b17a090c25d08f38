// Keeps evidence within its size: the oldest rows go. How old they are does not matter, so that as much of the past can be
// looked at as there is room for.

import type { Loop, LoopParts } from '#loops/loop.ts'
import { evidenceBytes, oldestEvidence, purgeEvidence } from '#store/evidence.ts'

export interface EvidenceLoopParts extends LoopParts {
  /** OFFHOOK_EVIDENCE_BYTES, asked at each run. */
  readonly evidenceBytes: () => number
}

const rowsAtOnce = 100
/** Of one run; the next goes on. */
const stepsAtMost = 50

export const evidenceLoop: Loop<EvidenceLoopParts> = {
  name: 'purge-evidence',
  everyMs: 10_000,
  async do({ store, evidenceBytes: cap }) {
    let over = (await evidenceBytes(store.notes)) - cap()
    let dropped = 0
    for (let step = 0; step < stepsAtMost && over > 0; step += 1) {
      const rows = await oldestEvidence(store.notes, rowsAtOnce)
      let last: (typeof rows)[number] | undefined
      let n = 0
      for (const row of rows) {
        if (over <= 0) break
        over -= row.size_bytes
        last = row
        n += 1
      }
      if (!last) break
      store.note(purgeEvidence, { untilMs: last.to_ms, limit: n })
      await store.noted()
      dropped += n
    }
    return dropped
  },
}
