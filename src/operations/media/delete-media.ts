import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteMedia } from '#store/media.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'

/** From the store. Messages that carry it keep it; what only a message carries goes with the message. */
export const deleteMediaOperation = operation({
  name: 'media.delete',
  summary: 'Delete a media file from the store',
  permission: 'media.write',
  input: Type.Object({ id: Id('media') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'DELETE', path: '/media/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const { deleted } = await means.write(deleteMedia, {
      id,
      account: caller.account.id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!deleted) refuse('resource.not_found', { noun: 'media' })
    return { done: true }
  },
})
