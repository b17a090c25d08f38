// Whether anybody is told of a message by a URL of its own: asked for everything that happens to every message, so it reads
// two columns and not the row.

import { bind, statement } from './statement.ts'
import type { MaybePromise, Reader } from './store.ts'

const telling = statement<{ id: number }, { direction: string; callback: string | null }>((db) =>
  db.selectFrom('messages').select(['direction', 'callback']).where('id', '=', bind('id')),
)

/** True for one with a callback, and for one that was received, of which its number says who is told. */
export function isMessageTold(reader: Pick<Reader, 'one'>, id: number): MaybePromise<boolean> {
  const yes = (row: { direction: string; callback: string | null } | undefined): boolean =>
    row !== undefined && (row.callback !== null || row.direction === 'in')
  const row = reader.one(telling, { id })
  return row instanceof Promise ? row.then(yes) : yes(row)
}
