import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { createUrl, reserve } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0600',
  title: 'Reserve a conference for more than any may have',
  async run(world) {
    const answer = await reserve(world, { max_participants: '351' })
    refused(answer, {
      code: '0600',
      status: 400,
      reason: 'conference.participants_out_of_range',
      text: /at least 2, at most 350/,
      url: createUrl,
    })
  },
}
