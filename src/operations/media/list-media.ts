import Type from 'typebox'
import { counted } from '#store/counters.ts'
import { listMedia } from '#store/media.ts'
import { OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { mediaView, MediaView } from './media-view.ts'

export const listMediaOperation = operation({
  name: 'media.list',
  summary: 'List the media files of the store',
  permission: 'media.read',
  input: PageOf({
    name: Optional(Type.String({ maxLength: 200, description: 'Name, with % and _ as wildcards.' })),
    type: Optional(Type.String({ maxLength: 100, description: 'Media type.' })),
    origin: Optional(OneOf(['uploaded', 'fetched', 'received'], 'How it came here.')),
  }),
  output: Page(MediaView),
  reasons: [],
  route: { method: 'GET', path: '/media' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, ...filters }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const where = { ...filters, listed: 1 }
    const rows = await listMedia(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const total = Object.keys(filters).length === 0 ? await counted(read, scope, 'media') : undefined
    return pageFrom(rows, limit, mediaView, total)
  },
})
