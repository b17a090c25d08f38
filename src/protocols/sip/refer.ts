// A REFER of ours (RFC 3515, 3891, 3892, 4488): its target, and the subscription it makes (2.4.4 to 2.4.6), which tells what became of the call we
// asked for until the last NOTIFY or too long a silence. One of the peer is transfer.ts.

import type { Clock } from '#values/clock.ts'
import { replacesText } from './header-values.ts'
import type { Outcome, ReferNews, ReferWatch, RespondOptions } from './session-parts.ts'
import type { SessionWithin } from './session-within.ts'

export interface ReferOptions extends RespondOptions {
  /** A session of ours with whom the peer shall talk (attended transfer). */
  readonly replaces?: { readonly callId: string; readonly localTag: string; readonly remoteTag: string } | undefined
  /** Default: our URI in this dialog. */
  readonly referredBy?: string | undefined
  readonly notified?: ((news: ReferNews) => void) | undefined
}

/** Two minutes: twice what a NOTIFY usually promises. */
const silenceMs = 120_000

/** Sends it; see `Session.refer`. */
export async function sendRefer(session: SessionWithin, clock: Clock, target: string, options: ReferOptions): Promise<Outcome> {
  const { replaces, referredBy, notified } = options
  // The party we send there knows that dialog from the other side: its to-tag is the one of whom it calls.
  const mark = replaces && { callId: replaces.callId, toTag: replaces.remoteTag, fromTag: replaces.localTag, earlyOnly: false }
  const uri = mark ? `${target}?Replaces=${encodeURIComponent(replacesText(mark))}` : target
  let watched = 0
  const outcome = await session.send('REFER', {
    headers: [['Refer-To', `<${uri}>`], ['Referred-By', referredBy ?? `<${session.localUri}>`], ...(options.headers ?? [])],
    // 2.4.6: the id of its news is the CSeq of the REFER that was taken, which is not the one that was challenged.
    sent(sequence) {
      if (!notified) return
      session.watches.get(watched)?.over()
      watchRefer(session.watches, clock, sequence, notified)
      watched = sequence
    },
  })
  // RFC 4488: the peer tells that no NOTIFY will come.
  if (!outcome.ok || /^\s*false/i.test(outcome.response.headers.get('Refer-Sub') ?? '')) session.watches.get(watched)?.over()
  return outcome
}

/** Enters a watch under the CSeq of the REFER; it takes itself out. */
function watchRefer(watches: Map<number, ReferWatch>, clock: Clock, sequence: number, notified: (news: ReferNews) => void): void {
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
