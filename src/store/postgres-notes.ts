// Unsynchronised writes on PostgreSQL: one batch at a time, in a transaction that does not wait for the disk.
// A batch that fails is lost; what comes while too many wait is dropped and counted.

import type pg from 'pg'
import { PostgresTransaction } from './postgres-transaction.ts'
import type { Write } from './store.ts'

const bound = 20_000
const batchSize = 200

export class PostgresNotes {
  dropped = 0
  readonly #pool: pg.Pool
  #queue: { write: Write<any, unknown>; input: unknown }[] = []
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
    this.#queue.push({ write, input })
    this.#running ??= this.#drain().finally(() => (this.#running = undefined))
  }

  async #drain(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchSize)
      try {
        await this.#writeBatch(batch)
      } catch {
        this.dropped += batch.length
      }
    }
  }

  async #writeBatch(batch: { write: Write<any, unknown>; input: unknown }[]): Promise<void> {
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

  async done(): Promise<void> {
    await this.#running
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }
}
