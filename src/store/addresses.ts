// Regulation addresses: where somebody lives or works, named by the account that rents numbers with them.

import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type AddressRow = Row<'addresses'>

const byId = statement<{ account: number; id: number }, AddressRow>((db) =>
  db.selectFrom('addresses').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const byName = statement<{ account: number; name: string }, AddressRow>((db) =>
  db.selectFrom('addresses').selectAll().where('account_id', '=', bind('account')).where('name', '=', bind('name')),
)

export const readAddress = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })
export const readAddressByName = (reader: Pick<Reader, 'one'>, account: number, name: string) =>
  reader.one(byName, { account, name })

/** Filters: country, name (LIKE). */
export const listAddresses = listOf('addresses', 'account_id', { country: equal('country'), name: like('name') })

const insert = statement<AddressRow>((db) =>
  db
    .insertInto('addresses')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      name: bind('name'),
      holder: bind('holder'),
      country: bind('country'),
      region: bind('region'),
      city: bind('city'),
      street: bind('street'),
      postal_code: bind('postal_code'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
      version: bind('version'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

/** `taken` when another address of the account has the name. */
export const createAddress = defineWrite(
  'addresses.create',
  async (tx, input: { row: AddressRow; actor: Actor }): Promise<{ taken: true } | { taken: false; row: AddressRow }> => {
    const { row, actor } = input
    if ((await tx.run(insert, row)) === 0) return { taken: true }
    await count(tx, row.account_id, 'addresses', 1)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'addresses',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { name: row.name },
      atMs: row.created_ms,
    })
    return { taken: false, row }
  },
)

const inUse = statement<{ id: number }, { id: number }>((db) =>
  db.selectFrom('numbers').select('id').where('address_id', '=', bind('id')).limit(1),
)

const change = statement<Omit<AddressRow, 'created_ms' | 'version'>>((db) =>
  db
    .updateTable('addresses')
    .set((set) => ({
      name: bind('name'),
      holder: bind('holder'),
      country: bind('country'),
      region: bind('region'),
      city: bind('city'),
      street: bind('street'),
      postal_code: bind('postal_code'),
      updated_ms: bind('updated_ms'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account_id')),
)

/** What numbers were rented with does not move away: country and region stay while one uses the address. */
export const updateAddress = defineWrite(
  'addresses.update',
  async (
    tx,
    input: { row: Omit<AddressRow, 'created_ms' | 'version'>; changed: string[]; actor: Actor },
  ): Promise<{ refused: 'gone' | 'name' | 'in_use' } | { refused: null; row: AddressRow }> => {
    const { row, changed, actor } = input
    const before = await tx.one(byId, { account: row.account_id, id: row.id })
    if (!before) return { refused: 'gone' }
    const moves = before.country !== row.country || before.region !== row.region
    if (moves && (await tx.one(inUse, { id: row.id }))) return { refused: 'in_use' }
    const namesake = await tx.one(byName, { account: row.account_id, name: row.name })
    if (namesake && namesake.id !== row.id) return { refused: 'name' }
    await tx.run(change, row)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'addresses',
      nounId: row.id,
      kind: 'updated',
      actor,
      data: { changed },
      atMs: row.updated_ms,
    })
    return { refused: null, row: (await tx.one(byId, { account: row.account_id, id: row.id }))! }
  },
)

const drop = statement<{ account: number; id: number }>((db) =>
  db.deleteFrom('addresses').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)

/** Kept while a number uses it. */
export const deleteAddress = defineWrite(
  'addresses.delete',
  async (
    tx,
    input: { account: number; id: number; actor: Actor; now: number },
  ): Promise<{ outcome: 'deleted' | 'in_use' | 'gone' }> => {
    const { account, id, actor, now } = input
    if (!(await tx.one(byId, { account, id }))) return { outcome: 'gone' }
    if (await tx.one(inUse, { id })) return { outcome: 'in_use' }
    await tx.run(drop, { account, id })
    await count(tx, account, 'addresses', -1)
    await happened(tx, { accountId: account, noun: 'addresses', nounId: id, kind: 'deleted', actor, data: {}, atMs: now })
    return { outcome: 'deleted' }
  },
)
