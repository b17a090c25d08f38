import Type from 'typebox'
import { refusal, refuse } from '#reasons/refusal.ts'
import { Done, Id } from '../fields.ts'
import { operation, otherNodeReasons } from '../operation.ts'
import { nodeOfConference, runningConference } from './running-conference.ts'

export const ejectConferenceMemberOperation = operation({
  name: 'conferences.eject_member',
  summary: 'Put somebody out of a conference; its call ends',
  permission: 'conferences.write',
  input: Type.Object(
    { id: Id('conference'), callId: Id('call', 'Of the call by which it takes part.') },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: [
    'conference.not_found',
    'conference.not_running',
    'conference.on_other_node',
    'conference.participant_not_found',
    ...otherNodeReasons,
  ],
  route: { method: 'DELETE', path: '/conferences/{id}/members/{callId}' },
  runsOn: nodeOfConference,
  async run(means, { id, callId }) {
    const room = await runningConference(means, id)
    if (!room.eject(callId, refusal('call.terminated_by_request'))) refuse('conference.participant_not_found', {})
    return { done: true }
  },
})
