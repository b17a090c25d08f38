// Long reads of a SQLite store: one thread, started with the first of them, with a time limit. SQLite cannot be
// interrupted from outside its thread, so what runs too long is left to itself and its place taken by another thread;
// no more than two may be running on like that.

import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '#values/clock.ts'
import { QueryTooSlow, StoreUnavailable, errorFrom } from './store-errors.ts'
import type { FromReader, ReaderThreadData, ToReader } from './reader-thread.ts'
import type { Reader } from './store.ts'
import type { Statement } from './statement.ts'
import { threadFile } from '#values/thread-file.ts'

interface Asked {
  readonly id: number
  readonly sql: string
  readonly values: unknown[]
  resolve(rows: unknown[]): void
  reject(error: Error): void
}

const mayRunOn = 2

export class SqliteSlowReader implements Reader {
  readonly #path: string
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #queue: Asked[] = []
  readonly #runningOn = new Set<Worker>()
  #worker: Worker | undefined
  #current: { asked: Asked; timer: Timer } | undefined
  #ids = 0
  #closed = false

  constructor(path: string, clock: Clock, limitMs: number) {
    this.#path = path
    this.#clock = clock
    this.#limitMs = limitMs
  }

  all<P extends object, R>(statement: Statement<P, R>, params: P): Promise<R[]> {
    const compiled = statement.for('sqlite')
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new StoreUnavailable('database', 'the store is closed'))
      this.#ids += 1
      const values = compiled.values(params as Record<string, unknown>)
      this.#queue.push({ id: this.#ids, sql: compiled.sql, values, resolve: (rows) => resolve(rows as R[]), reject })
      this.#next()
    })
  }

  async one<P extends object, R>(statement: Statement<P, R>, params: P): Promise<R | undefined> {
    return (await this.all(statement, params))[0]
  }

  #next(): void {
    if (this.#current) return
    const asked = this.#queue.shift()
    if (!asked) return
    if (!this.#worker && this.#runningOn.size >= mayRunOn) {
      asked.reject(new QueryTooSlow(this.#limitMs, 'earlier long reads are still running'))
      this.#next()
      return
    }
    this.#worker ??= this.#start()
    const timer = this.#clock.after(this.#limitMs, () => this.#giveUp())
    this.#current = { asked, timer }
    this.#worker.postMessage([asked.id, asked.sql, asked.values] satisfies ToReader)
  }

  #settle(): Asked | undefined {
    this.#current?.timer.cancel()
    const asked = this.#current?.asked
    this.#current = undefined
    return asked
  }

  #giveUp(): void {
    const worker = this.#worker
    this.#worker = undefined
    if (worker) {
      this.#runningOn.add(worker)
      void worker.terminate()
    }
    this.#settle()?.reject(new QueryTooSlow(this.#limitMs))
    this.#next()
  }

  #start(): Worker {
    const workerData: ReaderThreadData = { path: this.#path }
    const worker = new Worker(threadFile(import.meta.url, 'reader-thread'), { workerData })
    worker.unref()
    worker.on('message', ([id, rows, error]: FromReader) => {
      if (this.#current?.asked.id !== id) return
      const asked = this.#settle()
      if (error) asked?.reject(errorFrom(error))
      else asked?.resolve(rows ?? [])
      this.#next()
    })
    const ended = (cause: unknown) => {
      this.#runningOn.delete(worker)
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#settle()?.reject(new StoreUnavailable('storage', 'the reader thread ended', cause))
      this.#next()
    }
    worker.on('error', ended)
    worker.on('exit', ended)
    return worker
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#settle()?.reject(new StoreUnavailable('database', 'the store is closed'))
    for (const asked of this.#queue.splice(0)) asked.reject(new StoreUnavailable('database', 'the store is closed'))
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}
