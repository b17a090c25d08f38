// Conferences and who is in them (reference 14 and 15): read, and muted. One is ended by its members, not here.

import { listConferencesOperation } from '#operations/conferences/list-conferences.ts'
import { listConferenceMembersOperation } from '#operations/conferences/list-members.ts'
import { readConferenceOperation } from '#operations/conferences/read-conference.ts'
import { updateConferenceMemberOperation } from '#operations/conferences/update-member.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { conferenceStateOf, conferenceView, memberView, type ConferenceShown, type MemberShown } from './call-view.ts'
import type { Fields } from './fields.ts'
import { dayOf, endOf } from './formats.ts'
import type { Ask } from './knock.ts'
import { callSidIn } from './modify-call.ts'
import { pageAnswer } from './page-answer.ts'
import { readPage } from './paging.ts'
import { sent } from './urls.ts'
import { writeOne } from './write.ts'

const filterNames = ['Status', 'DateCreated', 'DateUpdated', 'FriendlyName']

function stateIn(fields: Fields): ConferenceShown['state'] | 'none' | undefined {
  const text = fields.filled('Status')
  if (text === undefined) return undefined
  return (
    conferenceStateOf(text) ??
    refuse('request.parameter_invalid', { parameter: 'Status', value: text.slice(0, 60), expected: 'a status of conferences' })
  )
}

export async function listConferences(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, accountSid } = ask
  const asked = readPage(fields)
  const state = stateIn(fields)
  const created = fields.filled('DateCreated')
  const updated = fields.filled('DateUpdated')
  const common = { asked, path: 'Conferences', filterNames, key: 'conferences', element: 'Conference' } as const
  if (state === 'none') return pageAnswer(ask, { ...common, total: 0, rows: [] })
  const page = await means.parts.run(listConferencesOperation, caller, {
    limit: asked.pageSize,
    skip: asked.skip,
    counted: true,
    ...sent({
      state,
      nameLike: fields.filled('FriendlyName'),
      since: created === undefined ? undefined : dayOf('DateCreated', created),
      until: created === undefined ? undefined : endOf('DateCreated', created) + 1,
      updatedSince: updated === undefined ? undefined : dayOf('DateUpdated', updated),
      updatedUntil: updated === undefined ? undefined : endOf('DateUpdated', updated) + 1,
    }),
  })
  const rows = page.items.map((one) => conferenceView(means, accountSid, json, one))
  return pageAnswer(ask, { ...common, total: page.total ?? 0, rows })
}

function idOf({ means, params }: Ask): number {
  return (
    means.sids.read('CF', params['conference']!) ??
    refuse('conference.not_found', { conference: params['conference']!.slice(0, 60) })
  )
}

export async function readConference(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, json, accountSid } = ask
  const conference = await means.parts.run(readConferenceOperation, caller, { id: idOf(ask) })
  return writeOne(json, 'Conference', conferenceView(means, accountSid, json, conference))
}

const mostMembers = 1000

async function membersOf(ask: Ask): Promise<readonly MemberShown[]> {
  const { means, caller } = ask
  const page = await means.parts.run(listConferenceMembersOperation, caller, {
    id: idOf(ask),
    limit: mostMembers,
    oldestFirst: true,
  })
  return page.items
}

/** Those inside now: of a conference that is over there are none. */
export async function listParticipants(ask: Ask): Promise<HttpAnswer> {
  const { means, fields, json, accountSid, params } = ask
  const asked = readPage(fields)
  const members = await membersOf(ask)
  return pageAnswer(ask, {
    asked,
    path: `Conferences/${params['conference']}/Participants`,
    filterNames: [],
    key: 'calls',
    element: 'Call',
    total: members.length,
    rows: members.slice(asked.skip, asked.skip + asked.pageSize).map((one) => memberView(means, accountSid, json, one)),
  })
}

export async function readParticipant(ask: Ask): Promise<HttpAnswer> {
  const { means, json, accountSid } = ask
  const { id, sid } = callSidIn(ask)
  const member =
    (await membersOf(ask)).find(({ callId }) => callId === id) ?? refuse('conference.participant_not_found', { participant: sid })
  return writeOne(json, 'Call', memberView(means, accountSid, json, member))
}

/** A call that is not in it is unknown here, as one that is not there (reference 15). */
export async function muteParticipant(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, accountSid } = ask
  const { id: callId } = callSidIn(ask)
  const isMuted = fields.truth('Mute') ?? refuse('request.parameter_missing', { parameter: 'Mute', location: 'payload' })
  const member = await means.parts.run(updateConferenceMemberOperation, caller, { id: idOf(ask), callId, isMuted })
  return writeOne(json, 'Call', memberView(means, accountSid, json, member))
}
