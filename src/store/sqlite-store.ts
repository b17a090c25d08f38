// The store on SQLite: reads at once on the main thread, writes by the store thread, long reads by a reader thread.
// The writes of one turn of the event loop go over as one message, and all that wait over there share one commit.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '#values/clock.ts'
import { migrateSqlite } from './migrate-sqlite.ts'
import { setMeta } from './meta.ts'
import { NoteCount } from './note-count.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { SqliteSlowReader } from './sqlite-slow-reader.ts'
import { StoreUnavailable, errorFrom, type ErrorParts } from './store-errors.ts'
import type { Claim, Claimed, Reader, Store, Write } from './store.ts'
import type { Statement } from './statement.ts'
import type { ClaimParts, FromThread, StoreThreadData, ToThread } from './store-thread.ts'
import { threadFile } from '#values/thread-file.ts'

export interface SqliteParts {
  readonly dataDir: string
  readonly clock: Clock
  readonly writesModule: string
  readonly slowLimitMs: number
}

interface Waiting {
  resolve(value: any): void
  reject(error: Error): void
  readonly claimed: boolean
}

/** Notes under way beyond which more are dropped: a flood of refusals must not fill the memory. */
const notesBound = 20_000
/** Groups of writes sent and not answered: one being committed and the next one. What waits longer makes that one larger. */
const groupsUnderWay = 2
/** So many notes go over together, or all there are when the time is over. */
const notesTogether = 64
const notesWaitMs = 10
/** How long reads may go on, at most, from a file that is gone. */
const fileCheckMs = 250

const answered = 0
const wasKept = 1

export class SqliteStore implements Store {
  readonly engine = 'sqlite'
  readonly notes: Reader
  readonly slow: Reader
  droppedNotes = 0

  readonly #path: string
  readonly #threadData: StoreThreadData
  readonly #clock: Clock
  readonly #reads: SqliteConnection
  readonly #inode: number
  readonly #slow: SqliteSlowReader
  readonly #listeners: ((nouns: ReadonlySet<string>) => void)[] = []
  #notesReads: SqliteConnection | undefined
  #worker: Worker | undefined
  #writes: unknown[] = []
  #notesQueue: unknown[] = []
  #notesTimer: Timer | undefined
  #groups = 0
  readonly #notes = new NoteCount()
  /** Answers come in the order of the writes. */
  #waiting: Waiting[] = []
  #answeredUpTo = 0
  #posting = false
  #lost: StoreUnavailable | undefined
  #checkedAtMs = 0
  #closed: (() => void) | undefined
  #closing = false

  static async open(parts: SqliteParts): Promise<SqliteStore> {
    const path = join(parts.dataDir, 'offhook.db')
    const notesPath = join(parts.dataDir, 'notes.db')
    await migrateSqlite(path, notesPath, join(parts.dataDir, 'backups'), parts.clock)
    const store = new SqliteStore(parts, path, notesPath)
    await store.#startThread()
    return store
  }

  private constructor(parts: SqliteParts, path: string, notesPath: string) {
    this.#path = path
    this.#clock = parts.clock
    this.#threadData = { path, notesPath, writesModule: parts.writesModule }
    this.#reads = new SqliteConnection(path, 'read')
    this.#inode = statSync(path).ino
    this.#slow = new SqliteSlowReader(path, parts.clock, parts.slowLimitMs)
    this.slow = this.#slow
    const notesReads = () => (this.#notesReads ??= new SqliteConnection(notesPath, 'read'))
    this.notes = {
      all: (statement, params) => notesReads().all(statement, params),
      one: (statement, params) => notesReads().one(statement, params),
    }
  }

  #checkFile(): void {
    const now = this.#clock.elapsedMs()
    if (now - this.#checkedAtMs >= fileCheckMs) {
      this.#checkedAtMs = now
      let inode: number | undefined
      try {
        inode = statSync(this.#path).ino
      } catch {
        inode = undefined
      }
      this.#lost = inode === this.#inode ? undefined : new StoreUnavailable('storage', 'the database file is gone')
    }
    if (this.#lost) throw this.#lost
  }

  all<P extends object, R>(statement: Statement<P, R>, params: P): R[] {
    this.#checkFile()
    return this.#reads.all(statement, params)
  }

  one<P extends object, R>(statement: Statement<P, R>, params: P): R | undefined {
    this.#checkFile()
    return this.#reads.one(statement, params)
  }

  write<A, R>(write: Write<A, R>, input: A): Promise<R> {
    return this.#send(write.name, input, null)
  }

  claim<A, R>(write: Write<A, R>, input: A, claim: Claim): Promise<Claimed<R>> {
    const { accountId, keyHash, fingerprint, nowMs, reveal } = claim
    return this.#send(write.name, input, [accountId, keyHash, fingerprint, nowMs, reveal ?? null])
  }

  #send(name: string, input: unknown, claim: ClaimParts | null): Promise<any> {
    return new Promise((resolve, reject) => {
      if (this.#closing) return reject(new StoreUnavailable('database', 'the store is closed'))
      this.#writes.push(name, input, claim)
      this.#waiting.push({ resolve, reject, claimed: claim !== null })
      this.#postSoon()
    })
  }

  note(write: Write<any, unknown>, input: unknown): void {
    if (this.#closing || this.#notes.underWay >= notesBound) {
      this.droppedNotes += 1
      return
    }
    this.#notes.given()
    this.#notesQueue.push(write.name, input)
    if (this.#notesQueue.length >= notesTogether * 2) this.#postSoon()
    else this.#notesTimer ??= this.#clock.after(notesWaitMs, () => this.#postNotes())
  }

  async noted(): Promise<void> {
    this.#postNotes()
    await this.#notes.soFar()
  }

  #postSoon(): void {
    if (this.#posting) return
    this.#posting = true
    setImmediate(() => this.#post())
  }

  #postNotes(): void {
    const notes = this.#notesQueue
    this.#notesQueue = []
    this.#notesTimer?.cancel()
    this.#notesTimer = undefined
    if (notes.length > 0) this.#postThese([], notes)
  }

  #post(): void {
    this.#posting = false
    if (this.#notesQueue.length >= notesTogether * 2) this.#postNotes()
    if (this.#writes.length === 0 || this.#groups >= groupsUnderWay) return
    const writes = this.#writes
    this.#writes = []
    this.#groups += 1
    this.#postThese(writes, [])
  }

  #postThese(writes: unknown[], notes: unknown[]): void {
    try {
      if (!this.#worker) void this.#startThread()
      this.#worker!.postMessage({ writes, notes } satisfies ToThread)
    } catch (error) {
      // What cannot be cloned is a bug of the caller; find it, and let the others of this turn go on.
      this.#postEach(writes, notes, error)
    }
  }

  #postEach(writes: unknown[], notes: unknown[], error: unknown): void {
    this.#notes.ended(notes.length / 2)
    this.droppedNotes += notes.length / 2
    const first = this.#waiting.length - writes.length / 3
    const mine = this.#waiting.splice(first)
    for (let at = 0; at < mine.length; at += 1) {
      const one = mine[at]!
      try {
        this.#worker!.postMessage({ writes: writes.slice(at * 3, at * 3 + 3), notes: [] } satisfies ToThread)
        this.#waiting.push(one)
      } catch (cause) {
        one.reject(new Error(`a write's input is not plain data: ${String(cause)}`, { cause: error }))
      }
    }
    if (this.#waiting.length === this.#answeredUpTo) this.#groups = 0
  }

  #startThread(): Promise<void> {
    const worker = new Worker(threadFile(import.meta.url, 'store-thread'), {
      workerData: this.#threadData,
      // What a write leaves behind dies young: a small nursery saves 15 MB and costs nothing measurable.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    this.#worker = worker
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        if ('ready' in message) resolve()
        else if ('answers' in message) this.#answer(message.answers, message.nouns)
        else if ('noted' in message) this.#notes.ended(message.noted)
        else this.#closed?.()
      })
      worker.on('error', (error) => {
        reject(error)
        this.#threadEnded(error)
      })
      worker.on('exit', () => {
        this.#closed?.()
        if (!this.#closing) this.#threadEnded(new Error('the store thread ended'))
      })
    })
  }

  /** All that it had not answered is refused; whether it was committed is not known. The next write starts another. */
  #threadEnded(cause: unknown): void {
    if (!this.#worker) return
    this.#worker = undefined
    const lost = this.#waiting.slice(this.#answeredUpTo, this.#waiting.length - this.#writes.length / 3)
    this.#waiting = this.#waiting.slice(this.#waiting.length - this.#writes.length / 3)
    this.#answeredUpTo = 0
    this.#groups = 0
    if (this.#writes.length > 0) this.#postSoon()
    this.#notes.ended(this.#notes.underWay - this.#notesQueue.length / 2)
    for (const one of lost) one.reject(new StoreUnavailable('storage', 'the store thread ended', cause, true))
  }

  #answer(answers: readonly unknown[], nouns: readonly string[]): void {
    // Told first, so that whoever is answered sees caches already cleared.
    if (nouns.length > 0) {
      const set = new Set(nouns)
      for (const listener of this.#listeners) listener(set)
    }
    const waiting = this.#waiting
    let next = this.#answeredUpTo
    for (let at = 0; at < answers.length; at += 2, next += 1) {
      const one = waiting[next]!
      const status = answers[at]
      const value = answers[at + 1]
      if (status === answered) one.resolve(one.claimed ? { result: value } : value)
      else if (status === wasKept) one.resolve({ kept: value })
      else one.reject(errorFrom(value as ErrorParts))
    }
    if (next === waiting.length) {
      this.#waiting = []
      next = 0
    } else if (next > 4096) {
      this.#waiting = waiting.slice(next)
      next = 0
    }
    this.#answeredUpTo = next
    const unsent = this.#writes.length / 3
    this.#groups = this.#waiting.length - next > unsent ? 1 : 0
    if (unsent > 0) this.#postSoon()
  }

  onChange(listener: (nouns: ReadonlySet<string>) => void): void {
    this.#listeners.push(listener)
  }

  async probe(): Promise<void> {
    await this.write(setMeta, { name: 'probe', value: String(this.#clock.nowMs()) })
  }

  async close(): Promise<void> {
    if (this.#closing) return
    this.#groups = 0
    this.#post()
    this.#postNotes()
    this.#closing = true
    const worker = this.#worker
    if (worker) {
      const closed = new Promise<void>((resolve) => (this.#closed = resolve))
      worker.postMessage({ close: true } satisfies ToThread)
      await closed
      await worker.terminate()
    }
    await this.#slow.close()
    this.#reads.close()
    this.#notesReads?.close()
  }
}
