import Type from 'typebox'
import { listCredentials } from '#store/credentials.ts'
import { Id, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { keyView, KeyView } from './key-view.ts'

export const listKeysOperation = operation({
  name: 'keys.list',
  summary: 'List the keys of the account',
  permission: 'keys.read',
  input: PageOf({
    face: Optional(Type.String({ maxLength: 32, description: 'The API that the keys open.' })),
    user: Optional(Id('user')),
  }),
  output: Page(KeyView),
  reasons: [],
  route: { method: 'GET', path: '/keys' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, ...where }) {
    const limit = pageLimit(asked)
    const rows = await listCredentials(read, { scope: caller.account.id, after, skip, oldestFirst, limit: limit + 1, where })
    return pageFrom(rows, limit, (row) => keyView(row))
  },
})
