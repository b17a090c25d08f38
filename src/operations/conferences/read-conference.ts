import Type from 'typebox'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { conferenceView, ConferenceView } from './conference-view.ts'
import { conferenceOf } from './running-conference.ts'

export const readConferenceOperation = operation({
  name: 'conferences.read',
  summary: 'Read a conference',
  permission: 'conferences.read',
  input: Type.Object({ id: Id('conference') }, { additionalProperties: false }),
  output: ConferenceView,
  reasons: ['conference.not_found'],
  route: { method: 'GET', path: '/conferences/{id}' },
  run: async (means, { id }) => conferenceView(await conferenceOf(means, id)),
})
