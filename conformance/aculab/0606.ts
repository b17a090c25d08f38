import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { modify, modifyUrl, reserved } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0606',
  title: 'Extend a conference beyond eight hours in all',
  async run(world) {
    const reservation_token = await reserved(world, { duration: '60' })
    const answer = await modify(world, { reservation_token }, 421)
    refused(answer, {
      code: '0606',
      status: 400,
      reason: 'conference.total_duration_exceeded',
      text: /480 minutes/,
      url: modifyUrl,
    })
  },
}
