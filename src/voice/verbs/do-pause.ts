// Waits. Before the answer the caller goes on hearing ringing.

import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { Pause } from './verb.ts'

export async function doPause({ parts, call, signal }: Step, { ms }: Pause): Promise<Outcome> {
  if (!call.answered) call.ring()
  await new Promise<void>((resolve) => {
    const timer = parts.clock.after(ms, resolve)
    const stop = (): void => {
      timer.cancel()
      resolve()
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  return { result: { verb: 'pause' } }
}
