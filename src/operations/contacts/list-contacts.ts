import Type from 'typebox'
import { containing, countContacts, listContacts, type ContactRow } from '#store/contacts.ts'
import { groupsOfContact, type ContactGroupRow } from '#store/contact-groups.ts'
import { counted } from '#store/counters.ts'
import { Id, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { contactView, ContactView } from './contact-view.ts'

/** `totals` counts what the filters let through as well, which costs a scan. */
export const listContactsOperation = operation({
  name: 'contacts.list',
  summary: 'List contacts',
  permission: 'contacts.read',
  input: PageOf({
    search: Optional(Type.String({ maxLength: 320, description: 'Part of a name, an address or the external id.' })),
    group: Optional(Id('group')),
    country: Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2.' })),
    totals: Optional(Type.Boolean({ 'x-hidden': true })),
  }),
  output: Type.Object({
    ...Page(ContactView).properties,
    matching: Type.Optional(Type.Integer({ 'x-hidden': true })),
  }),
  reasons: [],
  route: { method: 'GET', path: '/contacts' },
  async run({ caller, read, slow }, { limit: asked, after, skip, oldestFirst, totals, search, ...filters }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const where = { ...filters, search: search === undefined || search === '' ? undefined : containing(search) }
    const rows = await listContacts(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const groups = new Map<ContactRow, ContactGroupRow[]>()
    for (const row of rows.slice(0, limit)) groups.set(row, await groupsOfContact(read, row.id))
    const narrowed = Object.values(where).some((value) => value !== undefined)
    const total = narrowed && !totals ? undefined : await counted(read, scope, 'contacts')
    const page = pageFrom(rows, limit, (row) => contactView(row, groups.get(row)!), total)
    if (!totals) return page
    return { ...page, matching: narrowed ? await countContacts(slow, scope, where) : total! }
  },
})
