import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { renameMedia } from '#store/media.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { MediaName } from './create-media.ts'
import { mediaView, MediaView } from './media-view.ts'

/** Messages that carry it keep the name that it had. */
export const renameMediaOperation = operation({
  name: 'media.rename',
  summary: 'Rename a media file of the store',
  permission: 'media.write',
  input: Type.Object({ id: Id('media'), name: MediaName }, { additionalProperties: false }),
  output: MediaView,
  reasons: ['resource.not_found', 'resource.value_not_unique'],
  route: { method: 'PATCH', path: '/media/{id}' },
  async run(means, { id, name }) {
    const { caller, clock } = means
    const ask = { id, account: caller.account.id, name, actor: actorOf(caller), now: clock.nowMs() }
    const done = await means.write(renameMedia, ask)
    if (done.outcome === 'renamed') return mediaView(done.row)
    if (done.outcome === 'gone') refuse('resource.not_found', { noun: 'media' })
    return refuse('resource.value_not_unique', { parameter: 'name', value: name })
  },
})
