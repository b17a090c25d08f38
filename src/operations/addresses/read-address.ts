import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { listAddresses, readAddress, readAddressByName } from '#store/addresses.ts'
import { counted } from '#store/counters.ts'
import { Id, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { addressFields, AddressView, addressView } from './address-view.ts'

export const readAddressOperation = operation({
  name: 'addresses.read',
  summary: 'Read a regulation address',
  permission: 'numbers.read',
  input: Type.Object({ id: Id('address') }, { additionalProperties: false }),
  output: AddressView,
  reasons: ['address.not_found'],
  route: { method: 'GET', path: '/addresses/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readAddress(read, caller.account.id, id)
    if (!row) refuse('address.not_found', {})
    return addressView(row)
  },
})

export const findAddressOperation = operation({
  name: 'addresses.find',
  summary: 'Find a regulation address by its name',
  permission: 'numbers.read',
  input: Type.Object({ name: addressFields.name }, { additionalProperties: false }),
  output: AddressView,
  reasons: ['address.not_found'],
  route: { method: 'GET', path: '/addresses/by-name/{name}' },
  async run({ caller, read }, { name }) {
    const row = await readAddressByName(read, caller.account.id, name)
    if (!row) refuse('address.not_found', { address: name })
    return addressView(row)
  },
})

export const listAddressesOperation = operation({
  name: 'addresses.list',
  summary: "List the account's regulation addresses",
  permission: 'numbers.read',
  input: PageOf({
    country: Optional(addressFields.country),
    name: Optional(Type.String({ maxLength: 100, description: 'Name, with % and _ as wildcards.' })),
  }),
  output: Page(AddressView),
  reasons: [],
  route: { method: 'GET', path: '/addresses' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, ...where }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listAddresses(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const total = Object.keys(where).length === 0 ? await counted(read, scope, 'addresses') : undefined
    return pageFrom(rows, limit, addressView, total)
  },
})
