// The store on PostgreSQL: each write its own transaction, repeated when the server asks for it; changes told to other
// nodes by NOTIFY in the same transaction.

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Clock } from '#values/clock.ts'
import { keepStatement, keptStatement, outcomeOf, replaceStatement } from './idempotency.ts'
import { setMeta } from './meta.ts'
import { migratePostgres } from './migrate-postgres.ts'
import { connectionConfig, runStatement } from './postgres-connection.ts'
import { PostgresListener, changesChannel } from './postgres-listener.ts'
import { PostgresNotes } from './postgres-notes.ts'
import { PostgresPresence } from './postgres-presence.ts'
import { PostgresTransaction } from './postgres-transaction.ts'
import { QueryFailed, StoreUnavailable, postgresError } from './store-errors.ts'
import type { Claim, Claimed, Reader, Store, Write } from './store.ts'
import type { Statement } from './statement.ts'

export interface PostgresParts {
  readonly url: string
  readonly clock: Clock
  readonly slowLimitMs: number
  readonly poolSize: number
  readonly backupDir: string
}

/**
 * The transaction did nothing and may be run again: 40001 serialisation failure, 40P01 deadlock, and 23505, a name that was free when it
 * was looked for and was taken by another's commit meanwhile. Run again it finds the other.
 */
const repeatable = new Set(['40001', '40P01', '23505'])
const attempts = 10

const isRepeatable = (error: unknown) => error instanceof QueryFailed && repeatable.has(error.code)

class PostgresReader implements Reader {
  readonly #pool: pg.Pool
  readonly #limitMs: number

  constructor(pool: pg.Pool, limitMs = 0) {
    this.#pool = pool
    this.#limitMs = limitMs
  }

  async all<P extends object, R>(statement: Statement<P, R>, params: P): Promise<R[]> {
    return (await runStatement(this.#pool, statement, params, this.#limitMs)).rows as R[]
  }

  async one<P extends object, R>(statement: Statement<P, R>, params: P): Promise<R | undefined> {
    return (await runStatement(this.#pool, statement, params, this.#limitMs)).rows[0] as R | undefined
  }
}

export class PostgresStore implements Store {
  readonly engine = 'postgres'
  readonly notes: Reader
  readonly slow: Reader
  readonly presence: PostgresPresence

  readonly #clock: Clock
  readonly #pool: pg.Pool
  readonly #slowPool: pg.Pool
  readonly #reads: PostgresReader
  readonly #notesWriter: PostgresNotes
  readonly #listener: PostgresListener
  readonly #listeners: ((nouns: ReadonlySet<string>) => void)[] = []
  /** Tells our own notifications from those of other nodes. */
  readonly #self = randomUUID()
  #repeating: Promise<void> = Promise.resolve()
  #closed = false

  static async open(parts: PostgresParts): Promise<PostgresStore> {
    await migratePostgres(parts.url, parts.backupDir, parts.clock)
    const store = new PostgresStore(parts)
    try {
      await store.#listener.start()
    } catch (error) {
      await store.close()
      throw postgresError(error)
    }
    return store
  }

  private constructor({ url, clock, poolSize, slowLimitMs }: PostgresParts) {
    this.#clock = clock
    const config = connectionConfig(url)
    this.#pool = new pg.Pool({ ...config, max: poolSize })
    this.#slowPool = new pg.Pool({ ...config, max: 2, statement_timeout: slowLimitMs })
    // An idle connection that breaks is dropped by the pool; whoever asks next is told.
    this.#pool.on('error', () => {})
    this.#slowPool.on('error', () => {})
    this.#reads = new PostgresReader(this.#pool)
    this.notes = this.#reads
    this.slow = new PostgresReader(this.#slowPool, slowLimitMs)
    this.#notesWriter = new PostgresNotes(this.#pool)
    this.presence = new PostgresPresence(url, clock)
    this.#listener = new PostgresListener(url, clock, this.#self, (nouns) => this.#tell(nouns))
  }

  get droppedNotes(): number {
    return this.#notesWriter.dropped
  }

  all<P extends object, R>(statement: Statement<P, R>, params: P): Promise<R[]> {
    return this.#reads.all(statement, params)
  }

  one<P extends object, R>(statement: Statement<P, R>, params: P): Promise<R | undefined> {
    return this.#reads.one(statement, params)
  }

  write<A, R>(write: Write<A, R>, input: A): Promise<R> {
    return this.#transact((tx) => write.run(tx, input))
  }

  claim<A, R>(write: Write<A, R>, input: A, claim: Claim): Promise<Claimed<R>> {
    const { accountId: account_id, keyHash: key_hash, fingerprint, nowMs: created_ms, reveal } = claim
    const key = { account_id, key_hash }
    return this.#transact<Claimed<R>>(async (tx) => {
      // The empty row first: a second request under the key waits here until the first has committed or failed.
      const made = await tx.run(keepStatement, { ...key, fingerprint, outcome: '', created_ms })
      if (made === 0) {
        const kept = await tx.one(keptStatement, key)
        // Purged in between: run the whole again, as after a serialisation failure.
        if (!kept) throw new QueryFailed('40001', 'the idempotency key was purged while it was claimed')
        return { kept }
      }
      const result = await write.run(tx, input)
      await tx.run(replaceStatement, { ...key, outcome: outcomeOf(result, reveal) })
      return { result }
    })
  }

  async #transact<T>(act: (tx: PostgresTransaction) => Promise<T>): Promise<T> {
    try {
      return await this.#transactOnce(act)
    } catch (error) {
      if (!isRepeatable(error)) throw error
    }
    // Those who collided are repeated one after another, or they would collide again.
    const repeated = this.#repeating.then(() => this.#repeat(act))
    this.#repeating = repeated.then(
      () => {},
      () => {},
    )
    return await repeated
  }

  async #repeat<T>(act: (tx: PostgresTransaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#transactOnce(act)
      } catch (error) {
        if (attempt === attempts || !isRepeatable(error)) throw error
      }
    }
  }

  async #transactOnce<T>(act: (tx: PostgresTransaction) => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreUnavailable('database', 'the store is closed')
    let client: pg.PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      throw postgresError(error)
    }
    const tx = new PostgresTransaction(client)
    let broken: Error | undefined
    const onError = (error: Error): void => void (broken = error)
    client.on('error', onError)
    let committing = false
    try {
      await client.query('begin')
      const result = await act(tx)
      committing = true
      await client.query(this.#commitText(tx))
      this.#tell(tx.nouns)
      return result
    } catch (thrown) {
      const error = postgresError(thrown)
      if (error instanceof StoreUnavailable && error.kind === 'database') {
        broken ??= error
        throw new StoreUnavailable(error.kind, error.message, error.cause, committing)
      }
      await client.query('rollback').catch((cause: Error) => void (broken = cause))
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  /** The notification goes with the commit, in one exchange with the server. */
  #commitText(tx: PostgresTransaction): string {
    if (tx.nouns.size === 0) return 'commit'
    return `notify ${changesChannel}, ${pg.escapeLiteral([this.#self, ...tx.nouns].join(','))}; commit`
  }

  #tell(nouns: ReadonlySet<string>): void {
    if (nouns.size === 0) return
    for (const listener of this.#listeners) listener(nouns)
  }

  note(write: Write<any, unknown>, input: unknown): void {
    this.#notesWriter.add(write, input)
  }

  async noted(): Promise<void> {
    await this.#notesWriter.done()
  }

  onChange(listener: (nouns: ReadonlySet<string>) => void): void {
    this.#listeners.push(listener)
  }

  async probe(): Promise<void> {
    await this.write(setMeta, { name: 'probe', value: String(this.#clock.nowMs()) })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#notesWriter.close()
    await this.#listener.close()
    await this.presence.close()
    await Promise.all([this.#pool.end(), this.#slowPool.end()])
  }
}
