// The store thread: the only writer of a SQLite store. It runs all writes that are waiting in one commit and answers
// them after it. It never decides: a write is looked up by name and run as it stands.
//
//   main ---- [write, input, claim, write, input, claim, ...] ----> thread
//                                       begin; w1; w2; w3 ...; commit (synchronous FULL)
//   main <--- [status, value, status, value, ...] ----------------- thread
//
// Writes are safe to repeat, so a group runs without savepoints; only when one of them throws the group is rolled back
// and run again with a savepoint each, and the one that throws is alone in its failure.

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { statSync } from 'node:fs'
import { spareMemory } from '#values/spare-memory.ts'
import { keepStatement, keptStatement, outcomeOf } from './idempotency.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { StoreUnavailable, errorParts, type ErrorParts } from './store-errors.ts'
import type { Transaction } from './store.ts'
import type { Statement } from './statement.ts'
import type { AnyWrite, WriteTable } from './write-table.ts'

export interface StoreThreadData {
  readonly path: string
  readonly notesPath: string
  /** URL of the module that exports `writes`. */
  readonly writesModule: string
}

/** account id, key hash, fingerprint, now, what to reveal (sealed already, or null) */
export type ClaimParts = readonly [number, string, string, number, string | null]

/** Flat, three by three: name, input, claim; notes two by two: name, input. */
export type ToThread = { readonly writes: readonly unknown[]; readonly notes: readonly unknown[] } | { readonly close: true }

export const answered = 0
export const wasKept = 1
export const failed = 2

/** Flat, two by two: status, value; in the order of the writes. */
export type FromThread =
  | { readonly answers: readonly unknown[]; readonly nouns: readonly string[] }
  | { readonly noted: number }
  | { readonly closed: true }
  | { readonly ready: true }

const port = parentPort!
const { path, notesPath, writesModule } = workerData as StoreThreadData
const { writes } = (await import(writesModule)) as { writes: WriteTable }

/** At most so many writes share a commit, so that one does not wait long for the others. */
const groupSize = 512
const notesAtOnce = 256

class ThreadTransaction implements Transaction {
  readonly nouns = new Set<string>()
  readonly #connection: SqliteConnection

  constructor(connection: SqliteConnection) {
    this.#connection = connection
  }

  all<P extends object, R>(statement: Statement<P, R>, params: P): R[] {
    return this.#connection.all(statement, params)
  }

  one<P extends object, R>(statement: Statement<P, R>, params: P): R | undefined {
    return this.#connection.one(statement, params)
  }

  run<P extends object>(statement: Statement<P>, params: P): number {
    return this.#connection.run(statement, params)
  }

  touched(noun: string): void {
    this.nouns.add(noun)
  }
}

class Words {
  readonly begin: () => void
  readonly commit: () => void
  readonly savepoint: () => void
  readonly release: () => void
  readonly rollbackTo: () => void
  readonly #connection: SqliteConnection

  constructor(connection: SqliteConnection) {
    this.#connection = connection
    this.begin = connection.word('begin immediate')
    this.commit = connection.word('commit')
    this.savepoint = connection.word('savepoint one')
    this.release = connection.word('release one')
    this.rollbackTo = connection.word('rollback to one')
  }

  /** SQLite ends the transaction itself after some errors, such as a full disk. */
  rollback(): void {
    if (this.#connection.inTransaction) this.#connection.exec('rollback')
  }
}

const connection = new SqliteConnection(path, 'durable')
const words = new Words(connection)
const tx = new ThreadTransaction(connection)
const inode = statSync(path).ino

/** An unlinked file can still be written to, and is gone with the process: that is not a durable commit. */
function checkFile(): void {
  let now: number | undefined
  try {
    now = statSync(path).ino
  } catch (error) {
    throw new StoreUnavailable('storage', 'the database file is gone', error)
  }
  if (now !== inode) throw new StoreUnavailable('storage', 'the database file was replaced by another')
}

function find(name: string): AnyWrite {
  const write = writes.get(name)
  if (!write) throw new Error(`no write is named ${name}`)
  return write
}

const notKept: unique symbol = Symbol('not kept')

async function runClaimed(write: AnyWrite, input: unknown, claim: ClaimParts, answers: unknown[]): Promise<void> {
  const [account_id, key_hash, fingerprint, created_ms, sealed] = claim
  const kept = connection.one(keptStatement, { account_id, key_hash })
  if (kept) {
    answers.push(wasKept, { ...kept })
    return
  }
  const result = await write.run(tx, input)
  const outcome = outcomeOf(result, sealed ?? undefined)
  connection.run(keepStatement, { account_id, key_hash, fingerprint, outcome, created_ms })
  answers.push(answered, result)
}

async function runOne(group: readonly unknown[], at: number, answers: unknown[]): Promise<void> {
  const write = find(group[at] as string)
  const claim = group[at + 2] as ClaimParts | null
  if (claim) await runClaimed(write, group[at + 1], claim, answers)
  else answers.push(answered, await write.run(tx, group[at + 1]))
}

/** The whole group without savepoints; `notKept` when one of it threw. */
async function runTogether(group: readonly unknown[]): Promise<unknown[] | typeof notKept> {
  const answers: unknown[] = []
  words.begin()
  try {
    for (let at = 0; at < group.length; at += 3) await runOne(group, at, answers)
  } catch (error) {
    const lost = !connection.inTransaction
    words.rollback()
    if (lost) throw error
    return notKept
  }
  words.commit()
  return answers
}

async function runEach(group: readonly unknown[]): Promise<unknown[]> {
  const answers: unknown[] = []
  tx.nouns.clear()
  words.begin()
  for (let at = 0; at < group.length; at += 3) {
    words.savepoint()
    try {
      await runOne(group, at, answers)
      words.release()
    } catch (error) {
      if (!connection.inTransaction) throw error
      words.rollbackTo()
      words.release()
      answers.push(failed, errorParts(error))
    }
  }
  words.commit()
  return answers
}

function unavailable(error: unknown): ErrorParts {
  const parts = errorParts(error)
  if (parts[0] === 'StoreUnavailable') return parts
  return errorParts(new StoreUnavailable('storage', `the commit failed: ${parts[1]}`, error))
}

async function commitGroup(group: readonly unknown[]): Promise<void> {
  tx.nouns.clear()
  let answers: unknown[]
  try {
    checkFile()
    const together = await runTogether(group)
    answers = together === notKept ? await runEach(group) : together
  } catch (error) {
    try {
      words.rollback()
    } catch {
      // The connection is worse off than the error already says.
    }
    const parts = unavailable(error)
    answers = []
    for (let at = 0; at < group.length; at += 3) answers.push(failed, parts)
    tx.nouns.clear()
  }
  port.postMessage({ answers, nouns: [...tx.nouns] } satisfies FromThread)
}

let notesConnection: SqliteConnection | undefined
let notesWords: Words | undefined
let notesTx: ThreadTransaction | undefined

/** Notes may be lost, so nothing of a failure is told but that they are done with. */
async function writeNotes(notes: readonly unknown[]): Promise<void> {
  try {
    notesConnection ??= new SqliteConnection(notesPath, 'unsynchronised')
    notesWords ??= new Words(notesConnection)
    notesTx ??= new ThreadTransaction(notesConnection)
    notesWords.begin()
    for (let at = 0; at < notes.length; at += 2) {
      try {
        await find(notes[at] as string).run(notesTx, notes[at + 1])
      } catch {
        if (!notesConnection.inTransaction) break
      }
    }
    if (notesConnection.inTransaction) notesWords.commit()
  } catch {
    try {
      notesWords?.rollback()
    } catch {
      notesConnection = notesWords = notesTx = undefined
    }
  }
  port.postMessage({ noted: notes.length / 2 } satisfies FromThread)
}

let waiting: unknown[] = []
let notesWaiting: unknown[] = []
let closing = false
let busy = false

function take(message: ToThread): void {
  if ('close' in message) {
    closing = true
    return
  }
  waiting = waiting.length === 0 ? (message.writes as unknown[]) : waiting.concat(message.writes)
  if (message.notes.length > 0) notesWaiting = notesWaiting.concat(message.notes)
}

function takeWaiting(): void {
  for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) take(more.message as ToThread)
}

async function work(): Promise<void> {
  busy = true
  for (;;) {
    takeWaiting()
    if (waiting.length > 0) {
      const group = waiting.length > groupSize * 3 ? waiting.slice(0, groupSize * 3) : waiting
      waiting = group === waiting ? [] : waiting.slice(groupSize * 3)
      await commitGroup(group)
    } else if (notesWaiting.length > 0) {
      const notes = notesWaiting.slice(0, notesAtOnce * 2)
      notesWaiting = notesWaiting.slice(notesAtOnce * 2)
      await writeNotes(notes)
    } else break
  }
  busy = false
  if (!closing) return
  connection.close()
  notesConnection?.close()
  port.postMessage({ closed: true } satisfies FromThread)
  port.close()
}

port.on('message', (message: ToThread) => {
  take(message)
  if (!busy) void work()
})
spareMemory()
port.postMessage({ ready: true } satisfies FromThread)
