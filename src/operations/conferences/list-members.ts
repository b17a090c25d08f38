import Type from 'typebox'
import { listMembers } from '#store/conferences.ts'
import { Id, Optional, Page, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { memberView, MemberView } from './conference-view.ts'
import { conferenceOf } from './running-conference.ts'

export const listConferenceMembersOperation = operation({
  name: 'conferences.list_members',
  summary: 'List who is in a conference',
  permission: 'conferences.read',
  input: PageOf({
    id: Id('conference'),
    isMuted: Optional(Type.Boolean({ description: 'Only those that are muted, or are not.' })),
    isHeld: Optional(Type.Boolean({ description: 'Only those that are held, or are not.' })),
    everInside: Optional(Type.Boolean({ description: 'Those who have left too.' })),
  }),
  output: Page(MemberView),
  reasons: ['conference.not_found'],
  route: { method: 'GET', path: '/conferences/{id}/members' },
  async run(means, { id, limit: asked, after, skip, oldestFirst, isMuted, isHeld, everInside }) {
    const limit = pageLimit(asked)
    await conferenceOf(means, id)
    const where = { muted: flag(isMuted), held: flag(isHeld), inside: everInside ? undefined : 1 }
    const rows = await listMembers(means.read, { scope: id, after, skip, oldestFirst, limit: limit + 1, where })
    const next = rows.length > limit ? rows[limit - 1]!.call_id : null
    return { items: rows.slice(0, limit).map(memberView), next }
  },
})

const flag = (value: boolean | undefined): number | undefined => (value === undefined ? undefined : Number(value))
