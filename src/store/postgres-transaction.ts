// What a write sees of PostgreSQL: the connection on which its transaction runs, and the nouns it touched.

import type pg from 'pg'
import { runStatement } from './postgres-connection.ts'
import type { Transaction } from './store.ts'
import type { Statement } from './statement.ts'

export class PostgresTransaction implements Transaction {
  readonly nouns = new Set<string>()
  readonly #client: pg.ClientBase

  constructor(client: pg.ClientBase) {
    this.#client = client
  }

  async all<P extends object, R>(statement: Statement<P, R>, params: P): Promise<R[]> {
    return (await runStatement(this.#client, statement, params)).rows as R[]
  }

  async one<P extends object, R>(statement: Statement<P, R>, params: P): Promise<R | undefined> {
    return (await runStatement(this.#client, statement, params)).rows[0] as R | undefined
  }

  async run<P extends object>(statement: Statement<P>, params: P): Promise<number> {
    return (await runStatement(this.#client, statement, params)).rowCount ?? 0
  }

  touched(noun: string): void {
    this.nouns.add(noun)
  }
}
