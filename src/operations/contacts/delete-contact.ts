import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteContact } from '#store/contacts.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'

export const deleteContactOperation = operation({
  name: 'contacts.delete',
  summary: 'Delete a contact',
  permission: 'contacts.write',
  input: Type.Object({ id: Id('contact') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'DELETE', path: '/contacts/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const { deleted } = await means.write(deleteContact, {
      id,
      account: caller.account.id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!deleted) refuse('resource.not_found', { noun: 'contact' })
    return { done: true }
  },
})
