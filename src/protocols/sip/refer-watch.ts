// The subscription that a REFER of ours makes (RFC 3515 2.4.4 to 2.4.6): what became of the call we asked for, until the last NOTIFY or too long a silence.

import type { Clock } from '#values/clock.ts'

/** One sipfrag; after `last` none follows. */
export interface ReferNews {
  readonly status: number
  readonly phrase: string
  readonly last: boolean
}

export interface ReferWatch {
  notified(news: ReferNews): void
  over(): void
}

/** Two minutes: twice what a NOTIFY usually promises. */
const silenceMs = 120_000

/** Enters a watch under the CSeq of the REFER; it takes itself out. */
export function watchRefer(
  watches: Map<number, ReferWatch>,
  clock: Clock,
  sequence: number,
  notified: (news: ReferNews) => void,
): void {
  const over = (): void => {
    silence.cancel()
    watches.delete(sequence)
  }
  let silence = clock.after(silenceMs, over)
  watches.set(sequence, {
    over,
    notified(news) {
      over()
      if (!news.last) {
        watches.set(sequence, this)
        silence = clock.after(silenceMs, over)
      }
      notified(news)
    },
  })
}
