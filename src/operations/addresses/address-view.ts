// A regulation address as the operations show it.

import Type, { type Static } from 'typebox'
import type { AddressRow } from '#store/addresses.ts'
import { Id, Moment, Text } from '../fields.ts'

export const addressFields = {
  name: Text(100, 'Name, unique in the account.'),
  holder: Text(200, 'The person or company who lives or works there.'),
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2.' }),
  region: Text(100, 'City or area, written as the region of the numbers that it is for.'),
  city: Type.String({ maxLength: 100, description: 'City; the region unless told.' }),
  street: Text(200, 'Street and house.'),
  postalCode: Type.String({ maxLength: 20, description: 'Postal code; empty where there is none.' }),
}

export const AddressView = Type.Object({
  id: Id('address'),
  accountId: Id('account'),
  ...addressFields,
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export type AddressShown = Static<typeof AddressView>

export const addressView = (row: AddressRow): AddressShown => ({
  id: row.id,
  accountId: row.account_id,
  name: row.name,
  holder: row.holder,
  country: row.country,
  region: row.region,
  city: row.city,
  street: row.street,
  postalCode: row.postal_code,
  createdAt: row.created_ms,
  updatedAt: row.updated_ms,
})
