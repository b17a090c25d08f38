import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { Id, Optional } from '../fields.ts'
import { operation, otherNodeReasons } from '../operation.ts'
import { MemberView } from './conference-view.ts'
import { nodeOfConference, runningConference } from './running-conference.ts'

/** Heard at once; its row follows. */
export const updateConferenceMemberOperation = operation({
  name: 'conferences.update_member',
  summary: 'Mute or hold somebody in a conference, or take that back',
  permission: 'conferences.write',
  input: Type.Object(
    {
      id: Id('conference'),
      callId: Id('call', 'Of the call by which it takes part.'),
      isMuted: Optional(Type.Boolean({ description: 'Nobody hears it.' })),
      isHeld: Optional(Type.Boolean({ description: 'It hears music instead of the others.' })),
    },
    { additionalProperties: false },
  ),
  output: MemberView,
  reasons: [
    'conference.not_found',
    'conference.not_running',
    'conference.on_other_node',
    'conference.participant_not_found',
    ...otherNodeReasons,
  ],
  route: { method: 'PATCH', path: '/conferences/{id}/members/{callId}' },
  runsOn: nodeOfConference,
  async run(means, { id, callId, isMuted: muted, isHeld: held }) {
    const room = await runningConference(means, id)
    const member = room.change(callId, { muted, held }) ?? refuse('conference.participant_not_found', {})
    return {
      conferenceId: id,
      callId,
      isMuted: member.isMuted,
      isHeld: member.isHeld,
      startsOnEnter: member.wish.startOnEnter,
      endsOnExit: member.wish.endOnExit,
      joinedAt: member.joinedMs,
      leftAt: null,
      updatedAt: means.clock.nowMs(),
    }
  },
})
