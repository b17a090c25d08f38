// Packages: sold for a price, they add credit at once and bring a deck of rates for a time. An account has one at a time:
// another takes its place, the same again begins where it would have ended.

import { chargeCredit, readPayer, type CreditShort } from './credit.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import { moveCredit } from './transfers.ts'
import type { Row } from './schema.ts'

export type PackageRow = Row<'packages'>
export type AccountPackageRow = Row<'account_packages'>

const byId = statement<{ id: number }, PackageRow>((db) => db.selectFrom('packages').selectAll().where('id', '=', bind('id')))

/** All packages, newest first. */
export const listPackages = listOf('packages', 'id', { name: like('name'), offered: equal('offered') })

const ofAccount = statement<{ account: number }, AccountPackageRow>((db) =>
  db.selectFrom('account_packages').selectAll().where('account_id', '=', bind('account')),
)

/** The package that an account bought last, also one that is over. */
export const readAccountPackage = (reader: Pick<Reader, 'one'>, account: number) => reader.one(ofAccount, { account })

const insertPackage = statement<PackageRow>((db) =>
  db
    .insertInto('packages')
    .values({
      id: bind('id'),
      name: bind('name'),
      price_micro: bind('price_micro'),
      currency: bind('currency'),
      credit_micro: bind('credit_micro'),
      valid_days: bind('valid_days'),
      deck_id: bind('deck_id'),
      offered: bind('offered'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
      version: bind('version'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)
const deckThere = statement<{ id: number }, { id: number }>((db) =>
  db.selectFrom('rate_decks').select('id').where('id', '=', bind('id')),
)

/** `refused`: a package has that name already, or there is no such deck. */
export const createPackage = defineWrite(
  'packages.create',
  async (
    tx,
    input: { row: PackageRow; accountId: number; actor: Actor },
  ): Promise<{ row: PackageRow } | { refused: 'name' | 'deck' }> => {
    const { row, accountId, actor } = input
    if (row.deck_id !== null && !(await tx.one(deckThere, { id: row.deck_id }))) return { refused: 'deck' }
    if ((await tx.run(insertPackage, row)) === 0) return { refused: 'name' }
    const data = { name: row.name }
    await happened(tx, { accountId, noun: 'packages', nounId: row.id, kind: 'created', actor, data, atMs: row.created_ms })
    return { row }
  },
)

const setOffered = statement<{ id: number; offered: number; now: number }>((db) =>
  db
    .updateTable('packages')
    .set((set) => ({ offered: bind('offered'), updated_ms: bind('now'), version: set('version', '+', 1) }))
    .where('id', '=', bind('id')),
)

/** Withdrawn from sale, or offered again; who has it keeps it. Null when there is no such package. */
export const offerPackage = defineWrite(
  'packages.offer',
  async (
    tx,
    input: { id: number; offered: boolean; accountId: number; actor: Actor; now: number },
  ): Promise<PackageRow | null> => {
    const { id, offered, accountId, actor, now } = input
    if ((await tx.run(setOffered, { id, offered: Number(offered), now })) === 0) return null
    const kind = offered ? 'offered' : 'withdrawn'
    await happened(tx, { accountId, noun: 'packages', nounId: id, kind, actor, atMs: now })
    return (await tx.one(byId, { id }))!
  },
)

const setPackage = statement<AccountPackageRow>((db) =>
  db
    .insertInto('account_packages')
    .values({
      account_id: bind('account_id'),
      package_id: bind('package_id'),
      deck_id: bind('deck_id'),
      bought_ms: bind('bought_ms'),
      expires_ms: bind('expires_ms'),
    })
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet({
        package_id: bind('package_id'),
        deck_id: bind('deck_id'),
        bought_ms: bind('bought_ms'),
        expires_ms: bind('expires_ms'),
      }),
    ),
)

export type PackageBought =
  | { readonly row: AccountPackageRow }
  | { readonly refused: 'package' }
  | { readonly refused: 'credit'; readonly short: CreditShort }

const dayMs = 86_400_000

/** The price is charged, the credit added to the balance that pays, and the deck is in force: all of it or nothing. */
export const buyPackage = defineWrite(
  'packages.buy',
  async (tx, input: { account: number; id: number; actor: Actor; now: number }): Promise<PackageBought> => {
    const { account, id, actor, now } = input
    const row = await tx.one(byId, { id })
    if (!row || row.offered === 0) return { refused: 'package' }
    const { price_micro: amountMicro, credit_micro: creditMicro, currency } = row
    const payer = creditMicro > 0 ? await readPayer(tx, account) : undefined
    // Credit in another currency than the balance's is none.
    if (payer && payer.currency !== currency) {
      return { refused: 'credit', short: { why: 'broken', requiredMicro: amountMicro, balanceMicro: 0, currency } }
    }
    const what = { noun: 'packages', nounId: id, memo: row.name, now }
    const short = await chargeCredit(tx, { ...what, account, amountMicro, currency, kind: 'package', service: 'package' })
    if (short) return { refused: 'credit', short }
    if (payer) {
      const added = { ...what, account: payer.account_id, amountMicro: creditMicro, currency, kind: 'bonus' }
      if (!(await moveCredit(tx, added))) throw new Error('the credit of a package does not fit the balance that paid for it')
    }
    const had = await tx.one(ofAccount, { account })
    const goesOn = had && had.package_id === id && had.expires_ms !== null && had.expires_ms > now
    const from = goesOn ? had.expires_ms! : now
    const bought: AccountPackageRow = {
      account_id: account,
      package_id: id,
      deck_id: row.deck_id,
      bought_ms: now,
      expires_ms: row.valid_days === null ? null : from + row.valid_days * dayMs,
    }
    await tx.run(setPackage, bought)
    const data = { package: row.name, expiresMs: bought.expires_ms }
    await happened(tx, { accountId: account, noun: 'account_packages', nounId: id, kind: 'bought', actor, data, atMs: now })
    return { row: bought }
  },
)
