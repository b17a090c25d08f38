// Segments that a customer's bind submitted one by one. Each is kept before it is answered; when the last one is there, the message they
// make is sent and they go. Those whose others never came end with a receipt that says so.

import { addEsmeDeliveries, type EsmeDeliveryRow } from './esme-deliveries.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type EsmePartRow = Row<'esme_parts'>
export type EsmeSet = Pick<EsmePartRow, 'credential_id' | 'sender' | 'recipient' | 'reference' | 'total'>

const insert = statement<EsmePartRow>((db) =>
  db
    .insertInto('esme_parts')
    .values({
      credential_id: bind('credential_id'),
      sender: bind('sender'),
      recipient: bind('recipient'),
      reference: bind('reference'),
      total: bind('total'),
      part: bind('part'),
      id: bind('id'),
      body: bind('body'),
      detail: bind('detail'),
      at_ms: bind('at_ms'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

const setOf = statement<EsmeSet, EsmePartRow>((db) =>
  db
    .selectFrom('esme_parts')
    .selectAll()
    .where('credential_id', '=', bind('credential_id'))
    .where('sender', '=', bind('sender'))
    .where('recipient', '=', bind('recipient'))
    .where('reference', '=', bind('reference'))
    .where('total', '=', bind('total'))
    .orderBy('part'),
)

const drop = statement<EsmeSet>((db) =>
  db
    .deleteFrom('esme_parts')
    .where('credential_id', '=', bind('credential_id'))
    .where('sender', '=', bind('sender'))
    .where('recipient', '=', bind('recipient'))
    .where('reference', '=', bind('reference'))
    .where('total', '=', bind('total')),
)

const keyOf = ({ credential_id, sender, recipient, reference, total }: EsmeSet): EsmeSet => ({
  credential_id,
  sender,
  recipient,
  reference,
  total,
})

/** The id that the part is known by (an earlier one where it came before), and the whole set once it is there. */
export const keepEsmePart = defineWrite(
  'esme_parts.keep',
  async (tx, row: EsmePartRow): Promise<{ id: number; whole: EsmePartRow[] | null }> => {
    await tx.run(insert, row)
    const parts = await tx.all(setOf, keyOf(row))
    const id = parts.find(({ part }) => part === row.part)!.id
    return { id, whole: parts.length === row.total ? parts : null }
  },
)

/** Sent, or refused: then `deliveries` tells those parts that were answered already. */
export const endEsmeSet = defineWrite(
  'esme_parts.end',
  async (tx, { set, deliveries }: { set: EsmeSet; deliveries: readonly EsmeDeliveryRow[] }): Promise<null> => {
    if ((await tx.run(drop, keyOf(set))) > 0) await addEsmeDeliveries(tx, deliveries)
    return null
  },
)

const older = statement<{ before: number; limit: number }, EsmePartRow>((db) =>
  db.selectFrom('esme_parts').selectAll().where('at_ms', '<', bind('before')).orderBy('at_ms').limit(bind('limit')),
)

export const esmePartsBefore = (reader: Reader, before: number, limit: number) => reader.all(older, { before, limit })

export const esmePartsOf = (reader: Reader, set: EsmeSet) => reader.all(setOf, keyOf(set))
