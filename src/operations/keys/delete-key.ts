import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteCredential } from '#store/credentials.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { changeableKey } from './key-of-account.ts'

/** The key proves nothing any more, and the tokens issued through it end. */
export const deleteKeyOperation = operation({
  name: 'keys.delete',
  summary: 'Delete a key',
  permission: 'keys.write',
  input: Type.Object({ id: Id('key') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found', 'permission.denied'],
  route: { method: 'DELETE', path: '/keys/{id}' },
  async run(means, { id }) {
    const { caller, read, clock } = means
    const row = await changeableKey(read, caller, id)
    const { deleted } = await means.write(deleteCredential, {
      id,
      accountId: row.account_id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!deleted) refuse('resource.not_found', { noun: 'key' })
    return { done: true }
  },
})
