// Unsynchronised writes on PostgreSQL: one batch at a time, in a transaction that does not wait for the disk.
// Notes that fail are lost; what comes while too many wait is dropped and counted.

import type pg from 'pg'
import { NoteCount } from './note-count.ts'
import { PostgresTransaction } from './postgres-transaction.ts'
import { QueryFailed } from './store-errors.ts'
import type { Write } from './store.ts'

interface Note {
  readonly write: Write<any, unknown>
  readonly input: unknown
}

const bound = 20_000
const batchSize = 200

export class PostgresNotes {
  dropped = 0
  readonly #pool: pg.Pool
  readonly #count = new NoteCount()
  #queue: Note[] = []
  #running: Promise<void> | undefined
  #closed = false

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  add(write: Write<any, unknown>, input: unknown): void {
    if (this.#closed || this.#queue.length >= bound) {
      this.dropped += 1
      return
    }
    this.#count.given()
    this.#queue.push({ write, input })
    this.#running ??= this.#drain().finally(() => (this.#running = undefined))
  }

  async #drain(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchSize)
      try {
        await this.#writeBatch(batch)
      } catch (error) {
        if (error instanceof QueryFailed) await this.#writeEach(batch)
        else this.dropped += batch.length
      }
      this.#count.ended(batch.length)
    }
  }

  /** After a batch that one of its notes spoilt. */
  async #writeEach(batch: Note[]): Promise<void> {
    for (const note of batch) {
      try {
        await this.#writeBatch([note])
      } catch {
        this.dropped += 1
      }
    }
  }

  async #writeBatch(batch: Note[]): Promise<void> {
    const client = await this.#pool.connect()
    let broken: Error | undefined
    const onError = (error: Error): void => void (broken = error)
    client.on('error', onError)
    try {
      await client.query('begin; set local synchronous_commit = off')
      const tx = new PostgresTransaction(client)
      for (const { write, input } of batch) await write.run(tx, input)
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => void (broken = cause))
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  done(): Promise<void> {
    return this.#count.soFar()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }
}
