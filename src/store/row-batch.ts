// Many rows in one statement, on both engines: they go over as one JSON text and are taken apart there. For writes that
// come by the thousand; a single row is cheaper bound.

import { sql, type RawBuilder } from 'kysely'
import type { Schema } from './schema.ts'
import { bind, statement, type EngineName, type Statement } from './statement.ts'

/** Columns with their types: `big` for integers, `text` for the rest. */
export type BatchColumns = Readonly<Record<string, 'big' | 'text'>>

/** A table expression of the rows that the parameter `rows` holds as JSON. */
export function rowsOfBatch(engine: EngineName, columns: BatchColumns): RawBuilder<unknown> {
  const names = Object.keys(columns)
  if (engine === 'postgres') {
    const typed = names.map((name) => sql`${sql.ref(name)} ${sql.raw(columns[name] === 'big' ? 'bigint' : 'text')}`)
    return sql`(select * from json_to_recordset(${bind('rows')}::json) as given(${sql.join(typed)}))`
  }
  const members = names.map((name) => sql`value ->> ${sql.lit(`$.${name}`)} as ${sql.ref(name)}`)
  return sql`(select ${sql.join(members)} from json_each(${bind('rows')}))`
}

/** The ids that the parameter `ids` holds as a JSON list: `where id in ...`. */
export function idsOfBatch(engine: EngineName): RawBuilder<number> {
  return engine === 'postgres'
    ? sql<number>`(select value::bigint from json_array_elements_text(${bind('ids')}::json))`
    : sql<number>`(select value from json_each(${bind('ids')}))`
}

/** Inserts rows that are not there yet; give it `{ rows: JSON.stringify(rows) }`. */
export function insertBatch(table: keyof Schema, columns: BatchColumns): Statement<{ rows: string }> {
  const names = Object.keys(columns).map((name) => sql.ref(name))
  return statement((db, engine) => ({
    // Without `where true` SQLite reads the conflict clause as part of a join.
    compile: () =>
      sql`insert into ${sql.table(table)} (${sql.join(names)}) select ${sql.join(names)} from ${rowsOfBatch(engine, columns)} as rows
        where true on conflict do nothing`.compile(db),
  }))
}
