import Type from 'typebox'
import { pathIds } from '#accounts/account.ts'
import { deckInForce, readRateDeck, readRates } from '#store/rate-decks.ts'
import { OneOf } from '../fields.ts'
import { operation } from '../operation.ts'

/** Without a deck nothing costs anything, and there are no rates. */
export const listRatesOperation = operation({
  name: 'rates.list',
  summary: 'List what a service costs, by prefix',
  permission: 'credit.read',
  input: Type.Object(
    {
      service: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', description: 'sms, mms, call, verification ...' }),
      direction: OneOf(['out', 'in'], 'What is sent, or what comes in.'),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    currency: Type.Union([Type.String({ description: 'ISO 4217.' }), Type.Null()]),
    rates: Type.Array(
      Type.Object({
        prefix: Type.String({ description: 'Digits without +; the longest one that fits counts, an empty one fits all.' }),
        priceMicro: Type.Integer({ description: 'Price of `per` units, in millionths of the currency.' }),
        per: Type.Integer(),
        firstBlock: Type.Integer({ description: 'Units charged at least.' }),
        nextBlock: Type.Integer({ description: 'Steps in which further units are charged.' }),
      }),
    ),
  }),
  reasons: [],
  route: { method: 'GET', path: '/prices/{service}' },
  async run({ caller, read, clock }, { service, direction }) {
    const accounts = pathIds(caller.account.path).toReversed()
    const inForce = await deckInForce(read, accounts, clock.nowMs())
    const deck = inForce && (await readRateDeck(read, inForce.deckId))
    if (!deck) return { currency: null, rates: [] }
    const rows = (await readRates(read, deck.id)).filter((rate) => rate.service === service && rate.direction === direction)
    const rates = rows.map(({ prefix, price_micro: priceMicro, per, first_block: firstBlock, next_block: nextBlock }) => ({
      prefix,
      priceMicro,
      per,
      firstBlock,
      nextBlock,
    }))
    return { currency: deck.currency, rates }
  },
})
