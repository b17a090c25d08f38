import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { eject, withMeeting } from './conference.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0614',
  title: 'Eject somebody who is not in the conference',
  run: (world) =>
    withMeeting(world, 'strangers', 1, {}, async ({ name }) => {
      const answer = await eject(world, name, '06e122c3364cc74c.787379')
      const url = '/conference_participant_eject'
      refused(answer, { code: '0614', status: 404, reason: 'conference.participant_not_found', text: /787379/, url })
    }),
}
