import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteClient } from '#store/clients.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'

export const deleteClientOperation = operation({
  name: 'clients.delete',
  summary: 'Delete a client',
  permission: 'clients.write',
  input: Type.Object({ id: Id('client') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'DELETE', path: '/clients/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const { deleted } = await means.write(deleteClient, {
      id,
      account: caller.account.id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!deleted) refuse('resource.not_found', { noun: 'client' })
    return { done: true }
  },
})
