import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { eject, withMeeting } from './conference.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0615',
  title: 'Eject somebody from a conference whose host has not come yet',
  run: (world) =>
    withMeeting(world, 'hostless', 1, { start_on_entry: false }, async ({ name, participants }) => {
      const answer = await eject(world, name, participants[0]!)
      const url = '/conference_participant_eject'
      refused(answer, { code: '0615', status: 400, reason: 'conference.not_running', text: /hostless/, url })
    }),
}
