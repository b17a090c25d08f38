import Type from 'typebox'
import { pathIds } from '#accounts/account.ts'
import { amountOf } from '#credit/rate-tree.ts'
import { refuse } from '#reasons/refusal.ts'
import { deckInForce, longestRate, readRateDeck } from '#store/rate-decks.ts'
import { OneOf, Optional } from '../fields.ts'
import { operation } from '../operation.ts'

/** What something would cost the account now. */
export const readPriceOperation = operation({
  name: 'rates.price',
  summary: 'Read what something costs',
  permission: 'credit.read',
  input: Type.Object(
    {
      service: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', description: 'sms, mms, call, verification ...' }),
      number: Type.String({ pattern: '^\\+?\\d{1,15}$', description: "Whom it goes to; of what comes in, the account's own." }),
      direction: Optional(OneOf(['out', 'in'], 'out unless told.')),
      units: Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Segments, seconds; 1 unless told.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    amountMicro: Type.Integer({ description: 'Millionths of the currency.' }),
    currency: Type.String(),
    prefix: Type.String({ description: 'The prefix that the price is for.' }),
    priceMicro: Type.Integer({ description: 'Price of `per` units.' }),
    per: Type.Integer(),
    firstBlock: Type.Integer({ description: 'Units charged at least.' }),
    nextBlock: Type.Integer({ description: 'Steps in which further units are charged.' }),
  }),
  reasons: ['rating.no_rate'],
  route: { method: 'GET', path: '/prices/{service}/{number}' },
  async run({ caller, read, clock }, { service, number, direction = 'out', units = 1 }) {
    const digits = number.replace('+', '')
    const accounts = pathIds(caller.account.path).toReversed()
    const inForce = await deckInForce(read, accounts, clock.nowMs())
    const deck = inForce && (await readRateDeck(read, inForce.deckId))
    const rate = deck && (await longestRate(read, { deck: deck.id, service, direction, digits }))
    if (!deck || !rate) refuse('rating.no_rate', { kind: service, destination: number })
    return {
      amountMicro: amountOf(rate, units),
      currency: deck.currency,
      prefix: rate.prefix,
      priceMicro: rate.price_micro,
      per: rate.per,
      firstBlock: rate.first_block,
      nextBlock: rate.next_block,
    }
  },
})
