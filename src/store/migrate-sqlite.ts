// Brings the two SQLite files forward, before any thread opens them. Notes may be lost, so a notes file that cannot be
// brought forward is set aside and begun anew; the store's own file never is.

import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '#values/clock.ts'
import { migrate, type MigrationTarget, type MigrationTrack } from './migrate.ts'
import { migrations, notesMigrations } from './migrations/all.ts'
import { wordsOf } from './migrations/migration.ts'
import { StoreUnavailable, sqliteError } from './store-errors.ts'

function target(db: DatabaseSync, backup: MigrationTarget['backup']): MigrationTarget {
  return {
    words: wordsOf.sqlite,
    async readMeta(name) {
      const table = db.prepare(`select 1 from sqlite_master where type = 'table' and name = 'meta'`).get()
      if (!table) return undefined
      return (db.prepare('select value from meta where name = ?').get(name) as { value: string } | undefined)?.value
    },
    async apply(statements) {
      db.exec('begin immediate')
      try {
        for (const statement of statements) db.exec(statement)
        db.exec('commit')
      } catch (error) {
        if (db.isTransaction) db.exec('rollback')
        throw error
      }
    },
    backup,
  }
}

async function migrateFile(path: string, track: MigrationTrack, backup: (db: DatabaseSync, from: number) => void): Promise<void> {
  const db = new DatabaseSync(path, { timeout: 5000 })
  try {
    db.exec('pragma journal_mode = wal; pragma synchronous = full')
    await migrate(
      target(db, async (from) => backup(db, from)),
      track,
    )
  } finally {
    db.close()
  }
}

export async function migrateSqlite(
  path: string,
  notesPath: string,
  backupDir: string,
  clock: Clock,
  track: MigrationTrack = { meta: 'version', migrations },
): Promise<void> {
  const stamp = new Date(clock.nowMs()).toISOString().replaceAll(/[:.]/g, '-')
  try {
    await migrateFile(path, track, (db, from) => {
      mkdirSync(backupDir, { recursive: true, mode: 0o700 })
      db.prepare('vacuum into ?').run(join(backupDir, `before-migration-from-${from}-${stamp}.db`))
    })
  } catch (error) {
    throw sqliteError(error)
  }
  try {
    await migrateFile(notesPath, { meta: 'notes_version', migrations: notesMigrations }, () => {})
  } catch (error) {
    if (!existsSync(notesPath)) throw new StoreUnavailable('storage', 'the notes file cannot be made', error)
    for (const end of ['', '-wal', '-shm']) {
      if (existsSync(notesPath + end)) renameSync(notesPath + end, `${notesPath}.unreadable-${stamp}${end}`)
    }
    await migrateFile(notesPath, { meta: 'notes_version', migrations: notesMigrations }, () => {})
  }
}
