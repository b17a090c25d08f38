import Type from 'typebox'
import { refusal } from '#reasons/refusal.ts'
import { Done, Id, Optional } from '../fields.ts'
import { operation, otherNodeReasons } from '../operation.ts'
import { nodeOfConference, runningConference } from './running-conference.ts'

export const endConferenceOperation = operation({
  name: 'conferences.end',
  summary: 'End a conference, and the calls in it',
  permission: 'conferences.write',
  input: Type.Object(
    {
      id: Id('conference'),
      keepsCalls: Optional(Type.Boolean({ description: 'The calls stay up, and their scripts go on after the conference.' })),
    },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['conference.not_found', 'conference.not_running', 'conference.on_other_node', ...otherNodeReasons],
  route: { method: 'POST', path: '/conferences/{id}/end' },
  runsOn: nodeOfConference,
  async run(means, { id, keepsCalls }) {
    const room = await runningConference(means, id)
    room.end(keepsCalls ? undefined : refusal('call.terminated_by_request'))
    return { done: true }
  },
})
