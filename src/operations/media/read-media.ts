import Type from 'typebox'
import type { Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readContent, readMedia, readMediaByName, type MediaRow } from '#store/media.ts'
import type { Reader } from '#store/store.ts'
import { Id, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { mediaView, MediaView } from './media-view.ts'

async function mediaOf(read: Reader, caller: Caller, id: number): Promise<MediaRow> {
  return (await readMedia(read, caller.account.id, id)) ?? refuse('resource.not_found', { noun: 'media' })
}

export const readMediaOperation = operation({
  name: 'media.read',
  summary: 'Read what a media file is',
  permission: 'media.read',
  input: Type.Object({ id: Id('media') }, { additionalProperties: false }),
  output: MediaView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/media/{id}' },
  run: async ({ caller, read }, { id }) => mediaView(await mediaOf(read, caller, id)),
})

export const findMediaOperation = operation({
  name: 'media.find',
  summary: 'Find a media file of the store by its name',
  permission: 'media.read',
  input: Type.Object({ name: Text(200, 'Its name.') }, { additionalProperties: false }),
  output: MediaView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/media/by-name/{name}' },
  async run({ caller, read }, { name }) {
    const row = await readMediaByName(read, caller.account.id, name)
    return row ? mediaView(row) : refuse('resource.not_found', { noun: 'media', parameter: 'name' })
  },
})

/** The bytes as they are; each face does Range and names in its own way. A row without its content is a fault of ours. */
export const readContentOperation = operation({
  name: 'media.content',
  summary: 'Read the content of a media file',
  permission: 'media.read',
  input: Type.Object({ id: Id('media') }, { additionalProperties: false }),
  output: Type.Object({
    type: Type.String(),
    name: Type.String(),
    bytes: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }),
  }),
  reasons: ['resource.not_found', 'message.content_null', 'request.range_not_satisfiable'],
  route: { method: 'GET', path: '/media/{id}/content', answers: 'bytes' },
  async run({ caller, read }, { id }) {
    const { name, type, sha256 } = await mediaOf(read, caller, id)
    const bytes = await readContent(read, sha256)
    if (bytes) return { type, name, bytes }
    // Gone meanwhile, or gone without its row.
    await mediaOf(read, caller, id)
    return refuse('message.content_null')
  },
})
