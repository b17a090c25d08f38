import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteAddress, readAddress, updateAddress } from '#store/addresses.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { addressFields, AddressView, addressView } from './address-view.ts'

/** Country and region stay as they are while a number was rented with it. */
export const updateAddressOperation = operation({
  name: 'addresses.update',
  summary: 'Change a regulation address',
  permission: 'numbers.write',
  input: Type.Object(
    { id: Id('address'), ...Type.Partial(Type.Object(addressFields)).properties },
    { additionalProperties: false },
  ),
  output: AddressView,
  reasons: ['address.not_found', 'resource.value_not_unique', 'resource.in_use'],
  route: { method: 'PATCH', path: '/addresses/{id}' },
  async run(means, { id, ...fields }) {
    const { caller, read, clock } = means
    const before = await readAddress(read, caller.account.id, id)
    if (!before) refuse('address.not_found', {})
    const { postalCode = before.postal_code, ...rest } = fields
    const { created_ms: _, version: __, ...row } = { ...before, ...rest, postal_code: postalCode, updated_ms: clock.nowMs() }
    const done = await means.write(updateAddress, { row, changed: Object.keys(fields), actor: actorOf(caller) })
    if (done.refused === 'gone') refuse('address.not_found', {})
    if (done.refused === 'name') refuse('resource.value_not_unique', { parameter: 'name' })
    if (done.refused !== null) refuse('resource.in_use', { noun: 'address', usedBy: 'numbers' })
    return addressView(done.row)
  },
})

export const deleteAddressOperation = operation({
  name: 'addresses.delete',
  summary: 'Delete a regulation address that no number was rented with',
  permission: 'numbers.write',
  input: Type.Object({ id: Id('address') }, { additionalProperties: false }),
  output: Done,
  reasons: ['address.not_found', 'resource.in_use'],
  route: { method: 'DELETE', path: '/addresses/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const input = { id, account: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    const { outcome } = await means.write(deleteAddress, input)
    if (outcome === 'gone') refuse('address.not_found', {})
    if (outcome === 'in_use') refuse('resource.in_use', { noun: 'address', usedBy: 'numbers' })
    return { done: true }
  },
})
