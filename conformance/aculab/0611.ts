import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { ahead, createUrl, reserve } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0611',
  title: 'Reserve a conference that started ten minutes ago',
  async run(world) {
    const answer = await reserve(world, { start_time: ahead(-10) })
    refused(answer, { code: '0611', status: 400, reason: 'conference.start_time_past', text: /past/, url: createUrl })
  },
}
