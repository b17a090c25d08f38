// What was used, summed by account, day, service and currency: one row moves for a whole batch of messages.

import { sql } from 'kysely'
import { bind, statement } from './statement.ts'
import type { Reader, Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type UsageDayRow = Row<'usage_days'>

export const dayMs = 86_400_000

export interface UsedItem {
  readonly account: number
  readonly service: string
  /** `out` unless told. */
  readonly direction?: 'out' | 'in'
  readonly currency: string
  readonly amountMicro: number
  /** Segments, seconds, numbers. */
  readonly units: number
  /** Messages, calls; 1 unless told. */
  readonly items?: number
}

const add = statement<UsageDayRow>((db) =>
  db
    .insertInto('usage_days')
    .values({
      account_id: bind('account_id'),
      day: bind('day'),
      service: bind('service'),
      direction: bind('direction'),
      currency: bind('currency'),
      items: bind('items'),
      units: bind('units'),
      price_micro: bind('price_micro'),
    })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'day', 'service', 'direction', 'currency']).doUpdateSet({
        items: sql<number>`usage_days.items + excluded.items`,
        units: sql<number>`usage_days.units + excluded.units`,
        price_micro: sql<number>`usage_days.price_micro + excluded.price_micro`,
      }),
    ),
)

const keyOf = ({ account, service, direction, currency }: UsedItem) => `${account} ${service} ${direction ?? 'out'} ${currency}`

/** Inside the write that charges them, or that takes in what costs nothing. */
export async function countUsage(tx: Transaction, items: readonly UsedItem[], now: number): Promise<void> {
  const day = Math.floor(now / dayMs)
  const sums = new Map<string, UsageDayRow>()
  for (const item of items) {
    const key = keyOf(item)
    const sum = sums.get(key)
    if (sum) {
      sum.items += item.items ?? 1
      sum.units += item.units
      sum.price_micro += item.amountMicro
    } else
      sums.set(key, {
        account_id: item.account,
        day,
        service: item.service,
        direction: item.direction ?? 'out',
        currency: item.currency,
        items: item.items ?? 1,
        units: item.units,
        price_micro: item.amountMicro,
      })
  }
  // In one order, so that two batches never wait for each other crosswise.
  const keys = sums.size < 2 ? sums.keys() : [...sums.keys()].toSorted()
  for (const key of keys) await tx.run(add, sums.get(key)!)
}

const ofAccount = statement<{ account: number; first: number; last: number }, UsageDayRow>((db) =>
  db
    .selectFrom('usage_days')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('day', '>=', bind('first'))
    .where('day', '<=', bind('last'))
    .orderBy('day'),
)

const ofTree = statement<{ path: string; first: number; last: number }, UsageDayRow>((db) =>
  db
    .selectFrom('usage_days')
    .innerJoin('accounts', 'accounts.id', 'usage_days.account_id')
    .select((select) => [
      'day',
      'service',
      'direction',
      'currency',
      sql<number>`0`.as('account_id'),
      select.cast<number>(select.fn.sum('items'), 'bigint').as('items'),
      select.cast<number>(select.fn.sum('units'), 'bigint').as('units'),
      select.cast<number>(select.fn.sum('price_micro'), 'bigint').as('price_micro'),
    ])
    .where('accounts.path', 'like', bind('path'))
    .where('day', '>=', bind('first'))
    .where('day', '<=', bind('last'))
    .groupBy(['day', 'service', 'direction', 'currency'])
    .orderBy('day'),
)

/** By day, oldest first, both days in it. */
export const readUsage = (reader: Reader, account: number, first: number, last: number) =>
  reader.all(ofAccount, { account, first, last })

/** The same for an account with all below it. */
export const readUsageOfTree = (reader: Reader, path: string, first: number, last: number) =>
  reader.all(ofTree, { path: `${path}%`, first, last })
