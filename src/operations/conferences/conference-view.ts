// A conference and its members as the operations show them.

import Type, { type Static } from 'typebox'
import type { ConferenceMemberRow, ConferenceRow } from '#store/conferences.ts'
import { Id, Moment, OneOf } from '../fields.ts'

const MomentOrNull = (description: string) => Type.Union([Moment(description), Type.Null()])

export const ConferenceView = Type.Object({
  id: Id('conference'),
  accountId: Id('account'),
  name: Type.String({ description: 'By which scripts join it; free again once it is over.' }),
  state: OneOf(['waiting', 'running', 'completed', 'failed'], 'waiting: nobody came yet who starts it.'),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it ended, where it was not its members.' }),
  createdAt: Moment('When the first came.'),
  startedAt: MomentOrNull('When it began.'),
  endedAt: MomentOrNull('When it was over.'),
  updatedAt: Moment('When it last changed.'),
})

export function conferenceView(row: ConferenceRow): Static<typeof ConferenceView> {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    state: row.state as Static<typeof ConferenceView>['state'],
    reason: row.reason,
    createdAt: row.created_ms,
    startedAt: row.started_ms,
    endedAt: row.ended_ms,
    updatedAt: row.updated_ms,
  }
}

export const MemberView = Type.Object({
  conferenceId: Id('conference'),
  callId: Id('call', 'Of the call by which it takes part.'),
  isMuted: Type.Boolean({ description: 'Nobody hears it.' }),
  isHeld: Type.Boolean({ description: 'It hears music instead of the others.' }),
  startsOnEnter: Type.Boolean({ description: 'The conference begins with it.' }),
  endsOnExit: Type.Boolean({ description: 'The conference is over when it leaves.' }),
  joinedAt: Moment('When it came first.'),
  leftAt: MomentOrNull('When it left; null while it is in it.'),
  updatedAt: Moment('When it last changed.'),
})

export function memberView(row: ConferenceMemberRow): Static<typeof MemberView> {
  return {
    conferenceId: row.conference_id,
    callId: row.call_id,
    isMuted: row.muted === 1,
    isHeld: row.held === 1,
    startsOnEnter: row.start_on_enter === 1,
    endsOnExit: row.end_on_exit === 1,
    joinedAt: row.joined_ms,
    leftAt: row.left_ms,
    updatedAt: row.updated_ms,
  }
}
