import Type from 'typebox'
import { listApplications } from '#store/applications.ts'
import { counted } from '#store/counters.ts'
import { Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { ApplicationKind, applicationView, ApplicationView } from './application-view.ts'

export const listApplicationsOperation = operation({
  name: 'applications.list',
  summary: 'List applications',
  permission: 'applications.read',
  input: PageOf({
    kind: Optional(ApplicationKind),
    name: Optional(Type.String({ maxLength: 200, description: 'Name, with % and _ as wildcards.' })),
  }),
  output: Page(ApplicationView),
  reasons: [],
  route: { method: 'GET', path: '/applications' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, ...where }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listApplications(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const total = Object.keys(where).length === 0 ? await counted(read, scope, 'applications') : undefined
    return pageFrom(rows, limit, applicationView, total)
  },
})
