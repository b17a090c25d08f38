// Opens the store: SQLite in the data directory, or PostgreSQL where a URL is given. Same tables, same statements,
// same writes; it brings an older store forward and refuses a newer one (StoreTooNew).

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '#values/clock.ts'
import { StoreUnavailable } from './store-errors.ts'
import type { Store } from './store.ts'
import { threadFile } from '#values/thread-file.ts'

export interface StoreOptions {
  /** `postgres://...`; absent for SQLite. */
  readonly url?: string | undefined
  /** Holds the SQLite files, and backups taken before a migration. */
  readonly dataDir: string
  readonly clock: Clock
  /** Limit of one long read; 10 s by default. */
  readonly slowLimitMs?: number
  /** Connections to PostgreSQL; 10 by default. */
  readonly poolSize?: number
  /** URL of a module that exports `writes`; the program's own by default. */
  readonly writesModule?: string
}

export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, dataDir, clock, slowLimitMs = 10_000, poolSize = 10 } = options
  if (url !== undefined) {
    const { PostgresStore } = await import('./postgres-store.ts')
    return await PostgresStore.open({ url, clock, slowLimitMs, poolSize, backupDir: join(dataDir, 'backups') })
  }
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StoreUnavailable('storage', `the data directory ${dataDir} cannot be made: ${(error as Error).message}`, error)
  }
  const writesModule = options.writesModule ?? threadFile(import.meta.url, 'writes').href
  const { SqliteStore } = await import('./sqlite-store.ts')
  return await SqliteStore.open({ dataDir, clock, slowLimitMs, writesModule })
}
