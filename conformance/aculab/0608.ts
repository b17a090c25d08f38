import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { ahead, remove, removeUrl, reserved } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0608',
  title: 'Remove a reservation less than five minutes before its start',
  async run(world) {
    // Counted in whole minutes, the earliest start is less than five minutes away.
    const reservation_token = await reserved(world, { start_time: ahead(5) })
    const answer = await remove(world, { reservation_token })
    refused(answer, { code: '0608', status: 400, reason: 'conference.too_late_to_cancel', text: /five minutes/, url: removeUrl })
  },
}
