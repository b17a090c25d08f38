import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createAddress, type AddressRow } from '#store/addresses.ts'
import { Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { addressFields, AddressView, addressView } from './address-view.ts'

function shown(_: Means, result: { taken: true } | { taken: false; row: AddressRow }) {
  if (result.taken) refuse('resource.value_not_unique', { parameter: 'name' })
  return addressView(result.row)
}

/** What is written is kept as it is: nobody here knows whether the house stands. */
export const createAddressOperation = operation({
  name: 'addresses.create',
  summary: 'Register a regulation address',
  permission: 'numbers.write',
  input: Type.Object(
    { ...addressFields, city: Optional(addressFields.city), postalCode: Optional(addressFields.postalCode) },
    { additionalProperties: false },
  ),
  output: AddressView,
  reasons: ['resource.value_not_unique', 'account.not_active'],
  creates: true,
  route: { method: 'POST', path: '/addresses', status: 201 },
  async run(means, { name, holder, country, region, city, street, postalCode }) {
    const { caller, nextId, clock } = means
    if (caller.account.status !== 'active') refuse('account.not_active', { state: caller.account.status })
    const now = clock.nowMs()
    const row: AddressRow = {
      id: nextId(),
      account_id: caller.account.id,
      name,
      holder,
      country,
      region,
      city: city ?? region,
      street,
      postal_code: postalCode ?? '',
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    return shown(means, await means.write(createAddress, { row, actor: actorOf(caller) }))
  },
  shown,
})
