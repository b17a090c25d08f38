// Decks of rates: what a service to or from a prefix costs, and which account pays by which deck. A deck's rates are
// replaced as a whole: whoever reads them sees the old or the new ones.

import { sql } from 'kysely'
import { happened, type Actor } from './happenings.ts'
import { equal, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type RateDeckRow = Row<'rate_decks'>
export type RateRow = Row<'rates'>
export type NewRate = Omit<RateRow, 'deck_id'>

const byId = statement<{ id: number }, RateDeckRow>((db) => db.selectFrom('rate_decks').selectAll().where('id', '=', bind('id')))

export const readRateDeck = (reader: Pick<Reader, 'one'>, id: number) => reader.one(byId, { id })

/** All decks, newest first. */
export const listRateDecks = listOf('rate_decks', 'id', { name: like('name'), currency: equal('currency') })

const ratesOf = statement<{ deck: number }, RateRow>((db) =>
  db
    .selectFrom('rates')
    .selectAll()
    .where('deck_id', '=', bind('deck'))
    .orderBy('service')
    .orderBy('direction')
    .orderBy('prefix'),
)

/** All rates of a deck, by service, direction and prefix. */
export const readRates = (reader: Reader, deck: number) => reader.all(ratesOf, { deck })

const longest = statement<{ deck: number; service: string; direction: string; digits: string }, RateRow>((db) =>
  db
    .selectFrom('rates')
    .selectAll()
    .where('deck_id', '=', bind('deck'))
    .where('service', '=', bind('service'))
    .where('direction', '=', bind('direction'))
    .where((where) => where('prefix', '=', sql<string>`substr(${bind('digits')}, 1, length(prefix))`))
    .orderBy(sql`length(prefix)`, 'desc')
    .limit(1),
)

/** The rate of the longest prefix, straight from the store: for single questions. */
export const longestRate = (reader: Reader, asked: { deck: number; service: string; direction: 'out' | 'in'; digits: string }) =>
  reader.one(longest, asked)

const anyRate = statement<{ deck: number; service: string; direction: string }, { prefix: string }>((db) =>
  db
    .selectFrom('rates')
    .select('prefix')
    .where('deck_id', '=', bind('deck'))
    .where('service', '=', bind('service'))
    .where('direction', '=', bind('direction'))
    .limit(1),
)

/** Whether a deck has any rate for a service, whatever the prefix. */
export const hasRates = async (
  reader: Pick<Reader, 'one'>,
  asked: { deck: number; service: string; direction: 'out' | 'in' },
): Promise<boolean> => (await reader.one(anyRate, asked)) !== undefined

const ofCarrier = statement<{ carrier: number }, RateDeckRow>((db) =>
  db
    .selectFrom('rate_decks')
    .innerJoin('carrier_decks', 'carrier_decks.deck_id', 'rate_decks.id')
    .selectAll('rate_decks')
    .where('carrier_decks.carrier_id', '=', bind('carrier')),
)

/** The deck by which a carrier is paid, if any. */
export const readCarrierDeck = (reader: Pick<Reader, 'one'>, carrier: number) => reader.one(ofCarrier, { carrier })

const nearestDeck = statement<{ account: number; now: number }, { deck_id: number; until: number | null }>((db) =>
  // What a package brought goes before what the account pays by otherwise.
  db
    .selectFrom('account_packages')
    .select(['deck_id', 'expires_ms as until', sql<number>`0`.as('place')])
    .where('account_id', '=', bind('account'))
    .where('deck_id', 'is not', null)
    .where((where) => where.or([where('expires_ms', 'is', null), where('expires_ms', '>', bind('now'))]))
    .unionAll(
      db
        .selectFrom('account_decks')
        .select(['deck_id', sql<number | null>`null`.as('until'), sql<number>`1`.as('place')])
        .where('account_id', '=', bind('account')),
    )
    .orderBy('place')
    .limit(1),
)

export interface DeckInForce {
  readonly deckId: number
  /** When another may come into force by itself; null: never. */
  readonly untilMs: number | null
}

/** The deck of the first of these accounts that has one: the account itself first, then those above it. */
export async function deckInForce(
  reader: Pick<Reader, 'one'>,
  accounts: readonly number[],
  now: number,
): Promise<DeckInForce | undefined> {
  for (const account of accounts) {
    const found = await reader.one(nearestDeck, { account, now })
    if (found) return { deckId: found.deck_id, untilMs: found.until }
  }
  return undefined
}

const insertDeck = statement<RateDeckRow>((db) =>
  db
    .insertInto('rate_decks')
    .values({
      id: bind('id'),
      name: bind('name'),
      currency: bind('currency'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
      version: bind('version'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

const insertRate = statement<RateRow>((db) =>
  db.insertInto('rates').values({
    deck_id: bind('deck_id'),
    service: bind('service'),
    direction: bind('direction'),
    prefix: bind('prefix'),
    price_micro: bind('price_micro'),
    per: bind('per'),
    first_block: bind('first_block'),
    next_block: bind('next_block'),
  }),
)

export interface NewDeck {
  readonly row: RateDeckRow
  readonly rates: readonly NewRate[]
  readonly accountId: number
  readonly actor: Actor
}

/** `row` is null when the name is taken. No two rates are of the same service, direction and prefix. */
export const createRateDeck = defineWrite(
  'rate_decks.create',
  async (tx, { row, rates, accountId, actor }: NewDeck): Promise<{ row: RateDeckRow | null }> => {
    if ((await tx.run(insertDeck, row)) === 0) return { row: null }
    for (const rate of rates) await tx.run(insertRate, { ...rate, deck_id: row.id })
    const data = { name: row.name, rates: rates.length }
    await happened(tx, {
      accountId,
      noun: 'rate_decks',
      nounId: row.id,
      kind: 'created',
      actor,
      data,
      atMs: row.created_ms,
    })
    return { row }
  },
)

const dropRates = statement<{ deck: number }>((db) => db.deleteFrom('rates').where('deck_id', '=', bind('deck')))
const touchDeck = statement<{ id: number; now: number }>((db) =>
  db
    .updateTable('rate_decks')
    .set((set) => ({ updated_ms: bind('now'), version: set('version', '+', 1) }))
    .where('id', '=', bind('id')),
)

/** All rates at once. Null when the deck is gone. */
export const replaceRates = defineWrite(
  'rate_decks.replace_rates',
  async (
    tx,
    input: { id: number; rates: readonly NewRate[]; accountId: number; actor: Actor; now: number },
  ): Promise<RateDeckRow | null> => {
    const { id, rates, accountId, actor, now } = input
    if ((await tx.run(touchDeck, { id, now })) === 0) return null
    await tx.run(dropRates, { deck: id })
    for (const rate of rates) await tx.run(insertRate, { ...rate, deck_id: id })
    const data = { changed: ['rates'], rates: rates.length }
    await happened(tx, { accountId, noun: 'rate_decks', nounId: id, kind: 'updated', actor, data, atMs: now })
    return (await tx.one(byId, { id }))!
  },
)

const anyAccount = statement<{ deck: number }, { account_id: number }>((db) =>
  db.selectFrom('account_decks').select('account_id').where('deck_id', '=', bind('deck')).limit(1),
)
const anyPackage = statement<{ deck: number }, { id: number }>((db) =>
  db.selectFrom('packages').select('id').where('deck_id', '=', bind('deck')).limit(1),
)
const anyCarrier = statement<{ deck: number }, { carrier_id: number }>((db) =>
  db.selectFrom('carrier_decks').select('carrier_id').where('deck_id', '=', bind('deck')).limit(1),
)
const dropDeck = statement<{ id: number }>((db) => db.deleteFrom('rate_decks').where('id', '=', bind('id')))

/** `inUse`: an account pays by it, a package brings it, or a carrier is paid by it. */
export const deleteRateDeck = defineWrite(
  'rate_decks.delete',
  async (
    tx,
    input: { id: number; accountId: number; actor: Actor; now: number },
  ): Promise<{ deleted: boolean; inUse: boolean }> => {
    const { id, accountId, actor, now } = input
    for (const anybody of [anyAccount, anyPackage, anyCarrier])
      if (await tx.one<{ deck: number }, object>(anybody, { deck: id })) return { deleted: false, inUse: true }
    if ((await tx.run(dropDeck, { id })) === 0) return { deleted: false, inUse: false }
    await tx.run(dropRates, { deck: id })
    await happened(tx, { accountId, noun: 'rate_decks', nounId: id, kind: 'deleted', actor, atMs: now })
    return { deleted: true, inUse: false }
  },
)

const setDeck = statement<Row<'account_decks'>>((db) =>
  db
    .insertInto('account_decks')
    .values({ account_id: bind('account_id'), deck_id: bind('deck_id'), updated_ms: bind('updated_ms') })
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet({ deck_id: bind('deck_id'), updated_ms: bind('updated_ms') }),
    ),
)
const unsetDeck = statement<{ account: number }>((db) => db.deleteFrom('account_decks').where('account_id', '=', bind('account')))

/** By which deck an account, and those below it that have none, pay; null: by that of the account above. False when there is no such deck. */
export const assignRateDeck = defineWrite(
  'rate_decks.assign',
  async (tx, input: { account: number; deck: number | null; actor: Actor; now: number }): Promise<boolean> => {
    const { account, deck, actor, now } = input
    if (deck === null) await tx.run(unsetDeck, { account })
    else {
      if (!(await tx.one(byId, { id: deck }))) return false
      await tx.run(setDeck, { account_id: account, deck_id: deck, updated_ms: now })
    }
    const nounId = deck ?? account
    await happened(tx, { accountId: account, noun: 'rate_decks', nounId, kind: 'assigned', actor, data: { deck }, atMs: now })
    return true
  },
)

const setCarrierDeck = statement<Row<'carrier_decks'>>((db) =>
  db
    .insertInto('carrier_decks')
    .values({ carrier_id: bind('carrier_id'), deck_id: bind('deck_id'), updated_ms: bind('updated_ms') })
    .onConflict((conflict) =>
      conflict.column('carrier_id').doUpdateSet({ deck_id: bind('deck_id'), updated_ms: bind('updated_ms') }),
    ),
)
const unsetCarrierDeck = statement<{ carrier: number }>((db) =>
  db.deleteFrom('carrier_decks').where('carrier_id', '=', bind('carrier')),
)
const carrierIs = statement<{ id: number }, { id: number }>((db) =>
  db.selectFrom('carriers').select('id').where('id', '=', bind('id')),
)

/** By which deck a carrier is paid; null: by what its routes say. `missing` names what there is not. */
export const assignCarrierDeck = defineWrite(
  'rate_decks.assign_carrier',
  async (
    tx,
    input: { carrier: number; deck: number | null; account: number; actor: Actor; now: number },
  ): Promise<{ missing: 'carrier' | 'deck' | null }> => {
    const { carrier, deck, account, actor, now } = input
    if (!(await tx.one(carrierIs, { id: carrier }))) return { missing: 'carrier' }
    if (deck === null) await tx.run(unsetCarrierDeck, { carrier })
    else {
      if (!(await tx.one(byId, { id: deck }))) return { missing: 'deck' }
      await tx.run(setCarrierDeck, { carrier_id: carrier, deck_id: deck, updated_ms: now })
    }
    const data = { deck }
    await happened(tx, { accountId: account, noun: 'carriers', nounId: carrier, kind: 'deck_assigned', actor, data, atMs: now })
    return { missing: null }
  },
)
