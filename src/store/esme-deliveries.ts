// What customers' SMPP binds are to be told: receipts and messages. Rows are added before the log is read on, and a row goes when its
// bind has acknowledged it.

import { idsOfBatch, insertBatch } from './row-batch.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { CredentialRow } from './credentials.ts'
import type { Row } from './schema.ts'

export type EsmeDeliveryRow = Row<'esme_deliveries'>

const insert = insertBatch('esme_deliveries', {
  id: 'big',
  credential_id: 'big',
  kind: 'text',
  message_id: 'big',
  shown_id: 'big',
  state: 'text',
  reason: 'text',
  detail: 'text',
  at_ms: 'big',
})

/** Inside a write. */
export async function addEsmeDeliveries(tx: Transaction, rows: readonly EsmeDeliveryRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.run(insert, { rows: JSON.stringify(rows) })
  tx.touched('esme_deliveries')
}

export const storeEsmeDeliveries = defineWrite(
  'esme_deliveries.store',
  async (tx, { rows }: { rows: readonly EsmeDeliveryRow[] }): Promise<null> => {
    await addEsmeDeliveries(tx, rows)
    return null
  },
)

const waiting = statement<{ credential: number; after: number; limit: number }, EsmeDeliveryRow>((db) =>
  db
    .selectFrom('esme_deliveries')
    .selectAll()
    .where('credential_id', '=', bind('credential'))
    .where('id', '>', bind('after'))
    .orderBy('id')
    .limit(bind('limit')),
)

/** Oldest first. */
export const esmeDeliveriesAfter = (reader: Reader, credential: number, after: number, limit: number) =>
  reader.all(waiting, { credential, after, limit })

const drop = statement<{ ids: string }>((db, engine) => db.deleteFrom('esme_deliveries').where('id', 'in', idsOfBatch(engine)))

/** Acknowledged, or of no more use. */
export const dropEsmeDeliveries = defineWrite('esme_deliveries.drop', async (tx, { ids }: { ids: readonly number[] }) =>
  tx.run(drop, { ids: JSON.stringify(ids) }),
)

const dropBefore = statement<{ before: number }>((db) => db.deleteFrom('esme_deliveries').where('at_ms', '<', bind('before')))

/** What nobody has come for in all that time. */
export const purgeEsmeDeliveries = defineWrite('esme_deliveries.purge', async (tx, { before }: { before: number }) =>
  tx.run(dropBefore, { before }),
)

const ofFace = statement<{ face: string }, CredentialRow>((db) =>
  db.selectFrom('credentials').selectAll().where('face', '=', bind('face')),
)

/** Every key of a face, in use or not. */
export const credentialsOfFace = (reader: Reader, face: string) => reader.all(ofFace, { face })
