// One connection to a SQLite file, with its prepared statements kept by statement key. Everything on it happens at
// once; errors come out as store errors. It decides nothing about transactions: that is the store thread's.

import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { sqliteError } from './store-errors.ts'
import type { Compiled, Statement } from './statement.ts'

interface Prepared {
  readonly compiled: Compiled
  readonly call: StatementSync
}

export type SqliteUse = 'read' | 'durable' | 'unsynchronised'

// Caches are small and the file is not mapped: what is cached here counts as this process's memory and grows with the
// store, while the system's own page cache serves as well (measured: no difference to the writes a second).
const pragmas: Record<SqliteUse, string> = {
  read: 'pragma query_only = on; pragma cache_size = -8000; pragma mmap_size = 0',
  // FULL: a commit is on disk before it is answered. Short checkpoints, made often: the commit that a
  // checkpoint falls on waits for it (500 pages: 6 ms at the 99th percentile of a create; 4000 pages: 22 ms).
  durable: `pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16000;
    pragma wal_autocheckpoint = 500; pragma temp_store = memory; pragma foreign_keys = off`,
  unsynchronised: `pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -4000;
    pragma wal_autocheckpoint = 4000; pragma temp_store = memory`,
}

export class SqliteConnection {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(path: string, use: SqliteUse) {
    try {
      this.#db = new DatabaseSync(path, { readOnly: use === 'read', timeout: 5000 })
      this.#db.exec(pragmas[use])
    } catch (error) {
      throw sqliteError(error)
    }
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction
  }

  exec(sql: string): void {
    try {
      this.#db.exec(sql)
    } catch (error) {
      throw sqliteError(error)
    }
  }

  /** A statement without parameters, for transaction words run thousands of times a second. */
  word(sql: string): () => void {
    const call = this.#db.prepare(sql)
    return () => {
      try {
        call.run()
      } catch (error) {
        throw sqliteError(error)
      }
    }
  }

  #find(statement: Statement<any, any>): Prepared {
    let prepared = this.#prepared.get(statement.key)
    if (!prepared) {
      const compiled = statement.for('sqlite')
      prepared = { compiled, call: this.#db.prepare(compiled.sql) }
      this.#prepared.set(statement.key, prepared)
    }
    return prepared
  }

  all<P extends object, R>(statement: Statement<P, R>, params: P): R[] {
    try {
      const { compiled, call } = this.#find(statement)
      return call.all(...(compiled.values(params as Record<string, unknown>) as SQLInputValue[])) as R[]
    } catch (error) {
      throw sqliteError(error)
    }
  }

  one<P extends object, R>(statement: Statement<P, R>, params: P): R | undefined {
    try {
      const { compiled, call } = this.#find(statement)
      return call.get(...(compiled.values(params as Record<string, unknown>) as SQLInputValue[])) as R | undefined
    } catch (error) {
      throw sqliteError(error)
    }
  }

  run<P extends object>(statement: Statement<P>, params: P): number {
    try {
      const { compiled, call } = this.#find(statement)
      return Number(call.run(...(compiled.values(params as Record<string, unknown>) as SQLInputValue[])).changes)
    } catch (error) {
      throw sqliteError(error)
    }
  }

  close(): void {
    this.#prepared.clear()
    this.#db.close()
  }
}
