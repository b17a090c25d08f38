// Keeps a data directory for one process. A second one on the same SQLite store would not see what this one keeps in
// memory: a key withdrawn here would go on working there. The system frees a lock when its process ends, however it
// ends, so none is ever left behind. PostgreSQL needs no such thing: its nodes tell one another.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from './store-errors.ts'

/** Gives what frees it again. Throws StoreUnavailable when another process has it. */
export function holdDataDir(dataDir: string): () => void {
  let db: DatabaseSync | undefined
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    db = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 })
    db.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    db?.close()
    // 5 is SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy
    if ((error as { errcode?: number }).errcode === 5) {
      throw new StoreUnavailable(
        'storage',
        `the data directory ${dataDir} is in use by another Offhook; stop that one first, or set OFFHOOK_DATA`,
        error,
      )
    }
    throw new StoreUnavailable('storage', `the data directory ${dataDir} cannot be used: ${(error as Error).message}`, error)
  }
  const held = db
  return () => held.close()
}
