// The end of a stream, as whoever closes it waits for it.

import type { Clock } from '#values/clock.ts'
import type { Stream } from './contract.ts'

/** A worker that does not answer keeps nobody from their end. */
const toldWithinMs = 1_000

/** Closes it. Resolves when it has told what it had to tell, its figures and the end of a recording; soon in any case. */
export async function closeStream(stream: Stream, clock: Pick<Clock, 'after'>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.onNews(({ type }) => type === 'closed' && resolve())
  const late = clock.after(toldWithinMs, resolve)
  stream.close()
  await promise
  late.cancel()
}
