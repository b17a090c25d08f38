import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { contactFields, readContact, updateContact } from '#store/contacts.ts'
import { Id, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { contactFieldsOf, requireSaved } from './contact-rules.ts'
import { contactProperties, contactView, ContactView, type ContactGiven } from './contact-view.ts'

/** Fields given take the place of those there, `addresses` and `attributes` as a whole; null takes a field away. */
export const updateContactOperation = operation({
  name: 'contacts.update',
  summary: 'Change a contact',
  permission: 'contacts.write',
  input: Type.Object(
    {
      id: Id('contact'),
      firstName: Optional(Type.Union([contactProperties.firstName, Type.Null()])),
      lastName: Optional(Type.Union([contactProperties.lastName, Type.Null()])),
      externalId: Optional(Type.Union([contactProperties.externalId, Type.Null()])),
      country: Optional(Type.Union([contactProperties.country, Type.Null()])),
      addresses: Optional(contactProperties.addresses),
      attributes: contactProperties.attributes,
      version: Optional(
        Type.Integer({ description: 'The version that the change was made on; refused when there is a newer one.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: ContactView,
  reasons: ['resource.not_found', 'resource.conflict', 'resource.value_not_unique', 'number.invalid'],
  route: { method: 'PATCH', path: '/contacts/{id}' },
  async run(means, { id, version, ...given }) {
    const { caller, read, clock } = means
    const row = await readContact(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'contact' })
    if (version !== undefined && version !== row.version) refuse('resource.conflict', { noun: 'contact' })
    const merged = Object.entries({ ...contactFields(row), ...given }).filter(([, value]) => value !== null)
    const saved = await means.write(updateContact, {
      id,
      account: caller.account.id,
      fields: contactFieldsOf(Object.fromEntries(merged) as unknown as ContactGiven),
      version: row.version,
      changed: Object.keys(given),
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    requireSaved(saved)
    return contactView(saved.row, saved.groups)
  },
})
