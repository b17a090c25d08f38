// Backup and restore of the store, on either engine. The key file, the settings and the credentials file are not part
// of it: the caller adds them, for a store without its key cannot open what is sealed in it.

import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { dumpPostgres, loadPostgres, versionOfDump } from './backup-postgres.ts'
import { migrations } from './migrations/all.ts'
import { connectionConfig } from './postgres-connection.ts'
import { BackupRefused, StoreTooNew, postgresError, sqliteError } from './store-errors.ts'

/** Which store: the URL of a PostgreSQL database, or else the data directory. */
export interface StorePlace {
  readonly url?: string | undefined
  readonly dataDir: string
}

const programVersion = migrations.at(-1)?.version ?? 0

/** Makes what was written survive a loss of power before its name is given. */
function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Writes a consistent copy of the store to `file`, which must not exist, while the server runs on.
 * Throws BackupRefused with a sentence, StoreUnavailable or QueryFailed.
 */
export async function backupStore(place: StorePlace, file: string): Promise<void> {
  if (existsSync(file)) throw new BackupRefused(`${file} exists already; a backup never overwrites`)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  if (place.url === undefined) copySqlite(join(place.dataDir, 'offhook.db'), partial)
  else await dumpPostgres(place.url, partial)
  sync(partial)
  renameSync(partial, file)
  sync(dirname(file))
}

function copySqlite(path: string, to: string): void {
  if (!existsSync(path)) throw new BackupRefused(`there is no store at ${path}`)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 5000 })
    db.prepare('vacuum into ?').run(to)
  } catch (error) {
    throw sqliteError(error)
  } finally {
    db?.close()
  }
}

/**
 * Puts a backup in the place of the store. Refuses a store that holds anything unless `force`; then a SQLite store is
 * set aside as `offhook.db.before-restore`, a PostgreSQL one is replaced in one transaction. The server must not run.
 */
export async function restoreStore(place: StorePlace, file: string, { force = false } = {}): Promise<void> {
  if (!existsSync(file)) throw new BackupRefused(`there is no backup at ${file}`)
  if (place.url === undefined) restoreSqlite(place.dataDir, file, force)
  else await restorePostgres(place.url, file, force)
}

function checkVersion(version: number, file: string): void {
  if (!Number.isInteger(version) || version < 1) throw new BackupRefused(`${file} is not a backup of a store`)
  if (version > programVersion) throw new StoreTooNew(version, programVersion)
}

function checkSqliteBackup(file: string): void {
  let version: number
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true })
    const check = db.prepare('pragma quick_check(1)').get() as { quick_check: string }
    if (check.quick_check !== 'ok') throw new BackupRefused(`${file} is damaged: ${check.quick_check}`)
    version = Number((db.prepare(`select value from meta where name = 'version'`).get() as { value: string } | undefined)?.value)
  } catch (error) {
    if (error instanceof BackupRefused) throw error
    throw new BackupRefused(`${file} is not a backup of a store: ${(error as Error).message}`)
  } finally {
    db?.close()
  }
  checkVersion(version, file)
}

/** Leaving WAL mode needs the file for oneself: it fails while a server has it open. */
function checkUnused(path: string): void {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    db.exec('pragma journal_mode = delete')
  } catch {
    throw new BackupRefused(`${path} is in use; stop the server first`)
  } finally {
    db.close()
  }
}

function restoreSqlite(dataDir: string, file: string, force: boolean): void {
  checkSqliteBackup(file)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'offhook.db')
  const held = existsSync(path) && statSync(path).size > 0
  if (held && !force) throw new BackupRefused(`there is a store at ${path} already; with --force it is set aside`)
  if (held) checkUnused(path)
  const incoming = `${path}.restoring`
  copyFileSync(file, incoming)
  sync(incoming)
  if (held) renameSync(path, `${path}.before-restore`)
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true })
  renameSync(incoming, path)
  sync(dataDir)
}

async function restorePostgres(url: string, file: string, force: boolean): Promise<void> {
  checkVersion(await versionOfDump(file), file)
  const client = new pg.Client(connectionConfig(url))
  client.on('error', () => {})
  try {
    await client.connect()
    const table = await client.query<{ found: string | null }>(`select to_regclass('accounts')::text as found`)
    if (table.rows[0]?.found && !force)
      throw new BackupRefused('there is a store in the database already; with --force it is replaced')
    await loadPostgres(url, file)
    // Transaction ids of another cluster mean nothing in this one. Ids 0 to 2 are reserved; 3 is before all of ours.
    await client.query(`update happenings set tx = '3'::xid8
      where exists (select 1 from happenings where tx >= pg_snapshot_xmax(pg_current_snapshot()))`)
  } catch (error) {
    throw error instanceof BackupRefused ? error : postgresError(error)
  } finally {
    await client.end().catch(() => {})
  }
}
