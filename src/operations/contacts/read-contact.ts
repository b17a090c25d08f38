import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readContact } from '#store/contacts.ts'
import { groupsOfContact } from '#store/contact-groups.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { contactView, ContactView } from './contact-view.ts'

export const readContactOperation = operation({
  name: 'contacts.read',
  summary: 'Read a contact',
  permission: 'contacts.read',
  input: Type.Object({ id: Id('contact') }, { additionalProperties: false }),
  output: ContactView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/contacts/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readContact(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'contact' })
    return contactView(row, await groupsOfContact(read, id))
  },
})
