// Waiting in tests for what is to come. There is no limit but the test's own; when that is over, or the test has ended otherwise, the wait ends too, and
// says what it was for and what it saw last: a test that hangs says no more than that it timed out.

import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import { getTestContext } from 'node:test'
import { inspect } from 'node:util'

export const pause = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The test that asks, also behind an `await` of what began outside of it: there `getTestContext` (Node 26) no longer knows. */
const tests = new AsyncLocalStorage<ReturnType<typeof getTestContext>>()
channel('tracing:node.test:start').bindStore(tests, () => getTestContext())

const shownAtMost = 4_000
/** Before the first test and behind the last one there is no test whose time could be up. */
const longMs = 60_000

/** What else may tell why something did not come, such as the last lines of a program's journal. */
const witnesses = new Set<() => string>()

/** Asked whenever something did not come. Gives back how to let it go. */
export function addWitness(tell: () => string): () => void {
  witnesses.add(tell)
  return () => void witnesses.delete(tell)
}

/** Asks until it is so. */
export async function until<T>(ask: () => T | Promise<T>, fine: (value: T) => unknown = Boolean): Promise<T> {
  let asked = 0
  let seen: T | undefined
  const wait = new Wait(() => `asked ${asked} times, last seen: ${inspect(seen, { depth: 8 }).slice(0, shownAtMost)}`)
  try {
    for (;;) {
      seen = await ask()
      asked += 1
      if (fine(seen)) return seen
      if (wait.isVain) throw new Error('it did not come while the test lasted')
      await pause()
    }
  } finally {
    wait.end()
  }
}

/** Waits for what comes by itself; `what` is said when it does not. */
export async function coming<T>(what: string | (() => string), promise: Promise<T>): Promise<T> {
  const wait = new Wait(typeof what === 'string' ? () => what : what)
  try {
    return await promise
  } finally {
    wait.end()
  }
}

class Wait {
  isVain = false
  readonly #tell: () => string
  readonly #place = placeOf(new Error().stack)
  readonly #test = tests.getStore()
  readonly #timer: NodeJS.Timeout | undefined

  constructor(tell: () => string) {
    this.#tell = tell
    if (this.#test === undefined) {
      this.#timer = setInterval(() => this.#say('still'), longMs).unref()
    } else this.#test.signal.addEventListener('abort', this.#endsInVain)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#test?.signal.removeEventListener('abort', this.#endsInVain)
  }

  readonly #endsInVain = (): void => {
    this.isVain = true
    this.#say('in vain')
  }

  #say(how: string): void {
    const lines = [`waited ${how} in "${this.#test?.fullName ?? ''}"`, ...this.#place, this.#tell()]
    console.error([...lines, ...[...witnesses].map((witness) => witness())].join('\n'))
  }
}

/** The lines of the tests' own files on the way here. */
function placeOf(stack = ''): string[] {
  return stack
    .split('\n')
    .filter((line) => /^ +at .*\/(test|src|conformance)\//.test(line) && !line.includes(import.meta.filename))
}
