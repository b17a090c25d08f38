import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { eject } from './conference.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0613',
  title: 'Eject somebody from a conference that nobody knows',
  async run(world) {
    const answer = await eject(world, 'nowhere', '06e122c3364cc74c.787379')
    const url = '/conference_participant_eject'
    refused(answer, { code: '0613', status: 404, reason: 'conference.not_found', text: /nowhere/, url })
  },
}
