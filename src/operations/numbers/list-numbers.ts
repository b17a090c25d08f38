import Type from 'typebox'
import { addressNeeds, callerTypes, rulingOf } from '#numbers/number-rules.ts'
import { counted } from '#store/counters.ts'
import { readNumberRules } from '#store/number-rules.ts'
import { allPlaces, stockPlaces } from '#store/number-places.ts'
import { countNumbers, listNumbers, listStock } from '#store/numbers.ts'
import { Id, OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { numberTypes, NumberView, numberView } from './number-view.ts'

const filters = {
  number: Optional(Type.String({ maxLength: 100, description: 'Number, with % and _ as wildcards.' })),
  country: Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2.' })),
  type: Optional(OneOf(numberTypes, 'Type of number.')),
  state: Optional(Type.String({ maxLength: 100, description: 'State, exactly.' })),
  region: Optional(Type.String({ maxLength: 100, description: 'Region, exactly.' })),
}

export const listNumbersOperation = operation({
  name: 'numbers.list',
  summary: "List the account's numbers",
  permission: 'numbers.read',
  input: PageOf({
    ...filters,
    name: Optional(Type.String({ maxLength: 200, description: 'Name, with % and _ as wildcards.' })),
    application: Optional(Id('application')),
    user: Optional(Id('user', 'The user whose numbers they are.')),
    shownName: Optional(
      Type.String({
        maxLength: 200,
        'x-hidden': true,
        description: 'Name, or the number where there is none, with % and _ as wildcards.',
      }),
    ),
    sortBy: Optional(Type.Unsafe<'number' | 'name'>({ type: 'string', enum: ['number', 'name'], 'x-hidden': true })),
    descending: Optional(Type.Boolean({ 'x-hidden': true })),
    counted: Optional(Type.Boolean({ 'x-hidden': true, description: 'Tell the total also of a list that is narrowed.' })),
  }),
  output: Page(NumberView),
  reasons: [],
  route: { method: 'GET', path: '/numbers' },
  async run(
    { caller, read, clock },
    { limit: asked, after, skip, oldestFirst, user, sortBy, descending = false, counted: wantsTotal, ...narrow },
  ) {
    const limit = pageLimit(asked)
    const now = clock.nowMs()
    const scope = caller.account.id
    // What follows the id is a comma or a brace.
    const where = { ...narrow, ...(user !== undefined && { detail: `%"userId":${user}_%` }) }
    const sort = sortBy && { by: sortBy, descending }
    const rows = await listNumbers(read, { scope, after, skip, oldestFirst, limit: limit + 1, where, sort })
    const total =
      Object.keys(where).length === 0
        ? await counted(read, scope, 'numbers')
        : wantsTotal
          ? await countNumbers(read, { scope, where })
          : undefined
    return pageFrom(rows, limit, (row) => numberView(row, now), total) as never
  },
})

/** What may be bought now. */
export const listStockOperation = operation({
  name: 'numbers.available',
  summary: 'List numbers that may be bought',
  permission: 'numbers.read',
  input: PageOf(filters),
  output: Page(NumberView),
  reasons: [],
  route: { method: 'GET', path: '/available-numbers' },
  async run({ read, clock }, { limit: asked, after, skip, oldestFirst, ...where }) {
    const limit = pageLimit(asked)
    const now = clock.nowMs()
    const rows = await listStock(read, {
      scope: null,
      after,
      skip,
      oldestFirst,
      limit: limit + 1,
      where: { ...where, form: 'e164', status: 'active', heldAt: now },
    })
    return pageFrom(rows, limit, (row) => numberView(row, now)) as never
  },
})

export const listPlacesOperation = operation({
  name: 'numbers.places',
  summary: 'List where numbers are in stock, with counts',
  permission: 'numbers.read',
  input: Type.Object(
    { soldOut: Optional(Type.Boolean({ description: 'Also places whose numbers are all sold.' })) },
    { additionalProperties: false },
  ),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        country: Type.String(),
        type: OneOf(numberTypes, 'Type of number.'),
        state: Type.String(),
        region: Type.String(),
        stock: Type.Integer(),
        priceMicro: Type.Integer(),
        currency: Type.String(),
        address: OneOf(addressNeeds, 'Which address whoever rents there must have.'),
        barredCallers: Type.Array(OneOf(callerTypes, 'A kind of phone that cannot call there.')),
      }),
    ),
  }),
  reasons: [],
  route: { method: 'GET', path: '/number-places' },
  async run({ read }, { soldOut = false }) {
    const rows = await (soldOut ? allPlaces : stockPlaces)(read)
    const rules = await readNumberRules(read)
    return {
      items: rows.map(({ n, price, ...place }) => {
        const { address, barredCallers } = rulingOf(rules, place)
        return {
          ...place,
          type: place.type as 'local',
          stock: Number(n),
          priceMicro: Number(price),
          address,
          barredCallers: [...barredCallers],
        }
      }),
    }
  },
})
