// A thread for long reads of a SQLite store: takes one query at a time and answers with its rows. What runs too long is
// given up by the main thread, which starts another thread and leaves this one to end when its query does.

import { parentPort, workerData } from 'node:worker_threads'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { errorParts, type ErrorParts } from './store-errors.ts'

export interface ReaderThreadData {
  readonly path: string
}

export type ToReader = readonly [id: number, sql: string, values: readonly unknown[]]
export type FromReader = readonly [id: number, rows: unknown[] | null, error: ErrorParts | null]

const port = parentPort!
const db = new DatabaseSync((workerData as ReaderThreadData).path, { readOnly: true, timeout: 5000 })
db.exec('pragma query_only = on; pragma cache_size = -8000; pragma temp_store = memory')

port.on('message', ([id, sql, values]: ToReader) => {
  try {
    const rows = db.prepare(sql).all(...(values as SQLInputValue[])) as unknown[]
    port.postMessage([id, rows, null] satisfies FromReader)
  } catch (error) {
    port.postMessage([id, null, errorParts(error)] satisfies FromReader)
  }
})
