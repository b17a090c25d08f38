// Facets: what one face's client alone sees of a noun, as JSON. A fact the core acts on never stands here.

import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

const one = statement<{ face: string; noun: string; id: number }, { data: string }>((db) =>
  db
    .selectFrom('facets')
    .select('data')
    .where('face', '=', bind('face'))
    .where('noun', '=', bind('noun'))
    .where('id', '=', bind('id')),
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
    .onConflict((conflict) =>
      conflict.columns(['face', 'noun', 'id']).doUpdateSet({ data: bind('data'), updated_ms: bind('updated_ms') }),
    ),
)

export const setFacet = defineWrite('facets.set', async (tx, input: Row<'facets'>) => {
  await tx.run(putFacet, input)
  return { set: true }
})

const ofAccount = statement<{ face: string; account: number }, Row<'facets'>>((db) =>
  db
    .selectFrom('facets')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('face', '=', bind('face'))
    .orderBy('noun')
    .orderBy('id'),
)

/** All that a face keeps with an account; few by nature. */
export async function facetsOf(reader: Reader, face: string, account: number): Promise<Row<'facets'>[]> {
  return await reader.all(ofAccount, { face, account })
}

const dropFacet = statement<{ face: string; noun: string; id: number; account: number }>((db) =>
  db
    .deleteFrom('facets')
    .where('face', '=', bind('face'))
    .where('noun', '=', bind('noun'))
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account')),
)

export interface FacetChange {
  readonly face: string
  readonly account: number
  readonly put: readonly { readonly noun: string; readonly id: number; readonly data: string }[]
  readonly drop: readonly { readonly noun: string; readonly id: number }[]
  readonly actor: Actor
  readonly now: number
}

/** Several at once, with a line in the log. Gives how many of those to be dropped were there. */
export const changeFacets = defineWrite('facets.change', async (tx, input: FacetChange): Promise<{ dropped: number }> => {
  const { face, account, put, drop, actor, now } = input
  let dropped = 0
  for (const { noun, id } of drop) dropped += await tx.run(dropFacet, { face, noun, id, account })
  for (const { noun, id, data } of put) await tx.run(putFacet, { face, noun, id, account_id: account, data, updated_ms: now })
  const data = { face, put: put.map(({ noun }) => noun), ids: put.map(({ id }) => id), dropped }
  if (put.length + dropped > 0)
    await happened(tx, { accountId: account, noun: 'facets', nounId: account, kind: 'changed', actor, data, atMs: now })
  return { dropped }
})
