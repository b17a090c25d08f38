// Brings a store forward to this program's version: a backup first, then each migration, all in one transaction.
// A store of a newer program is refused untouched. There is no way back but the backup.

import type { Migration, Words } from './migrations/migration.ts'
import { StoreTooNew } from './store-errors.ts'

/** What migrating needs of a connection, whichever engine it belongs to. */
export interface MigrationTarget {
  readonly words: Words
  /** The text under `name` in meta; undefined when there is none, or no such table. */
  readMeta(name: string): Promise<string | undefined>
  /** Runs all in one transaction. */
  apply(statements: readonly string[]): Promise<void>
  /** Called before an existing store is changed. */
  backup(fromVersion: number): Promise<void>
}

export interface MigrationTrack {
  /** The name in meta that holds the version. */
  readonly meta: string
  readonly migrations: readonly Migration[]
}

function metaTable({ text, keyed }: Words): string {
  return `create table if not exists meta (name ${text} primary key, value ${text} not null)${keyed}`
}

/** Gives the versions before and after. */
export async function migrate(target: MigrationTarget, track: MigrationTrack): Promise<{ from: number; to: number }> {
  const from = Number((await target.readMeta(track.meta)) ?? 0)
  const to = track.migrations.at(-1)?.version ?? 0
  if (from > to) throw new StoreTooNew(from, to)
  if (from === to) return { from, to }
  if (from > 0) await target.backup(from)
  const pending = track.migrations.filter(({ version }) => version > from)
  await target.apply([
    metaTable(target.words),
    ...pending.flatMap((migration) => migration.up(target.words)),
    `insert into meta (name, value) values ('${track.meta}', '${to}') on conflict (name) do update set value = excluded.value`,
  ])
  return { from, to }
}
