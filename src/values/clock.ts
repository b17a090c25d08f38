// The only file that asks the time or sets a timer. Wall time is integer ms UTC; durations are monotonic ms.

export interface Timer {
  cancel(): void
}

export interface Clock {
  nowMs(): number
  /** Monotonic, for durations only. */
  elapsedMs(): number
  /** Runs `act` once; the timer never keeps the process alive. */
  after(delayMs: number, act: () => void): Timer
  every(periodMs: number, act: () => void): Timer
  sleep(delayMs: number): Promise<void>
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, act) {
    const timer = setTimeout(act, delayMs)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
  every(periodMs, act) {
    const timer = setInterval(act, periodMs)
    timer.unref()
    return { cancel: () => clearInterval(timer) }
  },
  sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}

/** A clock that tests move by hand; timers fire in order of their time during `advance`. */
export function handClock(startMs = 1_750_000_000_000): Clock & { advance(ms: number): void } {
  let now = startMs
  const due = new Set<{ at: number; periodMs: number; act: () => void }>()
  const add = (delayMs: number, periodMs: number, act: () => void): Timer => {
    const entry = { at: now + delayMs, periodMs, act }
    due.add(entry)
    return { cancel: () => void due.delete(entry) }
  }
  return {
    nowMs: () => now,
    elapsedMs: () => now - startMs,
    after: (delayMs, act) => add(delayMs, 0, act),
    every: (periodMs, act) => add(periodMs, periodMs, act),
    sleep: (delayMs) => new Promise((resolve) => void add(delayMs, 0, resolve)),
    advance(ms) {
      const end = now + ms
      for (;;) {
        const next = [...due].filter((entry) => entry.at <= end).toSorted((a, b) => a.at - b.at)[0]
        if (!next) break
        now = next.at
        if (next.periodMs > 0) next.at += next.periodMs
        else due.delete(next)
        next.act()
      }
      now = end
    },
  }
}
