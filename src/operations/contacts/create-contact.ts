import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createContact, type ContactSaved } from '#store/contacts.ts'
import { Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { contactFieldsOf, requireSaved } from './contact-rules.ts'
import { contactProperties, contactView, ContactView, GroupIds } from './contact-view.ts'

function shown(_: Means, saved: ContactSaved) {
  requireSaved(saved)
  return { contact: contactView(saved.row, saved.groups), merged: saved.outcome === 'merged' }
}

/** An address is one contact's. With `merge`, what is told joins the contact that has it; one that several have is refused. */
export const createContactOperation = operation({
  name: 'contacts.create',
  summary: 'Create a contact',
  permission: 'contacts.write',
  input: Type.Object(
    {
      ...contactProperties,
      groups: Optional(GroupIds),
      merge: Optional(Type.Boolean({ description: 'Join with the contact that has one of the addresses, instead of refusing.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    contact: ContactView,
    merged: Type.Boolean({ description: 'Whether it was joined with one that was there.' }),
  }),
  reasons: ['number.invalid', 'resource.value_not_unique', 'resource.not_found', 'resource.conflict', 'account.not_active'],
  creates: true,
  route: { method: 'POST', path: '/contacts', status: 201 },
  async run(means, { groups = [], merge = false, ...given }) {
    const { caller, nextId, clock } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const fields = contactFieldsOf(given)
    const wanted = [...new Set(groups)]
    return shown(
      means,
      await means.write(createContact, {
        id: nextId(),
        account: account.id,
        fields,
        groups: wanted,
        merge,
        actor: actorOf(caller),
        now: clock.nowMs(),
      }),
    )
  },
  shown,
})
