// Facets: what one face's client alone sees of a noun, as JSON. A fact the core acts on never stands here.

import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

const one = statement<{ face: string; noun: string; id: number }, { data: string }>((db) =>
  db.selectFrom('facets').select('data').where('face', '=', bind('face')).where('noun', '=', bind('noun')).where('id', '=', bind('id')),
)

export async function readFacet<T>(reader: Reader, face: string, noun: string, id: number): Promise<T | undefined> {
  const row = await reader.one(one, { face, noun, id })
  return row && (JSON.parse(row.data) as T)
}

const putFacet = statement<Row<'facets'>>((db) =>
  db
    .insertInto('facets')
    .values({
      face: bind('face'),
      noun: bind('noun'),
      id: bind('id'),
      account_id: bind('account_id'),
      data: bind('data'),
      updated_ms: bind('updated_ms'),
    })
    .onConflict((conflict) => conflict.columns(['face', 'noun', 'id']).doUpdateSet({ data: bind('data'), updated_ms: bind('updated_ms') })),
)

export const setFacet = defineWrite('facets.set', async (tx, input: Row<'facets'>) => {
  await tx.run(putFacet, input)
  return { set: true }
})
