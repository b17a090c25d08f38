import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { ahead, createUrl, reserve } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0601',
  title: 'Reserve a conference that starts in two minutes',
  async run(world) {
    const answer = await reserve(world, { start_time: ahead(2) })
    refused(answer, { code: '0601', status: 400, reason: 'conference.start_time_invalid', text: /start time/, url: createUrl })
  },
}
