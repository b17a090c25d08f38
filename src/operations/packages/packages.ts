// Packages: offered by the operator, bought by accounts. See #store/packages.ts for what one brings.

import Type, { type Static } from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { refuse } from '#reasons/refusal.ts'
import {
  buyPackage,
  createPackage,
  listPackages,
  offerPackage,
  readAccountPackage,
  type AccountPackageRow,
  type PackageBought,
  type PackageRow,
} from '#store/packages.ts'
import { mostMicro } from '#store/transfers.ts'
import { requireCurrency } from '../credit/balance-view.ts'
import { Id, Moment, Optional, Page, pageFrom, pageLimit, PageOf, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'

const fields = {
  name: Text(100, 'Name of the package.'),
  priceMicro: Type.Integer({ minimum: 0, maximum: mostMicro, description: 'Charged when it is bought.' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217, of price and credit.' }),
  creditMicro: Type.Integer({ minimum: 0, maximum: mostMicro, description: 'Added to the balance that paid for it.' }),
  validDays: Type.Union([
    Type.Integer({ minimum: 1, maximum: 3660, description: 'For how long its rates hold; null: for good.' }),
    Type.Null(),
  ]),
  deckId: Type.Union([Id('rateDeck', 'The rates that hold meanwhile; null: those of before.'), Type.Null()]),
}

const PackageView = Type.Object({ id: Id('package'), ...fields, offered: Type.Boolean({ description: 'May be bought.' }) })

export type PackageShown = Static<typeof PackageView>

const packageView = (row: PackageRow): PackageShown => ({
  id: row.id,
  name: row.name,
  priceMicro: row.price_micro,
  currency: row.currency,
  creditMicro: row.credit_micro,
  validDays: row.valid_days,
  deckId: row.deck_id,
  offered: row.offered === 1,
})

/** Those that may be bought; the operator sees the withdrawn ones too. */
export const listPackagesOperation = operation({
  name: 'packages.list',
  summary: 'List packages',
  permission: 'credit.read',
  input: PageOf({}),
  output: Page(PackageView),
  reasons: [],
  route: { method: 'GET', path: '/packages' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst }) {
    const limit = pageLimit(asked)
    const where = { offered: caller.permissions.has('operator') ? undefined : 1 }
    const rows = await listPackages(read, { after, skip, oldestFirst, limit: limit + 1, where })
    return pageFrom(rows, limit, packageView)
  },
})

function shownNew(_: Means, made: { row: PackageRow } | { refused: 'name' | 'deck' }) {
  if ('row' in made) return packageView(made.row)
  if (made.refused === 'name') refuse('resource.value_not_unique', { parameter: 'name' })
  return refuse('resource.not_found', { noun: 'rate deck', parameter: 'deckId' })
}

export const createPackageOperation = operation({
  name: 'packages.create',
  summary: 'Offer a package',
  permission: 'operator',
  input: Type.Object(
    {
      name: fields.name,
      priceMicro: fields.priceMicro,
      currency: fields.currency,
      creditMicro: Optional(fields.creditMicro),
      validDays: Optional(fields.validDays),
      deckId: Optional(fields.deckId),
    },
    { additionalProperties: false },
  ),
  output: PackageView,
  reasons: ['resource.value_not_unique', 'resource.not_found', 'request.parameter_invalid'],
  creates: true,
  route: { method: 'POST', path: '/packages', status: 201 },
  async run(means, { name, priceMicro, currency, creditMicro = 0, validDays = null, deckId = null }) {
    const { caller, clock, nextId } = means
    requireCurrency(currency)
    const now = clock.nowMs()
    const row: PackageRow = {
      id: nextId(),
      name,
      price_micro: priceMicro,
      currency,
      credit_micro: creditMicro,
      valid_days: validDays,
      deck_id: deckId,
      offered: 1,
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    const actor = actorOf(caller)
    return shownNew(means, await means.write(createPackage, { row, accountId: caller.account.id, actor }))
  },
  shown: shownNew,
})

/** Withdraws a package from sale, or offers it again; who has it keeps it. */
export const offerPackageOperation = operation({
  name: 'packages.offer',
  summary: 'Withdraw a package, or offer it again',
  permission: 'operator',
  input: Type.Object({ id: Id('package'), offered: Type.Boolean() }, { additionalProperties: false }),
  output: PackageView,
  reasons: ['resource.not_found'],
  route: { method: 'PATCH', path: '/packages/{id}' },
  async run(means, { id, offered }) {
    const { caller, clock } = means
    const input = { id, offered, accountId: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    const row = await means.write(offerPackage, input)
    return row ? packageView(row) : refuse('resource.not_found', { noun: 'package' })
  },
})

const HeldPackage = Type.Object({
  packageId: Id('package'),
  boughtAt: Moment('When.'),
  expiresAt: Type.Union([Moment('When its rates end; null: never.'), Type.Null()]),
})

const heldPackage = (row: AccountPackageRow): Static<typeof HeldPackage> => ({
  packageId: row.package_id,
  boughtAt: row.bought_ms,
  expiresAt: row.expires_ms,
})

function shownBought(_: Means, bought: PackageBought) {
  if ('row' in bought) return heldPackage(bought.row)
  if (bought.refused === 'credit') return refuseShort(bought.short)
  return refuse('credit.package_invalid', {})
}

/** Takes the place of the account's package; the same again goes on from its end. */
export const buyPackageOperation = operation({
  name: 'packages.buy',
  summary: 'Buy a package',
  permission: 'credit.write',
  closedTo: ['developer'],
  input: Type.Object({ id: Id('package') }, { additionalProperties: false }),
  output: HeldPackage,
  reasons: ['account.not_active', 'credit.package_invalid', 'credit.insufficient', 'credit.deduction_failed'],
  creates: true,
  route: { method: 'POST', path: '/packages/{id}/purchases', status: 201 },
  async run(means, { id }) {
    const { caller, clock } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const input = { account: account.id, id, actor: actorOf(caller), now: clock.nowMs() }
    return shownBought(means, await means.write(buyPackage, input))
  },
  shown: shownBought,
})

/** The package that the account bought last and that is not over. */
export const readHeldPackageOperation = operation({
  name: 'packages.held',
  summary: "Read the account's package",
  permission: 'credit.read',
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({ package: Type.Union([HeldPackage, Type.Null()]) }),
  reasons: [],
  route: { method: 'GET', path: '/held-package' },
  async run({ caller, read, clock }) {
    const row = await readAccountPackage(read, caller.account.id)
    const holds = row && (row.expires_ms === null || row.expires_ms > clock.nowMs())
    return { package: holds ? heldPackage(row) : null }
  },
})
