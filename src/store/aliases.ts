// Ids that a vendor dictates, kept beside our own: (face, kind, alias) -> id.

import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

const byAlias = statement<{ face: string; kind: string; alias: string }, { id: number }>((db) =>
  db
    .selectFrom('aliases')
    .select('id')
    .where('face', '=', bind('face'))
    .where('kind', '=', bind('kind'))
    .where('alias', '=', bind('alias')),
)
const byId = statement<{ face: string; kind: string; id: number }, { alias: string }>((db) =>
  db
    .selectFrom('aliases')
    .select('alias')
    .where('face', '=', bind('face'))
    .where('kind', '=', bind('kind'))
    .where('id', '=', bind('id')),
)

/** Our id behind a vendor's. */
export async function idOfAlias(reader: Reader, face: string, kind: string, alias: string): Promise<number | undefined> {
  return (await reader.one(byAlias, { face, kind, alias }))?.id
}

/** The vendor's id of ours, when one was dictated. */
export async function aliasOf(reader: Reader, face: string, kind: string, id: number): Promise<string | undefined> {
  return (await reader.one(byId, { face, kind, id }))?.alias
}

const insertAlias = statement<Row<'aliases'>>((db) =>
  db
    .insertInto('aliases')
    .values({ face: bind('face'), kind: bind('kind'), alias: bind('alias'), id: bind('id') })
    .onConflict((conflict) => conflict.doNothing()),
)

/** Inside a write: false when the alias is taken by another id. */
export async function takeAlias(tx: Transaction, input: Row<'aliases'>): Promise<boolean> {
  if ((await tx.run(insertAlias, input)) > 0) return true
  return (await tx.one(byAlias, { face: input.face, kind: input.kind, alias: input.alias }))?.id === input.id
}

/** `false` when the alias is taken by another id. */
export const setAlias = defineWrite('aliases.set', async (tx, input: Row<'aliases'>) => ({ set: await takeAlias(tx, input) }))
