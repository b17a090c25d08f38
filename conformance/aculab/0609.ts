import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { freshName, remove, removeUrl, running } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0609',
  title: 'Remove the reservation of a conference that has started',
  async run(world) {
    const conference_name = freshName()
    await running(world, conference_name, 60)
    const answer = await remove(world, { conference_name })
    refused(answer, { code: '0609', status: 400, reason: 'conference.already_started', text: /started/, url: removeUrl })
  },
}
