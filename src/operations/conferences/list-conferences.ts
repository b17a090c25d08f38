import Type from 'typebox'
import { counted } from '#store/counters.ts'
import { countConferences, listConferences } from '#store/conferences.ts'
import { OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { conferenceView, ConferenceView } from './conference-view.ts'

export const listConferencesOperation = operation({
  name: 'conferences.list',
  summary: 'List conferences',
  permission: 'conferences.read',
  input: PageOf({
    name: Optional(Type.String({ maxLength: 200, description: 'Name.' })),
    state: Optional(OneOf(['waiting', 'running', 'completed', 'failed'], 'How it is.')),
    since: Optional(Type.Integer({ 'x-moment': true, description: 'Begun at this moment or later.' })),
    until: Optional(Type.Integer({ 'x-moment': true, description: 'Begun before this moment.' })),
    nameLike: Optional(Type.String({ maxLength: 200, 'x-hidden': true, description: 'With % and _ as wildcards.' })),
    updatedSince: Optional(Type.Integer({ 'x-moment': true, 'x-hidden': true })),
    updatedUntil: Optional(Type.Integer({ 'x-moment': true, 'x-hidden': true })),
    counted: Optional(Type.Boolean({ 'x-hidden': true, description: 'Tell the total also of a list that is narrowed.' })),
  }),
  output: Page(ConferenceView),
  reasons: [],
  route: { method: 'GET', path: '/conferences' },
  async run({ caller, read, slow }, { limit: asked, after, skip, oldestFirst, counted: wantsTotal, ...where }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listConferences(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const isWhole = Object.keys(where).length === 0
    const narrowed = wantsTotal ? await countConferences(slow, { scope, where }) : undefined
    const total = isWhole ? await counted(read, scope, 'conferences') : narrowed
    return pageFrom(rows, limit, conferenceView, total)
  },
})
