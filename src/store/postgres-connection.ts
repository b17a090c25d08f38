// What every connection to PostgreSQL here has in common: bigint and numeric come back as numbers (ids have 53 bits),
// statements are prepared under their key, errors come out as store errors.

import pg from 'pg'
import { postgresError } from './store-errors.ts'
import type { Statement } from './statement.ts'

const { builtins } = pg.types
const numeric = new Set<number>([builtins.INT8, builtins.NUMERIC])

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') => (numeric.has(oid) ? Number : pg.types.getTypeParser(oid, format))) as never,
}

export function connectionConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    application_name: 'offhook',
    connectionTimeoutMillis: 3000,
    keepAlive: true,
  }
}

interface Queryable {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>
}

/** Runs one statement. `limitMs` is the time limit of its connection, if it has one. */
export async function runStatement(
  on: Queryable,
  statement: Statement<any, any>,
  params: object,
  limitMs = 0,
): Promise<pg.QueryResult> {
  const compiled = statement.for('postgres')
  const values = compiled.values(params as Record<string, unknown>)
  try {
    return await on.query({ name: statement.key, text: compiled.sql, values })
  } catch (error) {
    throw postgresError(error, limitMs)
  }
}
