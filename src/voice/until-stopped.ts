// A verb that is stopped while it waits: it is told at once by a throw, whatever it waits for goes on.

/** Thrown through a verb that was stopped: no refusal, and no fault. */
export class Stopped extends Error {
  constructor(why: string) {
    super(`the verb was stopped: ${why}`)
  }
}

/** The same promise, or a rejection with the signal's reason once it is aborted; what the promise comes to then is for nobody. */
export function untilStopped<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    promise.then(
      (value) => {
        signal.removeEventListener('abort', stop)
        resolve(value)
      },
      (error: unknown) => {
        signal.removeEventListener('abort', stop)
        reject(error as Error)
      },
    )
  })
}
