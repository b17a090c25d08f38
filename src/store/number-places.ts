// Where numbers are: what the stock holds by country, type, state and region. Counted on the spot; places are few.

import { statement } from './statement.ts'
import type { Reader } from './store.ts'

const places = statement<
  {},
  { country: string; type: string; state: string; region: string; n: number; price: number; currency: string }
>((db) =>
  db
    .selectFrom('numbers')
    .select((select) => [
      'country',
      'type',
      'state',
      'region',
      select.fn.countAll<number>().as('n'),
      select.fn.min('price_micro').as('price'),
      select.fn.min('currency').as('currency'),
    ])
    .where('account_id', 'is', null)
    .where('status', '=', 'active')
    .where('form', '=', 'e164')
    .groupBy(['country', 'type', 'state', 'region'])
    .orderBy('country')
    .orderBy('type')
    .orderBy('state')
    .orderBy('region'),
)

/** What is in stock where, with counts. */
export const stockPlaces = (reader: Reader) => reader.all(places, {})

const everyPlace = statement<
  {},
  { country: string; type: string; state: string; region: string; n: number; price: number; currency: string }
>((db) =>
  db
    .selectFrom('numbers')
    .select((select) => [
      'country',
      'type',
      'state',
      'region',
      select.fn
        .sum<number>(
          select
            .case()
            .when(select.and([select('account_id', 'is', null), select('status', '=', 'active')]))
            .then(select.lit(1))
            .else(select.lit(0))
            .end(),
        )
        .as('n'),
      select.fn.min('price_micro').as('price'),
      select.fn.min('currency').as('currency'),
    ])
    .where('form', '=', 'e164')
    .groupBy(['country', 'type', 'state', 'region'])
    .orderBy('country')
    .orderBy('type')
    .orderBy('state')
    .orderBy('region'),
)

/** The same with the places whose numbers are all sold. */
export const allPlaces = (reader: Reader) => reader.all(everyPlace, {})
