// Brings a PostgreSQL store forward. Nodes that start together take turns by an advisory lock.

import pg from 'pg'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '#values/clock.ts'
import { dumpPostgres } from './backup-postgres.ts'
import { migrate, type MigrationTarget, type MigrationTrack } from './migrate.ts'
import { migrations, notesMigrations } from './migrations/all.ts'
import { wordsOf } from './migrations/migration.ts'
import { connectionConfig } from './postgres-connection.ts'
import { postgresError } from './store-errors.ts'

/** Any fixed number: the key of the lock that one migrating node holds. */
const migrationLock = 7_306_812

function target(client: pg.Client, backup: MigrationTarget['backup']): MigrationTarget {
  return {
    words: wordsOf.postgres,
    async readMeta(name) {
      const table = await client.query<{ found: string | null }>(`select to_regclass('meta')::text as found`)
      if (!table.rows[0]?.found) return undefined
      return (await client.query<{ value: string }>('select value from meta where name = $1', [name])).rows[0]?.value
    },
    async apply(statements) {
      await client.query(['begin', ...statements, 'commit'].join(';\n'))
    },
    backup,
  }
}

export async function migratePostgres(
  url: string,
  backupDir: string,
  clock: Clock,
  track: MigrationTrack = { meta: 'version', migrations },
): Promise<void> {
  const client = new pg.Client(connectionConfig(url))
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    const backup = async (from: number): Promise<void> => {
      mkdirSync(backupDir, { recursive: true, mode: 0o700 })
      const stamp = new Date(clock.nowMs()).toISOString().replaceAll(/[:.]/g, '-')
      await dumpPostgres(url, join(backupDir, `before-migration-from-${from}-${stamp}.dump`))
    }
    await migrate(target(client, backup), track)
    await migrate(
      target(client, async () => {}),
      { meta: 'notes_version', migrations: notesMigrations },
    )
  } catch (error) {
    throw postgresError(error)
  } finally {
    await client.end().catch(() => {})
  }
}
