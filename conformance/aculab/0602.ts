import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { createUrl, reserve } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0602',
  title: 'Reserve a conference for more than eight hours',
  async run(world) {
    const answer = await reserve(world, { duration: '481' })
    refused(answer, {
      code: '0602',
      status: 400,
      reason: 'conference.duration_out_of_range',
      text: /at least 1 minutes, at most 480 minutes/,
      url: createUrl,
    })
  },
}
