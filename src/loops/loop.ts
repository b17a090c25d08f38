// Long-running work: a loop is a constant, started by main, seen in metrics and in the doctor's report. What goes wrong
// in a run is told and counted, and the loop goes on. Where several nodes share a store, one of them runs it, by lease.

import type { Store } from '#store/store.ts'
import type { Clock, Timer } from '#values/clock.ts'
import { Lease, leaseMs } from './lease.ts'

export interface Loop<P> {
  readonly name: string
  /** From the end of one run to the start of the next. */
  readonly everyMs: number
  /** Gives how much work was done: rows deleted, messages sent. */
  do(parts: P): Promise<number>
}

/** What every loop of the ground needs; loops of other rooms may ask for more. */
export interface LoopParts {
  readonly store: Store
  readonly clock: Clock
}

export interface LoopState {
  readonly name: string
  /** False while another node runs it. */
  held: boolean
  runs: number
  failures: number
  /** Sum of what the runs gave. */
  done: number
  /** When the last run ended, ms UTC; 0 before the first. */
  lastRunMs: number
  lastError: string
}

export interface LoopHooks {
  /** Unique among the nodes that share the store. */
  readonly node: string
  readonly onRun?: (name: string, done: number, tookMs: number) => void
  readonly onError: (name: string, error: unknown) => void
}

export interface RunningLoops {
  readonly states: readonly LoopState[]
  /** Runs one now, whatever its time; for SIGHUP, tests and the doctor. Unknown names are a bug. */
  runNow(name: string): Promise<void>
  /** Resolves when the runs under way have ended. */
  stop(): Promise<void>
}

class Running<P extends LoopParts> {
  readonly state: LoopState
  readonly #loop: Loop<P>
  readonly #parts: P
  readonly #hooks: LoopHooks
  readonly #lease: Lease
  #timer: Timer | undefined
  #run: Promise<void> | undefined
  #stopped = false

  constructor(loop: Loop<P>, parts: P, hooks: LoopHooks) {
    this.#loop = loop
    this.#parts = parts
    this.#hooks = hooks
    this.#lease = new Lease(`loop ${loop.name}`, { ...parts, node: hooks.node }, Math.max(leaseMs, loop.everyMs * 2))
    this.state = { name: loop.name, held: false, runs: 0, failures: 0, done: 0, lastRunMs: 0, lastError: '' }
    this.#later()
  }

  #later(): void {
    if (!this.#stopped) this.#timer = this.#parts.clock.after(this.#loop.everyMs, () => void this.now())
  }

  now(): Promise<void> {
    this.#timer?.cancel()
    this.#run ??= this.#once().finally(() => {
      this.#run = undefined
      this.#later()
    })
    return this.#run
  }

  async #once(): Promise<void> {
    const { clock } = this.#parts
    const startMs = clock.elapsedMs()
    try {
      this.state.held = await this.#lease.hold()
      if (!this.state.held) return
      const done = await this.#loop.do(this.#parts)
      this.state.runs += 1
      this.state.done += done
      this.state.lastRunMs = clock.nowMs()
      this.state.lastError = ''
      this.#hooks.onRun?.(this.#loop.name, done, clock.elapsedMs() - startMs)
    } catch (error) {
      this.state.failures += 1
      this.state.lastError = error instanceof Error ? error.message : String(error)
      this.#hooks.onError(this.#loop.name, error)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#run
    await this.#lease.release()
  }
}

/** Starts the loops; each runs first after its period. */
export function startLoops<P extends LoopParts>(loops: readonly Loop<P>[], parts: P, hooks: LoopHooks): RunningLoops {
  const running = loops.map((loop) => new Running(loop, parts, hooks))
  return {
    states: running.map(({ state }) => state),
    async runNow(name) {
      const one = running.find(({ state }) => state.name === name)
      if (!one) throw new Error(`no loop is named ${name}`)
      await one.now()
    },
    async stop() {
      await Promise.all(running.map((one) => one.stop()))
    },
  }
}
