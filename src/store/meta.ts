// Facts about the store itself: its version, and the row a probe writes to see whether a commit goes through.

import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'

const put = statement<{ name: string; value: string }>((db) =>
  db
    .insertInto('meta')
    .values({ name: bind('name'), value: bind('value') })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: bind('value') })),
)

const get = statement<{ name: string }, { value: string }>((db) =>
  db.selectFrom('meta').select('value').where('name', '=', bind('name')),
)

export const setMeta = defineWrite('meta.set', async (tx, input: { name: string; value: string }): Promise<null> => {
  await tx.run(put, input)
  return null
})

const putIfAbsent = statement<{ name: string; value: string }>((db) =>
  db
    .insertInto('meta')
    .values({ name: bind('name'), value: bind('value') })
    .onConflict((conflict) => conflict.column('name').doNothing()),
)

/** Keeps the first value ever given and returns it: what all nodes must agree on. */
export const setMetaOnce = defineWrite('meta.set_once', async (tx, input: { name: string; value: string }): Promise<string> => {
  await tx.run(putIfAbsent, input)
  return (await tx.one(get, { name: input.name }))?.value ?? input.value
})

export async function readMeta(reader: Pick<Reader, 'one'>, name: string): Promise<string | undefined> {
  return (await reader.one(get, { name }))?.value
}
