// Decks of rates, kept by the operator: what accounts pay for messages and calls.

import Type, { type Static } from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import { actorOf } from '#accounts/caller.ts'
import { csvOfRates, ratesFromCsv } from '#credit/rate-csv.ts'
import { refuse } from '#reasons/refusal.ts'
import {
  assignCarrierDeck,
  assignRateDeck,
  createRateDeck,
  deleteRateDeck,
  listRateDecks,
  readRateDeck,
  readRates,
  replaceRates,
  type RateDeckRow,
} from '#store/rate-decks.ts'
import { requireCurrency } from '../credit/balance-view.ts'
import { Done, Id, Moment, Optional, Page, pageFrom, pageLimit, PageOf, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'

const RateDeckView = Type.Object({
  id: Id('rateDeck'),
  name: Type.String(),
  currency: Type.String({ description: 'ISO 4217.' }),
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When its rates were changed last.'),
})

const rateDeckView = (row: RateDeckRow): Static<typeof RateDeckView> => ({
  id: row.id,
  name: row.name,
  currency: row.currency,
  createdAt: row.created_ms,
  updatedAt: row.updated_ms,
})

const Csv = Type.String({
  maxLength: 2_000_000,
  description:
    'A line a rate, the columns named in the first: service, prefix and price (a decimal of the currency), and where they are not the usual ones direction (out), per, first and next (1): the units that the price is for, charged at least, and in which steps after.',
})

const rateReasons = ['request.parameter_invalid', 'rating.charge_rate_invalid', 'rating.charging_block_invalid'] as const

export const listRateDecksOperation = operation({
  name: 'rate_decks.list',
  summary: 'List decks of rates',
  permission: 'operator',
  input: PageOf({}),
  output: Page(RateDeckView),
  reasons: [],
  route: { method: 'GET', path: '/rate-decks' },
  async run({ read }, { limit: asked, after, skip, oldestFirst }) {
    const limit = pageLimit(asked)
    return pageFrom(await listRateDecks(read, { after, skip, oldestFirst, limit: limit + 1 }), limit, rateDeckView)
  },
})

function shown(_: Means, { row }: { row: RateDeckRow | null }) {
  return row ? rateDeckView(row) : refuse('resource.value_not_unique', { parameter: 'name' })
}

export const createRateDeckOperation = operation({
  name: 'rate_decks.create',
  summary: 'Make a deck of rates',
  permission: 'operator',
  input: Type.Object(
    {
      name: Text(100, 'Name of the deck.'),
      currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' }),
      csv: Optional(Csv),
    },
    { additionalProperties: false },
  ),
  output: RateDeckView,
  reasons: ['resource.value_not_unique', ...rateReasons],
  creates: true,
  route: { method: 'POST', path: '/rate-decks', status: 201 },
  async run(means, { name, currency, csv }) {
    const { caller, clock, nextId } = means
    requireCurrency(currency)
    const now = clock.nowMs()
    const row = { id: nextId(), name, currency, created_ms: now, updated_ms: now, version: 1 }
    const rates = csv === undefined ? [] : ratesFromCsv(csv)
    return shown(means, await means.write(createRateDeck, { row, rates, accountId: caller.account.id, actor: actorOf(caller) }))
  },
  shown,
})

/** All its rates at once; those not in the text are gone. */
export const importRatesOperation = operation({
  name: 'rate_decks.import',
  summary: "Replace a deck's rates",
  permission: 'operator',
  input: Type.Object({ id: Id('rateDeck'), csv: Csv }, { additionalProperties: false }),
  output: RateDeckView,
  reasons: ['resource.not_found', ...rateReasons],
  route: { method: 'PUT', path: '/rate-decks/{id}/rates' },
  async run(means, { id, csv }) {
    const { caller, clock } = means
    const rates = ratesFromCsv(csv)
    const input = { id, rates, accountId: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    const row = await means.write(replaceRates, input)
    return row ? rateDeckView(row) : refuse('resource.not_found', { noun: 'rate deck' })
  },
})

export const exportRatesOperation = operation({
  name: 'rate_decks.export',
  summary: "Read a deck's rates",
  permission: 'operator',
  input: Type.Object({ id: Id('rateDeck') }, { additionalProperties: false }),
  output: Type.Object({ deck: RateDeckView, csv: Csv }),
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/rate-decks/{id}/rates' },
  async run({ slow, read }, { id }) {
    const row = (await readRateDeck(read, id)) ?? refuse('resource.not_found', { noun: 'rate deck' })
    return { deck: rateDeckView(row), csv: csvOfRates(await readRates(slow, id)) }
  },
})

export const deleteRateDeckOperation = operation({
  name: 'rate_decks.delete',
  summary: 'Delete a deck that nobody pays by',
  permission: 'operator',
  input: Type.Object({ id: Id('rateDeck') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found', 'resource.in_use'],
  route: { method: 'DELETE', path: '/rate-decks/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const input = { id, accountId: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    const { deleted, inUse } = await means.write(deleteRateDeck, input)
    if (inUse) refuse('resource.in_use', { noun: 'rate deck', usedBy: 'accounts, carriers or packages' })
    if (!deleted) refuse('resource.not_found', { noun: 'rate deck' })
    return { done: true }
  },
})

/** By which deck an account and those below it pay. */
export const assignRateDeckOperation = operation({
  name: 'rate_decks.assign',
  summary: 'Have an account pay by a deck',
  permission: 'operator',
  input: Type.Object(
    { accountId: Id('account'), deckId: Type.Union([Id('rateDeck', 'null: as the account above does.'), Type.Null()]) },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'PUT', path: '/accounts/{accountId}/rate-deck' },
  async run(means, { accountId, deckId }) {
    const { caller, clock, read } = means
    const { account } = await actFor(read, caller, accountId)
    const input = { account: account.id, deck: deckId, actor: actorOf(caller), now: clock.nowMs() }
    if (!(await means.write(assignRateDeck, input))) refuse('resource.not_found', { noun: 'rate deck' })
    return { done: true }
  },
})

/** What a carrier takes for calls: a destination that its deck has no rate for is not routed over it. */
export const assignCarrierDeckOperation = operation({
  name: 'rate_decks.assign_carrier',
  summary: 'Have a carrier paid by a deck',
  permission: 'operator',
  input: Type.Object(
    {
      carrierId: Id('carrier'),
      deckId: Type.Union([Id('rateDeck', 'null: by what its routes say.'), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'PUT', path: '/carriers/{carrierId}/rate-deck' },
  async run(means, { carrierId, deckId }) {
    const { caller, clock } = means
    const input = { carrier: carrierId, deck: deckId, account: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    const { missing } = await means.write(assignCarrierDeck, input)
    if (missing) refuse('resource.not_found', { noun: missing === 'deck' ? 'rate deck' : 'carrier' })
    return { done: true }
  },
})
