// The operator's rules of numbers, a row for a place; few, and read whole.

import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type NumberRuleRow = Row<'number_rules'>

const all = statement<{}, NumberRuleRow>((db) =>
  db.selectFrom('number_rules').selectAll().orderBy('country').orderBy('type').orderBy('region'),
)

export const readNumberRules = (reader: Pick<Reader, 'all'>) => reader.all(all, {})

const put = statement<NumberRuleRow>((db) =>
  db
    .insertInto('number_rules')
    .values({
      country: bind('country'),
      type: bind('type'),
      region: bind('region'),
      address: bind('address'),
      barred_callers: bind('barred_callers'),
      updated_ms: bind('updated_ms'),
    })
    .onConflict((conflict) =>
      conflict.columns(['country', 'type', 'region']).doUpdateSet((set) => ({
        address: set.ref('excluded.address'),
        barred_callers: set.ref('excluded.barred_callers'),
        updated_ms: set.ref('excluded.updated_ms'),
      })),
    ),
)

/** A rule has no id of its own: it is the place's. */
export const setNumberRule = defineWrite(
  'number_rules.set',
  async (tx, input: { row: NumberRuleRow; accountId: number; actor: Actor }): Promise<NumberRuleRow> => {
    const { row, accountId, actor } = input
    await tx.run(put, row)
    const { country, type, region, address, barred_callers } = row
    await happened(tx, {
      accountId,
      noun: 'number_rules',
      nounId: accountId,
      kind: 'updated',
      actor,
      data: { country, type, region, address, barredCallers: JSON.parse(barred_callers) as string[] },
      atMs: row.updated_ms,
    })
    return row
  },
)
