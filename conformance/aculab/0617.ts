import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { option, withMeeting } from './conference.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0617',
  title: 'Set no option of a participant',
  run: (world) =>
    withMeeting(world, 'optionless', 1, {}, async (meeting) => {
      const answer = await option(world, meeting, meeting.participants[0]!, '')
      const url = '/conference_participant_set_options'
      refused(answer, { code: '0617', status: 400, reason: 'request.one_of_required', text: /mute/, url })
    }),
}
